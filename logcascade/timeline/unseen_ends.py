"""
Ends that no line tells, made visible where they come too regularly to be somebody's doing.

A kill leaves no line in a program's own log: the next line is the next start. One such end may be
a deploy; many with a rhythm are a failure, even where nothing else is logged.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from logcascade.model.analysis import UNSEEN_END, UNSEEN_END_TITLE, Restarts, Run
from logcascade.model.bursts import Burst
from logcascade.model.records import Location, Severity
from logcascade.model.recurrence import Driver
from logcascade.model.rules import RESTART_LOOP, Ended

RHYTHMS = frozenset({Driver.UPTIME, Driver.LOAD, Driver.BACK_OFF})
"""Drivers that neither chance nor somebody's plan explains; a restart by the clock is a plan."""


def with_unseen_ends(
    runs: Sequence[Run], marks: Sequence[Burst], restarts: Restarts
) -> tuple[list[Run], list[Burst]]:
    """
    Return *runs* with the unseen ends named, and a mark for each of them.

    Nothing is added where the restarts have no rhythm, nor where they come in rushes: of several
    ends in a row, with a backlog's failures between, nothing tells which are one incident. The mark
    stands on the line of the next start, which is all that is known.
    """
    in_rushes = restarts.driver is Driver.LOAD and restarts.period_s is None
    if restarts.driver not in RHYTHMS or in_rushes:
        return list(runs), []
    following: dict[str, Run] = {}
    at: Mapping[Location, Burst] = {mark.first.location: mark for mark in marks}
    named: list[Run] = []
    ends: list[Burst] = []
    for run in reversed(runs):
        after = following.get(run.component)
        following[run.component] = run
        start = at.get(after.start_location) if after and after.start_location else None
        is_unseen = run.ended is Ended.UNKNOWN and run.end_rule != RESTART_LOOP
        if is_unseen and run.component == restarts.component and start:
            ends.append(_mark(start, run))
            run = replace(run, end_rule=UNSEEN_END, end_location=start.first.location)
        named.append(run)
    return named[::-1], ends[::-1]


def _mark(start: Burst, run: Run) -> Burst:
    first = replace(
        start.first,
        rule=UNSEEN_END,
        title=UNSEEN_END_TITLE,
        severity=Severity.ERROR,
        values={},
    )
    return replace(start, first=first, run=run.id, values={})
