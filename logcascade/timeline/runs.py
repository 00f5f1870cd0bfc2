"""
Runs: one life of a process each, from its start to its end, and how it ended.

Marks come from rules (start lines, stop lines, a supervisor, the kernel), from the carrier's own
mark of a life (`run_key`), and from a traceback that no logger printed and nothing followed.
"""

from bisect import bisect_right
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from logcascade.model.analysis import Run
from logcascade.model.bursts import Burst, Position
from logcascade.model.rules import STRENGTH, Ended, Marks, Role, Rule
from logcascade.timeline.workers import is_of_worker, workers_of

UNSEEN_START_S = 60.0
"""A log that begins this long before the first start line shows an earlier run. Seconds; shorter
is the time a program needs before it says that it starts."""

SAME_END_S = 300.0
"""Statements on an end this close belong to one end. Seconds: a supervisor's stop timeout is 90 s
by default, a slow machine takes longer to say that it has given up."""


INTERPRETER_S = 0.05
"""No process that follows another prints a line this soon after the other's last. Seconds; Python
alone needs 20 ms to start, its logging and the smallest of libraries twice as much."""

LAST_FAILURES = 20
"""Failures kept of a run while it goes on: more are not printed between an end and a start line."""

SUPERVISOR_PID = 1
"""Process ids count from it; it starts and ends others, and is none of them."""


@dataclass(slots=True)
class _Life:
    """A run while it is being put together."""

    component: str
    start: Burst | None = None
    start_rules: set[str] = field(default_factory=set)
    run_key: str = ""
    pid: int | None = None
    started_by: int | None = None
    """Pid of the process that said itself that it starts."""
    stop: Burst | None = None
    rescheduled: Burst | None = None
    """Where its supervisor says that it starts the next one now."""
    ends: list[tuple[Burst, Ended]] = field(default_factory=list)
    failures: deque[Burst] = field(default_factory=lambda: deque(maxlen=LAST_FAILURES))
    """The last ones."""
    first_seen: Burst | None = None
    of_workers: list[Burst] = field(default_factory=list)
    """What is said of the processes that it starts by itself."""

    def see(self, burst: Burst) -> None:
        if self.first_seen is None:
            self.first_seen = burst
        self.run_key = self.run_key or burst.first.run_key
        if burst.first.program == "" or burst.first.pid is None:
            return
        if self.pid is None and burst.first.pid != SUPERVISOR_PID:
            self.pid = burst.first.pid


