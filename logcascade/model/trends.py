"""Whether numbers rise: Theil-Sen's slope and the test of Mann and Kendall, over several runs."""

from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from math import erfc, sqrt
from statistics import median

Point = tuple[float, float]
"""(seconds, value)."""

EXACT_POINTS = 10
"""Runs of no more points, all different, are tested by counting orders; others by the normal
approximation, which is good to 0.01 from 10 points on (Kendall, Rank Correlation Methods)."""

EXACT_IN_ALL = 60
"""Points of all runs together above which the sum over runs is as good as normal."""


def theil_sen(points: Sequence[Point]) -> float | None:
    """
    Return the median of the slopes between all pairs of *points*, per second.

    None where no two differ in time.

    >>> theil_sen([(0, 1.0), (1, 2.0), (2, 90.0), (3, 4.0)])
    1.0
    """
    slopes = [
        (value_b - value_a) / (time_b - time_a)
        for (time_a, value_a), (time_b, value_b) in combinations(points, 2)
        if time_b > time_a
    ]
    return median(slopes) if slopes else None


def chance_of_rise(runs: Sequence[Sequence[float]]) -> float:
    """
    Return the probability that values in random order rise as much within *runs*, one-sided.

    The statistic is Kendall's S, the pairs that rise less those that fall, added over the runs;
    pairs across runs do not count, so a restart between them changes nothing.

    >>> round(chance_of_rise([[1.0, 2.0, 3.0, 4.0, 5.0]]), 6)
    0.008333
    >>> chance_of_rise([[3.0, 1.0, 2.0]]) > 0.5
    True
    """
    runs = [run for run in runs if len(run) > 1]
    score = sum(_score(run) for run in runs)
    in_all = sum(map(len, runs))
    if in_all <= EXACT_IN_ALL and all(
        len(run) <= EXACT_POINTS and len(set(run)) == len(run) for run in runs
    ):
        return _exact(score, [len(run) for run in runs])
    variance = sum(_variance(run) for run in runs)
    if variance <= 0:
        return 1.0
    return 0.5 * erfc((score - 1) / sqrt(2 * variance))


def _score(values: Sequence[float]) -> int:
    return sum((later > earlier) - (later < earlier) for earlier, later in combinations(values, 2))


def _variance(values: Sequence[float]) -> float:
    """Return the variance of S for random orders of *values*, those that are equal considered."""

    def term(count: int) -> int:
        return count * (count - 1) * (2 * count + 5)

    ties = sum(term(count) for count in Counter(values).values() if count > 1)
    return (term(len(values)) - ties) / 18


def _exact(score: int, sizes: Sequence[int]) -> float:
    """Return the share of all orders whose S, added over runs of *sizes*, is at least *score*.

    S = pairs - 2 x inversions; the numbers of orders by inversions multiply as polynomials.
    """
    orders = [1.0]
    pairs = 0
    for size in sizes:
        pairs += size * (size - 1) // 2
        for width in range(2, size + 1):
            orders = _times_row(orders, width)
    most = (pairs - score) // 2
    return min(1.0, sum(orders[: most + 1])) if most >= 0 else 0.0


def _times_row(orders: Sequence[float], width: int) -> list[float]:
    """Return *orders* times (1 + x + ... + x^(width - 1)) / width: no share can overflow."""
    product = [0.0] * (len(orders) + width - 1)
    for place in range(len(product)):
        low, high = max(0, place - width + 1), min(len(orders), place + 1)
        product[place] = sum(orders[low:high]) / width
    return product
