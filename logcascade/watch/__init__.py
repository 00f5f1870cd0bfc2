"""One analysis after the other of a log that grows -> what has happened, each told once."""
