"""Incidents that a person counts as one: repeats without consequences, crash loops, neighbours."""

from bisect import bisect_right, insort
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from logcascade.incidents.grouping import EPISODE_GAP_S
from logcascade.model.analysis import UNSEEN_END, Incident, Spell, Symptom
from logcascade.model.bursts import Burst, GroupedIncident
from logcascade.model.detections import UNKNOWN_PREFIX
from logcascade.model.rules import Marks, Role, Rule


def fold_repeats(
    incidents: Sequence[GroupedIncident],
    rules: Mapping[str, Rule],
    passed: Callable[[Burst], bool],
) -> list[GroupedIncident]:
    """
    Return *incidents*, a failure that repeats without consequences folded to one with a count.

    Nine reports of one bug over five days are one incident with nine episodes. Where the same
    failure has consequences at other times, each run keeps its own; so does a state of the world
    outside (a network that is down, a second poller), of which a few reports would be tolerated:
    what was over when a run ended is not what is found in a later one. What *passed* by itself each
    time is one again. What shows that another process was down is an incident each time: it is that
    one which fell more than once.
    """
    folded: dict[tuple[str, str, str, str], list[GroupedIncident]] = defaultdict(list)
    kept = [item for item in incidents if _has_consequences(item)]
    consequential = {item.kind for item in kept}
    for item in incidents:
        if _has_consequences(item):
            continue
        rule, lasts = rules.get(item.incident.first_failure.rule), not passed(item.bursts[0])
        if rule is not None and rule.elsewhere and lasts:
            kept.append(item)
        else:
            lasting = rule is not None and rule.tolerated is not None and lasts
            run = item.incident.run if lasting or item.kind in consequential else ""
            folded[(*item.kind, run)].append(item)
    kept.extend(_fold(items) for items in folded.values())
    kept.sort(key=lambda item: item.bursts[0].position)
    return kept


def _has_consequences(item: GroupedIncident) -> bool:
    return bool(item.incident.symptoms) or item.ended_run


COMPANION_S = 1.0
"""An unknown error this soon after another failure is a second report of it, or of what it broke.
Seconds; several loggers print one event within milliseconds, stamps may be whole seconds."""


def absorb_neighbours(incidents: Sequence[GroupedIncident]) -> list[GroupedIncident]:
    """
    Return *incidents* without those that only coincide with another.

    A failure that is linked to nothing is no incident of its own where it lies within another's
    cascade, or where no rule knows it and each report of it comes within a second after another
    failure of the run. It stays listed there as coinciding; no cause is claimed. A failure that its
    rule tells apart stands for itself beside another that led to nothing either.
    """
    spans, cascades = _Spans(), _Spans()
    for item in incidents:
        if _has_consequences(item):
            for kept_in in (spans, cascades):
                kept_in.add(item, item.starts[0], max(burst.end for burst in item.bursts))
    kept = []
    for item in incidents:
        if not _has_consequences(item):
            is_placed = any(burst.first.place for burst in item.bursts)
            if (cascades if is_placed else spans).hold(item):
                continue
            for burst in item.bursts:
                spans.add(item, burst.start, burst.end)
        kept.append(item)
    return kept


class _Spans:
    """Where failures stand in each run, to find what they have beside them."""

    def __init__(self) -> None:
        self._spans: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)

    def add(self, item: GroupedIncident, begin: float, end: float) -> None:
        """Take the span of a failure of *item*."""
        insort(self._spans[(item.incident.component, item.incident.run)], (begin, end))

    def hold(self, item: GroupedIncident) -> bool:
        """Tell whether all of *item* stands within spans, or just after where it is unknown."""
        spans = self._spans[(item.incident.component, item.incident.run)]
        unknown = item.incident.first_failure.rule.startswith(UNKNOWN_PREFIX)
        slack = COMPANION_S if unknown and item.bursts[0].timed else 0.0
        return all(_is_held(burst, spans, slack) for burst in item.bursts)


LOOK_BACK = 64
"""Spans before a burst that are looked at: more overlap in no real log."""


def _is_held(burst: Burst, spans: Sequence[tuple[float, float]], slack: float) -> bool:
    upper = bisect_right(spans, (burst.start, float("inf")))
    near = spans[max(0, upper - LOOK_BACK) : upper]
    return any(burst.end <= end + slack for _, end in near)


def _fold(items: Sequence[GroupedIncident]) -> GroupedIncident:
    if len(items) == 1:
        return items[0]
    first, last = items[0].incident, items[-1].incident
    total = sum(item.incident.first_failure.count for item in items)
    incident = replace(
        first,
        end=last.end,
        end_line=last.end_line,
        episodes=sum(item.incident.episodes for item in items),
        spells=tuple(spell for item in items for spell in _spells(item.incident)),
        recovered=last.recovered,
        symptoms=added_up(items),
        first_failure=replace(first.first_failure, count=total),
    )
    bursts = tuple(burst for item in items for burst in item.bursts)
    starts = tuple(start for item in items for start in item.starts)
    return GroupedIncident(incident, bursts, starts, ended_run=items[0].ended_run)


def _spells(incident: Incident) -> tuple[Spell, ...]:
    return incident.spells or (Spell(incident.start_line, incident.start),)


def added_up(items: Sequence[GroupedIncident]) -> tuple[Symptom, ...]:
    """Return the symptoms of the first of *items* that has each, with the counts of all."""
    counts: Counter[str] = Counter()
    first: dict[str, Symptom] = {}
    for item in items:
        for symptom in item.incident.symptoms:
            counts[symptom.rule] += symptom.count
            first.setdefault(symptom.rule, symptom)
    return tuple(replace(symptom, count=counts[rule]) for rule, symptom in first.items())


def fold_crash_loops(
    incidents: Sequence[GroupedIncident], rules: Mapping[str, Rule], gap_s: float = EPISODE_GAP_S
) -> list[GroupedIncident]:
    """
    Return *incidents*, starts that fail one after the other in the same way folded to one.

    Only where each run ends with its first failure at once: a cascade in between is a cycle.
    """
    loops: dict[tuple[str, str, str], list[list[GroupedIncident]]] = defaultdict(list)
    kept: list[GroupedIncident] = []
    for item in incidents:
        if not (item.ended_run and _is_end_only(item, rules)):
            kept.append(item)
            continue
        open_loops = loops[item.kind]
        if open_loops and item.starts[0] - open_loops[-1][-1].starts[-1] <= gap_s:
            open_loops[-1].append(item)
        else:
            open_loops.append([item])
    kept.extend(_fold(loop) for of_kind in loops.values() for loop in of_kind)
    kept.sort(key=lambda item: item.bursts[0].position)
    return kept


def _is_end_only(item: GroupedIncident, rules: Mapping[str, Rule]) -> bool:
    """Tell whether nothing follows the first failure but the end, a restart or giving it up."""
    return all(_is_of_end(symptom, rules) for symptom in item.incident.symptoms)


def _is_of_end(symptom: Symptom, rules: Mapping[str, Rule]) -> bool:
    """Tell the end of a run, what a supervisor does then, and what follows from that."""
    if symptom.rule == UNSEEN_END:
        return True
    rule, before = rules.get(symptom.rule), rules.get(symptom.because_of)
    if before is not None and (before.explains_end or before.marks is Marks.END):
        return True
    return rule is not None and (rule.explains_end or rule.role is Role.LIFECYCLE)
