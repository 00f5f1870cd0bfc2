"""The layouts that people give to Python's ``logging``, each written by its own formatter."""

import io
import logging
import time
from dataclasses import dataclass

from laboratory.formats.common import Entry, entries, truth_of

ALL = ("time", "level", "logger", "message")
NO_LOGGER = ("time", "level", "message")
NO_TIME = ("level", "logger", "message")
SECONDS = "%Y-%m-%d %H:%M:%S"
DAY = "2026-11-23"


@dataclass(frozen=True)
class Layout:
    """A format string, and what can be told from its lines."""

    format: str
    datefmt: str | None = None
    keys: tuple[str, ...] = ALL
    """Without "logger" where its name cannot be told from the message, or is not written."""
    date: str | None = None
    """Said by a person, where stamps have no date."""
    level_names: tuple[tuple[int, str], ...] = ()

    @property
    def step_ms(self) -> int:
        """What the stamp is exact to."""
        return 1 if self.datefmt is None or "msecs" in self.format else 1000


LAYOUTS = (
    # Between bars.
    Layout("%(asctime)s - %(name)s - %(levelname)s - %(message)s"),
    Layout("%(asctime)s - %(name)-12s - %(levelname)-8s - %(message)s"),
    Layout("%(asctime)s | %(name)s | %(levelname)s | %(message)s"),
    Layout("%(asctime)s : %(name)s : %(levelname)s : %(message)s"),
    Layout("%(asctime)s:%(name)s:%(levelname)s:%(message)s"),
    Layout("%(asctime)s - [%(name)s] - [%(levelname)s] - %(message)s"),
    Layout("%(asctime)s - %(process)d - %(threadName)s - %(name)s - %(levelname)s - %(message)s"),
    Layout("%(asctime)s - %(name)s - %(funcName)s:%(lineno)d - %(levelname)s - %(message)s"),
    Layout("%(asctime)s - %(name)s - %(lineno)d - %(levelname)s - %(message)s"),
    Layout("%(asctime)s - %(name)s - %(levelname)s - %(filename)s:%(lineno)d - %(message)s"),
    Layout("%(asctime)s - %(name)s - %(levelname)s - [%(filename)s:%(lineno)d] - %(message)s"),
    Layout("%(asctime)s - %(name)s - %(levelname)s: %(message)s"),
    Layout("%(asctime)s - %(name)s - %(levelname)s - %(message)s", "%Y-%m-%dT%H:%M:%S%z", SECONDS),
    Layout("%(asctime)s - %(name)s - %(levelname)s - %(message)s", "%d.%m.%Y %H:%M:%S", SECONDS),
    Layout("%(asctime)s | %(name)s | %(levelname)s | %(message)s", "%d/%m/%Y %H:%M:%S", SECONDS),
    Layout("%(asctime)s - %(name)s - %(levelname)s - %(message)s", "%d-%b-%Y %H:%M:%S", SECONDS),
    Layout("%(asctime)s - %(name)s - %(levelname)s - %(message)s", "%Y/%m/%d %H:%M:%S", SECONDS),
    Layout("%(asctime)s.%(msecs)03d - %(name)s - %(levelname)s - %(message)s", SECONDS),
    Layout(
        "%(asctime)s - %(name)s - %(levelname)s - %(message)s",
        level_names=((20, "SUCCESS"), (30, "Level 35"), (10, "TRACE")),
    ),
    # Level, then name.
    Layout("%(asctime)s [%(levelname)s] %(name)s: %(message)s"),
    Layout("%(asctime)s %(levelname)s %(name)s: %(message)s"),
    Layout("%(asctime)s %(levelname)-8s [%(name)s] %(message)s"),
    Layout("%(asctime)s %(levelname)s:%(name)s:%(message)s"),
    Layout("%(asctime)s - %(levelname)s - %(name)s - %(message)s"),
    Layout(
        "%(asctime)s - [%(levelname)s] - %(name)s - (%(filename)s).%(funcName)s"
        "(%(lineno)d) - %(message)s"
    ),
    Layout("%(asctime)s | %(levelname)-8s | %(name)s | %(message)s"),
    Layout("%(asctime)s | %(levelname)-8s | %(name)s:%(funcName)s:%(lineno)d - %(message)s"),
    Layout("%(asctime)s:%(levelname)s:%(name)s: %(message)s"),
    Layout("[%(asctime)s][%(levelname)s][%(name)s] %(message)s"),
    Layout("[%(asctime)s] [%(levelname)s] [%(name)s] %(message)s"),
    Layout("[%(asctime)s] #%(levelname)-8s %(filename)s:%(lineno)d - %(name)s - %(message)s"),
    Layout("%(asctime)s [%(process)d] [%(levelname)s] %(name)s: %(message)s"),
    Layout("[%(asctime)s] [%(levelname)-8s] %(name)s: %(message)s", SECONDS),
    Layout("[%(asctime)s] %(levelname)-8s [%(name)s:%(filename)s:%(lineno)d] %(message)s", SECONDS),
    Layout("[%(asctime)s] [%(levelname)s] %(name)s: %(message)s", "%d.%m.%Y %H:%M:%S", SECONDS),
    # Name, then level.
    Layout("%(asctime)s [%(name)s] %(levelname)s: %(message)s"),
    Layout("%(asctime)s [%(name)s] [%(levelname)s] %(message)s"),
    Layout("%(asctime)s %(name)s [%(levelname)s] %(message)s"),
    Layout("%(asctime)s %(name)-12s %(levelname)-8s %(message)s"),
    Layout("%(asctime)s %(name)s %(levelname)s: %(message)s"),
    Layout("%(asctime)s %(name)s[%(process)d] %(levelname)s %(message)s"),
    Layout("%(asctime)s %(levelname)s %(process)d --- [%(threadName)s] %(name)s : %(message)s"),
    # No name.
    Layout("%(asctime)s - %(levelname)s - %(message)s", keys=NO_LOGGER),
    Layout("%(asctime)s %(levelname)s %(message)s", keys=NO_LOGGER),
    Layout("%(asctime)s %(levelname)s: %(message)s", keys=NO_LOGGER),
    Layout("%(asctime)s: %(levelname)s: %(message)s", keys=NO_LOGGER),
    Layout("%(asctime)s:%(levelname)s:%(message)s", keys=NO_LOGGER),
    Layout("%(asctime)s [%(levelname)s] %(message)s", keys=NO_LOGGER),
    Layout("[%(asctime)s] [%(levelname)s] %(message)s", keys=NO_LOGGER),
    Layout("%(asctime)s :: %(levelname)s :: %(message)s", keys=NO_LOGGER),
    Layout("%(asctime)s [%(threadName)-12.12s] [%(levelname)-5.5s]  %(message)s", keys=NO_LOGGER),
    Layout("[%(asctime)s] {%(filename)s:%(lineno)d} %(levelname)s - %(message)s", keys=NO_LOGGER),
    Layout("%(asctime)s %(filename)s:%(lineno)d %(levelname)s %(message)s", keys=NO_LOGGER),
    Layout("%(asctime)s - %(funcName)s() - %(levelname)s - %(message)s", keys=NO_LOGGER),
    Layout(
        "%(asctime)s.%(msecs)03d %(levelname)-8s [%(filename)s:%(lineno)d] %(message)s",
        "%Y-%m-%d:%H:%M:%S",
        NO_LOGGER,
    ),
    Layout("%(asctime)s %(process)d %(levelname)s %(message)s", keys=NO_LOGGER),
    Layout("[%(asctime)s] %(levelname)s in %(module)s: %(message)s", keys=NO_LOGGER),
    Layout(
        "%(asctime)s (%(filename)s:%(lineno)d %(threadName)s) %(levelname)s - %(name)s: %(message)s"
    ),
    Layout("%(asctime)s - %(levelname)s - %(message)s", "%d-%m-%Y %H:%M:%S", keys=NO_LOGGER),
    # The level or the place first.
    Layout("%(levelname)s - %(asctime)s - %(name)s - %(message)s"),
    Layout("%(levelname)s %(asctime)s %(name)s %(process)d %(thread)d %(message)s"),
    Layout("[%(levelname)s] %(asctime)s - %(message)s", keys=NO_LOGGER),
    Layout("[%(levelname)s] [%(asctime)s] %(message)s", keys=NO_LOGGER),
    Layout("%(levelname)s:%(asctime)s:%(name)s:%(message)s"),
    Layout("%(levelname)-8s %(asctime)s %(name)s: %(message)s"),
    Layout("[%(levelname) 5s/%(asctime)s] %(name)s: %(message)s"),
    Layout("%(levelname)s: %(asctime)s: %(message)s", keys=NO_LOGGER),
    Layout("%(filename)s:%(lineno)d #%(levelname)-8s [%(asctime)s] - %(name)s - %(message)s"),
    Layout(
        "%(filename)s [LINE:%(lineno)d] #%(levelname)-8s [%(asctime)s]  %(message)s", keys=NO_LOGGER
    ),
    # The time of day alone.
    Layout("%(asctime)s.%(msecs)03d %(name)s %(levelname)s %(message)s", "%H:%M:%S", date=DAY),
    Layout("%(asctime)s.%(msecs)03d %(levelname).1s %(name)s %(message)s", "%H:%M:%S", date=DAY),
    Layout("[%(asctime)s] %(levelname)s: %(message)s", "%H:%M:%S", keys=NO_LOGGER, date=DAY),
    Layout("%(asctime)s - %(name)s - %(levelname)s - %(message)s", "%H:%M:%S", date=DAY),
    Layout("%(asctime)s | %(levelname)s | %(message)s", "%H:%M:%S", keys=NO_LOGGER, date=DAY),
    Layout("[%(asctime)s] %(levelname)-8s %(name)s: %(message)s", "%H:%M:%S", date=DAY),
    # No time.
    Layout("%(levelname)s:%(name)s:%(message)s", keys=NO_TIME),
    Layout("[%(levelname)s] %(name)s: %(message)s", keys=NO_TIME),
    Layout("%(levelname)s - %(name)s - %(message)s", keys=NO_TIME),
    Layout("%(name)s - %(levelname)s - %(message)s", keys=NO_TIME),
    Layout("%(name)-12s: %(levelname)-8s %(message)s", keys=NO_TIME),
    Layout("[%(name)s] %(levelname)s: %(message)s", keys=NO_TIME),
    Layout("%(levelname)s: %(message)s", keys=("level", "message")),
    Layout("[%(levelname)s] %(message)s", keys=("level", "message")),
    Layout("%(levelname)s - %(message)s", keys=("level", "message")),
    # No level.
    Layout("%(asctime)s %(message)s", keys=("time", "message")),
    Layout("%(asctime)s - %(message)s", keys=("time", "message")),
    Layout("%(asctime)s %(message)s", "%d.%m.%Y %H:%M:%S", keys=("time", "message")),
)


