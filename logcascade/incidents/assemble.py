"""Groups to incidents: the first failure, the tree of symptoms, what merely coincides."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from logcascade.incidents.first_failure import (
    RIVAL_WINDOW_S,
    Scene,
    choose_first,
    describe_first,
)
from logcascade.incidents.grouping import EPISODE_GAP_S, IS_THE_END, Group, RunEnd
from logcascade.incidents.past import Linked
from logcascade.model.analysis import (
    UNSEEN_END,
    UNSEEN_END_TITLE,
    Coinciding,
    Incident,
    Link,
    Run,
    Symptom,
)
from logcascade.model.bursts import Burst, GroupedIncident
from logcascade.model.records import Severity
from logcascade.model.rules import Ended, Marks, Role


def assemble(scene: Scene, groups: Sequence[Group], runs: Sequence[Run]) -> list[GroupedIncident]:
    """Return one incident for each group, in order, their ids and cascades not yet given."""
    following = _following(runs)
    return [_incident(scene, group, following) for group in groups]


def _incident(scene: Scene, group: Group, following: Mapping[str, Run]) -> GroupedIncident:
    members = list(group.members)
    index = choose_first(scene, members)
    first = scene.bursts[index]
    symptoms = _symptoms(scene, members, index)
    for ended in group.ends:
        symptoms += _end_symptoms(scene, ended, first, symptoms, following)
    symptoms += _ends_told(scene, members, first, symptoms)
    tree = _as_tree(symptoms, first.rule)
    explained = {first.rule, *(symptom.rule for symptom in tree)}
    last = max((scene.bursts[at] for at in members), key=lambda burst: (burst.end, burst.position))
    run = scene.runs.get(first.run)
    times = [last.end_time, *(ended.run.end for ended in group.ends)]
    end = max((time for time in times if time is not None), default=None)
    incident = Incident(
        id="",
        cascade="",
        component=first.component,
        run=first.run,
        start=first.time,
        end=end,
        start_line=first.first.location,
        end_line=last.last_location,
        severity=_severity(scene, members, group),
        first_failure=describe_first(scene, members, index),
        symptoms=tree,
        coinciding=_coinciding(scene, members, index, explained),
        recovered=not group.ends and _goes_on(run, end, scene.span_around(first)[1]),
        passed=not group.ends and _passed(scene, members),
    )
    bursts = tuple(scene.bursts[at] for at in members)
    ended_run = any(ended.run.id == first.run for ended in group.ends)
    return GroupedIncident(incident, bursts, (first.start,), ended_run)


def _goes_on(run: Run | None, end: datetime | None, log_end: float | None) -> bool:
    """Tell whether the log shows that the run lived on well after *end*."""
    if run is None or end is None:
        return False
    over = log_end if run.ended is Ended.RUNNING else None
    if run.end is not None:
        over = run.end.timestamp()
    return over is not None and over - end.timestamp() > EPISODE_GAP_S


def _severity(scene: Scene, members: Sequence[int], group: Group) -> Severity:
    if group.ends:
        return Severity.CRITICAL
    worst = max(scene.bursts[at].severity for at in members)
    return min(worst, Severity.WARNING) if _passed(scene, members) else worst


def _passed(scene: Scene, members: Sequence[int]) -> bool:
    return all(scene.passed(scene.bursts[at]) for at in members)


def _symptoms(scene: Scene, members: Sequence[int], index: int) -> list[Symptom]:
    """Return one symptom for each kind of failure of each component, but for the first one."""
    first = scene.bursts[index]
    by_kind: dict[tuple[str, str], list[int]] = defaultdict(list)
    for at in members:
        if _kind(scene.bursts[at]) != _kind(first):
            by_kind[_kind(scene.bursts[at])].append(at)
    symptoms = []
    for indices in by_kind.values():
        linked = [at for at in indices if at in scene.links]
        told = [
            at
            for at in linked
            if scene.bursts[at].position > first.position or scene.links[at].early
        ]
        if told:
            count = sum(scene.bursts[at].count for at in indices)
            count = 1 if _is_end(scene, scene.bursts[told[0]].rule) else count
            symptoms.append(_symptom(scene, told[0], scene.links[told[0]], first, count))
    return symptoms


def _kind(burst: Burst) -> tuple[str, str]:
    return (burst.component, burst.rule)


def _symptom(scene: Scene, at: int, linked: Linked, first: Burst, count: int) -> Symptom:
    burst = scene.bursts[at]
    return Symptom(
        rule=burst.rule,
        title=burst.title,
        component=burst.component,
        count=count,
        location=burst.first.location,
        time=burst.time,
        delay_s=round(burst.start - first.start, 3) if burst.timed and first.timed else None,
        because_of=scene.bursts[linked.cause].rule,
        link=linked.link,
        how=linked.how,
        text=burst.first.text,
        values=burst.first.values,
    )


def _end_symptoms(
    scene: Scene,
    ended: RunEnd,
    first: Burst,
    symptoms: Sequence[Symptom],
    following: Mapping[str, Run],
) -> list[Symptom]:
    """Return the run's end and the restart, as the last consequences."""
    run = ended.run
    restart = following.get(run.id)
    own = [item for item in symptoms if item.component == run.component]
    ends = [item.rule for item in own if _is_end(scene, item.rule)]
    is_first = first.component == run.component
    added: list[Symptom] = []
    if not ends and not (is_first and _is_end(scene, first.rule)):
        shown = {item.rule for item in own} | ({first.rule} if is_first else set())
        if run.end_location and run.end_rule and run.end_rule not in shown:
            failures = [item for item in own if not _follows_an_end(scene, item)]
            cause = max(failures, key=lambda item: item.location.line).rule if failures else ""
            at_the_latest = run.end or (restart.start if restart else None)
            added.append(_of_run(ended, first, cause or first.rule, at_the_latest))
    if restart is not None and restart.start_location is not None:
        last_rule = (ends or [item.rule for item in added] or [first.rule])[-1]
        added.append(_restart(restart, first, last_rule))
    return added


