"""
Which failure led to which: never by nearness alone.

A link is one of: one record or exception chain, the exception that a program told last before it
ended, a mechanism that a rule declares, or an order that repeats over several runs with a steady
lag. Each burst has at most one cause, so that an incident is a tree.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from statistics import median

from logcascade.incidents.grouping import LAST_WORDS_S
from logcascade.incidents.mechanisms import Mechanisms
from logcascade.incidents.past import Linked, Past
from logcascade.incidents.peers import Peers
from logcascade.model.analysis import Link, Run
from logcascade.model.bursts import Burst
from logcascade.model.detections import UNKNOWN_PREFIX
from logcascade.model.rules import Ended, Role, Rule

CHAIN_REACH_S = 60.0
"""A failure printed below another in one record has that other's burst this near. Seconds."""

KEY_REACH_S = 600.0
"""Reports of one piece of work are this near. Seconds; ids of short counters come round again."""

PID_NAMES = ("pid", "worker")
"""The values in which a rule names the process whose end it tells."""

LAST_WORDS_AMONG = 50
"""Bursts before an end among which its component's exception is looked for."""

OBSERVED_WINDOW_S = 600.0
"""An observed order is looked for this long after a failure. Seconds."""

OBSERVED_MOST = 200
"""Known failures before an unknown one that are looked at, the nearest first: where there are more
within the window, the order of two of them says nothing."""

OBSERVED_RUNS = 2
"""In at least so many runs must the order repeat."""

OBSERVED_SHARE = 0.8
"""Share of the later failure's bursts that must follow the earlier one."""

OBSERVED_FOLLOWED = 0.5
"""Share of the runs with the earlier failure in which the later one must follow: what comes at each
start comes before everything."""

OBSERVED_SPREAD_S = 60.0
"""Most that the lags may spread around their median (median absolute deviation). Seconds."""


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


def find_links(
    bursts: Sequence[Burst], rules: Mapping[str, Rule], runs: Sequence[Run] = ()
) -> dict[int, Linked]:
    """
    Return for each burst that has a cause what it is; indices into *bursts*, which are in order.

    An exception chain goes before a mechanism, a mechanism before the same piece of work, that
    before an observed order; among several causes the one that began last, which is the nearest
    in the chain of events. Last come causes that are reported after what they led to.
    """
    past, works = Past(bursts), _Works(bursts)
    mechanisms = Mechanisms(bursts, rules, past, Peers(bursts, runs))
    links: dict[int, Linked] = {}
    for index, burst in enumerate(bursts):
        if burst.first.role is not Role.FAILURE:
            continue
        found = _chain(bursts, index, past) or mechanisms.earlier(index)
        same_work = works.earlier(index)
        found = found or same_work or _last_words(bursts, index, rules)
        if found:
            links[index] = found
    links.update(_observed(bursts, links))
    for index, burst in enumerate(bursts):
        if burst.first.role is Role.FAILURE and index not in links:
            told_later = mechanisms.later(index, links)
            if told_later:
                links[index] = told_later
    return links


def _chain(bursts: Sequence[Burst], index: int, past: Past) -> Linked | None:
    burst = bursts[index]
    if burst.first.raised_from:
        for earlier in past.before(burst.first.raised_from, index, CHAIN_REACH_S):
            if bursts[earlier].run == burst.run:
                how = "raised while the other was being handled, in one record"
                return Linked(earlier, Link.EXCEPTION_CHAIN, how)
    return None


def _last_words(bursts: Sequence[Burst], index: int, rules: Mapping[str, Rule]) -> Linked | None:
    """Return the exception by which a process ended: the last that was told before the end.

    It is the component's, or that of the process whose end is told by its pid.
    """
    end = bursts[index]
    rule = rules.get(end.rule)
    if rule is None or not end.timed:
        return None
    is_own = rule.explains_end and rule.ended is Ended.CRASHED
    of_pids = {str(end.first.values[name]) for name in PID_NAMES if name in end.first.values}
    for at in range(index - 1, max(index - 1 - LAST_WORDS_AMONG, -1), -1):
        burst = bursts[at]
        if not burst.timed or end.start - burst.end > LAST_WORDS_S:
            break
        is_near = burst.component == end.component and (is_own or str(burst.first.pid) in of_pids)
        is_failure = burst.first.role is Role.FAILURE and burst.rule != end.rule
        if is_near and is_failure and burst.first.raised:
            how = "the exception is the last that was told before the end"
            return Linked(at, Link.EXCEPTION_CHAIN, how)
    return None


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
        start = bursts[index].start
        of_run = known.get(bursts[index].run, ())
        upper = bisect_right(of_run, start, key=lambda at: bursts[at].start)
        for earlier in reversed(of_run[max(0, upper - OBSERVED_MOST) : upper]):
            if start - bursts[earlier].start > OBSERVED_WINDOW_S:
                break
            if bursts[earlier].rule not in seen:
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
