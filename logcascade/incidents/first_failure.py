"""
The first failure of a group: the one without a cause that occurred first, and how sure that is.

Log order is report order. A late report (garbage collection, a busy timeout) can have occurred
before a line that stands above it, so each burst has an interval and the intervals decide.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from logcascade.incidents.neighbours import Neighbours
from logcascade.incidents.past import Linked
from logcascade.model.analysis import (
    UNSEEN_CAUSE,
    UNSEEN_END,
    Certainty,
    FirstFailure,
    Rival,
    Run,
)
from logcascade.model.bursts import Burst
from logcascade.model.detections import UNKNOWN_PREFIX
from logcascade.model.rules import NOT_ORDERLY, Marks, Rule

RIVAL_WINDOW_S = 300.0
"""An unexplained failure this long before an incident may be where it began. Seconds."""

RIVAL_REACH_S = 3600.0
"""How far back a burst that lasted into that window may have begun. Seconds."""

MAX_LOOKED_AT = 20
"""Of each kind so many before a failure, and as many after it, are looked at as its rivals: the
nearest. One is named at most."""

NEIGHBOUR_WINDOW_S = 60.0
"""An unexplained failure of another component this long before may be where it began. Seconds; what
goes from one process to another on a host goes within a client's patience, not within minutes."""

PASSED = "each passed by itself, which healthy times show, too; it is told because worse happened"
"""What is doubtful about a failure that is none in a log without others."""

LOG_START_S = 5.0
"""A failure this soon after the log's first line may have begun before it. Seconds."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What a group's first failure is judged against."""

    bursts: Sequence[Burst]
    """All bursts of failures, in order."""
    links: Mapping[int, Linked]
    rules: Mapping[str, Rule]
    runs: Mapping[str, Run]
    log_span: tuple[float | None, float | None]
    """Epoch seconds of the first and the last line of all sources."""
    apart: Mapping[int, tuple[float | None, float | None]]
    """The same for each source that is not placed in time, by its number."""
    first_orders: frozenset[tuple[int, int]]
    """(source, line) of each source's first line."""
    causes_of: Mapping[str, Sequence[Rule]]
    """For each rule the ones that name it as their consequence."""
    run_before: Mapping[str, Run]
    """For each run's id the one of its component before it."""
    neighbours: Neighbours
    """All but background."""
    unexplained: Neighbours
    """Of those the ones without a cause that are no residue and did not pass by themselves: only
    they can be rivals."""
    tolerance_s: float = 0.0
    """How far the clocks of two sources may differ. Seconds."""
    onset: Callable[[Burst], str] = lambda _: ""
    """Says how far the rate of a burst is above its usual one, or nothing."""
    passed: Callable[[Burst], bool] = lambda _: False
    """Tells whether a burst passed by itself and is a failure only beside worse ones."""

    def span_around(self, burst: Burst) -> tuple[float | None, float | None]:
        """Return from when to when there is a log around *burst*."""
        return self.apart.get(burst.first.order[0], self.log_span)


def choose_first(scene: Scene, members: Sequence[int]) -> int:
    """Return the index of the burst that is the first failure of *members*, which are in order."""
    roots = [index for index in members if index not in scene.links]
    roots = roots or list(members)
    known = [index for index in roots if not is_residue(scene.bursts[index], scene.rules)] or roots
    ends = [index for index in known if not _explains_end(scene, index)] or known
    return min(ends, key=lambda index: scene.bursts[index].position)


def describe_first(scene: Scene, members: Sequence[int], index: int) -> FirstFailure:
    """Return the first failure as the report shows it, with certainty, reasons and rivals."""
    burst = scene.bursts[index]
    rivals = _rivals(scene, members, index)
    certainty, reasons, doubts = _judge(scene, members, index, rivals)
    occurred_from = burst.first.occurred_from
    run = scene.runs.get(burst.run)
    if occurred_from is None and run is not None:
        occurred_from = run.start
    return FirstFailure(
        rule=burst.rule,
        title=burst.title,
        location=burst.first.location,
        record_line=burst.first.record_line,
        time=burst.time,
        occurred_from=occurred_from,
        occurred_to=burst.time,
        certainty=certainty,
        values=burst.first.values,
        reasons=reasons,
        rivals=rivals,
        text=burst.first.text,
        count=sum(
            scene.bursts[at].count
            for at in members
            if scene.bursts[at].kind == burst.kind and scene.bursts[at].component == burst.component
        ),
        doubts=doubts,
    )


def is_residue(burst: Burst, rules: Mapping[str, Rule]) -> bool:
    """Tell whether *burst* is what an earlier incident left behind."""
    rule = rules.get(burst.rule)
    return rule is not None and rule.residue


def _explains_end(scene: Scene, index: int) -> bool:
    name = scene.bursts[index].rule
    rule = scene.rules.get(name)
    if rule is None:
        return name == UNSEEN_END
    return rule.explains_end or rule.marks is Marks.END


def _rivals(scene: Scene, members: Sequence[int], index: int) -> tuple[Rival, ...]:
    """Return the unexplained failures that can have occurred before the one at *index*."""
    first = scene.bursts[index]
    end = max(scene.bursts[at].end for at in members)
    inside = set(members)
    earliest = min(first.start - RIVAL_REACH_S, scene.bursts[members[0]].start)
    rivals: list[tuple[int, Rival]] = []
    for near in scene.unexplained.near(index, earliest, end):
        for at in near.around(index, MAX_LOOKED_AT):
            other = scene.bursts[at]
            because = _may_precede(scene, other, first, inside=at in inside)
            if because:
                rivals.append((at, _rival(other, because)))
                break
    for at in scene.unexplained.of_others_before(index):
        other = scene.bursts[at]
        because = _neighbour_may_precede(other, first)
        if because and other.rule != first.rule:
            rivals.append((at, _rival(other, because)))
    named: dict[str, Rival] = {}
    for _, rival in sorted(rivals, key=lambda item: item[0]):
        named.setdefault(rival.rule, rival)
    return tuple(named.values())


