"""What reading a source yields: records, exceptions, and an account of every line."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Literal

SourceClock = Literal["wall", "local", "yearless", "dateless", "uptime"]
"""What the times of a source are known by: fully; without a zone, a year (and a zone), a date (and
a zone); by the seconds since a boot only. What a person has said is not missing."""


class Severity(IntEnum):
    """One scale for every writer's levels; the numbers are Python logging's."""

    DEBUG = 10
    INFO = 20
    WARNING = 30
    ERROR = 40
    CRITICAL = 50


@dataclass(frozen=True, slots=True)
class Location:
    """A line of a source: what every statement points at."""

    source: str
    """Name of the source as the report shows it; of its part, where it has several."""
    line: int
    """1-based, in that file as it was read (after decompression)."""


Place = Callable[[int], Location]
"""From the 1-based number of a line in the order of reading to where a person finds it."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame of a traceback."""

    file: str
    line: int
    function: str


@dataclass(frozen=True, slots=True)
class RaisedException:
    """One exception of a traceback, with what it was raised from."""

    type: str
    """The class as printed, with its module where the log has it: ``sqlite3.OperationalError``."""
    message: str
    """The text after ``Type: ``, all its lines, notes included; empty where there is none."""
    line: int
    """1-based line of the source where ``Type: message`` stands."""
    frames: tuple[Frame, ...] = ()
    """Outermost first, as printed."""
    cause: "RaisedException | None" = None
    """What it was raised *from* ("direct cause of the following")."""
    context: "RaisedException | None" = None
    """What was being handled when it was raised ("During handling of the above")."""
    group: tuple["RaisedException", ...] = ()
    """The members of an exception group; they are the causes of the group."""

    def in_order_raised(self) -> tuple["RaisedException", ...]:
        """Return this exception and all it came from, the first-raised first, however deep."""
        ordered: list[RaisedException] = []
        waiting = [(self, False)]
        while waiting:
            exception, is_done = waiting.pop()
            if is_done:
                ordered.append(exception)
                continue
            waiting.append((exception, True))
            earlier = (exception.cause, exception.context, *exception.group)
            waiting.extend((one, False) for one in reversed(earlier) if one is not None)
        return tuple(ordered)


@dataclass(frozen=True, slots=True)
class Record:
    """One log message as its program wrote it: one or more lines."""

    location: Location
    """Where it begins."""
    line_count: int
    """How many physical lines belong to it (of one stream; other streams may stand between)."""
    time: datetime | None
    """Aware, UTC. None where the source has no time."""
    severity: Severity | None
    """None where the line does not say. The program's own level wins over the carrier's."""
    logger: str
    """Name of the logger, or empty."""
    component: str
    """What wrote it: unit, service, container; empty where nothing tells."""
    program: str
    """Syslog identifier or the like (``kernel``, ``systemd``, ``bot``); empty where unknown."""
    pid: int | None
    run_key: str
    """The carrier's own mark of one life of a process (journald's invocation id), or empty."""
    message: str
    """The message after the prefix: its lines up to the first traceback, joined by newlines."""
    text: str
    """The whole record after the prefix, its lines joined by newlines."""
    details: str = ""
    """The further fields of a structured record, as ``key=value`` on one line; part of the text."""
    exceptions: tuple[RaisedException, ...] = ()
    """Exceptions printed in the record, outermost of each traceback, in order of appearance."""
    time_is_inherited: bool = False
    """True where it has no stamp of its own (a bare traceback) and takes the one before."""
    is_greeting: bool = False
    """True where it repeats the first line of what wrote it, numbers aside."""


class Confidence(StrEnum):
    """How sure it is where the clock of a source stands against the others'."""

    CERTAIN = "certain"
    LIKELY = "likely"
    ASSUMED = "assumed"
    """Nothing contradicts it, and nothing shows it."""
    NONE = "none"
    """It is not known, and the source is not placed among the others."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """Where the clock of a source stands against that of the others."""

    offset_s: float | None
    """Seconds added to all its times; None where it could not be placed."""
    anchors: int
    """Independent moments that it and another source tell, and that agree."""
    spread_s: float | None
    """How far they disagree at the most. Seconds; None without any."""
    confidence: Confidence
    because: str
    """What shows it, or that nothing does, in words."""
    meaning: str = ""
    """What the offset stands for, in words: ``zone +02:00``; empty for a clock of uptime."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a source that was put together from several, such as a rotated log."""

    name: str
    """As the report shows it; places in the file are given with it."""
    lines: int
    """Lines of the source that begin in it; the sum over all parts is the source's lines."""
    bytes: int
    """After decompression, as read."""


@dataclass(frozen=True, slots=True)
class SourceSummary:
    """The account of one source: what was read, as what, and what was assumed."""

    name: str
    format: str
    """Ids of the recognised formats, outermost first, joined by `` > ``; ``text`` where none."""
    lines: int
    bytes: int
    records: int
    """Records in recognised formats, counted, healthy ones included."""
    record_lines: int
    """Lines that belong to those records. ``record_lines + unparsed_lines == lines``."""
    unparsed_lines: int
    first_time: datetime | None
    last_time: datetime | None
    assumptions: tuple[str, ...] = ()
    """In words, each one thing taken for granted: ``zone UTC``, ``year 2026``."""
    problems: tuple[str, ...] = ()
    """What could not be read, in words: a cut archive, an overlong line."""
    unparsed_sample: tuple[Location, ...] = ()
    doubtful: tuple[Location, ...] = ()
    """Where records begin that read like failures, and that nothing could judge; some of them."""
    resolution_s: float = 0.0
    """The step of its clock: 1.0 for stamps in whole seconds."""
    clock: SourceClock = "wall"
    """What its stamps leave open; the most where they differ."""
    alignment: Alignment | None = None
    """Where its clock stands against the others'; None for the one that the others follow."""
    parts: tuple[Part, ...] = ()
    """The files it was put together from, oldest first; empty where it is one file."""


@dataclass(frozen=True, slots=True)
class LoadCounts:
    """Healthy events of one source, counted by the second, never kept one by one."""

    events: int = 0
    first: float | None = None
    """Epoch seconds of the first arrival."""
    last: float | None = None
    busy_seconds: dict[int, int] = field(default_factory=dict)
    """Epoch second -> arrivals in it, for the busiest seconds only (bounded)."""
    hours: dict[int, int] = field(default_factory=dict)
    """Epoch hour (seconds // 3600) -> arrivals in it."""
    peak_1s: int = 0
    peak_10s: int = 0
    peak_time: float | None = None
    """Epoch second of the busiest second."""
    peak_concurrency: int = 0
    """Most events in progress at once, from the durations; 0 where the log has none."""
    durations: dict[int, int] = field(default_factory=dict)
    """Class of `logcascade.model.durations` -> events; empty where the log tells no durations."""
    busy_s: float = 0.0
    """What all events took together."""
    slowest_s: float = 0.0
    slowest_time: float | None = None
    """Epoch seconds at which the slowest event ended; None where the log tells no durations."""
