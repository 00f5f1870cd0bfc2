"""What reports say of a cascade and of its incidents, worded once."""

import shlex
from collections.abc import Iterator, Mapping, Sequence

from logcascade.model.analysis import (
    UNSEEN_CAUSE,
    Cascade,
    Certainty,
    Coinciding,
    FirstFailure,
    Incident,
    Link,
    RemedyChoice,
    Rival,
    Suspicion,
    Symptom,
)
from logcascade.model.detections import UNKNOWN_PREFIX
from logcascade.model.figures import number, probability
from logcascade.model.records import Location
from logcascade.model.recurrence import Driver
from logcascade.report.circumstance_words import END_WORDS
from logcascade.report.text import cut
from logcascade.report.view import MOMENT_S, PROGRAM, Context, View
from logcascade.report.words import ONE_MOMENT_S, count, span

OBSERVED = "observed order, not a proven cause"

NO_RULE = "no rule knows this failure"
"""The doubt that `certainty` says of an unknown failure."""

NOT_KNOWN = "what it means, what it leads to and what helps; to write it down:"
"""What nobody has told the program of a failure that no rule knows."""

STANDARD_INPUT = "<stdin>"
"""The name of what was read from a pipe; a command takes it as a dash."""

CERTAINTY_WORDS = {
    Certainty.CERTAIN: "certain",
    Certainty.LIKELY: "likely",
    Certainty.NOT_IN_LOG: "the cause is not in this log",
}

DRIVER_WORDS = {
    Driver.UPTIME: "of uptime",
    Driver.CLOCK: "by the clock",
    Driver.LOAD: "with the load",
    Driver.BACK_OFF: "by the supervisor's back-off",
    Driver.IRREGULAR: "",
    Driver.TOO_FEW: "",
}

SHOWN_RIVALS = 5
SHOWN_COINCIDING = 5
"""Kinds that are listed of what may have come first, and of what only stands near it."""

COMPONENT_COLUMNS = 40
"""Columns that the name of another component may take beside a symptom."""

_UNIT_WORDS = {"bytes": "bytes", "kilobytes": "bytes", "megabytes": "bytes"}


def how_often(cascade: Cascade, first: Incident) -> str:
    """Return how often a cascade came, and in what rhythm: the half of its headline."""
    words = "once" if cascade.count == 1 else count(cascade.count, "time")
    if cascade.count == 1 and first.first_failure.count > 1:
        words = f"one incident of {count(first.first_failure.count, 'report')}"
    if cascade.count == 1 and first.episodes > 1:
        words = f"one incident in {first.episodes} spells"
    rhythm = cascade.recurrence
    if rhythm.period_s is None:
        if rhythm.driver is Driver.IRREGULAR and cascade.count > 1:
            words += ", at no regular interval"
        if rhythm.driver is Driver.LOAD:
            words += f", {DRIVER_WORDS[Driver.LOAD]}"
        return words
    spread = f" +-{span(rhythm.spread_s)}" if rhythm.spread_s is not None else ""
    return f"{words}, every {span(rhythm.period_s)}{spread} {DRIVER_WORDS[rhythm.driver]}".rstrip()


def aftershocks(cascade: Cascade) -> str:
    """Return what is said of aftershocks; empty where there are none."""
    if not cascade.aftershocks:
        return ""
    verb = "is" if cascade.aftershocks == 1 else "are"
    return f"{count(cascade.aftershocks, 'aftershock')} right after a restart {verb} not counted"


def rhythm(cascade: Cascade) -> str:
    """Return why the rhythm is believed, and what one cycle is made of."""
    found = cascade.recurrence
    parts = [found.because] if found.because and cascade.count > 1 else []
    cycle = [
        f"{span(seconds)} {words}"
        for seconds, words in (
            (found.time_to_first_failure_s, "to the first failure"),
            (found.cascade_s, "of cascade"),
            (found.down_s, "down"),
        )
        if seconds
    ]
    if cascade.count > 1 and len(cycle) > 1:
        parts.append(f"one cycle: {', '.join(cycle)}")
    if found.period_s is not None and found.p_value is not None:
        parts.append(
            f"random restarts look so regular with probability {probability(found.p_value)}"
        )
    return "; ".join(parts)


def values_in_words(rule: str, values: Mapping[str, str | float], units: Context) -> str:
    """Return the numbers and names that a rule read from a line: ``retry_after 28 s``."""
    known = units.units.get(rule, {})
    words = []
    for name in sorted(values):
        value, unit = values[name], known.get(name, "")
        if isinstance(value, str):
            words.append(f"{name} {value}")
        elif unit in ("seconds", "milliseconds"):
            words.append(f"{name} {span(value)}")
        else:
            words.append(f"{name} {number(value)} {_UNIT_WORDS.get(unit, '')}".rstrip())
    return ", ".join(words)


def link_in_words(symptom: Symptom) -> str:
    """Return why a symptom is said to follow, also where the log tells it first."""
    words = _how(symptom)
    if symptom.delay_s is None or symptom.delay_s > -ONE_MOMENT_S:
        return words
    return "; ".join(part for part in (words, "told earlier than its cause") if part)


def _how(symptom: Symptom) -> str:
    if symptom.link is Link.OBSERVED_ORDER:
        how = symptom.how.removesuffix("observed order").rstrip("; ")
        return f"{how}; {OBSERVED}" if how else OBSERVED
    if symptom.link is Link.EXCEPTION_CHAIN:
        return symptom.how or "in one traceback with it"
    return symptom.how


def merged(suspicions: Sequence[Suspicion]) -> Mapping[str, str]:
    """Return what is said of the suspects -> whom it is said of, told once where it is the same."""
    titles: dict[str, list[str]] = {}
    for one in suspicions:
        titles.setdefault(one.because, []).append(one.title)
    return {because: ", ".join(named) for because, named in titles.items()}


