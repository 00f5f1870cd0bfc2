"""How often the program is right when it says that it is certain, with exact intervals."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import comb

CERTAINTIES = ("certain", "likely", "not-in-log")

ERROR_RATE = 0.05
"""An interval misses the true share in at most one of twenty cases."""

HALVINGS = 60
"""Steps of halving; each halves the error of a bound, so that it ends far below a printed digit."""

Tally = Mapping[str, tuple[int, int]]
"""Certainty -> how many first failures of one case are right, and how many there are."""


@dataclass(frozen=True)
class Calibration:
    """What saying one of the certainties was worth over many cases."""

    certainty: str
    right: int
    total: int
    cases_right: int
    """Cases in which all first failures of this certainty are right."""
    cases: int

    def interval(self) -> tuple[float, float]:
        """Return the 95 % interval of the share of cases; incidents of a case are no new proof."""
        return exact_interval(self.cases_right, self.cases)


def calibrate(tallies: Sequence[Tally]) -> list[Calibration]:
    """Sum the tallies of the cases up, one row a certainty."""
    rows = []
    for certainty in CERTAINTIES:
        pairs = [tally[certainty] for tally in tallies if certainty in tally]
        rows.append(
            Calibration(
                certainty,
                sum(right for right, _ in pairs),
                sum(total for _, total in pairs),
                sum(right == total for right, total in pairs),
                len(pairs),
            )
        )
    return rows


def exact_interval(right: int, total: int, error_rate: float = ERROR_RATE) -> tuple[float, float]:
    """
    Return the interval of Clopper and Pearson (1934) for a share: both bounds exact, never short.

    >>> tuple(round(bound, 4) for bound in exact_interval(9, 10))
    (0.555, 0.9975)
    """
    low, high = 0.0, 1.0
    if right:
        low = _share_where(lambda share: _at_least(right, total, share) < error_rate / 2)
    if right < total:
        high = _share_where(lambda share: 1 - _at_least(right + 1, total, share) > error_rate / 2)
    return low, high


def _share_where(is_below: Callable[[float], bool]) -> float:
    """Return the share at which the condition, true from 0 on, stops to hold."""
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if is_below(middle) else (low, middle)
    return low


def _at_least(right: int, total: int, share: float) -> float:
    """Return how probable at least so many successes are."""
    return sum(
        comb(total, count) * share**count * (1 - share) ** (total - count)
        for count in range(right, total + 1)
    )
