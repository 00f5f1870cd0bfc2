"""
How alike gaps are, and how likely chance makes them so.

Spread = 1.4826 x MAD, consistent with the standard deviation of a normal distribution.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, lgamma, log
from statistics import median

MIN_GAPS = 3
"""Fewer gaps support no claim: two equal gaps are found by chance all the time."""

SIGNIFICANT_P = 0.01
"""A rhythm is claimed when random restarts would look as regular less often than this."""

WIDEST_SPREAD = 0.25
"""A spread above this share of the median gap is no period that anyone could wait for."""

OUTLIER_SHARE = 1 / 3
"""Share of the gaps that may fit nothing: planned restarts, other faults; the test pays for it."""

MOST_FOLDED = 5
"""A gap of up to so many periods has so many less one starts missing; beyond, any gap would fit."""

ALIKE = 0.1
"""Gaps that differ from their median by no more than this share are alike whatever the spread."""

MAD_TO_SIGMA = 1.4826
"""Median absolute deviation to standard deviation, for a normal distribution."""


def spread_of(values: Sequence[float]) -> float:
    """
    Return 1.4826 x the median absolute deviation of *values*; at least one value.

    >>> spread_of([10.0, 11.0, 12.0])
    1.4826
    """
    middle = median(values)
    return MAD_TO_SIGMA * median(abs(value - middle) for value in values)


def chance_of_regularity(gaps: Sequence[float], dropped: int = 0) -> float:
    """
    Return the probability that random gaps are as alike as *gaps*, whatever their rate.

    For n independent exponential gaps the ratio r of the largest to the smallest is at most r with
    probability n / (r - 1) * B(n / (r - 1), n), where B is the beta function: integrate over the
    smallest gap x the chance that the others lie in [x, r x]. No rate enters. *dropped* gaps were
    left out after looking, so the number of ways to do that multiplies the result.

    >>> chance_of_regularity([60.0, 61.0, 60.5, 60.2]) < 0.0001
    True
    >>> chance_of_regularity([60.0, 200.0, 10.0]) > 0.1
    True
    """
    n = len(gaps)
    if n < 2 or min(gaps) <= 0:
        return 1.0
    excess = max(gaps) / min(gaps) - 1.0
    if excess <= 1e-12:
        return 0.0
    a = n / excess
    log_beta = lgamma(a) + lgamma(n) - lgamma(a + n)
    return exp(min(0.0, log_ways(n + dropped, dropped) + log(a) + log_beta))


def log_ways(total: int, chosen: int) -> float:
    """
    Return the logarithm of the ways to choose *chosen* of *total*, however many they are.

    >>> round(exp(log_ways(5, 2)))
    10
    """
    return lgamma(total + 1) - lgamma(chosen + 1) - lgamma(total - chosen + 1)


@dataclass(frozen=True, slots=True)
class Sample:
    """Gaps sorted by whether one length explains them."""

    single: tuple[float, ...]
    """Those of about one length."""
    folded: tuple[float, ...] = ()
    """Those of several lengths, divided: starts are missing."""
    odd: int = 0
    """Others."""

    @property
    def gaps(self) -> tuple[float, ...]:
        """All that one length explains."""
        return self.single + self.folded

    @property
    def chance(self) -> float:
        """The probability that random gaps look so; leaving some out is paid for."""
        return chance_of_regularity(self.single, len(self.folded) + self.odd)

    @property
    def period(self) -> float:
        """The median length. Seconds, or whatever the gaps are in."""
        return median(self.gaps)

    @property
    def spread(self) -> float:
        """The spread of the lengths."""
        return spread_of(self.gaps)

    @property
    def is_regular(self) -> bool:
        """Whether chance is no explanation, and the length one that anybody could wait for."""
        enough = len(self.single) >= MIN_GAPS
        return (
            enough and self.chance <= SIGNIFICANT_P and self.spread <= WIDEST_SPREAD * self.period
        )


def sample_of(gaps: Sequence[float]) -> Sample:
    """
    Return *gaps*, at least one, by whether they are one length, several, or neither.

    Where too many fit nothing, all are left as they are: there is no rhythm to test.

    >>> sample_of([60.0, 61.0, 59.0, 120.0, 60.0]).folded
    (60.0,)
    """
    middle = median(gaps)
    reach = max(ALIKE * middle, 3 * spread_of(gaps))
    near = [gap for gap in gaps if abs(gap - middle) <= reach]
    middle = median(near)
    reach = max(ALIKE * middle, 3 * spread_of(near))
    single, folded, odd = [], [], 0
    for gap in gaps:
        times = round(gap / middle) if middle else 1
        if abs(gap - middle) <= reach:
            single.append(gap)
        elif 2 <= times <= MOST_FOLDED and abs(gap - times * middle) <= min(reach, ALIKE * middle):
            folded.append(gap / times)
        else:
            odd += 1
    too_few = len(single) < MIN_GAPS or 2 * len(single) < len(gaps)
    if too_few or odd > OUTLIER_SHARE * len(gaps):
        return Sample(tuple(gaps))
    return Sample(tuple(single), tuple(folded), odd)
