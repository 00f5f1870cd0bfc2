"""The cycles of a cascade: when each incident began, in which run, and what followed its end."""

from collections.abc import Sequence

from logcascade.diagnosis.drivers import Cycle
from logcascade.model.analysis import Run
from logcascade.model.bursts import GroupedIncident

AFTERSHOCK_S = 900.0
"""A harmless incident this soon after the one before is the rest of it. Seconds; as long as a
failure must be quiet to begin a new episode."""


def cycles_of(shape: Sequence[GroupedIncident], runs: Sequence[Run]) -> list[Cycle]:
    """Return each beginning with the run it fell into; a folded incident spans several runs."""
    by_id = {run.id: run for run in runs}
    following = _next_starts(runs)
    cycles = []
    for item in shape:
        last = max(burst.end for burst in item.bursts)
        ids = _runs_of(item)
        for number, at in enumerate(item.starts):
            run = by_id.get(ids[number])
            is_last = number + 1 == len(ids) or ids[number + 1] != ids[number]
            ended = run if item.ended_run and is_last else None
            run_end = None
            if ended:
                unseen = last if number + 1 == len(ids) else at
                run_end = ended.end.timestamp() if ended.end else unseen
            cycles.append(
                Cycle(
                    at=at,
                    run_start=run.start.timestamp() if run and run.start else None,
                    end=max(at, _over(last if len(item.starts) == 1 else at, run_end)),
                    run_end=run_end,
                    next_start=following.get(ended.id) if ended else None,
                    run=run.id if run else "",
                )
            )
    return sorted(cycles, key=lambda cycle: cycle.at)


def _over(last: float, run_end: float | None) -> float:
    """
    Return when a cascade was over: with its run, whatever the backlog does after the restart.

    That may be before the first failure is reported: the report can come after the end.
    """
    return last if run_end is None else min(last, run_end)


def _runs_of(item: GroupedIncident) -> list[str]:
    """Return the id of the run of each beginning."""
    runs = {burst.start: burst.run for burst in reversed(item.bursts)}
    return [item.incident.run, *(runs.get(at, item.incident.run) for at in item.starts[1:])]


def without_aftershocks(cycles: Sequence[Cycle]) -> list[Cycle]:
    """
    Return *cycles* without those that are the rest of the one before.

    After a restart the backlog can set the same failure off again. Where that does not end the
    run and comes soon, it is no cycle of its own.
    """
    kept: list[Cycle] = []
    for cycle in cycles:
        last = kept[-1] if kept else None
        rest = (
            last is not None
            and last.run_end is not None
            and cycle.run_end is None
            and cycle.at - last.run_end <= AFTERSHOCK_S
        )
        if not rest:
            kept.append(cycle)
    return kept


def _next_starts(runs: Sequence[Run]) -> dict[str, float]:
    following: dict[str, float] = {}
    later: dict[str, float | None] = {}
    for run in reversed(runs):
        at = later.get(run.component)
        if at is not None:
            following[run.id] = at
        later[run.component] = run.start.timestamp() if run.start else None
    return following