def _follows_an_end(scene: Scene, symptom: Symptom) -> bool:
    rule = scene.rules.get(symptom.because_of)
    return rule is not None and rule.marks is Marks.END


def _ends_told(
    scene: Scene, members: Sequence[int], first: Burst, symptoms: Sequence[Symptom]
) -> list[Symptom]:
    """Return the marks of ends that something follows from, where the end is told otherwise."""
    shown = {(first.component, first.rule), *((item.component, item.rule) for item in symptoms)}
    told: dict[tuple[str, str], Symptom] = {}
    for at in members:
        if at not in scene.links:
            continue
        mark = scene.bursts[scene.links[at].cause]
        if mark.first.role is Role.LIFECYCLE and _kind(mark) not in shown:
            ends = [item.rule for item in symptoms if _is_end(scene, item.rule)]
            before = first.rule if _is_end(scene, first.rule) or not ends else ends[0]
            linked = Linked(at, Link.MECHANISM, IS_THE_END)
            symptom = _symptom(scene, scene.links[at].cause, linked, first, 1)
            told.setdefault(_kind(mark), replace(symptom, because_of=before))
    return list(told.values())


def _is_end(scene: Scene, rule_id: str) -> bool:
    rule = scene.rules.get(rule_id)
    if rule is None:
        return rule_id == UNSEEN_END
    return rule.explains_end or rule.marks is Marks.END


def _of_run(ended: RunEnd, first: Burst, cause: str, time: datetime | None) -> Symptom:
    run = ended.run
    return Symptom(
        rule=run.end_rule,
        title=UNSEEN_END_TITLE if run.end_rule == UNSEEN_END else run.because,
        component=run.component,
        count=1,
        location=run.end_location or first.first.location,
        time=time,
        delay_s=_delay(time, first),
        because_of=cause,
        link=ended.link,
        how=ended.how,
        text="",
        values={},
    )


def _restart(run: Run, first: Burst, cause: str) -> Symptom:
    return Symptom(
        rule=run.start_rule,
        title="restarted",
        component=run.component,
        count=1,
        location=run.start_location or first.first.location,
        time=run.start,
        delay_s=_delay(run.start, first),
        because_of=cause,
        link=Link.MECHANISM,
        how="the next run begins",
        text="",
        values={},
    )


def _delay(time: datetime | None, first: Burst) -> float | None:
    if time is None or not first.timed:
        return None
    return round(time.timestamp() - first.start, 3)


def _as_tree(symptoms: Sequence[Symptom], root: str) -> tuple[Symptom, ...]:
    """Return *symptoms* a parent before its children, siblings by delay; the unreachable last."""
    children: dict[str, list[Symptom]] = defaultdict(list)
    for symptom in symptoms:
        children[symptom.because_of].append(symptom)
    ordered: list[Symptom] = []

    def walk(rule: str) -> None:
        for child in sorted(children.pop(rule, []), key=_delay_order):
            ordered.append(child)
            walk(child.rule)

    walk(root)
    return tuple(ordered)


def _delay_order(symptom: Symptom) -> tuple[float, int]:
    return (symptom.delay_s if symptom.delay_s is not None else 0.0, symptom.location.line)


def _coinciding(
    scene: Scene, members: Sequence[int], index: int, explained: set[str]
) -> tuple[Coinciding, ...]:
    """Return what stands near the incident in its run and is linked to nothing in it."""
    first = scene.bursts[index]
    own: dict[str, list[int]] = defaultdict(list)
    for at in members:
        own[scene.bursts[at].rule].append(at)
    begin = first.start - RIVAL_WINDOW_S
    end = max(scene.bursts[at].end for at in members) + RIVAL_WINDOW_S
    found = []
    for near in scene.neighbours.near(index, begin, end):
        inside = set(own[near.rule]) if near.rule in explained else set()
        reports = near.reports - sum(scene.bursts[at].count for at in inside)
        for at in near.indices():
            if at not in inside:
                burst = scene.bursts[at]
                where, time = burst.first.location, burst.time
                found.append((at, Coinciding(near.rule, burst.title, reports, where, time)))
                break
    return tuple(each for _, each in sorted(found, key=lambda item: item[0]))


def _following(runs: Sequence[Run]) -> dict[str, Run]:
    """Return for each run the next one of its component."""
    last: dict[str, str] = {}
    following: dict[str, Run] = {}
    for run in runs:
        if run.component in last:
            following[last[run.component]] = run
        last[run.component] = run.id
    return following
