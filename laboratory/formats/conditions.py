"""The programs of `tracebacks.py`: each makes CPython print one thing that it can print."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Condition:
    """One program, and what must be known to run it."""

    name: str
    source: str
    since: tuple[int, ...] = (3, 8)
    """The first Python that can run it."""
    needs_system: bool = False
    """True where it needs threads, processes, signals or an end of the interpreter."""
    files: Mapping[str, str] = field(default_factory=dict)
    """What stands beside it: name and text."""
    arguments: tuple[str, ...] = ()
    """Of the interpreter."""
    environment: Mapping[str, str] = field(default_factory=dict)
    exceptions: tuple[Mapping[str, Any], ...] = ()
    """The truth where no exception object can be noted: the program does not begin to run."""


def load_conditions() -> tuple[Condition, ...]:
    """Return all that is in ``conditions.toml``."""
    text = Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
    return tuple(
        Condition(**{key: tuple(value) if isinstance(value, list) else value
                     for key, value in each.items()})
        for each in tomllib.loads(text)["condition"]
    )  # fmt: skip
