"""
What goes on in healthy times too: shown apart with its rate, first in no incident.

Four kinds: what a rule calls benign; a hiccup below the rule's tolerance; warnings and echoes of
an orderly stop; and a failure that leads to nothing and is spread evenly over the log.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from logcascade.model.analysis import Background, Run
from logcascade.model.bursts import Burst
from logcascade.model.detections import UNKNOWN_PREFIX
from logcascade.model.records import Severity
from logcascade.model.rules import Ended, Role, Rule

STEADY_LEAST = 20
"""Fewer reports than this are too few to call a rate steady."""

STEADY_BINS = 10
"""The log is cut into so many equal spans; a steady failure shows in nearly all of them."""

STEADY_SHARE = 0.8
"""Share of the spans that must hold it."""

STEADY_DISPERSION = 3.0
"""Variance over mean of the counts in the spans: 1 for independent events at a constant rate.
Day and night alone make about 2; an onset makes far more."""


GREETING_S = 15.0
"""An error this near a start line may be part of starting. Seconds; imports of large libraries,
which print before the program's own first line, take that long."""

GREETING_STARTS = 2
"""In so many starts at least must it appear to be part of starting."""

GREETING_SHARE = 0.6
"""Share of the starts that must show it."""


@dataclass(frozen=True, slots=True)
class BackgroundKind:
    """Bursts of one rule that are background, and the reason."""

    rule: str
    bursts: tuple[Burst, ...]
    because: str

    @property
    def count(self) -> int:
        """Reports in all its bursts."""
        return sum(burst.count for burst in self.bursts)


def is_benign(burst: Burst) -> bool:
    """Tell whether a rule calls *burst* harmless by itself."""
    return burst.first.role is Role.BENIGN


def hiccups(bursts: Sequence[Burst], rule: Rule | None) -> tuple[list[Burst], list[Burst]]:
    """
    Split lone *bursts* of one rule, in order, into hiccups and failures.

    A hiccup is a report with fewer than the tolerated number of its kind around it.
    """
    if rule is None or rule.tolerated is None:
        return [], list(bursts)
    span = rule.tolerated.within.total_seconds()
    below: list[Burst] = []
    above: list[Burst] = []
    for burst in bursts:
        near = sum(other.count for other in bursts if _within(burst, other, span))
        (below if near < rule.tolerated.count else above).append(burst)
    return below, above


def _within(burst: Burst, other: Burst, span: float) -> bool:
    return other.start - burst.end <= span and burst.start - other.end <= span


def is_steady(bursts: Sequence[Burst], begin: float, end: float) -> bool:
    """Tell whether *bursts* of one rule go on evenly from *begin* to *end* of the log."""
    total = sum(burst.count for burst in bursts)
    if total < STEADY_LEAST or end <= begin or not all(burst.timed for burst in bursts):
        return False
    bins = [0] * STEADY_BINS
    for burst in bursts:
        at = int((burst.start - begin) / (end - begin) * STEADY_BINS)
        bins[min(max(at, 0), STEADY_BINS - 1)] += burst.count
    mean = total / STEADY_BINS
    variance = sum((count - mean) ** 2 for count in bins) / (STEADY_BINS - 1)
    filled = sum(count > 0 for count in bins) / STEADY_BINS
    return filled >= STEADY_SHARE and variance / mean <= STEADY_DISPERSION


class BackgroundSieve:
    """Takes lone bursts (linked to nothing), gives the failures, keeps the background."""

    def __init__(
        self, rules: Mapping[str, Rule], runs: Sequence[Run], begin: float, end: float
    ) -> None:
        """*begin* and *end* are the epoch seconds of the log's first and last line."""
        self._rules = rules
        self._runs = {run.id: run for run in runs}
        self._begin, self._end = begin, end
        self._starts: dict[str, list[float]] = defaultdict(list)
        for run in runs:
            if run.start:
                self._starts[run.component].append(run.start.timestamp())
        self.kinds: list[BackgroundKind] = []

    def __call__(self, lone: Sequence[Burst]) -> list[Burst]:
        """Return of *lone* those bursts that are failures of their own, in order."""
        by_rule: dict[tuple[str, str], list[Burst]] = defaultdict(list)
        for burst in lone:
            by_rule[(burst.component, burst.rule)].append(burst)
        failures = [burst for _, group in sorted(by_rule.items()) for burst in self._sift(group)]
        failures.sort(key=lambda burst: burst.position)
        return failures

    def add_benign(self, benign: Sequence[Burst]) -> None:
        """Keep what rules call harmless, by rule."""
        by_rule: dict[str, list[Burst]] = defaultdict(list)
        for burst in benign:
            by_rule[burst.rule].append(burst)
        for name, bursts in sorted(by_rule.items()):
            self._keep(name, bursts, "harmless by itself")

    def _sift(self, bursts: Sequence[Burst]) -> Sequence[Burst]:
        name = bursts[0].rule
        stopping = [burst for burst in bursts if self._while_stopping(burst)]
        self._keep(name, stopping, "printed while the process was stopping in an orderly way")
        rest = [burst for burst in bursts if not self._while_stopping(burst)]
        below, above = hiccups(rest, self._rules.get(name))
        if above:
            below, above = [], rest
        self._keep(name, below, "each passed by itself and led to nothing")
        if above and max(burst.severity for burst in above) <= Severity.WARNING:
            self._keep(name, above, "a warning that led to nothing")
        elif above and is_steady(above, self._begin, self._end):
            self._keep(name, above, "steady over the whole log, and nothing follows from it")
        elif above and self._greets(above):
            self._keep(name, above, "printed at each start, and the runs go on")
        else:
            return above
        return ()

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

    def _keep(self, name: str, bursts: Sequence[Burst], because: str) -> None:
        if bursts:
            self.kinds.append(BackgroundKind(name, tuple(bursts), because))

    def _while_stopping(self, burst: Burst) -> bool:
        """Tell whether *burst* was printed after its run was asked to stop, or had stopped."""
        run = self._runs.get(burst.run)
        if run is None or run.ended is not Ended.ORDERLY or burst.time is None:
            return False
        times = [time for time in (run.stop_requested, run.end) if time is not None]
        return bool(times) and burst.time >= min(times)


def _has_exception(burst: Burst) -> bool:
    """Tell whether *burst* is a known failure, or one with an exception."""
    return (
        not burst.rule.startswith(UNKNOWN_PREFIX)
        or "Traceback" in burst.first.text
        or (burst.first.location.line != burst.first.record_line)
    )


def describe_background(kinds: Sequence[BackgroundKind], hours: float | None) -> list[Background]:
    """Return the background for the report, the most frequent first; *hours* the log spans."""
    shown = [
        Background(
            rule=kind.rule,
            title=kind.bursts[0].title,
            count=kind.count,
            per_hour=round(kind.count / hours, 2) if hours else None,
            location=kind.bursts[0].first.location,
            because=kind.because,
        )
        for kind in kinds
    ]
    return sorted(shown, key=lambda item: (-item.count, item.rule))
