"""What the first lines of a source tell of its clocks: the zone, the year, the order of numbers."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from logcascade.reading.formats.line_format import StampKind
from logcascade.reading.lines import Line
from logcascade.reading.times.stamp_texts import read_yearless, slashed_numbers
from logcascade.reading.times.stamps import DATED, MAX_CARRIER_LAG, ZONE_STEP, StampReader
from logcascade.reading.times.years import (
    LEEWAY,
    MonthDay,
    date_of,
    latest_year,
    month_step,
    nearest_year,
)

OTHER_STAMPS = "other stamps of the log say so"
"""Why, where one stamp of a source settles what another leaves open."""

MOST_AHEAD = timedelta(hours=26)
"""Two zones differ by so much at the most."""

MESSAGE_LENGTH = 400
"""Characters of a message in which a date is looked for."""

_TOLD_DATE = re.compile(r"(?<!\d)(\d{4})-(\d\d)-(\d\d)(?=[T ]\d\d:\d\d)", re.ASCII)

MAX_OFFSETS = 8
"""Different zones of programs that are looked at in one source."""


@dataclass(frozen=True, slots=True)
class _Stamped:
    """The stamps of one line: kind and text."""

    outer: tuple[StampKind, str] | None
    inner: tuple[StampKind, str] | None
    message: str

    @property
    def all(self) -> Iterator[tuple[StampKind, str]]:
        """Its stamps, its carrier's first."""
        yield from (each for each in (self.outer, self.inner) if each is not None)


def learn_times(lines: Iterable[Line], stamps: StampReader) -> None:
    """Let `stamps` know what the first `lines` of a source tell of its clocks."""
    stamped = [_stamps_of(line) for line in lines]
    kinds = {kind for each in stamped for kind, _ in each.all}
    if kinds & {"words", "iso"}:
        _learn_order(stamped, stamps)
    stamps.is_dated = bool(kinds & (DATED | {"syslog"})) and _has_dates_alone(stamped)
    if "syslog" in kinds and stamps.options.year is None:
        _learn_year(stamped, stamps)
    if any(each.outer and each.inner for each in stamped):
        _learn_offsets(stamped, stamps)
        _learn_boot(stamped, stamps)
    if "clock" in kinds and stamps.options.date is None:
        _learn_day(stamped, stamps)


def _stamps_of(line: Line) -> _Stamped:
    carried, header = line.carrier.stamp, line.header
    return _Stamped(
        carried,
        None if header is None or not header.stamp else (header.stamp_kind, header.stamp),
        line.texts[0][:MESSAGE_LENGTH],
    )


def _has_dates_alone(stamped: Sequence[_Stamped]) -> bool:
    """Return whether some lines have a date and no time since boot around it."""
    return any(
        each.outer is None or each.outer[0] != "uptime"
        for each in stamped
        if any(kind in DATED or kind == "syslog" for kind, _ in each.all)
    )


def _learn_order(stamped: Sequence[_Stamped], stamps: StampReader) -> None:
    """Find out whether day or month comes first where the separator leaves it open."""
    texts = (text for each in stamped for kind, text in each.all if kind in ("words", "iso"))
    pairs = [pair for pair in map(slashed_numbers, texts) if pair is not None]
    if any(one > 12 for one, _ in pairs):
        stamps.day_first = True
    elif any(two > 12 for _, two in pairs):
        stamps.day_first = False
    elif pairs:
        stamps.assume("the month is taken as the first number of dates such as 03/04/2026")


