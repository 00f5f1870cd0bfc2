"""Bursts and load moved to another clock."""

from calendar import isleap
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import MAXYEAR, MINYEAR, UTC, datetime, timedelta

from logcascade.model.bursts import Burst
from logcascade.model.records import LoadCounts

HOUR_S = 3600

_FIRST_S = datetime(MINYEAR, 1, 2, tzinfo=UTC).timestamp()
_LAST_S = datetime(MAXYEAR, 12, 31, tzinfo=UTC).timestamp()
"""Epoch seconds that every zone's calendar has."""


@dataclass(frozen=True, slots=True)
class Shift:
    """What to do to the times of a source: first other years, then so many seconds later."""

    years: int = 0
    seconds: float = 0.0

    @property
    def is_nothing(self) -> bool:
        """Whether it leaves all times as they are."""
        return not self.years and not self.seconds

    def __call__(self, at: float) -> float:
        """Return where *at* comes to lie, both in epoch seconds; never outside of the calendar."""
        if self.years:
            at = self._in_other_year(datetime.fromtimestamp(at, UTC)).timestamp()
        return min(max(at + self.seconds, _FIRST_S), _LAST_S)

    def moment(self, moment: datetime | None) -> datetime | None:
        """Return where a time comes to lie; None where there is none."""
        return moment and datetime.fromtimestamp(self(moment.timestamp()), UTC)

    def _in_other_year(self, moment: datetime) -> datetime:
        year = min(max(moment.year + self.years, MINYEAR), MAXYEAR)
        if (moment.month, moment.day) == (2, 29) and not isleap(year):
            moment += timedelta(days=1)
        return moment.replace(year=year)


def shifted_burst(burst: Burst, shift: Shift) -> Burst:
    """Return *burst* on the other clock; one without times stays as it is."""
    if not burst.timed:
        return burst
    first = burst.first
    return replace(
        burst,
        first=replace(
            first,
            time=shift.moment(first.time),
            occurred_from=shift.moment(first.occurred_from),
        ),
        start=shift(burst.start),
        end=shift(burst.end),
        occurred_from=None if burst.occurred_from is None else shift(burst.occurred_from),
        moments=tuple(map(shift, burst.moments)),
        readings={
            name: tuple((shift(at), value) for at, value in points)
            for name, points in burst.readings.items()
        },
    )


def shifted_load(load: LoadCounts, shift: Shift) -> LoadCounts:
    """
    Return *load* on the other clock.

    An hour that comes to lie on two is divided among them, a second goes where most of it lies.
    """
    return replace(
        load,
        first=_moved(load.first, shift),
        last=_moved(load.last, shift),
        busy_seconds=_in_seconds(load.busy_seconds, shift),
        hours=_in_hours(load.hours, shift),
        slowest_time=_moved(load.slowest_time, shift),
        peak_time=None if load.peak_time is None else float(round(shift(load.peak_time))),
    )


def _moved(at: float | None, shift: Callable[[float], float]) -> float | None:
    return None if at is None else shift(at)


def _in_seconds(counts: Mapping[int, int], shift: Callable[[float], float]) -> dict[int, int]:
    moved: Counter[int] = Counter()
    for second, events in counts.items():
        moved[round(shift(float(second)))] += events
    return dict(sorted(moved.items()))


def _in_hours(counts: Mapping[int, int], shift: Callable[[float], float]) -> dict[int, int]:
    moved: Counter[int] = Counter()
    for hour, events in counts.items():
        begin, over = divmod(shift(float(hour * HOUR_S)), HOUR_S)
        later = round(events * over / HOUR_S)
        moved[int(begin)] += events - later
        if later:
            moved[int(begin) + 1] += later
    return dict(sorted(moved.items()))
