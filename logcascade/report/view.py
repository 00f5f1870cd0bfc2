"""What every report for people says, chosen and worded once; terminal and ticket lay it out."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from logcascade.model.analysis import (
    UNSEEN_CAUSE,
    Analysis,
    Cascade,
    Certainty,
    Driver,
    FirstFailure,
    Incident,
    Link,
    RemedyChoice,
    Symptom,
)
from logcascade.model.detections import UNKNOWN_PREFIX
from logcascade.model.records import Alignment, Confidence, SourceSummary
from logcascade.model.rules import Ended
from logcascade.report.words import (
    Clock,
    Names,
    clock_of,
    count,
    listed,
    number,
    period_of,
    short_names,
    span,
)

MOMENT_S = 0.1
"""Seconds. What lasted less has no length worth a word."""

MUCH_UNREAD = 0.5
"""Share of lines; above it a report that found nothing says that it could not see much."""

OBSERVED = "observed order, not a proven cause"

PROGRAM = "logcascade"

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

END_WORDS = {
    Ended.ORDERLY: "orderly",
    Ended.CRASHED: "crashed",
    Ended.KILLED: "killed",
    Ended.OOM_KILLED: "killed (out of memory)",
    Ended.UNKNOWN: "ended without a word",
    Ended.RUNNING: "still running",
}

_SETTLED_BY = (
    (re.compile(r"year 19(?:6\d|7[0-2]) assumed"), "no year in the log (--year gives it)"),
    (re.compile(r"no date in the log: .*"), "no date in the log (--date gives it)"),
    (re.compile(r"no wall clock in the log: .*"), "times since boot (--date gives the boot's)"),
    (re.compile(r"zone UTC"), "zone UTC (--zone gives another)"),
    (re.compile(r"(year \d+) assumed: (.*)"), r"\1, \2 (--year gives another)"),
    (re.compile(r"(year \d+) assumed"), r"\1"),
    (re.compile(r"(year \d+ fits better: .*)"), r"\1 (--year gives it)"),
    (re.compile(r"((?:date|boot) .*: .*)"), r"\1 (--date gives another)"),
)
"""What reading assumes -> what a person makes of it; the first that fits."""

_UNIT_WORDS = {"bytes": "bytes", "kilobytes": "bytes"}


@dataclass(frozen=True, slots=True)
class Context:
    """What a report says besides the analysis, handed in by who is asking."""

    version: str
    command: str = ""
    """The command that made the report, as it can be repeated."""
    units: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Rule -> value name -> unit, as the rule files say."""
    redacted: bool = True


@dataclass(frozen=True, slots=True)
class View:
    """An analysis with the words to show it in."""

    analysis: Analysis
    context: Context
    clock: Clock
    names: Names
    incidents: Mapping[str, Incident]

    def of(self, cascade: Cascade) -> tuple[Incident, ...]:
        """Return the incidents of a cascade, in order."""
        return tuple(self.incidents[name] for name in cascade.incidents)

    def fullest(self, cascade: Cascade) -> Incident:
        """Return the incident that shows most of a cascade; of equals the first."""
        return max(self.of(cascade), key=lambda each: len({one.rule for one in each.symptoms}))

    def seen_in(self, cascade: Cascade, rule: str) -> int:
        """Return in how many incidents of a cascade a symptom is seen, aftershocks aside."""
        return sum(
            any(one.rule == rule for one in incident.symptoms) for incident in self.main(cascade)
        )

    def main(self, cascade: Cascade) -> Sequence[Incident]:
        """Return a cascade's incidents without its aftershocks."""
        return [incident for incident in self.of(cascade) if not incident.aftershock]

    def ends(self) -> Mapping[Ended, int]:
        """Return how the runs ended, and how often each way."""
        return Counter(run.ended for run in self.analysis.runs)


def view_of(analysis: Analysis, context: Context) -> View:
    """Return the view of an analysis that is already fit to be shown."""
    return View(
        analysis,
        context,
        clock_of(analysis),
        short_names(name for source in analysis.sources for name in names_in(source)),
        {incident.id: incident for incident in analysis.incidents},
    )


