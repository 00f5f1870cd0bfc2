"""The failures of one run, by kind and time: who stands near whom, without looking at all."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from logcascade.model.bursts import Burst
from logcascade.model.rules import Role

MAX_KINDS = 30
"""In a run with more kinds of failures only those of the nearest so many before and after one are
its neighbours: nobody reads a longer list."""


@dataclass(slots=True)
class _Kind:
    """The bursts of one rule in one run, in order."""

    indices: list[int] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)
    totals: list[int] = field(default_factory=lambda: [0])
    """How many reports there are before each burst, and in all."""


@dataclass(frozen=True, slots=True)
class Near:
    """Neighbouring bursts of one rule."""

    rule: str
    kind: _Kind
    low: int
    high: int

    @property
    def reports(self) -> int:
        """How many reports they hold."""
        return self.kind.totals[self.high] - self.kind.totals[self.low]

    def indices(self) -> Iterator[int]:
        """Yield them in order."""
        return (self.kind.indices[at] for at in range(self.low, self.high))

    def around(self, index: int, most: int) -> Sequence[int]:
        """Return the nearest to the burst *index*: at most *most* before it, and as many after."""
        at = bisect_left(self.kind.indices, index)
        return self.kind.indices[max(self.low, at - most) : min(self.high, at + most)]


class Neighbours:
    """Finds failures by run, kind and time. A long log has many failures, but of few kinds."""

    def __init__(self, bursts: Sequence[Burst], counts: Callable[[int], bool]) -> None:
        """*bursts* are in order; *counts* tells by index which of them are anybody's neighbours."""
        self._bursts = bursts
        self._kinds: dict[tuple[str, str], dict[str, _Kind]] = defaultdict(dict)
        self._all: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._starts: dict[tuple[str, str], list[float]] = defaultdict(list)
        self._everywhere: list[int] = []
        for index, burst in enumerate(bursts):
            if burst.first.role is Role.FAILURE and counts(index):
                kinds = self._kinds[burst.component, burst.run]
                self._all[burst.component, burst.run].append(index)
                self._starts[burst.component, burst.run].append(burst.start)
                self._everywhere.append(index)
                kind = kinds.setdefault(burst.rule, _Kind())
                kind.indices.append(index)
                kind.starts.append(burst.start)
                kind.totals.append(kind.totals[-1] + burst.count)

    def near(self, index: int, begin: float, end: float) -> list[Near]:
        """Return for each other kind in the run of the burst *index* those near it, by kind.

        They begin from *begin* to *end*. In the order of their first ones.
        """
        found = []
        for rule, kind in self._kinds_around(index, begin, end):
            low, high = bisect_left(kind.starts, begin), bisect_right(kind.starts, end)
            if low < high and rule != self._bursts[index].rule:
                found.append(Near(rule, kind, low, high))
        return sorted(found, key=lambda near: near.kind.indices[near.low])

    def of_others_before(self, index: int) -> Iterator[int]:
        """Yield the last bursts of other components before the burst *index*, in order."""
        at = bisect_left(self._everywhere, index)
        component = self._bursts[index].component
        for other in self._everywhere[max(0, at - MAX_KINDS) : at]:
            if self._bursts[other].component != component:
                yield other

    def _kinds_around(self, index: int, begin: float, end: float) -> Iterable[tuple[str, _Kind]]:
        """Yield the kinds that may have bursts there: in a run of many, those of the nearest."""
        place = self._bursts[index].component, self._bursts[index].run
        kinds = self._kinds.get(place, {})
        if len(kinds) <= MAX_KINDS:
            return kinds.items()
        of_run, starts = self._all[place], self._starts[place]
        at = bisect_left(of_run, index)
        low = max(bisect_left(starts, begin), at - MAX_KINDS)
        high = min(bisect_right(starts, end), at + MAX_KINDS)
        near = dict.fromkeys(self._bursts[n].rule for n in of_run[low:high])
        return [(rule, kinds[rule]) for rule in near]
