"""
Ends that are in order one by one and a failure as a row: a program that finishes at each start.

Its supervisor is told to keep it running, starts it again, and finds nothing wrong with the way it
ends. Nobody asked for any of these ends.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from logcascade.model.analysis import Run
from logcascade.model.bursts import Burst
from logcascade.model.rules import RESTART_LOOP, RESTART_LOOP_RULE, Ended, Marks, Rule

SHORT_LIFE_S = 60.0
"""A service that ends so soon has done nothing yet. Seconds; a minute is the shortest interval of
a timer that starts a job."""

RESPAWN_S = 5.0
"""A start this soon after an end is a supervisor's, where it does not say so. Seconds; timers of
the usual schedulers are not that fast."""

LEAST_RUNS = 3
"""Short lives in a row: one may be a person's try, two a deploy that was corrected."""

BECAUSE = "it ended by itself soon after its start, and so did the runs beside it"


def with_restart_loops(
    runs: Sequence[Run], marks: Sequence[Burst], rules: Mapping[str, Rule]
) -> tuple[list[Run], list[Burst]]:
    """Return *runs* and *marks*, the ends in a restart loop as ends that nobody wanted."""
    scheduled: dict[str, list[float]] = defaultdict(list)
    for mark in marks:
        rule = rules.get(mark.rule)
        if rule is not None and rule.marks is Marks.RESTART_SCHEDULED and mark.timed:
            scheduled[mark.component].append(mark.start)
    by_component: dict[str, list[Run]] = defaultdict(list)
    for run in runs:
        by_component[run.component].append(run)
    looped = {
        run.id: run
        for name, own in by_component.items()
        for row in _rows(own, rules, sorted(scheduled[name]))
        if len(row) >= LEAST_RUNS
        for run in row
    }
    if not looped:
        return list(runs), list(marks)
    places = {run.end_location for run in looped.values()}
    return [_failed(run) if run.id in looped else run for run in runs], [
        _as_failure(mark) if mark.first.location in places and _is_end(mark, rules) else mark
        for mark in marks
    ]


def _rows(
    runs: Sequence[Run], rules: Mapping[str, Rule], scheduled: Sequence[float]
) -> list[list[Run]]:
    """Return the rows of runs of one component that each ended by itself and soon."""
    rows: list[list[Run]] = [[]]
    before: Run | None = None
    for run in runs:
        is_short = _ends_by_itself(run, rules) and _is_short(run, before)
        if not is_short or before is None or not _is_respawn(before, run, scheduled):
            rows.append([])
        if is_short:
            rows[-1].append(run)
        before = run
    return rows


def _is_short(run: Run, before: Run | None) -> bool:
    """Tell whether *run* can have lived for a short time only, or nothing tells how long."""
    begun = run.start or (before.end if before else None)
    return begun is None or run.end is None or (run.end - begun).total_seconds() < SHORT_LIFE_S


def _ends_by_itself(run: Run, rules: Mapping[str, Rule]) -> bool:
    rule = rules.get(run.end_rule)
    return (
        run.ended is Ended.ORDERLY
        and run.stop_requested is None
        and run.end is not None
        and rule is not None
        and rule.unasked
    )


def _is_respawn(before: Run, run: Run, scheduled: Sequence[float]) -> bool:
    """Tell whether a supervisor started *run* because *before* had ended."""
    begun = run.start or run.end
    if before.end is None or begun is None:
        return False
    ended, until = before.end.timestamp(), begun.timestamp()
    after = bisect_left(scheduled, ended)
    is_said = after < len(scheduled) and scheduled[after] <= until
    return is_said or (run.start is not None and 0 <= until - ended <= RESPAWN_S)


def _is_end(mark: Burst, rules: Mapping[str, Rule]) -> bool:
    rule = rules.get(mark.rule)
    return rule is not None and rule.marks is Marks.END


def _failed(run: Run) -> Run:
    return replace(run, ended=Ended.UNKNOWN, because=BECAUSE, end_rule=RESTART_LOOP)


def _as_failure(mark: Burst) -> Burst:
    rule = RESTART_LOOP_RULE
    first = replace(mark.first, rule=rule.id, title=rule.title, severity=rule.severity)
    return replace(mark, first=first)
