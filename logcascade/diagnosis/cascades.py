"""Incidents of one shape become a cascade: how often, how regular, what helps."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from logcascade.diagnosis.case import Case, Kinds, pointers
from logcascade.diagnosis.circumstances import burst_before, facts_of
from logcascade.diagnosis.cycles import cycles_of, without_aftershocks
from logcascade.diagnosis.drivers import Cycle
from logcascade.diagnosis.next_due import Outlook, settle_next_due
from logcascade.diagnosis.overview import Overview
from logcascade.diagnosis.recurrence import measure
from logcascade.diagnosis.remedies import choose_not_yet, choose_remedies
from logcascade.diagnosis.ruled_out import weigh_suspects
from logcascade.diagnosis.rushes import Arrivals
from logcascade.diagnosis.uptime import by_uptime, down_spans
from logcascade.model.analysis import (
    UNSEEN_CAUSE,
    Cascade,
    Certainty,
    Growth,
    Incident,
    Restarts,
    Run,
    Verdicts,
)
from logcascade.model.bursts import Burst, GroupedIncident
from logcascade.model.detections import UNKNOWN_PREFIX
from logcascade.model.load import Load
from logcascade.model.recurrence import Driver, Recurrence
from logcascade.model.rules import Ended, Remedy, Rule, Suspect
from logcascade.model.spells import Spells, spells_of
from logcascade.model.traffic import Traffic

ENOUGH_REPEATS = 3
"""So many incidents with the same first failure, and nothing before any of them, make it certain
even where the failure is often a consequence of others."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What the diagnosis is told: the rules, the remedies, the runs and the traffic."""

    rules: Mapping[str, Rule]
    remedies: Mapping[str, Remedy]
    runs: Sequence[Run]
    traffic: Traffic
    load: Load | None
    span_s: float | None
    """Seconds from the first to the last line, where they have times."""
    apart_s: Mapping[int, float | None] = field(default_factory=dict)
    """The same for each source that is not placed in time, by its number."""
    growth: Mapping[str, tuple[Growth, ...]] = field(default_factory=dict)
    """Component -> what rises within its runs."""
    suspects: Mapping[str, Suspect] = field(default_factory=dict)
    """What people are tempted to blame."""
    until: float | None = None
    """Epoch seconds of the log's last line, where it has times."""


def diagnose(
    items: Sequence[GroupedIncident], bursts: Sequence[Burst], knowledge: Knowledge
) -> tuple[tuple[Incident, ...], tuple[Cascade, ...]]:
    """
    Return the incidents by time with ids and cascades given, and the cascades, the worst first.

    Args:
        items: The incidents, by time.
        bursts: All failures, those outside of incidents too.
        knowledge: What else is known.
    """
    by_shape: dict[tuple[str, str], list[GroupedIncident]] = defaultdict(list)
    for item in items:
        by_shape[(item.incident.component, item.incident.first_failure.rule)].append(item)
    shapes = sorted(by_shape.values(), key=_badness)
    ids = {id(item): f"i{number}" for number, item in enumerate(items, start=1)}
    incidents: dict[str, Incident] = {}
    cascades = []
    kinds = pointers(knowledge.suspects, knowledge.rules)
    overview = Overview(bursts, knowledge.runs, _rules_of_supervisors(knowledge))
    for number, shape in enumerate(shapes, start=1):
        name = f"c{number}"
        main = without_aftershocks(cycles_of(shape, knowledge.runs))
        begun = {cycle.at for cycle in main}
        for item in shape:
            known = _certainty_by_repetition(item, shape)
            incidents[ids[id(item)]] = replace(
                known,
                id=ids[id(item)],
                cascade=name,
                facts=(*known.facts, *facts_of(item, knowledge.traffic)),
                aftershock=begun.isdisjoint(item.starts),
                arrivals=burst_before(item, knowledge.traffic),
            )
        members = tuple(ids[id(item)] for item in shape)
        cascades.append(_cascade(name, members, shape, main, overview, knowledge, kinds))
    return tuple(incidents[ids[id(item)]] for item in items), tuple(cascades)


