"""
The same event told by several sources, counted once.

A bot's own log and the journal that caught its output hold the same records. What two sources tell
of one component within one moment is one event, each report taken for one at the most; the source
that comes first keeps it. Within one source nothing is ever taken for a repetition.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from logcascade.model.bursts import Burst
from logcascade.model.records import LoadCounts
from logcascade.timeline.bursts import BURST_GAP_S

SAME_TIME_S = 1.0
"""Two sources stamp one event this close. Seconds; a carrier stamps a line when it has read it,
some 100 ms later at most, and stamps may be whole seconds."""

SAME_LOAD_SHARE = 0.9
"""Two sources that count as many events in so large a share of their hours count the same ones; or
of the seconds in which several came."""

LEAST_BUSY_SECONDS = 10
"""Fewer seconds with several events are too few to know a log by."""


def without_retold(
    bursts: Sequence[Burst], tolerance_s: float = SAME_TIME_S
) -> tuple[list[Burst], int]:
    """
    Return *bursts* without what an earlier source tells too, and how many reports that were.

    Where a burst tells more than the earlier one, that one is counted up. Stamps of one event lie
    no further apart than *tolerance_s*.
    """
    by_kind: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index, burst in enumerate(bursts):
        if burst.timed:
            by_kind[(burst.component, burst.rule)].append(index)
    changed: dict[int, Burst | None] = {}
    for places in by_kind.values():
        if len({bursts[index].first.order[0] for index in places}) > 1:
            changed |= _settle(bursts, places, tolerance_s)
    every = (changed.get(index, burst) for index, burst in enumerate(bursts))
    kept = [burst for burst in every if burst is not None]
    return kept, sum(burst.count for burst in bursts) - sum(burst.count for burst in kept)


@dataclass(slots=True)
class _Kept:
    """A burst that stays, while the reports of others are taken for its own."""

    index: int
    burst: Burst
    extra: int = 0
    """Reports of other sources that belong to it and that its source lacks."""
    end: float = 0.0


def _settle(
    bursts: Sequence[Burst], places: Sequence[int], tolerance_s: float
) -> dict[int, Burst | None]:
    """Return for the bursts of one kind what becomes of them, those that change."""
    by_source: dict[int, list[int]] = defaultdict(list)
    for index in places:
        by_source[bursts[index].first.order[0]].append(index)
    kept: list[_Kept] = []
    changed: dict[int, Burst | None] = {}
    for source in sorted(by_source):
        added = []
        telling = [bursts[index] for index in by_source[source]]
        around_s = tolerance_s + BURST_GAP_S  # the first of a burst need not be its earliest
        begin = min(burst.start for burst in telling) - around_s
        end = max(burst.end for burst in telling) + around_s
        near = [one for one in kept if one.burst.start <= end and one.burst.end >= begin]
        matched = _matched(near, telling, tolerance_s)
        for index, burst, (same, owner) in zip(by_source[source], telling, matched, strict=True):
            if owner is None:
                added.append(_Kept(index, burst, end=burst.end))
                continue
            owner.extra += burst.count - same
            owner.end = max(owner.end, burst.end)
            changed[index] = None
        kept += added
    for each in kept:
        if each.extra:
            changed[each.index] = replace(
                each.burst, count=each.burst.count + each.extra, end=max(each.end, each.burst.end)
            )
    return changed


def _matched(
    kept: Sequence[_Kept], bursts: Sequence[Burst], tolerance_s: float
) -> list[tuple[int, _Kept | None]]:
    """
    Return for each of *bursts*, all of one source, how many of its reports are those of *kept*.

    Beside it the one of *kept* that tells most of them; None where none tells any.
    """
    told = sorted((at, place) for place, one in enumerate(kept) for at in _moments(one.burst))
    telling = sorted((at, place) for place, one in enumerate(bursts) for at in _moments(one))
    shares: list[dict[int, int]] = [defaultdict(int) for _ in bursts]
    for there, here in _pairs(told, telling, tolerance_s):
        shares[here][there] += 1
    spare = [one.burst.count - len(_moments(one.burst)) for one in kept]
    result: list[tuple[int, _Kept | None]] = []
    for burst, share in zip(bursts, shares, strict=True):
        if not share:
            result.append((0, None))
            continue
        same = sum(share.values())
        for place in share:
            further = min(spare[place], burst.count - same)
            spare[place] -= further
            same += further
        result.append((same, kept[max(share, key=lambda place: (share[place], -place))]))
    return result


def _moments(burst: Burst) -> tuple[float, ...]:
    return burst.moments or (burst.start,)


def _pairs(
    told: Sequence[tuple[float, int]], telling: Sequence[tuple[float, int]], tolerance_s: float
) -> Iterator[tuple[int, int]]:
    """Yield which of *told* and which of *telling* are one event, both in order of time."""
    here = there = 0
    while here < len(telling) and there < len(told):
        distance = telling[here][0] - told[there][0]
        if abs(distance) <= tolerance_s:
            yield told[there][1], telling[here][1]
        here += distance <= tolerance_s
        there += distance >= -tolerance_s


def without_retold_load(counts: Sequence[LoadCounts]) -> list[LoadCounts]:
    """Return *counts* without those of a source that counts what an earlier one did."""
    kept: list[LoadCounts] = []
    for each in counts:
        if not any(_same_load(each, other) for other in kept):
            kept.append(each)
    return kept


def _same_load(one: LoadCounts, other: LoadCounts) -> bool:
    hours = one.hours.keys() | other.hours.keys()
    same = sum(one.hours.get(hour, 0) == other.hours.get(hour, 0) for hour in hours)
    if hours and same >= SAME_LOAD_SHARE * len(hours):
        return True
    return _same_span(one, other) or _same_busy_seconds(one.busy_seconds, other.busy_seconds)


def _same_span(one: LoadCounts, other: LoadCounts) -> bool:
    """Tell whether both begin and end with the same event, and count as many between."""
    ends = ((one.first, other.first), (one.last, other.last))
    if not all(
        here is not None and there is not None and abs(here - there) <= SAME_TIME_S
        for here, there in ends
    ):
        return False
    return min(one.events, other.events) >= SAME_LOAD_SHARE * max(one.events, other.events)


def _same_busy_seconds(one: Mapping[int, int], other: Mapping[int, int]) -> bool:
    """Tell whether both show the same crowded seconds, as long as both were written."""
    if not one or not other:
        return False
    begin, end = max(min(one), min(other)), min(max(one), max(other))
    ours, theirs = (
        {(at, count) for at, count in each.items() if begin <= at <= end} for each in (one, other)
    )
    most = max(len(ours), len(theirs))
    return most >= LEAST_BUSY_SECONDS and len(ours & theirs) >= SAME_LOAD_SHARE * most
