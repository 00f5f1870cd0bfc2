"""The failures before one and after one, by rule and time; and the link to one of them."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from logcascade.model.analysis import Link
from logcascade.model.bursts import Burst


@dataclass(frozen=True, slots=True)
class Linked:
    """The cause found for a burst."""

    cause: int
    """Index of the cause among the bursts."""
    link: Link
    how: str
    early: bool = False
    """Whether the cause is reported after what it led to."""


class Past:
    """The bursts of each rule, by start, to look up what came before."""

    def __init__(self, bursts: Sequence[Burst]) -> None:
        self._bursts = bursts
        self._starts: dict[str, list[float]] = defaultdict(list)
        self._indices: dict[str, list[int]] = defaultdict(list)
        for index, burst in enumerate(bursts):
            self._starts[burst.rule].append(burst.start)
            self._indices[burst.rule].append(index)

    def before(self, rule: str, index: int, reach: float) -> Iterable[int]:
        """Yield bursts of *rule* that begin before burst *index*, latest first."""
        burst = self._bursts[index]
        starts = self._starts.get(rule, [])
        upper = bisect_right(starts, burst.start)
        lower = bisect_left(starts, burst.start - reach) if burst.timed else 0
        for at in range(upper - 1, max(lower - 1, -1), -1):
            if self._bursts[self._indices[rule][at]].position < burst.position:
                yield self._indices[rule][at]

    def after(self, rule: str, index: int, reach: float) -> Iterable[int]:
        """Yield bursts of *rule* that begin after burst *index*, earliest first."""
        burst = self._bursts[index]
        if not burst.timed:
            return
        starts = self._starts.get(rule, [])
        for at in range(
            bisect_left(starts, burst.start), bisect_right(starts, burst.start + reach)
        ):
            if self._bursts[self._indices[rule][at]].position > burst.position:
                yield self._indices[rule][at]
