"""
Linked bursts to groups: what belongs to one incident.

A run's end cuts before time does: links that a rule confines to a run never cross it. A failure
that repeats without a cause of its own continues the group it is in, until it has been quiet for
longer than the gap.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from logcascade.incidents.past import Linked
from logcascade.model.analysis import Link, Run
from logcascade.model.bursts import Burst
from logcascade.model.detections import UNKNOWN_PREFIX
from logcascade.model.records import Severity
from logcascade.model.rules import NOT_ORDERLY, Ended, Role, Rule

EPISODE_GAP_S = 900.0
"""A failure that was quiet for so long begins a new episode. Seconds; three times the longest
client timeout in common use (300 s), so that a retry at that pace is still the same trouble."""

STARTING_S = 0.1
"""What stands this shortly before a start, where no line tells the end of the run before, is of the
start: no process ends and its next is ready to write in less. Seconds."""

END_WINDOW_S = 300.0
"""A run that ends this soon after a group's last failure may have ended by it. Seconds; the
measured kill comes one or two minutes after the first failure, while failures still go on."""

LAST_WORDS_S = 3.0
"""A program that logs an exception and ends by itself this soon ended by it. Seconds; closing what
is open takes that long, a client's next try longer."""

IS_THE_END = "it is the end of the run"

END_SHARE = 0.5
"""Share of a component's unorderly ends that a lone kind must precede to be tied to them."""


@dataclass(frozen=True, slots=True)
class RunEnd:
    """A run that ended by what a group holds, and how that is known."""

    run: Run
    link: Link
    how: str


@dataclass(frozen=True, slots=True)
class Group:
    """Bursts that belong together, as indices, and the ends of runs that belong to them."""

    members: tuple[int, ...]
    """In order."""
    ends: tuple[RunEnd, ...] = ()
    """By the time of the end."""


class _Union:
    def __init__(self, size: int) -> None:
        self._parent = list(range(size))

    def root(self, item: int) -> int:
        while self._parent[item] != item:
            self._parent[item] = self._parent[self._parent[item]]
            item = self._parent[item]
        return item

    def join(self, one: int, other: int) -> None:
        first, second = sorted((self.root(one), self.root(other)))
        self._parent[second] = first


def group_bursts(
    bursts: Sequence[Burst],
    links: Mapping[int, Linked],
    runs: Sequence[Run],
    rules: Mapping[str, Rule],
    gap_s: float = EPISODE_GAP_S,
) -> list[Group]:
    """
    Return the groups in the order of their first bursts.

    Each failure is in exactly one. The mark of an unorderly end is a member of the group where
    no failure explains it, and of none where one does. What follows from an end is in the group
    that the end belongs to.
    """
    union = _Union(len(bursts))
    followers: list[tuple[int, int]] = []
    for index, linked in links.items():
        if bursts[linked.cause].first.role is Role.FAILURE:
            union.join(linked.cause, index)
        else:
            followers.append((linked.cause, index))
    _join_repeats(bursts, links, union, gap_s)
    members: dict[int, list[int]] = defaultdict(list)
    for index, burst in enumerate(bursts):
        if burst.first.role is Role.FAILURE:
            members[union.root(index)].append(index)
    ends = _Ends(bursts, runs, rules)
    groups = ends.attach([tuple(indices) for _, indices in sorted(members.items())])
    return sorted(_with_followers(groups, bursts, followers), key=lambda group: group.members)


def _with_followers(
    groups: Sequence[Group], bursts: Sequence[Burst], followers: Sequence[tuple[int, int]]
) -> list[Group]:
    """Return *groups*, what follows from the end of a run joined to the group of that end."""
    if not followers:
        return list(groups)
    holder = {index: at for at, group in enumerate(groups) for index in group.members}
    of_run = {end.run.id: at for at, group in enumerate(groups) for end in group.ends}
    union = _Union(len(groups))
    for mark, index in followers:
        if bursts[mark].run in of_run:
            union.join(of_run[bursts[mark].run], holder[index])
    joined: dict[int, list[Group]] = defaultdict(list)
    for at, group in enumerate(groups):
        joined[union.root(at)].append(group)
    return [_as_one(parts) for parts in joined.values()]


def _as_one(groups: Sequence[Group]) -> Group:
    members = sorted(index for group in groups for index in group.members)
    return Group(tuple(members), _by_time(end for group in groups for end in group.ends))


def _by_time(ends: Iterable[RunEnd]) -> tuple[RunEnd, ...]:
    return tuple(sorted(ends, key=lambda end: (end.run.end is None, end.run.end, end.run.id)))


def _join_repeats(
    bursts: Sequence[Burst], links: Mapping[int, Linked], union: _Union, gap_s: float
) -> None:
    """Join a burst without a cause to the one of its kind before it, unless it was quiet long."""
    last: dict[tuple[str, str, str, str], int] = {}
    for index, burst in enumerate(bursts):
        if burst.first.role is not Role.FAILURE:
            continue
        key = (burst.component, burst.run, *burst.kind)
        before = last.get(key)
        last[key] = index
        if before is None or index in links:
            continue
        if not burst.timed or burst.start - bursts[before].end <= gap_s:
            union.join(before, index)