def _badness(shape: Sequence[GroupedIncident]) -> tuple[int, int, bool, bool, bool, int, float]:
    """
    Return what sorts cascades, the worst first.

    What ends runs, the severity, what has consequences, what a rule knows, what says more
    than one line, the count, the time: the loudest line is rarely the one to mend.
    """
    ended = sum(item.ended_run for item in shape)
    severity = max(item.incident.severity for item in shape)
    alone = not any(item.incident.symptoms for item in shape)
    unknown = shape[0].incident.first_failure.rule.startswith(UNKNOWN_PREFIX)
    is_bare = unknown and not any("\n" in burst.first.text for burst in shape[0].bursts)
    count = sum(burst.count for item in shape for burst in item.bursts)
    return (-ended, -severity, alone, unknown, is_bare, -count, shape[0].bursts[0].start)


def _certainty_by_repetition(item: GroupedIncident, shape: Sequence[GroupedIncident]) -> Incident:
    """Raise *likely* to *certain* where every incident of the shape begins the same way."""
    first = item.incident.first_failure
    full = [other for other in shape if other.incident.symptoms]
    repeated = len(full) >= ENOUGH_REPEATS and not any(
        other.incident.first_failure.rivals for other in shape
    )
    removable = len(first.doubts) == 1 and first.doubts[0].startswith(UNSEEN_CAUSE)
    if not removable or not repeated:
        return item.incident
    reason = f"first in all {len(full)} incidents of this kind, with nothing before it in any"
    changed = replace(
        first, certainty=Certainty.CERTAIN, reasons=(*first.reasons, reason), doubts=()
    )
    return replace(item.incident, first_failure=changed)


def _cascade(
    name: str,
    members: tuple[str, ...],
    shape: Sequence[GroupedIncident],
    main: Sequence[Cycle],
    overview: Overview,
    knowledge: Knowledge,
    kinds: Mapping[str, Kinds],
) -> Cascade:
    first = shape[0].incident.first_failure
    begun = {cycle.at for cycle in main}
    full = [item for item in shape if not begun.isdisjoint(item.starts)]
    growth = knowledge.growth.get(shape[0].incident.component, ())
    case = Case(
        full,
        knowledge.rules,
        overview.outside(shape),
        knowledge.load,
        _healthy_s(shape, knowledge),
        _span_s(shape, knowledge),
        knowledge.runs,
        growth,
        kinds,
    )
    verdicts = weigh_suspects(case, knowledge.suspects)
    recurrence = _recurrence(shape, main, overview, knowledge)
    cleared = _cleared(verdicts, knowledge)
    return Cascade(
        id=name,
        first_failure=first.rule,
        title=first.title,
        incidents=members,
        count=len(main),
        severity=max(item.incident.severity for item in shape),
        recurrence=recurrence,
        ruled_out=verdicts.ruled_out,
        remedies=choose_remedies(shape, knowledge.rules, knowledge.remedies, recurrence.rhythm),
        not_yet=choose_not_yet(shape, knowledge.rules, cleared, recurrence.rhythm),
        aftershocks=len(shape) - len(full),
        growth=growth,
        suspected=verdicts.suspected,
        not_shown=verdicts.not_shown,
    )


def _cleared(verdicts: Verdicts, knowledge: Knowledge) -> list[Suspect]:
    """Return what the log tempts to blame and the numbers clear."""
    return [knowledge.suspects[each.what] for each in verdicts.ruled_out if each.count]


def _healthy_s(shape: Sequence[GroupedIncident], knowledge: Knowledge) -> float | None:
    span_s = _span_s(shape, knowledge)
    if span_s is None:
        return None
    sick = 0.0
    for item in shape:
        incident = item.incident
        if incident.start and incident.end and incident.episodes == 1:
            sick += (incident.end - incident.start).total_seconds()
    return max(span_s - sick, 0.0)


