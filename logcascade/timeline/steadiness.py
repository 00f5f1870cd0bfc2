"""
Whether a failure goes on over the whole log: how many of its equal spans hold a report.

Reports at a constant rate leave spans empty by chance, the more the fewer they are. How many they
hold has an exact distribution, so that of eight reports no more is asked than eight can show.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, pairwise
from math import ceil

from logcascade.model.traffic import ARRIVAL_WINDOW_S, HOUR_S, Traffic
from logcascade.timeline.rates import JUMP_CHANCE, JUMP_TIMES, Event, Jump, chance_of_more

STEADY_LEAST = 8
"""Fewer bursts than this are too few to call a rate steady: of seven, chance alone leaves half of
the log without any more than one time in twenty (of eight, 9 times in 256), and a failure that
began half way could not be told from one that was always there."""

SPANS = 10
"""The log is cut into so many equal spans."""

BY_CHANCE = 0.025
"""A failure at a constant rate holds fewer spans than asked at most so often. Probability; with the
longest hole, which is looked at too, one steady failure in twenty is not called so."""

BY_SECOND_LOOK = 0.5
"""The same for the traffic, the second measure that is tried: reports must be spread over it as
well as chance usually does. What comes with each start comes with the traffic, too. Probability."""

LONGEST_HOLE = 0.5
"""A failure that is absent for this share of the log does not go on over all of it."""

LULL_SHARE = 0.8
"""No more than this share of the spans is asked, whatever the count: services rest at times."""

MANY = 100
"""So many reports at a constant rate hold nearly all spans; more of them change nothing."""

TELLING_EVENTS = 100
"""Healthy events that are needed to measure a log by its traffic: ten a span."""

Clock = Callable[[float], float]
"""From epoch seconds to the share of the log, 0 to 1, that lies before them."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What a log is cut into equal parts by."""

    of: str
    """What the parts are parts of."""
    clock: Clock
    by_chance: float
    """How often a steady failure is in fewer parts than asked, at most. Probability."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How reports lie over a log."""

    held: int
    """Equal spans that hold a report."""
    spans: int
    """Spans that were looked at: those of a jump are not."""
    asked: int
    """Spans that a steady failure of so many reports holds at least."""
    hole: float
    """Share of the log that is the longest time without it, jumps aside."""
    measure: Measure

    @property
    def is_steady(self) -> bool:
        """Tell whether the reports hold as many spans as steady ones would, and none is far."""
        return self.held >= self.asked and self.hole < LONGEST_HOLE


def measures(begin: float, end: float, traffic: Traffic) -> list[Measure]:
    """
    Return the measures of a log from *begin* to *end* by which a failure may be steady.

    One is time. The other is the traffic: what fails with a part of the requests rests with them.
    """
    found = [Measure("log", lambda at: (at - begin) / (end - begin), BY_CHANCE)]
    by_traffic = _traffic_clock(begin, end, traffic)
    if by_traffic is not None:
        found.append(Measure("traffic", by_traffic, BY_SECOND_LOOK))
    return found


def _traffic_clock(begin: float, end: float, traffic: Traffic) -> Clock | None:
    counts: Counter[int] = Counter()
    for item in traffic.counts:
        counts.update(item.hours)
    if counts.total() < TELLING_EVENTS:
        return None
    hours = sorted(counts)
    before = list(accumulate((counts[hour] for hour in hours), initial=0))

    def share(at: float) -> float:
        number = bisect_right(hours, at // HOUR_S) - 1
        if number < 0:
            return 0.0
        opened = max(hours[number] * HOUR_S, begin)
        closed = min(hours[number] * HOUR_S + HOUR_S, end)
        part = min(max((at - opened) / max(closed - opened, 1.0), 0.0), 1.0)
        return (before[number] + part * counts[hours[number]]) / before[-1]

    return share


def spread(times: Sequence[float], jumps: Sequence[Jump], measure: Measure) -> Spread:
    """Return how reports at *times*, epoch seconds, lie over the log; spans of *jumps* aside."""
    places = [measure.clock(at) for at in times]
    held = {min(max(int(place * SPANS), 0), SPANS - 1) for place in places}
    without = [(measure.clock(jump.begin), measure.clock(jump.end)) for jump in jumps]
    spans = sum(
        number in held or not any(begin <= (number + 0.5) / SPANS <= end for begin, end in without)
        for number in range(SPANS)
    )
    least = spans_by_chance(len(times), spans, measure.by_chance)
    marks = sorted([0.0, *places, *(edge for pair in without for edge in pair), 1.0])
    hole = max(later - earlier for earlier, later in pairwise(marks))
    return Spread(len(held), spans, min(least, ceil(LULL_SHARE * spans)), hole, measure)


def follows_traffic(jump: Jump, events: Sequence[Event], traffic: Traffic) -> bool:
    """
    Tell whether *events* come in *jump* no oftener than elsewhere for what arrives.

    What waited while nothing could be fetched arrives at once, and so do its failures.
    """
    if sum(item.events for item in traffic.counts) < TELLING_EVENTS:
        return False
    arrived = traffic.arrivals(jump.begin - ARRIVAL_WINDOW_S, jump.end)
    others = sum(item.events for item in traffic.counts) - arrived
    if arrived <= 0 or others <= 0:
        return False
    inside = sum(event.count for event in events if jump.holds(event.start))
    outside = sum(event.count for event in events) - inside
    return (
        inside / arrived < JUMP_TIMES * outside / others
        or chance_of_more(inside, arrived, outside, others) > JUMP_CHANCE
    )


@cache
def spans_by_chance(count: int, spans: int, chance: float) -> int:
    """
    Return how many of *spans* equal spans *count* reports at a constant rate hold at least.

    They hold fewer with a probability of *chance* at most. It is the classical problem of
    occupied cells (Feller, An Introduction to Probability Theory, volume 1, chapter II.5), solved
    exactly by adding one report after the other.

    >>> spans_by_chance(8, 10, 0.025), spans_by_chance(19, 10, 0.025)
    (4, 7)
    """
    held = [1.0, *[0.0] * spans]
    for _ in range(min(count, MANY)):
        held = [
            (held[k] * k + (held[k - 1] * (spans - k + 1) if k else 0.0)) / spans
            for k in range(spans + 1)
        ]
    return next(k for k, fewer in enumerate(accumulate(held)) if fewer > chance)
