"""
What goes on in healthy times too: shown apart with its rate, first in no incident.

Four kinds: what a rule calls benign; a hiccup below the rule's tolerance; warnings and echoes of
an orderly stop; and a failure that leads to nothing and goes on over the whole log. Where its rate
jumps, the stretch of the jump is a failure and the rest stays background.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from logcascade.model.analysis import Run
from logcascade.model.bursts import Burst, Position
from logcascade.model.detections import UNKNOWN_PREFIX
from logcascade.model.figures import number
from logcascade.model.records import Severity
from logcascade.model.rules import NOT_ORDERLY, Ended, Marks, Role, Rule, Tolerated
from logcascade.model.traffic import Traffic
from logcascade.timeline.kept import BackgroundKind
from logcascade.timeline.own_words import TRACEBACK, costs_process, is_called_error, says_fatal
from logcascade.timeline.rates import Event, Jump, find_jumps
from logcascade.timeline.steadiness import STEADY_LEAST, Spread, follows_traffic, measures, spread
from logcascade.timeline.work import Work

UNTIED_SHARE = 0.8
"""Share of a steady failure's bursts that have neither a cause nor a consequence. What is tied to
others more often than that is part of what happens to them."""

GREETING_S = 15.0
"""An error this near a start line may be part of starting. Seconds; imports of large libraries,
which print before the program's own first line, take that long."""

GREETING_STARTS = 2
"""In so many starts at least must it appear to be part of starting."""

GREETING_SHARE = 0.6
"""Share of the starts that must show it."""

NO_TRAFFIC = Traffic(())


def hiccups(bursts: Sequence[Burst], rule: Rule | None) -> tuple[list[Burst], list[Burst]]:
    """
    Split lone *bursts* of one rule, in order, into hiccups and failures.

    A hiccup is a report with fewer than the tolerated number of its kind around it, and with no
    value that is larger than tolerated.
    """
    if rule is None or rule.tolerated is None:
        return [], list(bursts)
    span = rule.tolerated.within.total_seconds()
    below: list[Burst] = []
    above: list[Burst] = []
    for burst in bursts:
        near = sum(other.count for other in bursts if _within(burst, other, span))
        is_small = near < rule.tolerated.count and not _exceeds(burst, rule.tolerated)
        (below if is_small else above).append(burst)
    return below, above


def _exceeds(burst: Burst, tolerated: Tolerated) -> bool:
    """Tell whether a value of *burst* is not below what is *tolerated*."""
    largest = {name: values.largest for name, values in burst.values.items()}
    return any((largest.get(name) or 0.0) >= bound for name, bound in tolerated.below.items())


def _within(burst: Burst, other: Burst, span: float) -> bool:
    return other.start - burst.end <= span and burst.start - other.end <= span


@dataclass(frozen=True, slots=True)
class Steady:
    """Bursts of one kind that go on over the whole log, where its rate jumps, and the evidence."""

    usual: tuple[Burst, ...]
    jumps: tuple[Jump, ...]
    spread: Spread


def find_steady(
    bursts: Sequence[Burst], begin: float, end: float, traffic: Traffic
) -> Steady | None:
    """
    Return those of *bursts*, of one kind and in order, that are steady.

    None where the failure does not go on over the whole log from *begin* to *end*, neither by time
    nor by *traffic*, or where it came too seldom to tell.
    """
    if len(bursts) < STEADY_LEAST or end <= begin or not all(burst.timed for burst in bursts):
        return None
    events = [Event(burst.start, burst.end, burst.count) for burst in bursts]
    jumps = [
        jump
        for jump in find_jumps(events, begin, end)
        if not follows_traffic(jump, events, traffic)
    ]
    usual = [burst for burst in bursts if not any(jump.holds(burst.start) for jump in jumps)]
    if len(usual) < STEADY_LEAST:
        return None
    times = [burst.start for burst in usual]
    for measure in measures(begin, end, traffic):
        found = spread(times, jumps, measure)
        if found.is_steady:
            return Steady(tuple(usual), tuple(jumps), found)
    return None


