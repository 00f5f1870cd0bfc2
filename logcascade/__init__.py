"""Log forensics of cascading failures: find the first thing that failed."""

__version__ = "0.1.0"
