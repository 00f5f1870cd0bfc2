"""What has been told of an incident, and which incident of a later analysis that is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from logcascade.model.analysis import (
    UNSEEN_END,
    Analysis,
    Coinciding,
    Incident,
    Link,
    Run,
    Spell,
    Symptom,
)
from logcascade.model.rules import Marks, Role, Rule


@dataclass(slots=True)
class Told:
    """A spell of an incident of which something was told: all of it, where it had only one."""

    number: int
    """The how manieth of the watch: stays the same from one analysis to the next."""
    line: int
    """Where its latest spell begins, in the order of reading; spells in a row are one."""
    began: Spell
    incident: Incident
    """As it was in the last analysis that knew it."""
    is_begun: bool = False
    has_consequences: bool = False
    has_ended: bool = False
    is_over: bool = False
    """It was told that its component has recovered."""
    work: int = 0
    """Lines, or events where they are counted, when it was last seen to go on."""

    @property
    def is_open(self) -> bool:
        """Whether it was told that it began, and not that it is over."""
        return self.is_begun and not self.is_over


def spells_of(incident: Incident) -> tuple[Spell, ...]:
    """Return where the episodes of an incident began, at least one."""
    return incident.spells or (Spell(incident.start_line, incident.start),)


def same_or_container(told: Told, incidents: Sequence[Incident]) -> tuple[Incident, Spell] | None:
    """Return the one of *incidents* that *told* is a part of by now; None where it is in none."""
    for incident in incidents:
        for spell in spells_of(incident):
            if spell.location.line == told.line:
                return incident, spell
    for incident in incidents:
        if _holds(incident, told):
            spells = spells_of(incident)
            before = [spell for spell in spells if spell.location.line <= told.line]
            return incident, (before or spells)[-1]
    return None


def _holds(incident: Incident, told: Told) -> bool:
    others: tuple[Symptom | Coinciding, ...] = (*incident.symptoms, *incident.coinciding)
    if any(each.location.line == told.line for each in others):
        return True
    rules = {incident.first_failure.rule, *(each.rule for each in others)}
    if told.incident.first_failure.rule not in rules:
        return False
    whose = {incident.component, *(each.component for each in incident.symptoms)}
    lines = [incident.start_line.line, *(each.location.line for each in incident.symptoms)]
    return told.incident.component in whose and min(lines) <= told.line <= incident.end_line.line


def is_end(rule_id: str, rules: Mapping[str, Rule]) -> bool:
    """Tell whether a failure or a mark is the end of a process."""
    rule = rules.get(rule_id)
    if rule is None:
        return rule_id == UNSEEN_END
    return rule.explains_end or rule.marks is Marks.END


def consequences(incident: Incident, rules: Mapping[str, Rule]) -> Sequence[Symptom]:
    """Return what follows from the first failure by a mechanism; the end and a start are none."""
    return [
        symptom
        for symptom in incident.symptoms
        if symptom.text
        and symptom.link is not Link.OBSERVED_ORDER
        and not is_end(symptom.rule, rules)
        and (symptom.rule not in rules or rules[symptom.rule].role is not Role.LIFECYCLE)
    ]


def run_of(told: Told, analysis: Analysis) -> tuple[Run | None, Run | None]:
    """Return the run in which the latest spell of *told* began, and the one after it."""
    own = [run for run in analysis.runs if run.component == told.incident.component]
    at = told.began.time
    is_unseen = told.incident.first_failure.rule == UNSEEN_END  # it is told by the next start
    begun = [
        number
        for number, run in enumerate(own)
        if at is not None
        and (run.start is None or run.start < at or (run.start == at and not is_unseen))
    ]
    if not begun:
        return next((run for run in own if run.id == told.incident.run), None), None
    last = begun[-1]
    return own[last], own[last + 1] if last + 1 < len(own) else None
