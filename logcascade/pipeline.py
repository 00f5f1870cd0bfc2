"""The stages in order: sources in, an analysis out. Nothing is read or printed but sources."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from logcascade.diagnosis.cascades import Knowledge, diagnose, summarise_restarts
from logcascade.incidents.find import find_incidents
from logcascade.model.analysis import Analysis, UnknownFailure
from logcascade.model.bursts import Burst
from logcascade.model.detections import UNKNOWN_PREFIX
from logcascade.model.records import LoadCounts, SourceSummary
from logcascade.model.rules import Role, Rule
from logcascade.model.traffic import merge
from logcascade.reading.finder import build_record_finder
from logcascade.reading.formats import Format
from logcascade.reading.load import LoadPattern
from logcascade.reading.reader import Reader
from logcascade.reading.stamps import ReadingOptions
from logcascade.ruleset.collection import Ruleset
from logcascade.ruleset.match import Matcher
from logcascade.sources.opening import Source
from logcascade.timeline.background import BackgroundSieve, describe_background, is_benign
from logcascade.timeline.bursts import BurstCollector, in_order, renamed
from logcascade.timeline.components import attribute, canonical_names
from logcascade.timeline.retold import without_retold, without_retold_load
from logcascade.timeline.runs import RunFinder, RunIndex, is_end
from logcascade.timeline.unseen_ends import with_unseen_ends

Progress = Callable[[str, int], None]
"""Called with a source's name and the bytes read of it so far."""


CLOCK_TOLERANCE_S = 0.2
"""Stamps of one moment by two writers of a machine differ by this much. Seconds; journald stamps
what it has read, some 100 ms late, more under load."""

UNIT_SECONDS = {"milliseconds": 0.001}
"""Seconds in one unit of a load rule's duration; all others are seconds."""


@dataclass(frozen=True, slots=True)
class Scan:
    """What one source holds: the account of its lines, and what was recognised in them."""

    summary: SourceSummary
    load: LoadCounts
    bursts: tuple[Burst, ...]
    marks: tuple[Burst, ...]
    left_out: int


def analyze(
    sources: Sequence[Source],
    ruleset: Ruleset,
    formats: Sequence[Format],
    options: ReadingOptions | None = None,
    on_progress: Progress | None = None,
) -> Analysis:
    """
    Return everything that the logs show; equal input gives an equal value.

    Args:
        sources: Where the bytes come from, in the order given by the user.
        ruleset: Rules and remedies.
        formats: The line formats to recognise.
        options: What to assume of times that a log leaves open.
        on_progress: Told how far reading has come, if given.
    """
    matcher = Matcher(ruleset)
    scans = [
        scan(source, number, matcher, ruleset, formats, options or ReadingOptions(), on_progress)
        for number, source in enumerate(sources)
    ]
    return conclude(scans, ruleset, matcher.notes())


def scan(
    source: Source,
    number: int,
    matcher: Matcher,
    ruleset: Ruleset,
    formats: Sequence[Format],
    options: ReadingOptions,
    on_progress: Progress | None = None,
) -> Scan:
    """Read one source to its end: records, detections, bursts. *number* is its place among all."""
    reports = (block.literal for each in formats for block in each.blocks)
    finder = build_record_finder((*_literals(ruleset), *reports))
    reader = Reader(source.stream, source.name, formats, finder, _load_patterns(ruleset), options)
    collector = BurstCollector(_component(source.name))
    for record in reader.records():
        for detection in matcher.detect(record, number):
            if detection.role is not Role.LOAD:
                collector.add(detection)
        if on_progress:
            on_progress(source.name, reader.progress)
    bursts = tuple(collector.bursts())
    summary = reader.summary()
    summary = replace(summary, problems=(*summary.problems, *source.problems))
    return Scan(summary, reader.load(), bursts, tuple(collector.marks()), collector.left_out)


