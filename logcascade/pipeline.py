"""The stages in order: sources in, an analysis out. Nothing is read or printed but sources."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from logcascade.diagnosis.cascades import Knowledge, diagnose, summarise_restarts
from logcascade.incidents.find import find_incidents
from logcascade.incidents.grouping import EPISODE_GAP_S
from logcascade.incidents.retellings import told_once
from logcascade.incidents.sensitivity import measure_sensitivity
from logcascade.model.analysis import Analysis, Incident, UnknownFailure
from logcascade.model.bursts import Burst, GroupedIncident
from logcascade.model.detections import UNKNOWN_PREFIX, Detection
from logcascade.model.places import as_found
from logcascade.model.records import SourceSummary
from logcascade.model.rules import Ended, Role, Rule, with_built_in
from logcascade.model.scans import Scan
from logcascade.model.traffic import merge
from logcascade.reading.formats.line_format import Format
from logcascade.reading.times.stamps import ReadingOptions
from logcascade.ruleset.collection import Ruleset
from logcascade.scanning import Progress, Search, scan
from logcascade.sources.source import Source
from logcascade.timeline.background import BackgroundSieve
from logcascade.timeline.bursts import in_order
from logcascade.timeline.growth import find_growth
from logcascade.timeline.kept import describe_background, is_benign
from logcascade.timeline.merging import in_rank, on_one_clock, one_timeline
from logcascade.timeline.occurrences import count_occurrences, sum_up_readings
from logcascade.timeline.restart_loops import with_restart_loops
from logcascade.timeline.retold import without_retold_load
from logcascade.timeline.runs import RunFinder, RunIndex, is_end
from logcascade.timeline.splitting import split_scan
from logcascade.timeline.unseen_ends import with_unseen_ends
from logcascade.timeline.work import Work

CLOCK_TOLERANCE_S = 0.2
"""Stamps of one moment by two writers of a machine differ by this much. Seconds; journald stamps
what it has read, some 100 ms late, more under load."""


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
    search = Search.for_rules(ruleset, formats)
    scans = [
        scan(source, number, search, options or ReadingOptions(), on_progress)
        for number, source in enumerate(sources)
    ]
    return conclude(scans, ruleset, search.matcher.notes())


def analyze_around(
    sources: Sequence[Source],
    ruleset: Ruleset,
    formats: Sequence[Format],
    at: float,
    options: ReadingOptions | None = None,
) -> tuple[Analysis, Analysis]:
    """Return what the logs show before and after *at*, in epoch seconds; they are read once."""
    search = Search.for_rules(ruleset, formats)
    scans = [
        scan(source, number, search, options or ReadingOptions(), split_at=at)
        for number, source in enumerate(sources)
    ]
    halves = [split_scan(each, at) for each in scans]
    notes = search.matcher.notes()
    before, after = zip(*halves, strict=True)
    return conclude(before, ruleset, notes), conclude(after, ruleset, notes)


def conclude(
    scans: Sequence[Scan], ruleset: Ruleset, notes: Sequence[str], *, tries_gaps: bool = True
) -> Analysis:
    """
    Return the analysis of what was scanned: runs, incidents, cascades.

    *tries_gaps* says whether to find the incidents with other gaps, too, to tell what hangs on it.
    """
    rules = with_built_in(ruleset.rules)
    given = on_one_clock(scans, rules)
    scans = in_rank(given)
    marks, bursts, retold = one_timeline(scans, rules)
    runs, positions, workers = RunFinder(rules).find(marks, bursts)
    runs, marks = with_restart_loops(runs, marks, rules)
    on_time = [item for item in scans if item.is_placed]
    telling = [item for item in on_time if item.tells]
    traffic = merge(without_retold_load([item.load for item in telling or scans]))
    restarts = summarise_restarts(runs, traffic)
    runs, unseen = with_unseen_ends(runs, marks, restarts)
    index = RunIndex(runs, positions)
    placed = [index.place(burst) for burst in bursts]
    failed = in_order([burst for burst in placed if burst.first.role is Role.FAILURE])
    failures = told_once(failed, rules)
    ends = [index.place(mark) for mark in marks if is_end(mark, rules)]
    begin, end = _span([item.summary for item in telling or on_time])
    apart = {n: _span([item.summary]) for n, item in enumerate(scans) if not item.is_placed}
    ordered = in_order([*failures, *ends, *unseen])

    def find(
        gap_s: float, sieve: BackgroundSieve, *, only_count: bool = False
    ) -> list[GroupedIncident]:
        return find_incidents(
            ordered,
            rules,
            runs,
            sieve,
            (begin, end),
            _first_orders(scans),
            _tolerance_s([item.summary for item in telling]),
            apart,
            gap_s,
            only_count,
        )

    def new_sieve() -> BackgroundSieve:
        return BackgroundSieve(rules, runs, begin or 0.0, end or 0.0, traffic, work)

    by_source = {number: item.told for number, item in enumerate(scans)}
    work = Work(by_source, {number: item.summary.lines for number, item in enumerate(scans)})
    sieve = new_sieve()
    sieve.add_benign([burst for burst in placed if is_benign(burst)])
    grouped = find(EPISODE_GAP_S, sieve)
    span = _length(begin, end)
    lengths = {n: _length(*each) for n, each in apart.items()}
    killed = {run.id for run in runs if run.ended is Ended.OOM_KILLED}
    told = [*placed, *map(index.place, marks)]
    growth = find_growth(told, rules, killed)
    knowledge = Knowledge(
        rules,
        ruleset.remedies,
        runs,
        traffic,
        traffic.summary(),
        span,
        lengths,
        growth,
        ruleset.suspects,
        end,
    )
    incidents, cascades = diagnose(grouped, failures, knowledge)
    analysis = Analysis(
        sources=tuple(item.summary for item in given),
        runs=tuple(runs),
        workers=tuple(workers),
        incidents=incidents,
        cascades=cascades,
        restarts=restarts,
        background=tuple(
            describe_background(
                sieve.kinds,
                (begin, end) if begin is not None and end is not None and span else None,
                [item.bursts for item in grouped],
            )
        ),
        load=knowledge.load,
        unknown_failures=_unknown(failures),
        notes=(*notes, *_left_out(given)),
        retold=retold,
        occurrences=count_occurrences(
            _reported(failures, placed, [*ends, *unseen], incidents, rules), span
        ),
        readings=sum_up_readings(told, rules),
        sensitivity=(
            None
            if begin is None or not tries_gaps
            else measure_sensitivity(
                grouped, lambda gap_s: find(gap_s, new_sieve(), only_count=True)
            )
        ),
    )
    places = {item.summary.name: item.place for item in scans if item.place is not None}
    return as_found(analysis, places)


def _reported(
    failures: Sequence[Burst],
    placed: Sequence[Burst],
    ends: Sequence[Burst],
    incidents: Sequence[Incident],
    rules: Mapping[str, Rule],
) -> list[Burst]:
    """Return what counts as a report: failures, what is harmless, how runs in incidents ended."""
    told = {each.first_failure.rule for each in incidents}
    told |= {symptom.rule for each in incidents for symptom in each.symptoms}
    final = {rule.id for rule in rules.values() if rule.explains_end}
    last = [*(burst for burst in failures if burst.rule in final), *ends]
    ended = {(mark.rule, mark.run): mark for mark in reversed(last) if mark.rule in told | final}
    return [
        *(burst for burst in failures if burst.rule not in final),
        *(burst for burst in placed if is_benign(burst)),
        *(replace(mark, count=1) for mark in ended.values()),  # several lines may tell one end
    ]


def _span(summaries: Sequence[SourceSummary]) -> tuple[float | None, float | None]:
    firsts = [item.first_time.timestamp() for item in summaries if item.first_time]
    lasts = [item.last_time.timestamp() for item in summaries if item.last_time]
    return min(firsts, default=None), max(lasts, default=None)


def _length(begin: float | None, end: float | None) -> float | None:
    return end - begin if begin is not None and end is not None and end > begin else None


def _tolerance_s(summaries: Sequence[SourceSummary]) -> float:
    """
    Return how far two sources' stamps of one moment may lie apart.

    It is the coarser clock's step, or how well it is known when a clock of uptime began.
    """
    spreads = [
        item.alignment.spread_s or 0.0
        for item in summaries
        if item.alignment is not None and item.clock == "uptime"
    ]
    return max([CLOCK_TOLERANCE_S, *spreads, *(item.resolution_s for item in summaries)])


def _first_orders(scans: Sequence[Scan]) -> frozenset[tuple[int, int]]:
    return frozenset((number, 1) for number, _ in enumerate(scans))


def _unknown(failures: Sequence[Burst]) -> tuple[UnknownFailure, ...]:
    """Return what no rule knows, by template, the most frequent first."""
    first: dict[str, Detection] = {}
    counts: dict[str, int] = {}
    for burst in failures:
        if burst.rule.startswith(UNKNOWN_PREFIX):
            first.setdefault(burst.rule, burst.first)
            counts[burst.rule] = counts.get(burst.rule, 0) + burst.count
    shown = [
        UnknownFailure(
            name.removeprefix(UNKNOWN_PREFIX),
            one.template,
            counts[name],
            one.location,
        )
        for name, one in first.items()
    ]
    return tuple(sorted(shown, key=lambda item: (-item.count, item.id)))


def _left_out(scans: Sequence[Scan]) -> list[str]:
    total = sum(item.left_out for item in scans)
    return [f"{total} reports beyond the limit of what is kept were left out"] if total else []
