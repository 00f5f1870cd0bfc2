"""How long events took, counted in classes that grow by a tenth: bounded, and true to 5 %."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import ceil, sqrt

LONGEST_MS = 24 * 3600 * 1000
"""All that took longer is one class."""

GROWTH = 1.1
"""From class to class, where they are wider than a millisecond."""


def _bounds() -> tuple[int, ...]:
    bounds = [0]
    while bounds[-1] < LONGEST_MS:
        bounds.append(max(bounds[-1] + 1, int(bounds[-1] * GROWTH)))
    return tuple(bounds)


BOUNDS_MS = _bounds()
"""The shortest duration of each class, in milliseconds."""


def in_classes(durations_ms: Sequence[int]) -> dict[int, int]:
    """
    Return class -> how many of *durations_ms* it has; none for classes without any.

    >>> in_classes([0, 3, 3, 1000])
    {0: 1, 3: 2, 63: 1}
    """
    ordered = sorted(durations_ms)
    places = [*(bisect_left(ordered, bound) for bound in BOUNDS_MS[1:]), len(ordered)]
    found = {0: places[0]} | {
        number: end - begin for number, (begin, end) in enumerate(pairwise(places), start=1)
    }
    return {number: events for number, events in found.items() if events}


def percentile_ms(classes: Mapping[int, int], share: float) -> float:
    """
    Return what *share* of the events took at the most, in milliseconds; at least one event.

    >>> percentile_ms({3: 99, 63: 1}, 0.5)
    3.0
    """
    rank = ceil(share * sum(classes.values()))
    for number in sorted(classes):
        rank -= classes[number]
        if rank <= 0:
            break
    begin = BOUNDS_MS[number]
    end = BOUNDS_MS[number + 1] if number + 1 < len(BOUNDS_MS) else begin + 1
    return float(begin) if end - begin == 1 else sqrt(begin * end)


def events_from(classes: Mapping[int, int], least_ms: int) -> int:
    """
    Return how many events took *least_ms* or longer, to the nearest bound of a class.

    >>> events_from({3: 99, 63: 1}, 1000)
    1
    """
    first = bisect_left(BOUNDS_MS, least_ms)
    if least_ms - BOUNDS_MS[first - 1] < BOUNDS_MS[first] - least_ms:
        first -= 1
    return sum(events for number, events in classes.items() if number >= first)