def suspects(cascade: Cascade, shown: Incident) -> Iterator[tuple[str, str, Sequence[Suspicion]]]:
    """Yield a heading, what it means, and the suspects below it; what the log hides comes last."""
    if cascade.suspected:
        yield "Suspected", "", cascade.suspected
    sure = [one for one in cascade.ruled_out if one.is_sure]
    if sure:
        yield "Not to blame", "", sure
    if len(sure) < len(cascade.ruled_out):
        unsure = [one for one in cascade.ruled_out if not one.is_sure]
        yield "Likely not to blame", "", unsure
    if cascade.not_shown and shown.first_failure.certainty is Certainty.NOT_IN_LOG:
        yield "Not shown", "the cause may be here: nothing in this log tells", cascade.not_shown


def certainty(failure: FirstFailure) -> str:
    """Return how sure it is that a failure came first; of an unknown one, what that rests on."""
    if _says_unknown(failure):
        before = "others may have come first" if failure.rivals else "nothing earlier explains it"
        return f"unknown failure; {before}"
    return CERTAINTY_WORDS[failure.certainty]


def _says_unknown(failure: FirstFailure) -> bool:
    return failure.certainty is Certainty.LIKELY and is_unknown(failure.rule)


def rivals(failure: FirstFailure) -> tuple[Sequence[Rival], str]:
    """Return what may have come first, as much as anybody reads, and how many more there are."""
    return failure.rivals[:SHOWN_RIVALS], _left(len(failure.rivals) - SHOWN_RIVALS)


def coinciding(shown: Incident) -> tuple[Sequence[Coinciding], str]:
    """Return what stands near an incident and is not told as a rival, and how many more."""
    told = {rival.rule for rival in shown.first_failure.rivals}
    others = [other for other in shown.coinciding if other.rule not in told]
    return others[:SHOWN_COINCIDING], _left(len(others) - SHOWN_COINCIDING)


def _left(number_left: int) -> str:
    return f"and {number_left} more: --format json" if number_left > 0 else ""


def label_of_first(failure: FirstFailure) -> str:
    """Return what a report calls the failure that it shows first: it may only be the first seen."""
    return "First seen" if failure.certainty is Certainty.NOT_IN_LOG else "First failure"


def is_for_first(cascade: Cascade, remedy: RemedyChoice) -> bool:
    """Tell whether a remedy is for the first failure, and not for what follows from it."""
    return remedy.against in {"", cascade.first_failure}


def tree(incident: Incident) -> Iterator[tuple[int, Symptom]]:
    """Yield the symptoms with their depth below the first failure, in the order of the tree."""
    depths = {incident.first_failure.rule: 0}
    for symptom in incident.symptoms:
        depth = depths.get(symptom.because_of, 0) + 1
        depths.setdefault(symptom.rule, depth)
        yield depth, symptom


def whose(symptom: Symptom, incident: Incident) -> str:
    """Return in words whose a symptom is, where it is not that of the incident's component."""
    other = symptom.component not in {"", incident.component}
    return f" in {cut(symptom.component, COMPONENT_COLUMNS)}" if other else ""


def doubts(failure: FirstFailure) -> tuple[str, ...]:
    """Return what keeps the choice from being certain; rivals are shown on their own."""
    rivals = [rival.title for rival in failure.rivals]
    return tuple(
        f"it can be a consequence of something silent: {doubt.removeprefix(UNSEEN_CAUSE)}"
        if doubt.startswith(UNSEEN_CAUSE)
        else doubt
        for doubt in failure.doubts
        if doubt != NO_RULE or not _says_unknown(failure)
        if not rivals or not all(title in doubt for title in rivals)
    )


def is_unknown(rule: str) -> bool:
    """Say whether no rule knows this failure."""
    return rule.startswith(UNKNOWN_PREFIX)


def new_rule(location: Location) -> str:
    """Return the command that begins a rule for what stands at a place."""
    source = "-" if location.source == STANDARD_INPUT else location.source
    return f"{PROGRAM} rules new --from {shlex.quote(f'{source}:{location.line}')}"


def outcome(view: View, incident: Incident) -> str:
    """Return how an incident ended: with the run, or healthily; empty where it did neither."""
    if incident.aftershock:
        return "aftershock"
    if incident.recovered:
        return "recovered"
    run = next((run for run in view.analysis.runs if run.id == incident.run), None)
    starts = {run.start_rule for run in view.analysis.runs if run.start_rule}
    rules = {symptom.rule for symptom in incident.symptoms} | {incident.first_failure.rule}
    if run is None or not rules & (starts | {run.end_rule}):
        return ""
    return END_WORDS[run.ended]


def length(incident: Incident) -> str:
    """Return how long an incident lasted; empty without times, or for a single moment."""
    if incident.start is None or incident.end is None:
        return ""
    lasted = (incident.end - incident.start).total_seconds()
    return span(lasted) if lasted >= MOMENT_S else ""


def lasted(incident: Incident) -> str:
    """Return how long an incident lasted, and how often it came again within that time."""
    again = f"{incident.episodes} times" if incident.episodes > 1 else ""
    return ", ".join(part for part in (length(incident), again) if part)


def course(view: View, incident: Incident) -> str:
    """Return how long an incident lasted and how it ended: ``20 min, then it recovered``."""
    if incident.episodes > 1:
        within = length(incident)
        return f"{incident.episodes} times within {within}" if within else ""
    ended = outcome(view, incident)
    if incident.recovered:
        ended = "the run went on healthily"
        return f"{length(incident)}, then {ended}" if length(incident) else ended
    return ", ".join(part for part in (length(incident), ended) if part)