class RunFinder:
    """Cut the marks and failures of all sources into runs."""

    def __init__(self, rules: Mapping[str, Rule]) -> None:
        """*rules* say what each mark means."""
        self._rules = rules

    def find(
        self, marks: Iterable[Burst], bursts: Iterable[Burst]
    ) -> tuple[list[Run], dict[str, Position], list[Run]]:
        """
        Return the runs of all components by start, where each begins in the order, the workers.

        A worker's run names its parent; the others are those of services.
        """
        by_component: dict[str, list[Burst]] = defaultdict(list)
        boots: list[Burst] = []
        for burst in sorted((*marks, *bursts), key=lambda item: item.position):
            if self._marks(burst) is Marks.BOOT:
                boots.append(burst)
            else:
                by_component[burst.component].append(burst)
        lives = [
            life
            for name in sorted(by_component)
            for life in self._lives(name, _with(boots, by_component[name]))
        ]
        lives.sort(key=_begins)
        named = [(f"r{number}", life) for number, life in enumerate(lives, start=1)]
        runs = _close_open_runs([self._run(name, life) for name, life in named])
        workers = [
            worker
            for run, (_, life) in zip(runs, named, strict=True)
            for worker in workers_of(run, life.of_workers, self._rules)
        ]
        return runs, {name: _begins(life) for name, life in named}, workers

    def _lives(self, component: str, bursts: Sequence[Burst]) -> list[_Life]:
        lives: list[_Life] = []
        current: _Life | None = None
        last_seen = {burst.first.pid: burst.position for burst in bursts}
        for burst in bursts:
            if self._marks(burst) is Marks.BOOT:
                if current is not None and not current.ends:
                    current.ends.append((burst, Ended.UNKNOWN))
                current = None
                continue
            if current is None or self._begins_new(current, burst, last_seen):
                ended, current = current, _Life(component)
                if ended is not None and self._marks(burst) is Marks.END:
                    current.start = ended.rescheduled
                lives.append(current)
                if ended is not None and self._marks(burst) is Marks.START:
                    for failure in _printed_while_starting(ended, burst):
                        self._take(current, failure)
            self._take(current, burst)
        lives = [life for life in lives if not _is_empty(life)]
        return [life for life in lives if not self._is_phantom(life, lives)]

    def _begins_new(
        self, current: _Life, burst: Burst, last_seen: Mapping[int | None, Position]
    ) -> bool:
        key = burst.first.run_key
        if (
            key
            and current.run_key
            and key != current.run_key
            and self._marks(burst) is not Marks.END
        ):
            return True
        if is_of_worker(burst, current.start, self._rules):
            return False
        if burst.first.while_loading:
            return bool(current.ends) and not _is_same_process(current, burst)
        if self._is_stop_of_the_next(current, burst, last_seen):
            return True
        if self._marks(burst) is Marks.END and current.rescheduled is not None:
            return current.rescheduled.start < burst.start
        if self._marks(burst) is not Marks.START:
            return self._is_of_another_process(current, burst)
        if current.ends:
            return True
        if current.start is None:
            return current.first_seen is not None
        return burst.rule in current.start_rules

    def _is_stop_of_the_next(
        self, life: _Life, burst: Burst, last_seen: Mapping[int | None, Position]
    ) -> bool:
        """Tell whether another process stops than the one that started and was last seen before.

        The end of the one and the start of the other are not in the log.
        """
        pid = burst.first.pid
        if pid is None or life.started_by in {None, pid} or pid == SUPERVISOR_PID:
            return False
        is_stop = self._marks(burst) in {Marks.STOP_REQUESTED, Marks.END}
        return is_stop and last_seen[life.started_by] < burst.position

    def _is_of_another_process(self, life: _Life, burst: Burst) -> bool:
        """Tell whether *burst* is the end of a process that follows one whose end is long past.

        A log of the kernel's alone shows the ends and no start between them.
        """
        pid = burst.first.values.get("pid")
        if pid is None or not self._is_echo(life, burst):
            return False
        rule = self._rules.get(burst.rule)
        named = [end.first.values.get("pid") for end, _ in life.ends]
        return rule is not None and rule.explains_end and pid not in named

    def _take(self, life: _Life, burst: Burst) -> None:
        life.see(burst)
        rule = self._rules.get(burst.rule)
        marks = self._marks(burst)
        if is_of_worker(burst, life.start, self._rules):
            life.of_workers.append(burst)
            if burst.first.role is Role.FAILURE:
                life.failures.append(burst)
        elif marks is Marks.START:
            life.start = life.start or burst
            life.start_rules.add(burst.rule)
            if life.started_by is None and burst.first.pid != SUPERVISOR_PID:
                life.started_by = burst.first.pid
        elif marks is Marks.STOP_REQUESTED:
            life.stop = life.stop or burst
        elif marks is Marks.END or (rule is not None and rule.explains_end):
            if not self._is_echo(life, burst):
                life.ends.append((burst, (rule and rule.ended) or Ended.UNKNOWN))
        elif marks is Marks.RESTART_SCHEDULED:
            life.ends.append((burst, Ended.UNKNOWN))
            life.rescheduled = burst
        elif burst.first.role is Role.FAILURE:
            life.failures.append(burst)
            if burst.first.while_loading:
                life.ends.append((burst, Ended.CRASHED))

    @staticmethod
    def _is_echo(life: _Life, burst: Burst) -> bool:
        """Tell whether *burst* speaks of an end long past."""
        return bool(life.ends) and burst.start - life.ends[0][0].start > SAME_END_S

    def _marks(self, burst: Burst) -> Marks | None:
        rule = self._rules.get(burst.rule)
        return rule.marks if rule else None

    def _is_phantom(self, life: _Life, lives: Sequence[_Life]) -> bool:
        """Tell whether *life* is only what a program wrote before its own start line."""
        if life.start or life.ends or life.stop or life is not lives[0] or len(lives) == 1:
            return False
        first_start = lives[1].start
        begins = life.first_seen
        if first_start is None or begins is None or not begins.timed:
            return False
        return first_start.start - begins.start <= UNSEEN_START_S and not life.failures

    def _run(self, name: str, life: _Life) -> Run:
        ended, because, decisive = _classify(life)
        evidence = [burst.first.location for burst in (life.start, life.stop) if burst]
        evidence += [burst.first.location for burst, _ in life.ends]
        if decisive and decisive.first.location not in evidence:
            evidence.append(decisive.first.location)
        first_end = life.ends[0][0] if life.ends else decisive
        return Run(
            id=name,
            component=life.component,
            pid=life.pid,
            start=life.start.time if life.start else None,
            end=first_end.end_time if first_end else None,
            ended=ended,
            evidence=tuple(evidence),
            start_location=life.start.first.location if life.start else None,
            end_location=first_end.first.location if first_end else None,
            because=because,
            start_rule=life.start.rule if life.start else "",
            end_rule=decisive.rule if decisive else "",
            stop_requested=life.stop.time if life.stop else None,
        )


def _with(boots: Sequence[Burst], bursts: Sequence[Burst]) -> Sequence[Burst]:
    """Return *bursts* of one component with the machine's starts between them, in order."""
    if not boots:
        return bursts
    return sorted((*boots, *bursts), key=lambda item: item.position)


