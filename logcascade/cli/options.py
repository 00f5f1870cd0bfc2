"""Options that several commands share, and what their words mean."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta, timezone, tzinfo
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from logcascade.errors import LogcascadeError
from logcascade.model.records import Severity

_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2}):?(\d\d)?\Z", re.IGNORECASE)

_DATE_LENGTH = len("2026-05-19")

MOST_OFFSET_H = 14
"""Hours that a zone can be ahead of UTC."""


class ReportFormat(StrEnum):
    """How a report is written."""

    TERMINAL = "terminal"
    MARKDOWN = "markdown"
    JSON = "json"


class FailOn(StrEnum):
    """From which severity on an incident makes the exit status 1."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    CRITICAL = "critical"

    @property
    def severity(self) -> Severity:
        """The severity of this name."""
        return Severity[self.name]


FormatOption = Annotated[
    ReportFormat, typer.Option("--format", "-f", help="How to write the report.")
]
OutputOption = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Write the report to a file."),
]
RulesOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--rules",
        metavar="DIR",
        help="More rules; one with a shipped rule's id replaces it. Repeatable.",
    ),
]
SkipBadRulesOption = Annotated[
    bool,
    typer.Option(
        "--skip-bad-rules",
        help="Leave out rule files that are wrong, instead of refusing to work; exit with 4.",
    ),
]
ZonesOption = Annotated[
    list[str] | None,
    typer.Option(
        "--zone",
        metavar="[NAME=]ZONE",
        help="Zone of times without one: +02:00, Europe/Berlin; of one log: bot.log=+02:00. "
        "Repeatable.",
    ),
]
DateOption = Annotated[
    str | None,
    typer.Option(
        "--date",
        metavar="DATE",
        help="First day of a log without dates: 2026-05-19; when the machine booted, for a log "
        "that counts from there: 2026-05-19T07:30.",
    ),
]
YearOption = Annotated[
    int | None,
    typer.Option(
        "--year",
        metavar="YEAR",
        min=1971,
        max=9999,
        help="Year of the first line of a log without years; else the latest possible.",
    ),
]
BriefOption = Annotated[bool, typer.Option("--brief", help="One line for each cascade.")]
RedactOption = Annotated[
    bool, typer.Option("--redact/--no-redact", help="Replace secrets by marks.")
]


def parse_zones(every: Sequence[str]) -> tuple[tzinfo | None, tuple[tuple[str, tzinfo], ...]]:
    """Return the zone of all logs, and those of single ones by the names given: ``bot.log=+02:00``.

    Of several for all the last counts.
    """
    zone: tzinfo | None = None
    named: list[tuple[str, tzinfo]] = []
    for words in every:
        name, separator, zone_words = words.rpartition("=")
        if not separator:
            zone = _zone(words)
        elif not name:
            raise LogcascadeError(
                "cannot read the zone",
                f'"{words}" names no log',
                "--zone",
                "write it as bot.log=+02:00, or as +02:00 for all logs",
            )
        else:
            named.append((name, _zone(zone_words)))
    return zone, tuple(named)


def parse_zone(words: str | None) -> tzinfo | None:
    """Return the zone of ``Europe/Berlin``, ``+02:00`` or ``UTC``; None where none is given."""
    return None if words is None else _zone(words)


def _zone(words: str) -> tzinfo:
    offset = _OFFSET.match(words)
    if offset:
        sign = -1 if offset[1] == "-" else 1
        hours, minutes = int(offset[2]), int(offset[3] or 0)
        if hours <= MOST_OFFSET_H and minutes < 60:
            return timezone(sign * timedelta(hours=hours, minutes=minutes))
    else:
        from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

        try:
            return ZoneInfo(words)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            pass
    raise LogcascadeError(
        "unknown time zone",
        f'"{words}" is neither an offset nor a zone this machine knows',
        "--zone",
        "give an offset such as +02:00, or a name such as Europe/Berlin",
    )


def parse_date(words: str | None) -> date | None:
    """Return the date of ``2026-05-19``, or the moment of ``2026-05-19T07:30``; None for none."""
    if words is None:
        return None
    try:
        return date.fromisoformat(words) if len(words) == _DATE_LENGTH else _moment(words)
    except ValueError:
        raise LogcascadeError(
            "cannot read the date",
            f'"{words}" is no date',
            "--date",
            "write it as 2026-05-19, or with a time as 2026-05-19T07:30",
        ) from None


def parse_moment(words: str, zone: tzinfo) -> datetime:
    """Return the moment of ``2026-05-20T13:00``, with or without a zone of its own."""
    try:
        moment = datetime.fromisoformat(words)
    except ValueError:
        raise LogcascadeError(
            "cannot read the time",
            f'"{words}" is no time',
            "--changed-at",
            "write it as 2026-05-20T13:00, or with a zone as 2026-05-20T13:00+02:00",
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _moment(words: str) -> datetime:
    """Return a date with a time; the zone is what --zone is for."""
    moment = datetime.fromisoformat(words)
    if moment.tzinfo is not None:
        raise ValueError(words)
    return moment
