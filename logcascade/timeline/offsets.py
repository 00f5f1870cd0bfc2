"""
The offset between two clocks: the one at which most of what both tell falls together.

Each pair of like anchors is a candidate. Those that agree within a tolerance are weighed, rare ones
more than common ones, and compared with the best other offset, and with what chance would do.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from math import factorial, remainder
from statistics import median
from typing import NamedTuple

from logcascade.timeline.anchors import About, Anchor

MAX_PAIRS = 20_000
"""Candidates that are weighed, those of the rarest anchors first: some 50 ms of work. What
both tell hundreds of times shows no offset that the rare things do not show."""

INDEPENDENT_S = 5.0
"""Anchors closer than this are one moment. Seconds: what a program prints on its way up comes in
the same order and pace each time, and shows no more than one start does."""

RIVAL_SHARE = 0.5
"""An offset that another one comes so near to in weight is not known."""

AGREEING_SHARE = 0.5
"""Of what both sources tell, so much at least must agree where they overlap."""

WHOLE_WEIGHT = 1_000_000
"""Weight of a pair that can be no other; whole numbers, so that a sum has one value."""

LEAST_SPAN_S = 3600.0
"""A shorter log is taken for one of this length where chance is estimated. Seconds."""


@dataclass(frozen=True, slots=True)
class Possible:
    """The offsets that a clock can have."""

    reach_s: float = float("inf")
    """No further from none than this. Seconds."""
    step_s: float = 0.0
    """Near a multiple of this only; 0 where all are possible."""
    slack_s: float = 0.0
    """How near. Seconds."""

    def __contains__(self, offset: float) -> bool:
        """Tell whether *offset* is one of them."""
        if abs(offset) > self.reach_s:
            return False
        return not self.step_s or abs(remainder(offset, self.step_s)) <= self.slack_s

    @property
    def share(self) -> float:
        """The share of all offsets within reach that is possible."""
        return 2 * self.slack_s / self.step_s if self.step_s else 1.0


@dataclass(frozen=True, slots=True)
class Estimate:
    """The offset that most anchors agree on, and how far that can be believed."""

    offset_s: float
    spread_s: float
    """The largest distance of an agreeing pair from it."""
    moments: int
    """Independent moments among the agreeing anchors."""
    about: About
    """What all of them tell, or that they are of several kinds."""
    named: int
    """Moments in which a process is named by its id."""
    chance: float
    """Probability, at most, that unrelated sources agree so well."""
    placed: frozenset[int]
    """Indices of the placed anchors that agree."""


class _Pair(NamedTuple):
    """Two anchors of one key, by what has to be added to the one's time to get the other's."""

    offset: float
    weight: int
    at: float
    source: int
    placed: int


def estimate(
    source: Sequence[Anchor],
    placed: Sequence[Anchor],
    tolerance_s: float,
    possible: Possible,
) -> Estimate | None:
    """
    Return what has to be added to the times of *source*, or None where nothing stands out.

    Args:
        source: Anchors on the clock in question.
        placed: Anchors on the clock that holds.
        tolerance_s: How far the offsets of pairs of one event may differ.
        possible: Which offsets the clock can have.
    """
    pairs = _pairs(source, placed, possible)
    if not pairs:
        return None
    begin, end, weight = _heaviest(pairs, tolerance_s)
    low, high = pairs[begin].offset, pairs[end - 1].offset
    rest = [pair for pair in pairs if not low - tolerance_s <= pair.offset <= high + tolerance_s]
    rival = _heaviest(rest, tolerance_s)[2] if rest else 0
    agreeing = pairs[begin:end]
    used = {source[pair.source].key for pair in pairs}
    if rival > weight * RIVAL_SHARE or not _is_shared(agreeing, used, source, placed):
        return None
    offset = median(pair.offset for pair in agreeing)
    moments = _moments(agreeing)
    kinds = {source[pair.source].about for pair in agreeing}
    span = max(min(_span(source) + _span(placed), 2 * possible.reach_s), LEAST_SPAN_S)
    expected = len(pairs) * tolerance_s / span
    return Estimate(
        offset_s=offset,
        spread_s=max(abs(pair.offset - offset) for pair in agreeing),
        moments=moments,
        about=kinds.pop() if len(kinds) == 1 else About.REPORT,
        named=_moments([pair for pair in agreeing if _names_process(pair, source, placed)]),
        chance=_chance(len(pairs) * possible.share, expected, moments),
        placed=frozenset(pair.placed for pair in agreeing),
    )


def _pairs(source: Sequence[Anchor], placed: Sequence[Anchor], possible: Possible) -> list[_Pair]:
    """Return the candidates by offset: of the rarest keys first, and no more than are weighed."""
    ours, theirs = _by_key(source), _by_key(placed)
    keys = sorted(
        ours.keys() & theirs.keys(), key=lambda key: (len(ours[key]) * len(theirs[key]), key)
    )
    pairs: list[_Pair] = []
    for key in keys:
        if len(pairs) + len(ours[key]) * len(theirs[key]) > MAX_PAIRS:
            break
        weight = WHOLE_WEIGHT // max(len(ours[key]), len(theirs[key]))
        pairs += [
            _Pair(offset, weight, source[here].at, here, there)
            for here in ours[key]
            for there in theirs[key]
            if (offset := placed[there].at - source[here].at) in possible
        ]
    return sorted(pairs)


def _by_key(anchors: Sequence[Anchor]) -> Mapping[tuple[str, ...], list[int]]:
    places: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for index, anchor in enumerate(anchors):
        places[anchor.key].append(index)
    return places


def _heaviest(pairs: Sequence[_Pair], width: float) -> tuple[int, int, int]:
    """Return the heaviest run of *pairs* whose offsets lie within *width*: begin, end, weight.

    Of equals it is the one that moves the clock least.
    """
    best = (0, 0, 0)
    begin = weight = 0
    for end, pair in enumerate(pairs):
        weight += pair.weight
        while pair.offset - pairs[begin].offset > width:
            weight -= pairs[begin].weight
            begin += 1
        moves = abs(pair.offset)
        if weight > best[2] or (weight == best[2] and moves < abs(pairs[best[1] - 1].offset)):
            best = (begin, end + 1, weight)
    return best


def _is_shared(
    agreeing: Sequence[_Pair],
    used: AbstractSet[tuple[str, ...]],
    source: Sequence[Anchor],
    placed: Sequence[Anchor],
) -> bool:
    """Tell whether most of what both can tell agrees, where the two sources overlap."""
    theirs = [anchor.at for anchor in placed if anchor.key in used]
    begin, end = min(theirs), max(theirs)
    offset = agreeing[len(agreeing) // 2].offset
    both = [
        anchor for anchor in source if anchor.key in used and begin <= anchor.at + offset <= end
    ]
    return len({pair.source for pair in agreeing}) >= AGREEING_SHARE * len(both)


def _names_process(pair: _Pair, source: Sequence[Anchor], placed: Sequence[Anchor]) -> bool:
    return source[pair.source].names_process and placed[pair.placed].names_process


def _moments(pairs: Sequence[_Pair]) -> int:
    """Return how many independent moments *pairs* are."""
    count, last = 0, float("-inf")
    for at in sorted(pair.at for pair in pairs):
        if at - last > INDEPENDENT_S:
            count, last = count + 1, at
    return count


def _span(anchors: Sequence[Anchor]) -> float:
    times = [anchor.at for anchor in anchors]
    return max(times) - min(times)


def _chance(windows: float, expected: float, moments: int) -> float:
    """Return a bound on the chance that *moments* agree: any pair may begin such a run of them."""
    further = min(moments - 1, 100)  # more make it no smaller in a way that anybody can use
    return min(1.0, windows * expected**further / factorial(further))
