"""Figures and times in words that people read at a glance."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from logcascade.model.analysis import Analysis
from logcascade.model.records import Confidence, Location, SourceSummary

MINUTE, HOUR, DAY = 60, 3600, 86400

_SECONDS_BELOW_S = 120
"""Shorter spans are said in seconds: "70 s" is read faster than "1 min 10 s"."""

_HOURS_BELOW_S = 2 * DAY
"""Shorter spans are said in hours: "28 h" is read faster than "1 d 4 h"."""

_EXACT_BELOW_S = 10
"""Shorter spans show a tenth of a second; in longer ones it tells nobody anything."""

ONE_MOMENT_S = 1.0
"""Stamps of one moment by two clocks: what is that much earlier is said to be at the same time."""

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

UNDATED_YEAR = 1970
"""The year that reading gives logs without dates: shown as days, "day 1" and so on."""

YEARLESS = 1972
"""The year that reading gives logs without years: not shown."""


def count(number: int, singular: str, plural: str = "") -> str:
    """
    Return a number with its noun.

    >>> count(1, "time"), count(12345, "line"), count(2, "entry", "entries")
    ('1 time', '12,345 lines', '2 entries')
    """
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def span(seconds: float) -> str:
    """
    Return a span in the two largest units that tell something.

    >>> [span(s) for s in (0.42, 7.04, 70.4, 140, 8400, 8399.6, 100_000)]
    ['0.4 s', '7 s', '70 s', '2 min 20 s', '2 h 20 min', '2 h 20 min', '27 h 47 min']
    """
    if seconds < 0:
        return f"-{span(-seconds)}"
    if seconds < _EXACT_BELOW_S:
        return f"{seconds:.1f}".removesuffix(".0") + " s"
    if round(seconds) < _SECONDS_BELOW_S:
        return f"{round(seconds)} s"
    if round(seconds) < HOUR:
        return _two(round(seconds), MINUTE, "min", 1, "s")
    minutes = round(seconds / MINUTE) * MINUTE
    if minutes < _HOURS_BELOW_S:
        return _two(minutes, HOUR, "h", MINUTE, "min")
    return _two(round(seconds / HOUR) * HOUR, DAY, "d", HOUR, "h")


def _two(total: int, large: int, large_unit: str, small: int, small_unit: str) -> str:
    rest = total % large // small
    return f"{total // large} {large_unit}" + (f" {rest} {small_unit}" if rest else "")


def delay(seconds: float | None) -> str:
    """Return how long after the first failure: ``+7 s``; empty where nobody knows."""
    if seconds is None:
        return ""
    return span(seconds) if seconds <= -ONE_MOMENT_S else f"+{span(max(seconds, 0.0))}"


def listed(items: Sequence[str]) -> str:
    """
    Return items as in a sentence.

    >>> listed(["a"]), listed(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


@dataclass(frozen=True, slots=True)
class Names:
    """The sources' names as short as they can be told apart."""

    shortened: dict[str, str]

    def short(self, source: str) -> str:
        """Return the short name of a source."""
        return self.shortened.get(source, source)

    def place(self, location: Location, beside: Location | None = None) -> str:
        """Return ``bot.log:40211``, or ``line 40211`` where *beside* is of the same source."""
        if beside is not None and beside.source == location.source:
            return f"line {location.line}"
        return f"{self.short(location.source)}:{location.line}"


def short_names(sources: Iterable[str]) -> Names:
    """Return the last part of each path, or the whole path where two would look alike."""
    every = list(dict.fromkeys(sources))
    last = [name.rstrip("/").rsplit("/", 1)[-1] or name for name in every]
    unique = len(set(last)) == len(every)
    return Names(dict(zip(every, last if unique else every, strict=True)))


@dataclass(frozen=True, slots=True)
class Clock:
    """Says times as the log knows them: with a date unless all are of one day."""

    one_day: bool
    one_year: bool
    is_dated: bool = False
    """Whether days without a date come from a source that is not placed among the others."""

    def day(self, time: datetime) -> str:
        """Return the date as far as the log knows it."""
        time = time.astimezone(UTC)
        if time.year == UNDATED_YEAR:
            return f"day {time.timetuple().tm_yday}"
        shown = f"{time.day} {_MONTHS[time.month - 1]}"
        return shown if time.year in (YEARLESS, YEARLESS + 1) else f"{shown} {time.year}"

    def at(self, time: datetime | None) -> str:
        """Return date and time to the second, the date only where the log has several."""
        if time is None:
            return "?"
        time = time.astimezone(UTC)
        clock = f"{time:%H:%M:%S}"
        if self.one_day and not (self.is_dated and time.year == UNDATED_YEAR):
            return clock
        day = self.day(time)
        if self.one_year and time.year != UNDATED_YEAR:
            day = f"{time.day} {_MONTHS[time.month - 1]}"
        return f"{day} {clock}"

    def about(self, time: datetime) -> str:
        """Return date and time to the minute."""
        return self.at(time)[:-3]

    def range(self, first: datetime, last: datetime) -> str:
        """Return a span of time with its dates."""
        first, last = first.astimezone(UTC), last.astimezone(UTC)
        begin, end = f"{first:%H:%M:%S}", f"{last:%H:%M:%S}"
        if first.date() == last.date():
            undated = first.year == UNDATED_YEAR
            return f"{begin} to {end}" if undated else f"{self.day(first)}, {begin} to {end}"
        begin_day = self.day(first)
        if first.year == last.year and first.year > YEARLESS + 1:
            begin_day = begin_day.removesuffix(f" {first.year}")
        return f"{begin_day} {begin} to {self.day(last)} {end}"


def clock_of(analysis: Analysis) -> Clock:
    """Return the clock for a report on *analysis*."""
    times = [
        time.astimezone(UTC)
        for source in placed(analysis)
        for time in (source.first_time, source.last_time)
        if time is not None
    ]
    times += [
        cascade.recurrence.next_due.astimezone(UTC)
        for cascade in analysis.cascades
        if cascade.recurrence.next_due is not None
    ]
    times += [
        datetime.fromtimestamp(source.alignment.offset_s, UTC)
        for source in placed(analysis)
        if source.clock == "uptime" and source.alignment and source.alignment.offset_s
    ]
    return Clock(
        one_day=len({time.date() for time in times}) <= 1,
        one_year=len({time.year for time in times}) <= 1,
        is_dated=all(time.year != UNDATED_YEAR for time in times),
    )


def placed(analysis: Analysis) -> Sequence[SourceSummary]:
    """Return the sources that stand on one timeline."""
    return [
        source
        for source in analysis.sources
        if source.alignment is None or source.alignment.confidence is not Confidence.NONE
    ]


def period_of(analysis: Analysis) -> tuple[datetime, datetime] | None:
    """Return the first and the last time of all sources; None where no source has times."""
    firsts = [source.first_time for source in placed(analysis) if source.first_time]
    lasts = [source.last_time for source in placed(analysis) if source.last_time]
    return (min(firsts), max(lasts)) if firsts and lasts else None
