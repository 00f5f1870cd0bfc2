"""The command line: reads options, wires the parts, talks to people, sets the exit status."""
