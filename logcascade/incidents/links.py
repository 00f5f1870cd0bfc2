"""
Which failure led to which: never by nearness alone.

A link is one of: one record or exception chain, a mechanism that a rule declares, or an order
that repeats over several runs with a steady lag. Each burst has at most one cause, so that an
incident is a tree.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from logcascade.model.analysis import Link
from logcascade.model.bursts import Burst
from logcascade.model.detections import UNKNOWN_PREFIX
from logcascade.model.rules import Cause, Role, Rule

CHAIN_REACH_S = 60.0
"""A failure printed below another in one record has that other's burst this near. Seconds."""

KEY_REACH_S = 600.0
"""Reports of one piece of work are this near. Seconds; ids of short counters come round again."""

OBSERVED_WINDOW_S = 600.0
"""An observed order is looked for this long after a failure. Seconds."""

OBSERVED_RUNS = 2
"""In at least so many runs must the order repeat."""

OBSERVED_SHARE = 0.8
"""Share of the later failure's bursts that must follow the earlier one."""

OBSERVED_FOLLOWED = 0.5
"""Share of the runs with the earlier failure in which the later one must follow: what comes at each
start comes before everything."""

OBSERVED_SPREAD_S = 60.0
"""Most that the lags may spread around their median (median absolute deviation). Seconds."""


LONGEST_BURST_S = 3600.0
"""How far back a burst that is still going on may have begun. Seconds."""


@dataclass(frozen=True, slots=True)
class Linked:
    """The cause found for a burst."""

    cause: int
    """Index of the cause among the bursts."""
    link: Link
    how: str


class _Past:
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


class _Works:
    """The last burst of each piece of work, to link what fails within one."""

    def __init__(self, bursts: Sequence[Burst]) -> None:
        self._bursts = bursts
        self._last: dict[tuple[str, str], int] = {}

    def earlier(self, index: int) -> Linked | None:
        """
        Return the link of burst *index* to the one before it of the same work; in order of index.

        Only what no rule knows, or follows on what none knows, is linked so: between two known
        failures the rules have the word.
        """
        burst, found = self._bursts[index], None
        for name, value in sorted(burst.first.keys.items()):
            before = self._last.get((name, value))
            self._last[(name, value)] = index
            if before is None or found is not None:
                continue
            cause = self._bursts[before]
            known = not (_is_unknown(burst) or _is_unknown(cause))
            if known or cause.rule == burst.rule or burst.start - cause.end > KEY_REACH_S:
                continue
            found = Linked(before, Link.SAME_KEY, f"both name the same {name}")
        return found


def _is_unknown(burst: Burst) -> bool:
    return burst.rule.startswith(UNKNOWN_PREFIX)


def find_links(bursts: Sequence[Burst], rules: Mapping[str, Rule]) -> dict[int, Linked]:
    """
    Return for each burst that has a cause what it is; indices into *bursts*, which are in order.

    An exception chain goes before a mechanism, a mechanism before the same piece of work, that
    before an observed order; among
    several causes the one that began last, which is the nearest in the chain of events.
    """
    causes_of: dict[str, list[tuple[str, Cause]]] = defaultdict(list)
    for rule in rules.values():
        for cause in rule.causes:
            causes_of[cause.rule].append((rule.id, cause))
    past, works = _Past(bursts), _Works(bursts)
    links: dict[int, Linked] = {}
    for index, burst in enumerate(bursts):
        if burst.first.role is not Role.FAILURE:
            continue
        found = _chain(bursts, index, past) or _mechanism(
            bursts, index, past, causes_of.get(burst.rule, ())
        )
        same_work = works.earlier(index)
        found = found or same_work
        if found:
            links[index] = found
    links.update(_observed(bursts, links))
    return links


def _chain(bursts: Sequence[Burst], index: int, past: _Past) -> Linked | None:
    burst = bursts[index]
    if burst.first.raised_from:
        for earlier in past.before(burst.first.raised_from, index, CHAIN_REACH_S):
            if bursts[earlier].run == burst.run:
                how = "raised while the other was being handled, in one record"
                return Linked(earlier, Link.EXCEPTION_CHAIN, how)
    return None


