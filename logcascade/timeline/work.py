"""
Where a source shows work: the lines that report no failure and no start or end.

A failure at its usual rate needs usual work beside it, and what passed by itself is followed by
some. Lines are counted, not read: those of a source less those of what was recognised in it.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import pairwise

from logcascade.model.bursts import Burst
from logcascade.model.records import Severity
from logcascade.model.rules import COUNTED, Role

WORKED_SHARE = 0.5
"""Share of the gaps between two reports that must show work. A service rests at times, so not all
are asked; where most show none, the log is little but the failure."""

PASSED_S = 10.0
"""What is still in the log so long after a failure shows that it passed. Seconds; clients try
again after 1 to 5 s, so less shows no more than the wait."""


class Work:
    """Tells how many lines between two failures report something else."""

    def __init__(self, told: Mapping[int, Sequence[Burst]], lines: Mapping[int, int]) -> None:
        """*told* is what was recognised in each source, by its number; *lines* what it holds."""
        self._lines = lines
        self._covered = {
            number: _Covered([burst for burst in bursts if not _is_work(burst)])
            for number, bursts in told.items()
        }

    def is_between(self, bursts: Sequence[Burst]) -> bool:
        """Tell whether most gaps between *bursts*, in order, show work."""
        gaps = [
            self._count(before, _last(before), after.first.record_line)
            for before, after in pairwise(bursts)
            if _source(before) == _source(after)
        ]
        return sum(count >= 1.0 for count in gaps) >= WORKED_SHARE * len(gaps)

    def is_after(self, burst: Burst, until: float, before_line: int | None = None) -> bool:
        """
        Tell whether work follows *burst* in its source, and for longer than a retry takes.

        *until* is the time of the log's last line in epoch seconds; *before_line* the line by which
        it must have begun.
        """
        if burst.timed and until - burst.end < PASSED_S:
            return False
        end = self._lines.get(_source(burst), 0) + 1 if before_line is None else before_line
        return self._count(burst, _last(burst), end) >= 1.0

    def _count(self, burst: Burst, after: int, before: int) -> float:
        """Return the lines of the source of *burst* between two that no report covers."""
        covered = self._covered.get(_source(burst))
        taken = covered.until(before) - covered.until(after + 1) if covered else 0.0
        return before - after - 1 - taken


class _Covered:
    """How many of a source's first lines belong to reports."""

    def __init__(self, bursts: Sequence[Burst]) -> None:
        """Spread the reports of each of *bursts* evenly over its span."""
        changes: dict[int, float] = {}
        for burst in bursts:
            begin, end = burst.first.record_line, _last(burst) + 1
            own = burst.count * (max(burst.first.last_line, begin) - begin + 1)
            density = min(1.0, own / max(end - begin, 1))
            changes[begin] = changes.get(begin, 0.0) + density
            changes[end] = changes.get(end, 0.0) - density
        self._places = sorted(changes)
        self._densities: list[float] = []
        self._sums: list[float] = []
        density, total, last = 0.0, 0.0, 0
        for place in self._places:
            total += min(density, 1.0) * (place - last)
            density += changes[place]
            self._densities.append(min(density, 1.0))
            self._sums.append(total)
            last = place

    def until(self, line: int) -> float:
        """Return how many lines before *line* are covered."""
        at = bisect_right(self._places, line) - 1
        if at < 0:
            return 0.0
        return self._sums[at] + max(self._densities[at], 0.0) * (line - self._places[at])


def _is_work(burst: Burst) -> bool:
    """Tell whether a report is a word of healthy work: that a connection stands again, a number."""
    if burst.first.role in COUNTED:
        return True
    level = burst.first.level
    return burst.first.role is Role.BENIGN and level is not None and level <= Severity.INFO


def _source(burst: Burst) -> int:
    return burst.first.order[0]


def _last(burst: Burst) -> int:
    return max(burst.last_location.line, burst.first.last_line)