def write(layout: Layout) -> tuple[bytes, list[dict[str, object]]]:
    """Return a log of a thousand records in `layout`, and what is to be read from it."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    formatter = logging.Formatter(layout.format, layout.datefmt)
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    names = dict(layout.level_names)
    truth, line = [], 1
    for entry in entries(step_ms=layout.step_ms):
        before = out.tell()
        handler.emit(record_of(entry, names))
        out.seek(before)
        lines = out.read().count("\n")
        told = truth_of(entry, line, lines)
        unsaid = set(ALL) - set(layout.keys)
        truth.append({key: value for key, value in told.items() if key not in unsaid})
        line += lines
    return out.getvalue().encode(), truth


def record_of(entry: Entry, level_names: dict[int, str] | None = None) -> logging.LogRecord:
    """Return the record that a call of logging would have made at the entry's time."""
    record = logging.LogRecord(
        entry.logger, entry.level, "/opt/bot/main.py", 7, entry.message, None, None, "handle"
    )
    record.created = entry.time.timestamp()
    record.msecs = float(entry.time.microsecond // 1000)
    if level_names and entry.level in level_names:
        record.levelname = level_names[entry.level]
    record.thread, record.threadName, record.process = 139872364586816, "MainThread", 4242
    if entry.fails:
        try:
            int("twelve")
        except ValueError as error:
            record.exc_info = (type(error), error, error.__traceback__)
    return record
