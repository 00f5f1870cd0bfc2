"""
Workers: processes that a service starts, replaces and ends by itself.

A worker's life is a run with a parent. Its death is not the service's, and its start no restart.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from logcascade.model.analysis import Run
from logcascade.model.bursts import Burst
from logcascade.model.rules import STRENGTH, Ended, Marks, Rule

PID_VALUES = ("pid", "worker")
"""Values in which a rule reads the pid of the process that a line is about."""


@dataclass(slots=True)
class _Worker:
    """A worker's life while it is being put together."""

    pid: str
    start: Burst | None = None
    ends: list[tuple[Burst, Ended]] = field(default_factory=list)


def is_of_worker(burst: Burst, start: Burst | None, rules: Mapping[str, Rule]) -> bool:
    """
    Tell whether *burst* is about a worker of the service that *start* began.

    Its rule says so; or it is the start or end of a process with another pid than the one that
    the service's start line, of another rule, names as its own.
    """
    rule = rules.get(burst.rule)
    marks = rule.marks if rule else None
    if marks in {Marks.WORKER_START, Marks.WORKER_END}:
        return True
    if start is None or marks not in {Marks.START, Marks.END} or start.rule == burst.rule:
        return False
    if start.first.program != burst.first.program:
        return False
    named, own = _pids(burst), _pids(start)
    return bool(named and own) and named.isdisjoint(own)


def workers_of(parent: Run, bursts: Sequence[Burst], rules: Mapping[str, Rule]) -> list[Run]:
    """Return the runs of the workers that *bursts*, in order, speak of, by start."""
    workers: list[_Worker] = []
    living: dict[str, _Worker] = {}
    for burst in bursts:
        rule = rules[burst.rule]
        begins = rule.marks in {Marks.START, Marks.WORKER_START}
        for pid in sorted(_pids(burst)):
            known = living.get(pid)
            if known is None or (begins and (known.start or known.ends)):
                known = living[pid] = _Worker(pid)
                workers.append(known)
            if begins:
                known.start = burst
            else:
                known.ends.append((burst, rule.ended or Ended.UNKNOWN))
    return [_run(f"{parent.id}.{number}", one, parent) for number, one in enumerate(workers, 1)]


def _run(name: str, worker: _Worker, parent: Run) -> Run:
    told = [burst for burst in (worker.start, *(end for end, _ in worker.ends)) if burst]
    ended, because, end_rule = _end_with(parent), "it is not told; its parent's end is taken", ""
    if worker.ends:
        decisive, ended = max(worker.ends, key=lambda end: STRENGTH[end[1]])
        because, end_rule = decisive.title, decisive.rule
    elif ended is Ended.RUNNING:
        because = "the log shows no end"
    first_end = worker.ends[0][0] if worker.ends else None
    return Run(
        id=name,
        component=parent.component,
        pid=int(worker.pid),
        start=worker.start.time if worker.start else None,
        end=first_end.end_time if first_end else parent.end,
        ended=ended,
        evidence=tuple(burst.first.location for burst in told),
        start_location=worker.start.first.location if worker.start else None,
        end_location=first_end.first.location if first_end else None,
        because=because,
        start_rule=worker.start.rule if worker.start else "",
        end_rule=end_rule,
        parent=parent.id,
    )


def _end_with(parent: Run) -> Ended:
    """Return how a worker ended of which only its parent's end is told."""
    return parent.ended if parent.ended in {Ended.ORDERLY, Ended.RUNNING} else Ended.UNKNOWN


def _pids(burst: Burst) -> set[str]:
    return {
        pid
        for name in PID_VALUES
        if name in burst.values
        for pid in burst.values[name].counts
        if pid.isdecimal()
    }
