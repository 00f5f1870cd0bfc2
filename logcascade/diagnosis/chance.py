"""How likely chance alone makes what looks like a reason."""

from math import comb, exp, lgamma, log


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


def at_most(hits: int, tries: int, probability: float) -> float:
    """
    Return how likely so few hits or fewer are; the numbers may be large.

    >>> round(at_most(0, 11, 0.5), 5), at_most(3, 3, 0.2)
    (0.00049, 1.0)
    """
    if hits >= tries or not 0 < probability < 1:
        return 1.0
    likely, unlikely = log(probability), log(1 - probability)
    logs = (
        lgamma(tries + 1)
        - lgamma(count + 1)
        - lgamma(tries - count + 1)
        + count * likely
        + (tries - count) * unlikely
        for count in range(hits + 1)
    )
    return min(sum(map(exp, logs)), 1.0)
