"""
What goes on in healthy times too: shown apart with its rate, first in no incident.

Four kinds: what a rule calls benign; a hiccup below the rule's tolerance; warnings and echoes of
an orderly stop; and a failure that leads to nothing and is spread evenly over the log.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from logcascade.model.bursts import Burst
from logcascade.model.records import Severity
from logcascade.model.rules import Role, Rule

STEADY_LEAST = 20
"""Fewer reports than this are too few to call a rate steady."""

STEADY_BINS = 10
"""The log is cut into so many equal spans; a steady failure shows in nearly all of them."""

STEADY_SHARE = 0.8
"""Share of the spans that must hold it."""

STEADY_DISPERSION = 3.0
"""Variance over mean of the counts in the spans: 1 for independent events at a constant rate.
Day and night alone make about 2; an onset makes far more."""


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
    below, above = [], []
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


def split_lone(
    lone: Sequence[Burst], rules: Mapping[str, Rule], begin: float, end: float
) -> tuple[list[Burst], list[BackgroundKind]]:
    """Return of *lone* bursts (linked to nothing) those that stay failures, and the background."""
    by_rule: dict[tuple[str, str], list[Burst]] = defaultdict(list)
    for burst in lone:
        by_rule[(burst.component, burst.rule)].append(burst)
    failures: list[Burst] = []
    background: list[BackgroundKind] = []
    for (_, name), bursts in sorted(by_rule.items()):
        below, above = hiccups(bursts, rules.get(name))
        if below:
            because = "each passed by itself and led to nothing"
            background.append(BackgroundKind(name, tuple(below), because))
        if not above:
            continue
        if above[0].severity <= Severity.WARNING:
            because = "a warning that led to nothing"
            background.append(BackgroundKind(name, tuple(above), because))
        elif is_steady(above, begin, end):
            because = "steady over the whole log, and nothing follows from it"
            background.append(BackgroundKind(name, tuple(above), because))
        else:
            failures.extend(above)
    failures.sort(key=lambda burst: burst.position)
    return failures, background
