"""What a watch tells, one line for each thing."""

from logcascade.model.analysis import Certainty, Incident, Spell, Symptom
from logcascade.model.happenings import Happening, Kind
from logcascade.model.rules import Ended
from logcascade.report.cascade_words import DRIVER_WORDS, values_in_words, whose
from logcascade.report.circumstance_words import END_WORDS
from logcascade.report.view import PROGRAM, Context
from logcascade.report.words import Clock, Names, count, span

KIND_COLUMNS = 9
"""The longest kind has so many letters."""

SHOWN_CONSEQUENCES = 4
"""More make a line that nobody reads to its end."""

CLOCK = Clock(one_day=False, one_year=True)
"""A watch goes on for days, and nobody looks up the year."""


def render_happening(happening: Happening, context: Context, names: Names) -> str:
    """Return the line for *happening*, which has been made presentable."""
    words = _Words(context, names)
    told = {
        Kind.BEGINS: words.begins,
        Kind.CASCADE: words.cascade,
        Kind.ENDED: words.ended,
        Kind.DUE: words.due,
        Kind.OVERDUE: words.overdue,
        Kind.RECOVERED: words.recovered,
        Kind.CORRECTED: words.corrected,
    }[happening.kind](happening)
    of = f"{happening.component}: " if happening.component else ""
    when = f"{CLOCK.at(happening.time)}  " if happening.time is not None else ""
    return f"{when}{happening.kind.value:<{KIND_COLUMNS}}  {of}{told}"


class _Words:
    """The words for each kind."""

    def __init__(self, context: Context, names: Names) -> None:
        self._context, self._names = context, names

    def begins(self, happening: Happening) -> str:
        """Say what failed, where, and how often it did before."""
        first = _incident(happening).first_failure
        parts = [first.title]
        values = values_in_words(first.rule, first.values, self._context)
        if values:
            parts.append(values)
        words = f"{', '.join(parts)}  {self._place(happening)}"
        notes = [part for part in (happening.because, self._before(happening)) if part]
        return f"{words}  ({'; '.join(notes)})" if notes else words

    def cascade(self, happening: Happening) -> str:
        """Say what follows from what, and what helps."""
        incident = _incident(happening)
        followed = [each for each in incident.symptoms if each.text]
        shown = [_consequence(each, incident) for each in followed[:SHOWN_CONSEQUENCES]]
        more = len(followed) - len(shown)
        listed = "; ".join([*shown, *([f"and {more} more"] if more > 0 else [])])
        words = (
            f"{self._first(incident, happening.began)} leads to {listed}  {self._place(happening)}"
        )
        cascade = happening.cascade
        remedies = cascade.remedies if cascade is not None else ()
        return f"{words}  do first: {PROGRAM} remedy {remedies[0].id}" if remedies else words

    def ended(self, happening: Happening) -> str:
        """Say how a process ended, and what had failed first."""
        incident = _incident(happening)
        first = incident.first_failure
        words = END_WORDS[happening.ended or Ended.UNKNOWN]
        if happening.location is not None:
            words += f"  {self._place(happening)}"
        if first.certainty is Certainty.NOT_IN_LOG and happening.ended is not Ended.CRASHED:
            return f"{words}  (nothing before it in this log explains it)"
        if happening.location == first.location:
            return f"{words}  (by {first.title})"
        after, began = "", happening.began
        if happening.time is not None and began is not None and began.time is not None:
            after = f"{span(max((happening.time - began.time).total_seconds(), 0.0))} "
        return f"{words}  ({after}after {self._first(incident, began)})"

    def due(self, happening: Happening) -> str:
        """Say what is due and when, and from which rhythm that follows."""
        rhythm = self._before(happening)
        about = CLOCK.about(happening.due) if happening.due else "?"
        spread = happening.cascade.recurrence.spread_s if happening.cascade else None
        within = f" +-{span(spread)}" if spread else ""
        return f"{self._title(happening)} is due about {about}{within}  ({rhythm})"

    def overdue(self, happening: Happening) -> str:
        """Say what has stayed away."""
        about = CLOCK.about(happening.due) if happening.due else "?"
        rhythm = self._before(happening)
        return f"{self._title(happening)} was due about {about} and has not come  ({rhythm})"

    def recovered(self, happening: Happening) -> str:
        """Say that it is over, and what was."""
        incident = _incident(happening)
        quiet = "" if happening.quiet_s is None else f" for {span(happening.quiet_s)}"
        first = self._first(incident, happening.began)
        return f"quiet{quiet} and at work again, after {first}"

    def corrected(self, happening: Happening) -> str:
        """Say what was told, and what is so."""
        was = "what was told"
        if happening.was is not None:
            was = self._first(happening.was, happening.was_begun)
        if happening.incident is None:
            return f"{was} is no incident: {happening.because}"
        first = self._first(happening.incident, happening.began)
        return f"{was} is not what failed first: {first} is"

    def _first(self, incident: Incident, began: Spell | None) -> str:
        first = incident.first_failure
        return f"{first.title} ({self._names.place(began.location if began else first.location)})"

    def _place(self, happening: Happening) -> str:
        return self._names.place(happening.location) if happening.location is not None else ""

    @staticmethod
    def _title(happening: Happening) -> str:
        return happening.cascade.title if happening.cascade is not None else "the next incident"

    @staticmethod
    def _before(happening: Happening) -> str:
        """Return how often the like was seen, and in what rhythm; nothing for the first time."""
        cascade = happening.cascade
        if cascade is None or cascade.count < 2:
            return ""
        rhythm = cascade.recurrence
        words = count(cascade.count, "time")
        if happening.kind is Kind.BEGINS:
            words += " so far"
        if rhythm.period_s is not None:
            words += f", every {span(rhythm.period_s)} {DRIVER_WORDS[rhythm.driver]}".rstrip()
        return words


def _consequence(symptom: Symptom, incident: Incident) -> str:
    after = "" if symptom.delay_s is None else f" after {span(max(symptom.delay_s, 0.0))}"
    times = f"{symptom.count:,} x " if symptom.count > 1 else ""
    return f"{times}{symptom.title}{whose(symptom, incident)}{after}"


def _incident(happening: Happening) -> Incident:
    if happening.incident is None:
        raise ValueError(f"{happening.kind} without an incident")
    return happening.incident
