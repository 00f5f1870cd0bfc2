"""A thousand things that programs are asked to log, the same for every structured format."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

RECORDS = 1000
FIRST = 1795461846.032
"""23 November 2026, 19:24:06 UTC, in seconds since the epoch."""

LEVELS = ("debug", "info", "info", "info", "info", "warning", "error", "critical")
LOGGERS = ("aiogram.event", "app.db", "bot", "my-bot.jobs")
CYRILLIC = (
    "\u0434\u0432\u0435 \u0441\u0442\u0440\u043e\u043a\u0438",
    "\u0432\u0442\u043e\u0440\u0430\u044f",
)
MESSAGES = (
    "Update id={} is handled. Duration {} ms by bot id=42",
    'said "no" {} times, path C:\\temp\\n{}',
    "two lines {}\nthe second: {}",
    f"{CYRILLIC[0]} {{}}\n{CYRILLIC[1]} {{}}",
    'braces {{"level": "error", "n": {}}} and tabs\t{} \u2603 \U0001f600',
    "key=value looks {} like=logfmt {}",
)


@dataclass(frozen=True)
class Asked:
    """One thing that a program is asked to log."""

    number: int
    """1-based: also its line, as each is one line."""
    time: float
    """Seconds since the epoch, whole microseconds."""
    level: str
    logger: str
    message: str
    fields: dict[str, Any] = field(default_factory=dict)
    fault: str = ""
    """The name of one of `FAULTS`; empty where nothing is raised."""

    @property
    def moment(self) -> datetime:
        """Its time, in UTC."""
        return datetime.fromtimestamp(round(self.time * 1e6) / 1e6, UTC)

    def truth(self, **changes: Any) -> dict[str, Any]:
        """Return what a reader is to find; `changes` are what the format can not say, or else."""
        exceptions, first = FAULT_TYPES.get(self.fault, ([], None))
        told = {
            "line": self.number,
            "lines": 1,
            "time": self.moment.isoformat(),
            "level": self.level,
            "logger": self.logger,
            "message": self.message,
            "exceptions": exceptions,
            "first_raised": first,
        }
        return told | changes


def plain() -> None:
    """Raise one exception."""
    int("twelve")


def caused() -> None:
    """Raise one exception from another."""
    try:
        {}['user "x"']
    except KeyError as error:
        raise ValueError("no user\nin two lines") from error


def handling() -> None:
    """Raise one exception while another is handled."""
    try:
        _ = 1 / 0
    except ZeroDivisionError:
        raise RuntimeError("while handling")  # noqa: B904 - what was handled is to be told as such


def grouped() -> None:
    """Raise a group of exceptions, one of them from another."""
    members: list[Exception] = []
    for each in (plain, caused):
        try:
            each()
        except ValueError as error:
            members.append(error)
    raise ExceptionGroup("several failed", members)


FAULTS: dict[str, Callable[[], None]] = {
    "plain": plain,
    "caused": caused,
    "handling": handling,
    "grouped": grouped,
}
FAULT_TYPES: dict[str, tuple[list[str], str]] = {
    "plain": (["ValueError"], "ValueError"),
    "caused": (["ValueError"], "KeyError"),
    "handling": (["RuntimeError"], "ZeroDivisionError"),
    "grouped": (["ExceptionGroup"], "ValueError"),
}
"""Name -> the classes that reach the top, and the class raised first."""


def asked(*, step_us: int = 1) -> Iterator[Asked]:
    """Yield the thousand; times are whole numbers of `step_us` microseconds."""
    chance = random.Random(3)
    now = round(FIRST * 1e6)
    for number in range(1, RECORDS + 1):
        now += chance.choice((1_000, 250_123, 3_000_007, 71_000_000))
        level = chance.choice(LEVELS)
        fault = ""
        if number % 20 == 0:
            level, fault = "error", sorted(FAULT_TYPES)[number // 20 % len(FAULT_TYPES)]
        message = chance.choice(MESSAGES).format(number, chance.randrange(5000))
        fields = {"update_id": number, "user": "demo bot"} if number % 3 else {}
        time = now // step_us * step_us / 1e6
        yield Asked(number, time, level, chance.choice(LOGGERS), message, fields, fault)