def _rival(burst: Burst, because: str) -> Rival:
    return Rival(burst.rule, burst.title, burst.first.location, burst.time, because)


def _may_precede(scene: Scene, other: Burst, first: Burst, *, inside: bool) -> str:
    """Say why *other* may have come before *first*, or return nothing."""
    if other.position < first.position:
        if not other.timed:
            return "stands above it in the log" if inside else ""
        before = first.start - other.end
        if inside or before <= RIVAL_WINDOW_S:
            return f"reported {max(before, 0):.0f} s before it, and nothing explains it"
        return ""
    rule = scene.rules.get(other.rule)
    if rule is not None and rule.late == "run":
        return "reported later, but such reports come late: it may have happened before"
    if not other.timed or other.occurred_from is None:
        return ""
    if other.occurred_from < first.start:
        early = first.start - other.occurred_from
        return f"reported later, but it may have happened up to {early:.0f} s before"
    from_elsewhere = other.first.order[0] != first.first.order[0]
    if from_elsewhere and other.start - first.start <= scene.tolerance_s:
        return "told by another source within what the two clocks may differ"
    return ""


def _neighbour_may_precede(other: Burst, first: Burst) -> str:
    """Say why *other*, of another component, may have come before *first*, or return nothing."""
    if not (other.timed and first.timed) or other.position > first.position:
        return ""
    before = max(first.start - other.end, 0)
    if before > NEIGHBOUR_WINDOW_S:
        return ""
    whose = other.component or "another process"
    return f"reported {before:.0f} s before it by {whose}, and nothing explains it"


def _judge(
    scene: Scene, members: Sequence[int], index: int, rivals: Sequence[Rival]
) -> tuple[Certainty, tuple[str, ...], tuple[str, ...]]:
    """Return how sure the choice is, the reasons for it and the doubts."""
    burst = scene.bursts[index]
    kinds = {scene.bursts[at].rule for at in members}
    onset = scene.onset(burst)
    reasons = [onset] if onset else []
    if len(kinds) > 1:
        reasons.append(f"earliest of {len(kinds)} kinds of failure in the incident")
    if _explains_end(scene, index):
        only_end = ("the log shows only the end: nothing before it in the run explains it",)
        return Certainty.NOT_IN_LOG, tuple(reasons), only_end
    doubts = _doubts(scene, burst, rivals)
    shows = _shows_another(scene, burst)
    if shows:
        return Certainty.NOT_IN_LOG, tuple(reasons), (*doubts, shows)
    if not doubts:
        reasons.append("no unexplained failure can have occurred before it in this run")
        return Certainty.CERTAIN, tuple(reasons), ()
    if not rivals:
        reasons.append("nothing in the log that it could follow from comes before it")
    begins_with_effect = _at_log_start(scene, burst) and burst.rule in scene.causes_of
    if begins_with_effect and len(kinds) == 1:
        return Certainty.NOT_IN_LOG, tuple(reasons), doubts
    return Certainty.LIKELY, tuple(reasons), doubts


def _shows_another(scene: Scene, burst: Burst) -> str:
    """Say whose failure *burst* only shows, or return nothing."""
    rule = scene.rules.get(burst.rule)
    if rule is None or not rule.elsewhere:
        return ""
    return f"it only shows that {rule.elsewhere} had failed: why is not told here"


def _doubts(scene: Scene, burst: Burst, rivals: Sequence[Rival]) -> tuple[str, ...]:
    doubts = []
    if rivals:
        names = ", ".join(rival.title for rival in rivals)
        doubts.append(f"may have come after another failure that nothing explains: {names}")
    if scene.passed(burst):
        doubts.append(PASSED)
    if _at_log_start(scene, burst):
        doubts.append("the log begins with it: what came before is not shown")
    unseen = [
        cause.title
        for cause in scene.causes_of.get(burst.rule, ())
        if cause.silent and cause.id != burst.rule
    ]
    if unseen:
        doubts.append(UNSEEN_CAUSE + ", ".join(unseen))
    unexplained = _after_an_end(scene, burst)
    if unexplained:
        doubts.append(unexplained)
    if burst.rule.startswith(UNKNOWN_PREFIX):
        doubts.append("no rule knows this failure")
    return tuple(doubts)


def _after_an_end(scene: Scene, burst: Burst) -> str:
    """Say what the end of the run before can have to do with *burst*, or return nothing."""
    run = scene.runs.get(burst.run)
    before = scene.run_before.get(burst.run)
    if run is None or run.start is None or not burst.timed:
        return ""
    if before is None or before.ended not in NOT_ORDERLY:
        return ""
    since = burst.start - run.start.timestamp()
    for rule in scene.causes_of.get(burst.rule, ()):
        for cause in rule.causes:
            of_this = cause.rule == burst.rule and "component" in cause.same
            ends = rule.explains_end or rule.marks is Marks.END
            if of_this and ends and since <= cause.within.total_seconds():
                start = f"{since:.0f} s after a start with no orderly end before it"
                return f"it comes {start}: {cause.how}"
    return ""


def _at_log_start(scene: Scene, burst: Burst) -> bool:
    if (burst.first.order[0], burst.first.record_line) in scene.first_orders:
        return True
    begin, _ = scene.span_around(burst)
    if begin is None or not burst.timed:
        return False
    run = scene.runs.get(burst.run)
    begun = run is not None and run.start_location is not None
    return not begun and burst.start - begin <= LOG_START_S