def _is_same_process(life: _Life, burst: Burst) -> bool:
    """Tell whether both name the process that wrote them, and it is one."""
    return life.pid is not None and life.pid == burst.first.pid


def _printed_while_starting(ended: _Life, start: Burst) -> list[Burst]:
    """
    Return the failures that the process of *start* printed before that line, and take them away.

    They were counted to the run before. What nothing caught stays there: it ended a process.
    """
    moved: list[Burst] = []
    while ended.failures and _is_of_start(ended.failures[-1], ended, start):
        moved.insert(0, ended.failures.pop())
    if ended.first_seen in moved:
        ended.first_seen = None
    return moved


def _is_of_start(failure: Burst, ended: _Life, start: Burst) -> bool:
    if failure.first.uncaught or not (failure.timed and start.timed):
        return False
    pid, before = failure.first.pid, start.start - failure.start
    if pid == SUPERVISOR_PID:
        return False
    if pid is not None and pid in {ended.pid, start.first.pid}:
        return pid != ended.pid
    if ended.ends:
        return before < failure.start - ended.ends[-1][0].start
    is_coarse = not (failure.start % 1 or start.start % 1)
    return before <= INTERPRETER_S and not is_coarse


def _is_empty(life: _Life) -> bool:
    """Tell whether nothing is left of *life*: all of it was the start of the next."""
    return not (life.start or life.stop or life.ends or life.failures or life.first_seen)


def _begins(life: _Life) -> Position:
    seen = [burst.position for burst in (life.start, life.first_seen) if burst]
    return min(seen, default=(0.0, (0, 0)))


_SAYS_LITTLE = frozenset({Ended.ORDERLY, Ended.UNKNOWN})
"""Ends beside which a traceback as last word counts: a stop line, a new boot, a new start."""


def _classify(life: _Life) -> tuple[Ended, str, Burst | None]:
    """Return how the run ended, why it is said, and the burst that decides."""
    uncaught = _last_word_is_a_crash(life)
    if not life.ends:
        if uncaught:
            return Ended.CRASHED, "a traceback that nothing caught is its last word", uncaught
        if life.stop:
            return Ended.ORDERLY, "it was asked to stop", life.stop
        return Ended.RUNNING, "the log shows no end", None
    burst, ended = max(life.ends, key=lambda end: STRENGTH[end[1]])
    if ended in _SAYS_LITTLE and uncaught and not life.stop:
        return Ended.CRASHED, "it stopped with a traceback that nothing caught", uncaught
    if ended in {Ended.CRASHED, Ended.UNKNOWN} and life.stop:
        return Ended.ORDERLY, "it was asked to stop before it exited", life.stop
    return ended, burst.title, burst


def _last_word_is_a_crash(life: _Life) -> Burst | None:
    last = life.failures[-1] if life.failures else None
    return last if last is not None and last.first.uncaught else None


def _close_open_runs(runs: Sequence[Run]) -> list[Run]:
    """
    Return *runs*, those without an end that another run of the component follows as unknown.

    Their end is not in the log: the next line is the next start.
    """
    last: dict[str, str] = {run.component: run.id for run in runs}
    closed = []
    for run in runs:
        if run.ended is Ended.RUNNING and last[run.component] != run.id:
            because = "the next line of its life is the next start; no line tells its end"
            closed.append(replace(run, ended=Ended.UNKNOWN, because=because))
        else:
            closed.append(run)
    return closed


def is_start(mark: Burst, rules: Mapping[str, Rule]) -> bool:
    """Tell whether *mark* says that a run began."""
    rule = rules.get(mark.rule)
    return rule is not None and rule.marks is Marks.START


def is_end(mark: Burst, rules: Mapping[str, Rule]) -> bool:
    """Tell whether *mark* says that a run ended."""
    rule = rules.get(mark.rule)
    return rule is not None and rule.marks is Marks.END


class RunIndex:
    """Finds the run a burst belongs to."""

    def __init__(self, runs: Sequence[Run], positions: Mapping[str, Position]) -> None:
        """*positions* give for each run id where it begins in the order of all sources."""
        self._starts: dict[str, list[Position]] = defaultdict(list)
        self._ids: dict[str, list[str]] = defaultdict(list)
        for run in sorted(runs, key=lambda item: positions[item.id]):
            self._starts[run.component].append(positions[run.id])
            self._ids[run.component].append(run.id)

    def place(self, burst: Burst) -> Burst:
        """Return *burst* with the id of its run, the one that began last before it."""
        starts = self._starts.get(burst.component)
        if not starts:
            return burst
        at = max(bisect_right(starts, burst.position) - 1, 0)
        return replace(burst, run=self._ids[burst.component][at])
