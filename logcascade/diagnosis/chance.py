"""How likely chance alone makes what looks like a reason."""

from collections.abc import Sequence
from math import comb


def at_least(hits: int, tries: int, probability: float) -> float:
    """
    Return how likely so many hits or more are, each with the same probability.

    >>> round(at_least(2, 3, 0.5), 3), at_least(0, 3, 0.1)
    (0.5, 1.0)
    """
    missed = sum(
        comb(tries, count) * probability**count * (1 - probability) ** (tries - count)
        for count in range(hits)
    )
    return min(max(1.0 - missed, 0.0), 1.0)


def one_each(times: Sequence[float], apart_s: float) -> list[float]:
    """
    Return the first of each group of *times* whose gaps are shorter than *apart_s* seconds.

    What comes in a row is one event: each further one would be counted as new evidence.

    >>> one_each([0, 10, 25, 100], 20)
    [0, 100]
    """
    firsts: list[float] = []
    last = None
    for time in sorted(times):
        if last is None or time - last >= apart_s:
            firsts.append(time)
        last = time
    return firsts
