"""Logging for the scripts here: one JSON object a record, so that a test can read it back."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import traceback
from collections.abc import Iterable, Mapping
from typing import Any


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


def record_of(text: str, severity: str = "", program: str = "") -> None:
    """Print a record that no logger made: what a crash, or a server of its own, has written."""
    fields = {"logger": "", "severity": severity, "program": program, "text": text}
    sys.stdout.write(json.dumps(fields) + "\n")
    sys.stdout.flush()


def play(scenarios: Mapping[str, Any], names: Iterable[str]) -> None:
    """Run the scenarios of these names, a mark before each; what ends one is a record, too."""
    for name in names:
        record_of(f"--- {name}")
        try:
            if asyncio.iscoroutinefunction(scenarios[name]):
                asyncio.run(scenarios[name]())
            else:
                scenarios[name]()
        except Exception:  # noqa: BLE001 - what ends a program is what is wanted
            record_of(traceback.format_exc().rstrip())