def how_often(cascade: Cascade, first: Incident) -> str:
    """Return how often a cascade came, and in what rhythm: the half of its headline."""
    words = "once" if cascade.count == 1 else count(cascade.count, "time")
    if cascade.count == 1 and first.episodes > 1:
        words = f"once, in {first.episodes} spells"
    rhythm = cascade.recurrence
    if rhythm.period_s is None:
        if rhythm.driver is Driver.IRREGULAR and cascade.count > 1:
            words += ", at no regular interval"
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
        parts.append(f"random restarts look so regular with probability {found.p_value:.1g}")
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
    """Return why a symptom is said to follow."""
    if symptom.link is Link.OBSERVED_ORDER:
        how = symptom.how.removesuffix("observed order").rstrip("; ")
        return f"{how}; {OBSERVED}" if how else OBSERVED
    if symptom.link is Link.EXCEPTION_CHAIN:
        return symptom.how or "in one traceback with it"
    return symptom.how


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


def doubts(failure: FirstFailure) -> tuple[str, ...]:
    """Return what keeps the choice from being certain; rivals are shown on their own."""
    rivals = [rival.title for rival in failure.rivals]
    return tuple(
        f"it can be a consequence of something silent: {doubt.removeprefix(UNSEEN_CAUSE)}"
        if doubt.startswith(UNSEEN_CAUSE)
        else doubt
        for doubt in failure.doubts
        if not rivals or not all(title in doubt for title in rivals)
    )


def is_unknown(rule: str) -> bool:
    """Say whether no rule knows this failure."""
    return rule.startswith(UNKNOWN_PREFIX)


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


def course(view: View, incident: Incident) -> str:
    """Return how long an incident lasted and how it ended: ``20 min, then it recovered``."""
    if incident.episodes > 1:
        within = length(incident)
        return f"{incident.episodes} times within {within}" if within else ""
    ended = outcome(view, incident)
    if incident.recovered:
        ended = "then the run went on healthily"
    return ", ".join(part for part in (length(incident), ended) if part)


def restarts_in_words(view: View) -> str:
    """Return how many restarts there were and how the runs before them ended."""
    restarts = view.analysis.restarts
    if not restarts.count:
        return "none"
    orderly = {0: "none orderly", restarts.count: "all orderly"}.get(
        restarts.orderly, f"{restarts.orderly:,} orderly"
    )
    if restarts.count == 1:
        orderly = "orderly" if restarts.orderly else "not orderly"
    return f"{restarts.count:,}, {orderly}"


def ends_in_words(view: View) -> str:
    """Return how the runs ended."""
    ends = view.ends()
    return listed([f"{ends[ended]:,} {END_WORDS[ended]}" for ended in Ended if ends.get(ended)])


def retold_in_words(view: View) -> str:
    """Return what several sources tell of the same events; empty where none do."""
    retold = view.analysis.retold
    return f"{count(retold, 'report')} of a second source, counted once" if retold else ""


def sensitivity_in_words(view: View) -> str:
    """Return how far the number of incidents hangs on the gap; empty where it does not."""
    found = view.analysis.sensitivity
    if found is None or not found.hangs_on_gap:
        return ""
    return (
        f"{count(found.incidents, 'incident')} where {span(found.gap_s)} of quiet begin a new one; "
        f"with half of that {found.with_half:,}, with twice {found.with_twice:,}"
    )


def load_in_words(view: View) -> str:
    """Return what the healthy lines say of the traffic; empty where they say nothing."""
    load = view.analysis.load
    if load is None:
        return ""
    words = [count(load.events, "event")]
    if load.mean_per_s:
        words.append(f"on average {number(load.mean_per_s)} a second")
    peak = f"at most {load.peak_1s} in one second"
    if load.peak_time is not None:
        peak += f" ({view.clock.at(load.peak_time)})"
    words.append(peak)
    if load.peak_concurrency > 1:
        words.append(f"{load.peak_concurrency} at once")
    return ", ".join(words)


