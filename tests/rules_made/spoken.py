"""Logging for the scripts here: one JSON object a record, so that a test can read it back."""

import json
import logging
import sys


class JsonLines(logging.Handler):
    """Print what a formatter without a prefix would print, and the fields beside it."""

    def emit(self, record: logging.LogRecord) -> None:
        text = logging.Formatter("%(message)s").format(record)
        fields = {"logger": record.name, "severity": record.levelname.lower(), "text": text}
        sys.stdout.write(json.dumps(fields) + "\n")
        sys.stdout.flush()


def speak() -> None:
    """Send every record of level INFO and above to standard output."""
    logging.basicConfig(level=logging.INFO, handlers=[JsonLines()])
    logging.captureWarnings(capture=False)


def record_of(text: str, logger: str = "", severity: str = "") -> None:
    """Print a record that no logger made: what a crash leaves on standard error."""
    sys.stdout.write(json.dumps({"logger": logger, "severity": severity, "text": text}) + "\n")
    sys.stdout.flush()
