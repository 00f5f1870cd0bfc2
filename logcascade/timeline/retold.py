"""
The same event told by several sources, counted once.

A bot's own log and the journal that caught its output hold the same records. What two sources tell
of one component at one time, in the same number, is one event; the source named first keeps it.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence

from logcascade.model.bursts import Burst
from logcascade.model.records import LoadCounts

SAME_TIME_S = 1.0
"""Two sources stamp one event this close. Seconds; a carrier stamps a line when it has read it,
some 100 ms later at most, and stamps may be whole seconds."""

SAME_LOAD_SHARE = 0.9
"""Two sources that count as many events in so large a share of their hours count the same ones."""


def without_retold(bursts: Sequence[Burst]) -> tuple[list[Burst], int]:
    """
    Return *bursts* without those that an earlier source tells too, and how many reports that were.

    Within one source nothing is ever taken for a repetition.
    """
    told: dict[tuple[str, str, int], list[tuple[float, int]]] = defaultdict(list)
    for burst in bursts:
        if burst.timed:
            key = (burst.component, burst.rule, burst.count)
            told[key].append((burst.start, burst.first.order[0]))
    for places in told.values():
        places.sort()
    kept = [burst for burst in bursts if not _is_retold(burst, told)]
    return kept, sum(burst.count for burst in bursts) - sum(burst.count for burst in kept)


def _is_retold(burst: Burst, told: dict[tuple[str, str, int], list[tuple[float, int]]]) -> bool:
    source = burst.first.order[0]
    if source == 0 or not burst.timed:
        return False
    places = told[(burst.component, burst.rule, burst.count)]
    low = bisect_left(places, (burst.start - SAME_TIME_S, 0))
    high = bisect_right(places, (burst.start + SAME_TIME_S, source))
    return any(other < source for _, other in places[low:high])


def without_retold_load(counts: Sequence[LoadCounts]) -> list[LoadCounts]:
    """Return *counts* without those of a source that counts what an earlier one did."""
    kept: list[LoadCounts] = []
    for each in counts:
        if not any(_same_load(each, other) for other in kept):
            kept.append(each)
    return kept


def _same_load(one: LoadCounts, other: LoadCounts) -> bool:
    hours = one.hours.keys() | other.hours.keys()
    same = sum(one.hours.get(hour, 0) == other.hours.get(hour, 0) for hour in hours)
    return bool(hours) and same >= SAME_LOAD_SHARE * len(hours)