def names_in(source: SourceSummary) -> tuple[str, ...]:
    """Return the names that places in a source are given with, its own first."""
    return (source.name, *(part.name for part in source.parts if part.name != source.name))


def parts_in_words(source: SourceSummary, names: Names) -> str:
    """Return how many files a source is, from the oldest to the newest; empty where it is one."""
    if not source.parts:
        return ""
    first, last = names.short(source.parts[0].name), names.short(source.parts[-1].name)
    return f"{count(len(source.parts), 'file')}: {first} to {last}"


def lines_in_words(source: SourceSummary) -> str:
    """Return how many lines there were and whether all were understood."""
    lines = count(source.lines, "line")
    if not source.unparsed_lines:
        return f"{lines}, all understood" if source.lines else lines
    return f"{lines}, {source.unparsed_lines:,} not understood"


def mostly_unread(view: View) -> str:
    """Return a warning where silence proves little: most lines were not understood."""
    lines = sum(source.lines for source in view.analysis.sources)
    unread = sum(source.unparsed_lines for source in view.analysis.sources)
    if unread <= lines * MUCH_UNREAD:
        return ""
    return f"But {unread:,} of {count(lines, 'line')} were not understood: this proves little."


def times_in_words(view: View) -> str:
    """Return the span of time of all sources."""
    period = period_of(view.analysis)
    if period is None:
        return "no times in the log: only the order is known"
    first, last = period
    timed = [source for source in view.analysis.sources if source.first_time is not None]
    since_boot = all(source.clock == "uptime" for source in timed)
    of_what = "after boot" if since_boot else "UTC"
    return f"{view.clock.range(first, last)} {of_what}, {span((last - first).total_seconds())}"


def clocks(view: View) -> tuple[str, ...]:
    """Return for each source whose clock had to be placed where it stands, and what shows it."""
    return tuple(
        f"{view.names.short(source.name)}: {_clock(view, source, source.alignment)}"
        for source in view.analysis.sources
        if source.alignment is not None and (source.clock != "wall" or source.alignment.offset_s)
    )


def _clock(view: View, source: SourceSummary, alignment: Alignment) -> str:
    if alignment.offset_s is None:
        return f"{alignment.because}: not placed in time"
    found = alignment.meaning
    if source.clock == "uptime":
        found = f"boot at {view.clock.at(datetime.fromtimestamp(alignment.offset_s, UTC))}"
    if alignment.confidence is Confidence.ASSUMED:
        return f"{found} assumed, {alignment.because}"
    likely = " (likely)" if alignment.confidence is Confidence.LIKELY else ""
    spread = f" (+-{max(alignment.spread_s or 0.0, MOMENT_S):.1f} s)"
    return f"{found}{likely}, by {alignment.because}{spread}"


def assumptions(view: View) -> tuple[str, ...]:
    """Return everything that was taken for granted, each once, with the option that settles it."""
    every = (words for source in view.analysis.sources for words in source.assumptions)
    return tuple(dict.fromkeys(map(_for_people, every)))


def _for_people(words: str) -> str:
    for pattern, shown in _SETTLED_BY:
        found = pattern.fullmatch(words)
        if found is not None:
            return found.expand(shown)
    return words


def problems(view: View) -> tuple[str, ...]:
    """Return everything that could not be read or was left out."""
    words = [
        f"{view.names.short(source.name)}: {problem}"
        for source in view.analysis.sources
        for problem in source.problems
    ]
    for source in view.analysis.sources:
        if source.unparsed_lines and source.unparsed_sample:
            sample = source.unparsed_sample[:5]
            lines = listed([f"{each.line:,}" for each in sample])
            such = f"line {lines}"
            if source.parts:
                such = listed([view.names.place(each) for each in sample])
            words.append(
                f"{view.names.short(source.name)}: "
                f"{count(source.unparsed_lines, 'line')} not understood, such as {such}"
            )
    return (*words, *view.analysis.notes)