def _span_s(shape: Sequence[GroupedIncident], knowledge: Knowledge) -> float | None:
    source = shape[0].bursts[0].first.order[0]
    return knowledge.apart_s.get(source, knowledge.span_s)


def _recurrence(
    shape: Sequence[GroupedIncident],
    cycles: Sequence[Cycle],
    overview: Overview,
    knowledge: Knowledge,
) -> Recurrence:
    if not all(burst.timed for item in shape for burst in item.bursts):
        because = "the log has no times"
        return Recurrence(
            Driver.TOO_FEW, because, None, None, len(shape) - 1, None, None, None, None, None, None
        )
    events = knowledge.traffic.between if knowledge.load else None
    arrivals = Arrivals.of(knowledge.traffic)
    found = measure(cycles, events, knowledge.traffic.holes(), knowledge.until, arrivals)
    found = replace(found, spells=_spells(shape, cycles, knowledge))
    return settle_next_due(found, _outlook(shape, cycles, overview, knowledge))


def _spells(
    shape: Sequence[GroupedIncident], cycles: Sequence[Cycle], knowledge: Knowledge
) -> Spells | None:
    """Return the spells by the time in which the component ran: each start of a loop is one."""
    component, span_s = shape[0].incident.component, _span_s(shape, knowledge)
    until = None if knowledge.until is None else datetime.fromtimestamp(knowledge.until, UTC)
    down = down_spans([run for run in knowledge.runs if run.component == component], until)
    if span_s is None:
        return None
    running_s = span_s - sum(end - begin for begin, end in down)
    return spells_of(by_uptime([cycle.at for cycle in cycles], down), running_s)


def _outlook(
    shape: Sequence[GroupedIncident],
    cycles: Sequence[Cycle],
    overview: Overview,
    knowledge: Knowledge,
) -> Outlook:
    component = shape[0].incident.component
    last = cycles[-1]
    ended = last.at if last.run_end is None else last.run_end
    return Outlook(
        until=knowledge.until,
        next_start=last.next_start,
        last_start=overview.last_start(component),
        gave_up=overview.gave_up_since(component, ended),
    )


def _rules_of_supervisors(knowledge: Knowledge) -> frozenset[str]:
    """Return the rules of what starts programs: after an end, their failure is that it gave up."""
    restarting = {name for name, suspect in knowledge.suspects.items() if suspect.restarts}
    return frozenset(
        rule.id for rule in knowledge.rules.values() if not restarting.isdisjoint(rule.speaks_for)
    )


def summarise_restarts(runs: Sequence[Run], traffic: Traffic) -> Restarts:
    """
    Return all restarts: each run that follows another of its component.

    The rhythm is that of the component with the most unorderly ends; orderly ones do not count.
    """
    last: dict[str, Run] = {}
    pairs: list[tuple[Run, Run]] = []
    for run in runs:
        if run.component in last and (run.start_location or run.start):
            pairs.append((last[run.component], run))
        last[run.component] = run
    unorderly: dict[str, list[Cycle]] = defaultdict(list)
    for before, after in pairs:
        if before.ended is not Ended.ORDERLY and after.start:
            at = after.start.timestamp()
            begun = before.start.timestamp() if before.start else None
            end = before.end.timestamp() if before.end else at
            cycle = Cycle(at, begun, end, end, at, before.id)
            unorderly[before.component].append(cycle)
    component = max(sorted(unorderly), key=lambda name: len(unorderly[name]), default="")
    most = unorderly.get(component, [])
    events = traffic.between if traffic.counts else None
    rhythm = measure(most, events, traffic.holes(), arrivals=Arrivals.of(traffic))
    return Restarts(
        count=len(pairs),
        orderly=sum(before.ended is Ended.ORDERLY for before, _ in pairs),
        times=tuple(after.start for _, after in pairs if after.start),
        period_s=rhythm.period_s,
        spread_s=rhythm.spread_s,
        driver=rhythm.driver,
        component=component,
    )
