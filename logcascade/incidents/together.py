"""
Ends of several components of one host at one moment, for one reason that is told of none of them.

The kernel kills a control group, and systemd says so of each unit above it; a supervisor loses two
workers of one program. A person counts that once.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from logcascade.incidents.folding import added_up
from logcascade.model.analysis import Certainty
from logcascade.model.bursts import GroupedIncident
from logcascade.model.rules import Marks, Rule

SAME_MOMENT_S = 1.0
"""Ends this close are told of one moment. Seconds; stamps may be whole seconds."""

NAMES_SHOWN = 8
"""Components that are named; of more the number says enough."""


def fold_together(
    incidents: Sequence[GroupedIncident], rules: Mapping[str, Rule]
) -> list[GroupedIncident]:
    """Return *incidents*, ends of one kind at the same moments folded to that of one component."""
    kept: list[GroupedIncident] = []
    ends: dict[tuple[str, int, int], list[list[GroupedIncident]]] = defaultdict(list)
    for item in incidents:
        if not _is_bare_end(item, rules):
            kept.append(item)
            continue
        source = item.bursts[0].first.order[0]
        groups = ends[item.incident.first_failure.rule, source, len(item.starts)]
        for group in groups[-1:]:
            if _at_once(group, item):
                group.append(item)
                break
        else:
            groups.append([item])
    kept += [_as_one(group) for groups in ends.values() for group in groups]
    return sorted(kept, key=lambda item: item.bursts[0].position)


def _is_bare_end(item: GroupedIncident, rules: Mapping[str, Rule]) -> bool:
    """Tell whether *item* is the end of a run that nothing in the log explains."""
    rule = rules.get(item.incident.first_failure.rule)
    is_end = rule is not None and (rule.explains_end or rule.marks is Marks.END)
    unexplained = item.incident.first_failure.certainty is Certainty.NOT_IN_LOG
    return is_end and unexplained and item.bursts[0].timed


def _at_once(group: Sequence[GroupedIncident], item: GroupedIncident) -> bool:
    if any(other.incident.component == item.incident.component for other in group):
        return False
    pairs = zip(group[0].starts, item.starts, strict=True)
    return all(abs(one - other) <= SAME_MOMENT_S for one, other in pairs)


def _as_one(group: Sequence[GroupedIncident]) -> GroupedIncident:
    """Return the incident of the innermost component, what is told of the others added."""
    if len(group) == 1:
        return group[0]
    inner = max(group, key=lambda item: _depth(item.incident.component))
    names = [item.incident.component or "another" for item in group]
    named = ", ".join(names) if len(names) <= NAMES_SHOWN else ""
    fact = f"told of {len(names)} components at the same moment" + (f": {named}" if named else "")
    ends = [item.incident.end for item in group if item.incident.end is not None]
    incident = replace(
        inner.incident,
        start=group[0].incident.start,
        start_line=group[0].incident.start_line,
        end=max(ends, default=None),
        end_line=max((item.incident.end_line for item in group), key=lambda at: at.line),
        severity=max(item.incident.severity for item in group),
        symptoms=added_up(group),
        recovered=all(item.incident.recovered for item in group),
        facts=(*inner.incident.facts, fact),
    )
    bursts = sorted((b for item in group for b in item.bursts), key=lambda burst: burst.position)
    return replace(inner, incident=incident, bursts=tuple(bursts))


def _depth(component: str) -> tuple[bool, int]:
    """
    Return what sorts units by how deep they stand in the tree of control groups.

    A slice is named after those that it is in, joined by hyphens; it holds services and scopes.

        >>> max(["user.slice", "user-1021.slice", "session-5.scope"], key=_depth)
        'session-5.scope'
    """
    is_slice = component.endswith(".slice")
    return (not is_slice, component.count("-") if is_slice else 0)
