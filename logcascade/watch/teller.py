"""What is new in an analysis of a log that has grown since the last one."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from logcascade.model.analysis import Analysis, Cascade, Incident, Spell
from logcascade.model.happenings import Happening, Kind
from logcascade.model.rules import NOT_ORDERLY, Ended, Rule
from logcascade.watch.dues import Dues
from logcascade.watch.told import (
    Told,
    consequences,
    is_end,
    run_of,
    same_or_container,
    spells_of,
)

RECOVERED_S = 900.0
"""A component has recovered when it was quiet for so long, and at work. Seconds; a failure that
comes again later is a new episode."""

WORK_LINES = 5
"""Where no events are counted, so many more lines show that work goes on."""

MOST_TOLD = 1_000
"""Incidents that are compared with those of a new analysis; the oldest are over long since."""


class Teller:
    """Compares each analysis with what was told of those before."""

    def __init__(self, rules: Mapping[str, Rule]) -> None:
        self._rules = rules
        self._told: list[Told] = []
        self._dues = Dues()
        self.begun = 0
        """How many incidents began while it was watched."""
        self.alarm: float | None = None
        """When to look again though nothing is told. Epoch seconds by the clock of the log."""

    def know(self, analysis: Analysis, now: float | None) -> None:
        """
        Take what *analysis* shows as told: it began before the watch, or before what is kept.

        Of what is not over yet the rest will be told.
        """
        before = {told.line: told for told in self._told}
        self._told = []
        for incident in analysis.incidents:
            spell = spells_of(incident)[-1]
            told = before.get(spell.location.line)
            if told is None:
                told = Told(0, spell.location.line, spell, incident, is_begun=True)
                told.is_over = incident.passed or _is_past(incident, now)
                told.has_consequences = bool(consequences(incident, self._rules))
                run, _ = run_of(told, analysis)
                told.has_ended = run is not None and run.ended in NOT_ORDERLY
            told.incident, told.work = incident, _work(analysis)
            self._told.append(told)
        self._settle(analysis, now)

    def look(
        self, analysis: Analysis, now: float | None, last: float | None = None
    ) -> list[Happening]:
        """
        Return what has happened since the last look, in the order of an incident's course.

        Args:
            analysis: Of the log so far. Places are lines in the order of reading.
            now: Epoch seconds by the clock of the log; None where it has no times.
            last: The time of its last line.
        """
        incidents = [incident for incident in analysis.incidents if not incident.passed]
        cascades = {cascade.id: cascade for cascade in analysis.cascades}
        happened = list(self._corrected(incidents, analysis))
        happened += self._recovered(incidents, analysis, now)
        work = _work(analysis)
        for incident in incidents:
            told = self._latest(incident)
            if not told.is_begun and _is_past(incident, last):
                told.is_begun = told.is_over = told.has_ended = True
            happened += self._of_incident(told, incident, cascades.get(incident.cascade), analysis)
            before = told.incident
            if not told.work or (incident.end_line, incident.end) != (before.end_line, before.end):
                told.work = work
            told.incident = incident
        happened += self._dues.look(analysis, now)
        self._settle(analysis, now)
        return happened

    def _latest(self, incident: Incident) -> Told:
        """Return what is known of the latest spell of *incident*, a new one if it is new."""
        by_line = {told.line: told for told in self._told}
        spells = spells_of(incident)
        latest = spells[-1]
        if latest.location.line in by_line:
            return by_line[latest.location.line]
        earlier = [by_line[s.location.line] for s in spells if s.location.line in by_line]
        if earlier and earlier[-1].is_open:
            if not _is_later(latest, earlier[-1].incident):
                earlier[-1].line = latest.location.line  # the same trouble, without a rest
                return earlier[-1]
            earlier[-1].is_over = True
        told = Told(0, latest.location.line, latest, incident)
        self._told.append(told)
        return told

    def _of_incident(
        self, told: Told, incident: Incident, cascade: Cascade | None, analysis: Analysis
    ) -> Iterator[Happening]:
        """Yield what has not yet been told of an incident."""

        def happening(kind: Kind, spell: Spell, because: str = "") -> Happening:
            return Happening(
                kind, spell.time, spell.location, incident.component, incident, cascade,
                told.began, told.number, because,
            )  # fmt: skip

        if not told.is_begun:
            told.is_begun = True
            self.begun += 1
            told.number = self.begun
            if not is_end(incident.first_failure.rule, self._rules):
                because = "goes on after the restart" if incident.aftershock else ""
                yield happening(Kind.BEGINS, told.began, because)
        followed = consequences(incident, self._rules)
        if followed and not told.has_consequences and told.is_open:
            told.has_consequences = True
            latest = max(followed, key=lambda each: each.location.line)
            yield happening(Kind.CASCADE, Spell(latest.location, latest.time))
        if told.is_open and not told.has_ended:
            run, following = run_of(told, analysis)
            if run is not None and run.ended in NOT_ORDERLY:
                told.has_ended = True
                place = run.end_location or (following.start_location if following else None)
                time = run.end or (following.start if following else None)
                yield Happening(
                    Kind.ENDED, time, place, incident.component, incident, cascade,
                    told.began, told.number, run.because, run.ended,
                )  # fmt: skip

    def _corrected(self, incidents: Sequence[Incident], analysis: Analysis) -> Iterator[Happening]:
        """Yield what was told and is not so; forget it, or know it by its new beginning."""
        cascades = {cascade.id: cascade for cascade in analysis.cascades}
        known = {told.line for told in self._told}
        kept: list[Told] = []
        for told in self._told:
            found = same_or_container(told, incidents)
            was, was_begun = told.incident, told.began
            if found is None:
                if told.is_open:
                    yield Happening(
                        Kind.CORRECTED, was.end, was_begun.location, was.component, None, None,
                        number=told.number, because=_why_none(was, analysis),
                        was=was, was_begun=was_begun,
                    )  # fmt: skip
                continue
            incident, spell = found
            line = spell.location.line
            if line == told.line or line not in known:
                known.add(line)
                kept.append(told)
            if line == told.line:
                continue
            told.line, told.began, told.incident = line, spell, incident
            if told.is_open and incident.first_failure.rule != was.first_failure.rule:
                yield Happening(
                    Kind.CORRECTED, spell.time, spell.location, incident.component, incident,
                    cascades.get(incident.cascade), spell, told.number,
                    was=was, was_begun=was_begun,
                )  # fmt: skip
        self._told = kept

    def _recovered(
        self, incidents: Sequence[Incident], analysis: Analysis, now: float | None
    ) -> Iterator[Happening]:
        """Yield for each component whose trouble of before is over, of several the first."""
        if now is None:
            return
        latest = {spells_of(each)[-1].location.line: each for each in incidents}
        for component in dict.fromkeys(told.incident.component for told in self._told):
            trouble = [
                told for told in self._told if told.is_open and told.incident.component == component
            ]
            ends = [latest.get(told.line, told.incident).end for told in trouble]
            is_over = all(
                end is not None
                and now - end.timestamp() >= RECOVERED_S
                and _work(analysis) - told.work >= (WORK_LINES if analysis.load is None else 1)
                for told, end in zip(trouble, ends, strict=True)
            )
            if trouble and is_over and _is_running(component, analysis):
                for told in trouble:
                    told.is_over = True
                first = trouble[0]
                cascades = (c for c in analysis.cascades if c.id == first.incident.cascade)
                yield Happening(
                    Kind.RECOVERED, datetime.fromtimestamp(now, UTC), None, component,
                    first.incident, next(cascades, None), first.began, first.number,
                    quiet_s=min(now - end.timestamp() for end in ends if end is not None),
                )  # fmt: skip

    def _settle(self, analysis: Analysis, now: float | None) -> None:
        """Forget what is over long since, and reckon when to look again."""
        over = [told for told in self._told if told.is_over]
        for told in over[: max(len(self._told) - MOST_TOLD, 0)]:
            self._told.remove(told)
        alarms = [
            told.incident.end.timestamp() + RECOVERED_S
            for told in self._told
            if told.is_open and told.incident.end is not None
        ]
        alarms += self._dues.alarms(analysis)
        self.alarm = min((at for at in alarms if now is not None and at > now), default=None)


def _is_later(spell: Spell, incident: Incident) -> bool:
    """Tell whether there was a rest between an incident, as it was known, and *spell*."""
    return (
        spell.time is not None
        and incident.end is not None
        and (spell.time - incident.end).total_seconds() >= RECOVERED_S
    )


def _is_past(incident: Incident, last: float | None) -> bool:
    """Tell whether the log goes on long after an incident that only now is seen to be one."""
    return (
        last is not None
        and incident.end is not None
        and last - incident.end.timestamp() >= RECOVERED_S
    )


def _is_running(component: str, analysis: Analysis) -> bool:
    """Tell whether the last run of a component goes on, as far as anything is known of runs."""
    own = [run for run in analysis.runs if run.component == component]
    return not own or own[-1].ended is Ended.RUNNING


def _work(analysis: Analysis) -> int:
    """Return a number that rises while there is work."""
    if analysis.load is not None:
        return analysis.load.events
    return sum(source.lines for source in analysis.sources)


def _why_none(was: Incident, analysis: Analysis) -> str:
    """Return why *was* is an incident no more."""
    rule = was.first_failure.rule
    because = next((each.because for each in analysis.background if each.rule == rule), "")
    return because or "it passed by itself"
