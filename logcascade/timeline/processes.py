"""
Which unit a process belongs to where several units run the same program.

The text journal names a line's program and pid, not its unit: two bots are both ``python3``. Each
process comes after the start of its unit, and a supervisor forks in the order of the starts.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from logcascade.model.bursts import Burst
from logcascade.model.rules import Rule
from logcascade.timeline.components import START_ADJACENCY_S
from logcascade.timeline.runs import is_start

Process = tuple[str, int]
"""(identifier of its lines, pid)."""

_Start = tuple[float, str]
"""(epoch seconds, unit) of a start that a supervisor tells."""


def units_of_processes(marks: Sequence[Burst], rules: Mapping[str, Rule]) -> dict[Process, str]:
    """
    Return the unit of each process whose identifier is that of processes of other units, too.

    Only processes that say themselves that they start. Where starts of several units come close
    together, as many must be seen: one that says nothing would give its place to its neighbour.
    """
    starts = [mark for mark in marks if mark.component and mark.timed and is_start(mark, rules)]
    told = [mark for mark in starts if mark.first.program not in {"", mark.component}]
    units = {mark.component for mark in told}
    first_seen: dict[Process, float] = {}
    for mark in starts:
        if mark.first.pid is not None and mark.component not in units:
            first_seen.setdefault((mark.component, mark.first.pid), mark.start)
    groups = _close_together(sorted((mark.start, mark.component) for mark in told))
    chosen = dict(_pairs(groups, first_seen))
    sharing: dict[str, set[str]] = defaultdict(set)
    for (name, _), unit in chosen.items():
        sharing[name].add(unit)
    return {process: unit for process, unit in chosen.items() if len(sharing[process[0]]) > 1}


def by_unit(bursts: Iterable[Burst], units: Mapping[Process, str]) -> list[Burst]:
    """Return *bursts*, those of a process whose unit is known given to it."""
    return [
        replace(
            burst, component=units.get((burst.component, burst.first.pid or 0), burst.component)
        )
        for burst in bursts
    ]


def _close_together(starts: Sequence[_Start]) -> list[list[_Start]]:
    groups: list[list[_Start]] = []
    for start in starts:
        if groups and start[0] - groups[-1][-1][0] <= START_ADJACENCY_S:
            groups[-1].append(start)
        else:
            groups.append([start])
    return groups


def _pairs(
    groups: Iterable[Sequence[_Start]], first_seen: Mapping[Process, float]
) -> Iterable[tuple[Process, str]]:
    for group in groups:
        until = group[-1][0] + START_ADJACENCY_S
        begun = [one for one, seen in first_seen.items() if group[0][0] <= seen <= until]
        begun.sort(key=lambda process: process[1])
        if len({unit for _, unit in group}) == 1:
            yield from ((process, group[0][1]) for process in begun)
        elif len(begun) == len(group):
            yield from zip(begun, (unit for _, unit in group), strict=True)