def _mechanism(
    bursts: Sequence[Burst], index: int, past: _Past, causes: Sequence[tuple[str, Cause]]
) -> Linked | None:
    best: tuple[float, Linked] | None = None
    for rule, cause in causes:
        for earlier in past.before(rule, index, _reach(cause)):
            if _is_repeat(bursts[earlier], bursts[index]):
                continue
            if not _agree(bursts[earlier], bursts[index], cause):
                continue
            found = Linked(earlier, _kind(cause), cause.how)
            if best is None or bursts[earlier].start > best[0]:
                best = (bursts[earlier].start, found)
            break
    return best[1] if best else None


def _is_repeat(earlier: Burst, later: Burst) -> bool:
    """Tell whether a failure came again; to another component it can have been passed on."""
    return earlier.rule == later.rule and earlier.component == later.component


def _reach(cause: Cause) -> float:
    return cause.within.total_seconds() + LONGEST_BURST_S


def _agree(earlier: Burst, later: Burst, cause: Cause) -> bool:
    """Tell whether the keys that must agree do, and the time limit is kept."""
    if later.timed and later.start - earlier.end > cause.within.total_seconds():
        return False
    for key in cause.same:
        if key == "run":
            if earlier.run != later.run or earlier.component != later.component:
                return False
        elif key == "component":
            if earlier.component != later.component:
                return False
        elif not _share_value(earlier, later, key):
            return False
    return True


def _share_value(earlier: Burst, later: Burst, name: str) -> bool:
    """Tell whether two bursts have a value of *name* in common, or one of them has none."""
    one, other = earlier.values.get(name), later.values.get(name)
    return one is None or other is None or not one.counts.keys().isdisjoint(other.counts)


def _kind(cause: Cause) -> Link:
    by_value = [key for key in cause.same if key not in {"run", "component"}]
    return Link.SAME_KEY if by_value else Link.MECHANISM


def _observed(bursts: Sequence[Burst], links: Mapping[int, Linked]) -> dict[int, Linked]:
    """Link unknown failures to the known one they follow, run after run, with a steady lag."""
    orphans: dict[str, list[int]] = defaultdict(list)
    known: dict[str, list[int]] = defaultdict(list)
    for index, burst in enumerate(bursts):
        if burst.rule.startswith(UNKNOWN_PREFIX):
            if index not in links and burst.timed:
                orphans[burst.rule].append(index)
        elif burst.first.role is Role.FAILURE:
            known[burst.run].append(index)
    found: dict[int, Linked] = {}
    runs_with = Counter(
        rule for indices in known.values() for rule in {bursts[index].rule for index in indices}
    )
    for indices in orphans.values():
        found.update(_steady_followers(bursts, indices, known, runs_with))
    return found


def _steady_followers(
    bursts: Sequence[Burst],
    indices: Sequence[int],
    known: Mapping[str, Sequence[int]],
    runs_with: Mapping[str, int],
) -> dict[int, Linked]:
    before: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for index in indices:
        seen: set[str] = set()
        for earlier in reversed(known.get(bursts[index].run, ())):
            lag = bursts[index].start - bursts[earlier].start
            if 0 <= lag <= OBSERVED_WINDOW_S and bursts[earlier].rule not in seen:
                seen.add(bursts[earlier].rule)
                before[bursts[earlier].rule].append((earlier, index))
    for rule in sorted(before, key=lambda name: (-len(before[name]), name)):
        pairs = before[rule]
        lags = [bursts[later].start - bursts[earlier].start for earlier, later in pairs]
        spread = median(abs(lag - median(lags)) for lag in lags)
        runs = {bursts[later].run for _, later in pairs}
        if (
            len(runs) >= OBSERVED_RUNS
            and len(pairs) >= OBSERVED_SHARE * len(indices)
            and len(runs) >= OBSERVED_FOLLOWED * runs_with[rule]
            and spread <= OBSERVED_SPREAD_S
        ):
            how = f"follows it in {len(runs)} runs, after a like time"
            return {later: Linked(earlier, Link.OBSERVED_ORDER, how) for earlier, later in pairs}
    return {}
