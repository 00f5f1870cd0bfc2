"""How often something came, where what comes close together is one."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

CLOSE = 0.25
"""Share of the mean time between two of them below which they are one spell: what comes in flurries
is quiet for long between them. At random times a gap in five is as short."""


@dataclass(frozen=True, slots=True)
class Spells:
    """How often something came, and how long it stayed away."""

    count: int
    """What came close together is counted once."""
    longest_gap_s: float | None
    """The longest time between two of them, in seconds; None below two."""


def spells_of(times: Sequence[float], span_s: float | None) -> Spells | None:
    """Return the spells of what came at *times*, sorted, in a log of *span_s* seconds."""
    if not times or not span_s or span_s < 0:
        return None
    return Spells(
        len(one_each(times, CLOSE * span_s / len(times))),
        max((later - one for one, later in pairwise(times)), default=None),
    )


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