class _Ends:
    """Decides which group a run's unorderly end belongs to."""

    def __init__(
        self, bursts: Sequence[Burst], runs: Sequence[Run], rules: Mapping[str, Rule]
    ) -> None:
        self._bursts = bursts
        self._rules = rules
        self._unorderly = {run.id: run for run in runs if run.ended in NOT_ORDERLY}
        self._deadline = _deadlines(runs)
        self._last_of_run = {
            burst.run: index
            for index, burst in enumerate(bursts)
            if burst.first.role is Role.FAILURE
        }

    def attach(self, groups: Sequence[tuple[int, ...]]) -> list[Group]:
        """Return *groups* with the ends that belong to them."""
        parts = [(at, part) for at, group in enumerate(groups) for part in self._by_run(group)]
        near = {part: self._near_end(part) for _, part in parts}
        habitual = self._habitual(near)
        taken: set[str] = set()
        ends: dict[int, list[RunEnd]] = defaultdict(list)
        for at, part in sorted(parts, key=lambda item: -len(self._kinds(item[1]))):
            run = self._unorderly.get(self._bursts[part[-1]].run)
            if run is None or run.id in taken:
                continue
            verdict = self._verdict(part, near[part], habitual)
            if verdict:
                taken.add(run.id)
                ends[at].append(RunEnd(run, *verdict))
        given = [Group(group, _by_time(ends[at])) for at, group in enumerate(groups)]
        return given + self._unexplained(taken)

    def _by_run(self, group: tuple[int, ...]) -> list[tuple[int, ...]]:
        """Return the members of *group* by the run that they are in."""
        parts: dict[str, list[int]] = defaultdict(list)
        for index in group:
            parts[self._bursts[index].run].append(index)
        return [tuple(part) for part in parts.values()]

    def _unexplained(self, taken: AbstractSet[str]) -> list[Group]:
        """Return a group for each end that a mark tells and no failure explains."""
        marks: dict[str, int] = {}
        for index, burst in enumerate(self._bursts):
            run = self._unorderly.get(burst.run)
            if burst.first.role is Role.FAILURE or run is None or run.id in taken:
                continue
            if run.end_rule == burst.rule:
                marks.setdefault(run.id, index)
        return [
            Group((index,), (RunEnd(self._unorderly[name], Link.MECHANISM, IS_THE_END),))
            for name, index in marks.items()
        ]

    def _verdict(
        self, part: tuple[int, ...], near: bool, habitual: set[str]
    ) -> tuple[Link, str] | None:
        last = [self._bursts[index] for index in part]
        if any(self._explains_end(burst) for burst in last):
            return Link.MECHANISM, IS_THE_END
        if not near:
            return None
        run = self._unorderly[last[-1].run]
        if run.ended is Ended.CRASHED and any(burst.first.uncaught for burst in last):
            return Link.EXCEPTION_CHAIN, "nothing caught the exception"
        if run.ended is Ended.CRASHED and self._is_last_word(part):
            return Link.EXCEPTION_CHAIN, "the exception is the last that it told before it ended"
        kinds = self._kinds(part)
        if run.ended is Ended.UNKNOWN:
            kinds = {kind for kind in kinds if not kind.startswith(UNKNOWN_PREFIX)}
        if len(kinds) > 1 or kinds & habitual:
            return Link.OBSERVED_ORDER, "the run ended while this went on"
        return None

    def _is_last_word(self, part: Sequence[int]) -> bool:
        """Tell whether the last failure of the run is an exception of *part*, told near its end."""
        last = self._bursts[part[-1]]
        deadline = self._deadline.get(last.run)
        return (
            deadline is not None
            and self._last_of_run.get(last.run) == part[-1]
            and last.timed
            and bool(last.first.raised)
            and last.severity >= Severity.ERROR
            and deadline - last.end <= LAST_WORDS_S
        )

    def _explains_end(self, burst: Burst) -> bool:
        rule = self._rules.get(burst.rule)
        return rule is not None and rule.explains_end

    def _kinds(self, group: tuple[int, ...]) -> set[str]:
        return {self._bursts[index].rule for index in group}

    def _near_end(self, group: tuple[int, ...]) -> bool:
        last = max((self._bursts[index] for index in group), key=lambda burst: burst.end)
        deadline = self._deadline.get(last.run)
        if last.run not in self._unorderly:
            return False
        if deadline is None or not last.timed:
            return True
        is_of_the_next = (
            self._unorderly[last.run].ended is Ended.UNKNOWN and deadline - last.end < STARTING_S
        )
        return not is_of_the_next and deadline - last.end <= END_WINDOW_S

    def _habitual(self, near: Mapping[tuple[int, ...], bool]) -> set[str]:
        """Return the kinds that precede most unorderly ends, two at least."""
        runs_of: dict[str, set[str]] = defaultdict(set)
        for part, is_near in near.items():
            if is_near:
                for kind in self._kinds(part):
                    runs_of[kind].add(self._bursts[part[-1]].run)
        least = max(2.0, END_SHARE * len(self._unorderly))
        return {kind for kind, runs in runs_of.items() if len(runs) >= least}


def _deadlines(runs: Sequence[Run]) -> dict[str, float]:
    """Return for each run when it was over at the latest: its end, else the next start."""
    following: dict[str, Run] = {}
    deadlines: dict[str, float] = {}
    for run in reversed(runs):
        later = following.get(run.component)
        over = run.end or (later.start if later else None)
        if over is not None:
            deadlines[run.id] = over.timestamp()
        following[run.component] = run
    return deadlines
