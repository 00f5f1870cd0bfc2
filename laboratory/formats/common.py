"""What the programs are asked to write: the same thousand entries for all of them."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 23, 19, 24, 6, 32000, tzinfo=UTC)
STEPS_MS = (1, 250, 3000, 71000)
LOGGERS = ("aiogram.event", "app.db", "__main__", "my-bot.jobs")
LEVELS = (10, 20, 20, 20, 30, 40, 50)

ONE_LINE = (
    "Update id={} is handled. Duration 12 ms by bot id=42",
    "message is not modified ({})",
    "ошибка {}: файл не найден 🤖",
    "ends with a colon {}:",
    "GET https://example.org/a?b={}&c=%20 - 200 OK",
    "Number {} | of the | table",
    "the ERROR was {}: [INFO] in brackets - twice",
    '{{"id": {}, "level": "error"}}',
    "DELETE FROM jobs WHERE id = {} -- by hand",
    "24.12.2026 at 18:00:00 is number {}",
)
"""Texts that a careless reader takes for a prefix, or for something else than they are."""

SEVERAL_LINES = (
    "two lines {}\nthe second",
    'a page: {}\n{{\n  "ok": true,\n  "at": "2026-11-23 19:24:06"\n}}',
    "a table {}\n| name | level |\n|------|-------|\n| a    | ERROR |",
    "a query {}\nSELECT *\n  FROM jobs\n WHERE level = 'ERROR'",
    "a listing {}\ndrwxr-xr-x 2 root root 4096 Nov 23 19:24 .\n-rw-r--r-- 1 root",
    "an empty line follows {}\n\nand a last one",
    "a quoted stack {}\n  File 'a.py', line 1\n12:30 is not a time here",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that a program is asked to write."""

    number: int
    time: datetime
    level: int
    """As Python's logging numbers it."""
    logger: str
    message: str
    fails: bool
    """Whether it is written with the traceback of a `ValueError`."""


def entries(
    count: int = 1000, *, lines: bool = True, tracebacks: bool = True, step_ms: int = 1
) -> Iterator[Entry]:
    """Yield `count` entries at times that are whole multiples of `step_ms`.

    With `lines` one in eight has several lines, with `tracebacks` one in fifty a failure.
    """
    chance = random.Random(1)
    now = START
    now -= timedelta(microseconds=now.microsecond % (step_ms * 1000))
    for number in range(count):
        now += timedelta(milliseconds=-(-chance.choice(STEPS_MS) // step_ms) * step_ms)
        fails = tracebacks and number % 50 == 49
        texts: Sequence[str] = SEVERAL_LINES if lines and chance.random() < 0.125 else ONE_LINE
        message = "" if number % 100 == 7 else chance.choice(texts).format(number)
        level = 40 if fails else chance.choice(LEVELS)
        yield Entry(number, now, level, chance.choice(LOGGERS), message, fails)


LEVEL_NAMES = {10: "debug", 20: "info", 30: "warning", 40: "error", 50: "critical"}


def truth_of(entry: Entry, line: int, lines: int) -> dict[str, object]:
    """Return what is to be read from `entry`, written at `line` on so many `lines`."""
    return {
        "line": line,
        "lines": lines,
        "time": entry.time.isoformat(),
        "level": LEVEL_NAMES[entry.level],
        "logger": entry.logger,
        "message": entry.message,
        "exceptions": ["ValueError"] if entry.fails else [],
    }