def _learn_offsets(stamped: Sequence[_Stamped], stamps: StampReader) -> None:
    """Find out how far programs' stamps are from their carrier's."""
    offsets: set[timedelta] = set()
    for each in stamped:
        if each.outer is None or each.inner is None or each.inner[0] not in DATED:
            continue
        if each.outer[0] not in DATED and each.outer[0] != "syslog":
            continue
        inner, outer = stamps.read(*each.inner, 0), stamps.read(*each.outer, 0)
        if inner is None or outer is None or inner.tzinfo is not None:
            continue
        apart = _in_utc(outer, stamps) - inner.replace(tzinfo=UTC)
        nearest = round(apart / ZONE_STEP) * ZONE_STEP
        is_near = abs(apart - nearest) <= MAX_CARRIER_LAG and abs(nearest) <= MOST_AHEAD
        if is_near and len(offsets) < MAX_OFFSETS:
            offsets.add(nearest)
    if offsets:
        stamps.program_offsets = _plausible(offsets)


def _plausible(offsets: set[timedelta]) -> frozenset[timedelta]:
    """Return the offsets without those that only late lines have made: a little above another."""
    quarters = {ZONE_STEP, 2 * ZONE_STEP, 3 * ZONE_STEP}
    return frozenset(
        each for each in offsets if not any(each - other in quarters for other in offsets)
    )


def _learn_boot(stamped: Sequence[_Stamped], stamps: StampReader) -> None:
    """Find out when the machine booted, by a program's stamp within one counted from there."""
    if stamps.boot is not None:
        return
    for each in stamped:
        if each.outer is None or each.inner is None or each.outer[0] != "uptime":
            continue
        inner, since = stamps.read(*each.inner, 0), float(each.outer[1])
        if inner is not None and each.inner[0] in DATED:
            stamps.boot = inner - timedelta(seconds=since)
            stamps.boot_because = OTHER_STAMPS
            return


def _learn_year(stamped: Sequence[_Stamped], stamps: StampReader) -> None:
    """Choose the year of the first line: another stamp's, or the latest that there can be."""
    days: list[MonthDay] = []
    known: date | None = None
    rounds = 0
    for each in stamped:
        for kind, text in each.all:
            with suppress(ValueError):
                if kind in DATED and known is None:
                    moment = stamps.read(kind, text, 0)
                    known = moment and moment.date()
                elif kind == "syslog":
                    month, day, *_ = read_yearless(text)
                    rounds += month_step(days[-1][1], month) if days else 0
                    days.append((rounds, month, day))
        if known is not None and days:
            stamps.year, stamps.year_because = nearest_year(days[-1], known), OTHER_STAMPS
            return
    told = _told_year(stamped)
    latest = stamps.options.latest
    if told is not None:
        stamps.year, stamps.year_because = told, "a message of that day tells it"
    elif latest is not None and days:
        limit, because = latest
        year = latest_year(set(days), limit + LEEWAY)
        if year is not None:
            stamps.year, stamps.year_because = year, because
    elif any(day[1:] == (2, 29) for day in days):
        stamps.year -= next(day[0] for day in days if day[1:] == (2, 29))


def _told_year(stamped: Sequence[_Stamped]) -> int | None:
    """Return the year of the first line by messages that tell the date of their own day."""
    years: Counter[int] = Counter()
    last = rounds = 0
    for each in stamped:
        with suppress(ValueError):
            for kind, text in each.all:
                if kind == "syslog":
                    month, day, *_ = read_yearless(text)
                    rounds += month_step(last, month) if last else 0
                    last = month
                    for found in _TOLD_DATE.finditer(each.message):
                        told = date(*map(int, found.groups()))
                        own = date_of((0, month, day), told.year)
                        if own is not None and abs(own - told) <= LEEWAY:
                            years[told.year - rounds] += 1
    return years.most_common(1)[0][0] if years else None


def _learn_day(stamped: Sequence[_Stamped], stamps: StampReader) -> None:
    """Take the first date in the source for the day of stamps that have only a time."""
    for each in stamped:
        for kind, text in each.all:
            moment = stamps.read(kind, text, 0) if kind in DATED else None
            if moment is not None:
                stamps.day, stamps.day_because = moment.date(), OTHER_STAMPS
                return


def _in_utc(moment: datetime, stamps: StampReader) -> datetime:
    return moment.replace(tzinfo=stamps.zone) if moment.tzinfo is None else moment
