"""
One name for each component, whatever the source calls it.

A supervisor speaks of ``bot.service``, the text journal of ``bot[811]``, the bot's own file of
nothing. Names are joined only where the log gives a reason.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from logcascade.model.bursts import Burst
from logcascade.model.rules import Ended, Rule
from logcascade.timeline.runs import is_end, is_start

START_ADJACENCY_S = 60.0
"""A program's own start line this soon after a supervisor's belongs to that start. Seconds; the
slowest start of an ordinary Python service."""

END_ADJACENCY_S = 20.0
"""A supervisor notices a kill this soon. Seconds; 4 ms on an idle machine, 13 s on a thrashing
one (measured on real hosts)."""


LAST_WORDS_S = 3.0
"""A supervisor tells the end of a process this soon after the traceback that ended it. Seconds."""

SAME_MOMENT_S = 1.0
"""Two sources stamp one event this close. Seconds; see `retold`."""

LEAST_ALIKE = 2
"""One thing that two programs say at the same time can be an outage that both suffer."""


def canonical_names(
    marks: Sequence[Burst], bursts: Sequence[Burst], rules: Mapping[str, Rule]
) -> dict[str, str]:
    """
    Return for each name in use the one name of its component.

    Two names are one where they differ only by a suffix (``bot`` and ``bot.service``), where
    the starts of one follow the starts of the other each time, where the other's process ends
    right after an exception that nothing caught, or where two sources tell the same of them, word
    for word and at the same times.
    """
    names = {burst.component for burst in (*marks, *bursts) if burst.component}
    stems = {_stem(name): name for name in sorted(names) if _stem(name) != name}
    chosen = {name: stems.get(name, name) for name in names}
    supervised = {
        mark.component
        for mark in marks
        if mark.component and "unit" in mark.values  # a supervisor names whom it speaks of
    }
    starts = _starts_by_component(marks, rules)
    for name in sorted(names - supervised):
        if chosen[name] == name:
            follows = _follows(name, starts, supervised)
            chosen[name] = follows or _ends_with(name, bursts, marks, rules) or name
    alike = _told_alike((*marks, *bursts))
    for name in sorted(alike.keys() - supervised):
        if chosen[name] == name:
            chosen[name] = chosen[alike[name]]
    return chosen


def attribute(
    bursts: Iterable[Burst], marks: Sequence[Burst], rules: Mapping[str, Rule]
) -> list[Burst]:
    """
    Return *bursts*, those without a component given to the one they are about.

    The kernel names a pid and a control group, not a service. In this order: a component named in
    an extracted value, the component whose lines carry the pid, the component that a supervisor
    says ended just then, the only component there is.
    """
    given = list(bursts)
    components = {burst.component for burst in (*marks, *given) if burst.component}
    pids: dict[int, str] = {
        burst.first.pid: burst.component
        for burst in (*marks, *given)
        if burst.component and burst.first.pid
    }
    ends = [burst for burst in marks if is_end(burst, rules) and burst.component]
    return [
        burst
        if burst.component
        else replace(burst, component=_owner(burst, components, pids, ends))
        for burst in given
    ]


def _stem(name: str) -> str:
    return name.rsplit(".", 1)[0] if "." in name else name


def _starts_by_component(
    marks: Sequence[Burst], rules: Mapping[str, Rule]
) -> dict[str, list[float]]:
    starts: dict[str, list[float]] = defaultdict(list)
    for mark in marks:
        if is_start(mark, rules):
            starts[mark.component].append(mark.start)
    return starts


def _follows(name: str, starts: Mapping[str, list[float]], owners: Iterable[str]) -> str:
    """Return the owner after whose starts most starts of *name* come, or nothing."""
    own = starts.get(name, [])
    for owner in sorted(owners):
        theirs = starts.get(owner, [])
        near = sum(any(0 <= at - other <= START_ADJACENCY_S for other in theirs) for at in own)
        if own and theirs and near * 2 > len(own):
            return owner
    return ""


def _ends_with(
    name: str, bursts: Sequence[Burst], marks: Sequence[Burst], rules: Mapping[str, Rule]
) -> str:
    """Return the only owner that a supervisor says crashed right after *name*'s tracebacks."""
    uncaught = [
        burst
        for burst in bursts
        if burst.component == name and burst.first.uncaught and burst.timed
    ]
    ends = [
        mark
        for mark in marks
        if is_end(mark, rules)
        and rules[mark.rule].ended is Ended.CRASHED
        and mark.first.program not in {"", mark.component}
    ]
    owners = [
        {end.component for end in ends if 0 <= end.start - burst.end <= LAST_WORDS_S}
        for burst in uncaught
    ]
    found = set().union(*owners)
    ended = sum(map(bool, owners))
    return found.pop() if len(found) == 1 and ended * 2 > len(uncaught) else ""


def _told_alike(bursts: Iterable[Burst]) -> dict[str, str]:
    """Return for each name of which another source tells the same, the name that one uses."""
    told: dict[tuple[str, str], list[tuple[float, int, str]]] = defaultdict(list)
    total: Counter[str] = Counter()
    for burst in bursts:
        if burst.timed and burst.component:
            place = (burst.start, burst.first.order[0], burst.component)
            told[(burst.rule, burst.first.text)].append(place)
            total[burst.component] += 1
    same: Counter[tuple[str, str]] = Counter()
    for places in told.values():
        places.sort()
        for (at, source, name), (then, other, next_name) in pairwise(places):
            if source != other and name != next_name and then - at <= SAME_MOMENT_S:
                same[min(name, next_name), max(name, next_name)] += 1
    return {
        later: name
        for (name, later), times in sorted(same.items())
        if times >= LEAST_ALIKE and times * 2 >= min(total[name], total[later])
    }


def _owner(
    burst: Burst,
    components: set[str],
    pids: Mapping[int, str],
    ends: Sequence[Burst],
) -> str:
    for values in burst.values.values():
        for value in values.counts:
            for component in sorted(components):
                if value == component or f"/{component}" in value:
                    return component
    pid = burst.values.get("pid")
    for value in pid.counts if pid else ():
        if value.isdigit() and int(value) in pids:
            return pids[int(value)]
    near = [end for end in ends if abs(end.start - burst.start) <= END_ADJACENCY_S]
    if near:
        return min(near, key=lambda end: abs(end.start - burst.start)).component
    return next(iter(components)) if len(components) == 1 else ""