class BackgroundSieve:
    """Takes lone bursts (linked to nothing), gives the failures, keeps the background."""

    def __init__(
        self,
        rules: Mapping[str, Rule],
        runs: Sequence[Run],
        begin: float,
        end: float,
        traffic: Traffic = NO_TRAFFIC,
        work: Work | None = None,
    ) -> None:
        """
        *begin* and *end* are the epoch seconds of the log's first and last line.

        Where *work* is None nothing is known of it, and none is asked for.
        """
        self._rules = rules
        self._runs = {run.id: run for run in runs}
        self._begin, self._end, self._traffic, self._work = begin, end, traffic, work
        self._starts: dict[str, list[float]] = defaultdict(list)
        for run in runs:
            if run.start:
                self._starts[run.component].append(run.start.timestamp())
        self._onsets: dict[Position, str] = {}
        self._passing: dict[tuple[str, str], list[Burst]] = {}
        self._passed: set[Position] = set()
        self.kinds: list[BackgroundKind] = []

    def steady(self, bursts: Sequence[Burst], tied: AbstractSet[int]) -> frozenset[int]:
        """
        Return the indices of *bursts*, in order, that go on at their usual rate whatever happens.

        *tied* are those with a cause or a consequence. The kinds returned are kept as background.
        """
        by_kind: dict[tuple[str, str], list[int]] = defaultdict(list)
        for index, burst in enumerate(bursts):
            is_failure = burst.first.role is Role.FAILURE
            if is_failure and not costs_process(burst, self._rules.get(burst.rule)):
                by_kind[(burst.component, burst.rule)].append(index)
        steady: set[int] = set()
        for (_, name), indices in sorted(by_kind.items()):
            of_kind = [bursts[at] for at in indices]
            if not hiccups(of_kind, self._tolerating(of_kind))[1]:
                continue  # what a rule tolerates a few of is judged by that, not by its rate
            found = find_steady(of_kind, self._begin, self._end, self._traffic)
            if found is None or (self._work and not self._work.is_between(found.usual)):
                continue
            kept = {burst.position for burst in found.usual}
            usually = [at for at in indices if bursts[at].position in kept]
            if sum(at not in tied for at in usually) >= UNTIED_SHARE * len(usually):
                self._keep_steady(name, found, of_kind)
                steady.update(usually)
        return frozenset(steady)

    def onset(self, burst: Burst) -> str:
        """Return how far the rate of *burst* is above its usual one, in words, or nothing."""
        return self._onsets.get(burst.position, "")

    def __call__(self, lone: Sequence[Burst], failed: AbstractSet[str]) -> list[Burst]:
        """
        Return of *lone* those bursts that are failures of their own, in order.

        *failed* are the components in which failures led to others. Where a component failed, what
        passed by itself is listed, too; where it never did, it is what a healthy service shows.
        """
        by_rule: dict[tuple[str, str], list[Burst]] = defaultdict(list)
        for burst in lone:
            by_rule[(burst.component, burst.rule)].append(burst)
        failures = [burst for _, group in sorted(by_rule.items()) for burst in self._sift(group)]
        failing = failed | {burst.component for burst in failures}
        for (component, name), below in sorted(self._passing.items()):
            is_left_over = self._is_left_over(name)
            lasting = [] if is_left_over else [one for one in below if not self._has_passed(one)]
            failures += lasting
            passing = [burst for burst in below if burst not in lasting]
            if component in failing and not is_left_over:
                failures += passing
                self._passed.update(burst.position for burst in passing)
            else:
                self._keep(name, passing, "each passed by itself and led to nothing")
        failures.sort(key=lambda burst: burst.position)
        return failures

    def passed(self, burst: Burst) -> bool:
        """Tell whether *burst* passed by itself and is a failure only beside worse ones."""
        return burst.position in self._passed

    def _is_left_over(self, name: str) -> bool:
        """Tell whether reports of the rule *name* come long after what they report."""
        rule = self._rules.get(name)
        return rule is not None and (rule.residue or rule.late == "run")

    def add_benign(self, benign: Sequence[Burst]) -> None:
        """Keep what rules call harmless, by rule."""
        by_rule: dict[str, list[Burst]] = defaultdict(list)
        for burst in benign:
            by_rule[burst.rule].append(burst)
        for name, bursts in sorted(by_rule.items()):
            if is_called_error(bursts):
                because = "usually harmless, but the program itself calls it an error each time"
                self._keep(name, bursts, because, standing=True)
            else:
                self._keep(name, bursts, "harmless by itself")

    def _sift(self, bursts: Sequence[Burst]) -> Sequence[Burst]:
        name = bursts[0].rule
        stopping = [burst for burst in bursts if self._while_stopping(burst)]
        self._keep(name, stopping, "printed while the process was stopping in an orderly way")
        rest = [burst for burst in bursts if not self._while_stopping(burst)]
        rule = self._rules.get(name)
        many = hiccups(rest, self._tolerating(rest))[1]
        above = rest if many or any(says_fatal(burst) for burst in rest) else []
        if not above:
            self._passing[(bursts[0].component, name)] = rest
        # More than a rule tolerates is a failure, at whatever level a program reports it.
        has_no_bound = rule is None or rule.tolerated is None
        if above and has_no_bound and max(burst.severity for burst in above) <= Severity.WARNING:
            self._keep(name, above, "a warning that led to nothing")
        elif above and self._greets(above):
            self._keep(name, above, "printed at each start, and the runs go on")
        else:
            return above
        return ()

    def _tolerating(self, bursts: Sequence[Burst]) -> Rule | None:
        """Return the rule that says how many of *bursts*, all of one kind, are a hiccup."""
        names = {burst.first.manner or burst.rule for burst in bursts}
        return self._rules.get(names.pop()) if len(names) == 1 else None

    def _greets(self, bursts: Sequence[Burst]) -> bool:
        """Tell whether *bursts*, unknown and without an exception, come with the starts only."""
        starts = self._starts[bursts[0].component]
        if len(starts) < GREETING_STARTS or any(_has_exception(burst) for burst in bursts):
            return False
        near = [
            start
            for start in starts
            if any(abs(burst.start - start) <= GREETING_S for burst in bursts)
        ]
        alone = all(
            any(abs(burst.start - start) <= GREETING_S for start in starts) for burst in bursts
        )
        return alone and len(near) >= max(GREETING_STARTS, GREETING_SHARE * len(starts))

    def _keep_steady(self, name: str, found: Steady, bursts: Sequence[Burst]) -> None:
        because = f"{_in_words(found)}, and nothing follows from it"
        if found.jumps:
            because += "; where its rate jumps it is an incident"
        is_error = max(burst.severity for burst in found.usual) >= Severity.ERROR
        self._keep(name, found.usual, because, standing=is_error)
        for burst in bursts:
            jump = next((jump for jump in found.jumps if jump.holds(burst.start)), None)
            if jump is not None:
                usual = number(jump.usual_per_hour)
                self._onsets[burst.position] = (
                    f"{jump.times:.0f} times its usual rate of {usual} an hour"
                )

    def _keep(
        self, name: str, bursts: Sequence[Burst], because: str, *, standing: bool = False
    ) -> None:
        if bursts:
            self.kinds.append(BackgroundKind(name, tuple(bursts), because, standing))

    def _has_passed(self, burst: Burst) -> bool:
        """Tell whether the log shows work after *burst*, in its run if that ended in disorder."""
        if self._work is None:
            return True
        run = self._runs.get(burst.run)
        until, before = self._end, None
        if run is not None and run.ended in NOT_ORDERLY and run.end_location is not None:
            if run.end_location.source == burst.first.location.source:
                before = run.end_location.line
            until = self._end if run.end is None else run.end.timestamp()
        return self._work.is_after(burst, until, before)

    def _while_stopping(self, burst: Burst) -> bool:
        """Tell whether *burst* was printed after its run was asked to stop, or had stopped."""
        rule = self._rules.get(burst.rule)
        if rule is not None and rule.marks is Marks.GIVEN_UP:
            return False  # it is about the unit, not about the process that stopped
        run = self._runs.get(burst.run)
        if run is None or run.ended is not Ended.ORDERLY or burst.time is None:
            return False
        times = [time for time in (run.stop_requested, run.end) if time is not None]
        return bool(times) and burst.time >= min(times)


def _in_words(found: Steady) -> str:
    """Say by which count the failure is steady."""
    lies = found.spread
    usually = f"{1 - lies.measure.by_chance:.1%}".replace(".0%", "%")
    return (
        f"at its usual rate over the whole log: {len(found.usual)} times, in {lies.held} of"
        f" {lies.spans} equal parts of the {lies.measure.of} (at a constant rate it is in"
        f" {lies.asked} or more with {usually})"
    )


def _has_exception(burst: Burst) -> bool:
    """Tell whether *burst* is a known failure, or one with an exception."""
    return (
        not burst.rule.startswith(UNKNOWN_PREFIX)
        or TRACEBACK in burst.first.text
        or (burst.first.location.line != burst.first.record_line)
    )
