"""Whether a cascade begins in rushes: many more events just before it than at other times."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import exp, log
from statistics import median

from logcascade.diagnosis.drivers import Cycle, Test
from logcascade.diagnosis.regularity import MIN_GAPS
from logcascade.diagnosis.words import span
from logcascade.model.spells import one_each
from logcascade.model.traffic import Traffic

WINDOWS_S = (60, 300, 900)
"""How long before a failure its rush is looked for. Seconds: a burst of users, a queue that fills,
a busy quarter of an hour. All are paid for."""

SAME_RUSH_S = 900.0
"""Failures closer than this are met in one rush, or in the backlog of the one before."""

REFERENCES = 500
"""Other times of the log that the time before a failure is compared with."""

MIN_REFERENCES = 50
"""Fewer of them tell nothing."""

RUSH_P = 0.001
"""A rush is claimed below this chance: traffic has habits of its own, and so have people."""

RUSH_RATIO = 3.0
"""And where the median failure has so many times the events of the mean time before it."""

MOST_SHARE = 0.75
"""Share of the beginnings that must stand in the busiest tenth of the log."""

BUSY_RANK = 0.1


@dataclass(frozen=True, slots=True)
class Arrivals:
    """The seconds in which events arrived; of a long log the busiest only."""

    seconds: Sequence[int]
    """Ascending."""
    sums: Sequence[int]
    """Events up to each second, it included; begins with 0."""

    @classmethod
    def of(cls, traffic: Traffic) -> "Arrivals":
        """Return those of all sources together."""
        events: Counter[int] = Counter()
        for item in traffic.counts:
            events.update(item.busy_seconds)
        seconds = sorted(events)
        return cls(seconds, [0, *accumulate(events[second] for second in seconds)])

    def between(self, start: float, end: float) -> int:
        """Return the events from *start* up to *end*."""
        begin, until = (bisect_left(self.seconds, at) for at in (start, end))
        return self.sums[until] - self.sums[begin]


def by_rush(cycles: Sequence[Cycle], arrivals: Arrivals | None) -> Test:
    """
    Tell whether the minutes before each beginning are busier than other times of the log.

    Restarts at random times meet any minute alike, whatever the daily habits of the traffic are.
    """
    begun = one_each([cycle.at for cycle in cycles], SAME_RUSH_S)
    if arrivals is None or not arrivals.seconds:
        return Test(False, "the log counts no healthy events")
    if len(begun) <= MIN_GAPS:
        return Test(False, f"{len(begun)} rushes at the most: too few to compare")
    tests = [_compared(begun, cycles, arrivals, width) for width in WINDOWS_S]
    return min(tests, key=lambda test: (not test.holds, test.chance or 1.0))


def _compared(
    begun: Sequence[float], cycles: Sequence[Cycle], arrivals: Arrivals, width: float
) -> Test:
    others = sorted(
        arrivals.between(at - width, at) for at in _other_times(cycles, arrivals, width)
    )
    if len(others) < MIN_REFERENCES:
        return Test(False, "too little of the log is healthy")
    counts = [arrivals.between(at - width, at + 1) for at in begun]
    ranks = [_rank(count, others) for count in counts]
    chance = min(1.0, len(WINDOWS_S) * _fisher(ranks))
    usual, mean = median(counts), sum(others) / len(others)
    busy = sum(rank <= BUSY_RANK for rank in ranks)
    why = (
        f"{usual:.0f} events in the {span(width)} before its {len(begun)} beginnings (median), "
        f"{mean:.1f} at other times (mean); {busy} of {len(begun)} in the busiest tenth of the log"
    )
    is_rush = usual >= RUSH_RATIO * mean and busy >= MOST_SHARE * len(begun)
    return Test(chance <= RUSH_P and is_rush, why, chance=chance)


def _other_times(cycles: Sequence[Cycle], arrivals: Arrivals, width: float) -> list[float]:
    """Return times all over the log, but for the failures and the backlog after each."""
    first, last = arrivals.seconds[0] + width, float(arrivals.seconds[-1])
    step = (last - first) / REFERENCES
    if step <= 0:
        return []
    spans = [(c.at, max(c.end, c.next_start or c.at) + SAME_RUSH_S + width) for c in cycles]
    times = (first + (number + 0.5) * step for number in range(REFERENCES))
    found, place = [], 0
    for at in times:
        while place < len(spans) and spans[place][1] < at:
            place += 1
        if place == len(spans) or not spans[place][0] <= at:
            found.append(at)
    return found


def _rank(count: int, others: Sequence[int]) -> float:
    """Return the share of *others*, ascending, that have as many events; never 0."""
    return (len(others) - bisect_left(others, count) + 1) / (len(others) + 1)


def _fisher(ranks: Sequence[float]) -> float:
    """Return the chance that so many even ranks are as low together (Fisher's method)."""
    half = -sum(map(log, ranks))
    term = total = 1.0
    for number in range(1, len(ranks)):
        term *= half / number
        total += term
    return min(1.0, exp(-half) * total)
