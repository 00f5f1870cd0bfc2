"""What the healthy events say of the traffic: volume, bursts, how many at once."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from logcascade.model.durations import events_from, percentile_ms
from logcascade.model.load import SLOW_S, Durations, Load
from logcascade.model.records import LoadCounts

HOLE_HOURS = 3
"""Hours without any event before a log is said to have a hole; a program that is down for so long
without a word is as unknown as one whose log is lost."""

HOLE_EVENTS = 30
"""Events in the hours on both sides: three silent hours then are no chance, not even at night."""

HOUR_S = 3600.0
DAY_S = 86400.0

ARRIVAL_WINDOW_S = 10
"""A failure answers what arrived this long before it. Seconds: a burst of many users takes one to
two, a client's own queue some more."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """The load of all sources together."""

    counts: tuple[LoadCounts, ...]

    def summary(self) -> Load | None:
        """Return the figures for the report, or None where no source logs its events."""
        counts = [item for item in self.counts if item.events]
        if not counts:
            return None
        busiest = max(counts, key=lambda item: item.peak_1s)
        mean = self.mean_per_s()
        return Load(
            events=sum(item.events for item in counts),
            mean_per_s=None if mean is None else round(mean, 4),
            peak_1s=busiest.peak_1s,
            peak_10s=max(item.peak_10s for item in counts),
            peak_concurrency=max(item.peak_concurrency for item in counts),
            peak_time=None
            if busiest.peak_time is None
            else datetime.fromtimestamp(busiest.peak_time, UTC),
            durations=self.durations(),
            seconds=tuple(sorted(Counter(busiest.busy_seconds.values()).items())),
        )

    def durations(self) -> Durations | None:
        """Return how long the events took, or None where no source tells."""
        counts = [item for item in self.counts if item.slowest_time is not None]
        if not counts:
            return None
        classes: Counter[int] = Counter()
        for item in counts:
            classes.update(item.durations)
        slowest = max(counts, key=lambda item: item.slowest_s)
        mean = sum(item.busy_s for item in counts) / classes.total()
        rate = Traffic(tuple(counts)).mean_per_s()
        shares = (percentile_ms(classes, share) / 1000 for share in (0.5, 0.95, 0.99))
        median, most, nearly_all = (round(min(each, slowest.slowest_s), 3) for each in shares)
        return Durations(
            mean_s=round(mean, 3),
            p50_s=median,
            p95_s=most,
            p99_s=nearly_all,
            slowest_s=slowest.slowest_s,
            slowest_time=datetime.fromtimestamp(slowest.slowest_time or 0.0, UTC),
            mean_concurrency=None if rate is None else round(rate * mean, 4),
            slow=events_from(classes, SLOW_S * 1000),
        )

    def mean_per_s(self) -> float | None:
        """Return events a second over the time they span, or None for fewer than two."""
        firsts = [item.first for item in self.counts if item.first is not None]
        lasts = [item.last for item in self.counts if item.last is not None]
        if not firsts or not lasts or max(lasts) <= min(firsts):
            return None
        return sum(item.events for item in self.counts) / (max(lasts) - min(firsts))

    def arrivals_before(self, at: float) -> int:
        """Return the most events that arrived in one of the seconds just before *at*."""
        last = int(at)
        return max(
            (
                item.busy_seconds.get(second, 0)
                for item in self.counts
                for second in range(last - ARRIVAL_WINDOW_S, last + 1)
            ),
            default=0,
        )

    def arrivals(self, start: float, end: float) -> float:
        """Return the events from *start* to *end*: by the hour, or more where seconds tell more."""
        seconds = sum(
            count
            for item in self.counts
            for second, count in item.busy_seconds.items()
            if start <= second <= end
        )
        return max(self.between(start, end), float(seconds))

    def hour_on_other_days(self, at: float) -> list[float]:
        """Return the events of the hour before *at*, at the same time of the log's other days.

        Days of which the log has no event then are left out: it may be missing there.
        """
        hours = [hour for item in self.counts for hour in item.hours]
        if not hours:
            return []
        earliest, latest = min(hours) * HOUR_S, max(hours) * HOUR_S + HOUR_S
        first = -int((at - HOUR_S - earliest) // DAY_S)
        days = range(first, int((latest - at) // DAY_S) + 1)
        counts = [self.between(at + n * DAY_S - HOUR_S, at + n * DAY_S) for n in days if n]
        return [count for count in counts if count > 0]

    def holes(self) -> tuple[tuple[float, float], ...]:
        """
        Return the spans, in epoch seconds, in which the log itself must be missing.

        They are whole hours without an event between hours with many: at the usual rate of the
        hours on both sides such silence is out of the question.
        """
        hours: Counter[int] = Counter()
        for item in self.counts:
            hours.update(item.hours)
        seen = sorted(hours)
        return tuple(
            (before * 3600.0 + 3600.0, after * 3600.0)
            for before, after in pairwise(seen)
            if after - before > HOLE_HOURS and min(hours[before], hours[after]) >= HOLE_EVENTS
        )

    def between(self, start: float, end: float) -> float:
        """Return the events from *start* to *end*, hours that are cut counted by their share."""
        total = 0.0
        for item in self.counts:
            for hour, events in item.hours.items():
                begins, ends = hour * 3600.0, hour * 3600.0 + 3600.0
                overlap = min(ends, end) - max(begins, start)
                if overlap > 0:
                    total += events * overlap / 3600.0
        return total


def merge(counts: Sequence[LoadCounts]) -> Traffic:
    """Return the traffic of all sources."""
    return Traffic(tuple(item for item in counts if item.events))