def conclude(scans: Sequence[Scan], ruleset: Ruleset, notes: Sequence[str]) -> Analysis:
    """Return the analysis of what was scanned: runs, incidents, cascades."""
    rules = ruleset.rules
    marks, bursts, retold = _one_timeline(scans, rules)
    runs, positions = RunFinder(rules).find(marks, bursts)
    traffic = merge(without_retold_load([item.load for item in scans]))
    restarts = summarise_restarts(runs, traffic)
    runs, unseen = with_unseen_ends(runs, marks, restarts)
    index = RunIndex(runs, positions)
    placed = [index.place(burst) for burst in bursts]
    failures = [burst for burst in placed if not is_benign(burst)]
    ends = [index.place(mark) for mark in marks if is_end(mark, rules)]
    begin, end = _span([item.summary for item in scans])
    sieve = BackgroundSieve(rules, runs, begin or 0.0, end or 0.0)
    sieve.add_benign([burst for burst in placed if is_benign(burst)])
    grouped = find_incidents(
        in_order([*failures, *ends, *unseen]),
        rules,
        runs,
        sieve,
        (begin, end),
        _first_orders(scans),
        _tolerance_s([item.summary for item in scans]),
    )
    span = end - begin if begin is not None and end is not None and end > begin else None
    knowledge = Knowledge(rules, ruleset.remedies, runs, traffic, traffic.summary(), span)
    incidents, cascades = diagnose(grouped, failures, knowledge)
    return Analysis(
        sources=tuple(item.summary for item in scans),
        runs=tuple(runs),
        incidents=incidents,
        cascades=cascades,
        restarts=restarts,
        background=tuple(describe_background(sieve.kinds, span / 3600 if span else None)),
        load=knowledge.load,
        unknown_failures=_unknown(failures),
        notes=(*notes, *_left_out(scans)),
        retold=retold,
    )


def _one_timeline(
    scans: Sequence[Scan], rules: Mapping[str, Rule]
) -> tuple[list[Burst], list[Burst], int]:
    """
    Return the marks and the bursts of all sources in order, each with its one component.

    What several sources tell is there once; the last item is how many reports were left out so.
    """
    marks = [mark for item in scans for mark in item.marks]
    bursts = [burst for item in scans for burst in item.bursts]
    names = canonical_names(marks, bursts)
    named = in_order(renamed(marks, names))
    told_marks, _ = without_retold(attribute(named, named, rules))
    told, retold = without_retold(attribute(in_order(renamed(bursts, names)), named, rules))
    return told_marks, told, retold


def _component(name: str) -> str:
    """Return what to call the writer of a source whose lines do not name it."""
    return PurePath(name).name.split(".", 1)[0] or name


def _literals(ruleset: Ruleset) -> list[str]:
    """Return what makes a record worth a look; healthy events are counted elsewhere."""
    wanted = {
        literal
        for rule in ruleset.rules.values()
        if rule.role is not Role.LOAD
        for literal in rule.literals
    }
    return sorted(wanted)


def _load_patterns(ruleset: Ruleset) -> list[LoadPattern]:
    return [
        LoadPattern(
            rule.id,
            tuple(literal.encode() for literal in rule.literals),
            pattern.pattern,
            UNIT_SECONDS.get(rule.units.get("duration", ""), 1.0),
        )
        for rule in ruleset.rules.values()
        if rule.role is Role.LOAD
        for pattern in rule.patterns
    ]


def _span(summaries: Sequence[SourceSummary]) -> tuple[float | None, float | None]:
    firsts = [item.first_time.timestamp() for item in summaries if item.first_time]
    lasts = [item.last_time.timestamp() for item in summaries if item.last_time]
    return min(firsts, default=None), max(lasts, default=None)


def _tolerance_s(summaries: Sequence[SourceSummary]) -> float:
    """Return how far two sources' stamps of one moment may lie apart: the coarser clock's step."""
    return max([CLOCK_TOLERANCE_S, *(item.resolution_s for item in summaries)])


def _first_orders(scans: Sequence[Scan]) -> frozenset[tuple[int, int]]:
    return frozenset((number, 1) for number, _ in enumerate(scans))


def _unknown(failures: Sequence[Burst]) -> tuple[UnknownFailure, ...]:
    """Return what no rule knows, by template, the most frequent first."""
    first: dict[str, Burst] = {}
    counts: dict[str, int] = {}
    for burst in failures:
        if burst.rule.startswith(UNKNOWN_PREFIX):
            first.setdefault(burst.rule, burst)
            counts[burst.rule] = counts.get(burst.rule, 0) + burst.count
    shown = [
        UnknownFailure(
            name.removeprefix(UNKNOWN_PREFIX), burst.title, counts[name], burst.first.location
        )
        for name, burst in first.items()
    ]
    return tuple(sorted(shown, key=lambda item: (-item.count, item.id)))


def _left_out(scans: Sequence[Scan]) -> list[str]:
    total = sum(item.left_out for item in scans)
    return [f"{total} reports beyond the limit of what is kept were left out"] if total else []
