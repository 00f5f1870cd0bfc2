"""Builders: small rules in a temporary folder, records and exceptions with defaults."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from logcascade.model.records import Frame, Location, RaisedException, Record, Severity
from logcascade.ruleset.collection import Ruleset
from logcascade.ruleset.load import load_rules

NOON = datetime(2026, 5, 20, 12, 0, tzinfo=UTC)

Rules = Callable[..., Ruleset]
MakeRecord = Callable[..., Record]


@pytest.fixture
def small_rules() -> Path:
    """Return the folder of the small rules that these tests use."""
    return Path(__file__).parent / "small_rules"


@pytest.fixture
def rules(tmp_path: Path, small_rules: Path) -> Rules:
    """Load the small rules, and rules given as text, which replace them by id."""

    def load(*texts: str) -> Ruleset:
        folder = tmp_path / "more"
        folder.mkdir()
        for text in texts:
            name = text.split('id = "', 1)[1].split('"', 1)[0]
            (folder / f"{name}.toml").write_text(text, encoding="utf-8")
        return load_rules([small_rules, folder] if texts else [small_rules])

    return load


def raised(
    text: str, line: int = 10, *, file: str = "", function: str = "", **linked: object
) -> RaisedException:
    """Return an exception printed as ``Type: message``."""
    kind, _, message = text.partition(": ")
    frames = (Frame(file, 7, function),) if file else ()
    return RaisedException(type=kind, message=message, line=line, frames=frames, **linked)  # type: ignore[arg-type]


def _lines_of(exception: RaisedException) -> str:
    earlier = "\n".join(_lines_of(e) for e in (exception.cause, exception.context) if e)
    members = "\n".join(_lines_of(member) for member in exception.group)
    own = f"Traceback (most recent call last):\n{exception.type}: {exception.message}"
    return "\n".join(part for part in (earlier, members, own) if part)


@pytest.fixture
def exception() -> Callable[..., RaisedException]:
    """Build an exception from ``Type: message``."""
    return raised


@pytest.fixture
def record() -> MakeRecord:
    """Build a record; its text is the message and the tracebacks."""

    def make(message: str = "", *exceptions: RaisedException, **fields: object) -> Record:
        text = "\n".join(part for part in (message, *map(_lines_of, exceptions)) if part)
        defaults: dict[str, object] = {
            "location": Location("bot.log", 1),
            "line_count": text.count("\n") + 1,
            "time": NOON,
            "severity": Severity.ERROR,
            "logger": "",
            "component": "bot",
            "program": "",
            "pid": 811,
            "run_key": "",
            "message": message,
            "text": text,
            "exceptions": exceptions,
        }
        return Record(**(defaults | fields))  # type: ignore[arg-type]

    return make
