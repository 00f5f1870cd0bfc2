"""What was kept as background, told for the report with its rate and the reason."""

from collections.abc import Sequence
from dataclasses import dataclass

from logcascade.model.analysis import Background
from logcascade.model.bursts import Burst
from logcascade.model.figures import number, probability
from logcascade.model.rules import Role
from logcascade.timeline.rates import around, chance_of_more
from logcascade.timeline.steadiness import STEADY_LEAST

RATE_LEAST = 10
RATE_SPAN_S = 600.0
"""Reports, and seconds of log, below which no rate is said: one report in one second is none."""

UNLIKELY = 0.01
"""Most that chance may make of a rate around incidents above the one in healthy time."""

RATE_LEAST = 10
RATE_SPAN_S = 600.0
"""Reports, and seconds of log, below which no rate is said: one report in one second is none."""


@dataclass(frozen=True, slots=True)
class BackgroundKind:
    """Bursts of one rule that are background, and the reason."""

    rule: str
    bursts: tuple[Burst, ...]
    because: str
    standing: bool = False
    """Whether it is a fault to mend all the same: nobody knows it to be harmless."""

    @property
    def count(self) -> int:
        """Reports in all its bursts."""
        return sum(burst.count for burst in self.bursts)


def is_benign(burst: Burst) -> bool:
    """Tell whether a rule calls *burst* harmless by itself."""
    return burst.first.role is Role.BENIGN


def describe_background(
    kinds: Sequence[BackgroundKind],
    span: tuple[float, float] | None,
    incidents: Sequence[Sequence[Burst]] = (),
) -> list[Background]:
    """
    Return the background for the report: standing faults first, then the most frequent.

    *span* are the epoch seconds of the log's first and last line, *incidents* the bursts of each:
    a failure that comes oftener around them than elsewhere is not as harmless as its rate.
    """
    hours = (span[1] - span[0]) / 3600 if span else None
    sick = around([(burst.start, burst.end) for each in incidents for burst in each], span)
    shown = [
        Background(
            rule=kind.rule,
            title=kind.bursts[0].title,
            count=kind.count,
            per_hour=round(kind.count / hours, 2) if hours and _has_rate(kind, hours) else None,
            location=kind.bursts[0].first.location,
            because=kind.because + _near_incidents(kind, sick, span),
            standing=kind.standing,
        )
        for kind in kinds
    ]
    return sorted(shown, key=lambda item: (not item.standing, -item.count, item.rule))


def _has_rate(kind: BackgroundKind, hours: float) -> bool:
    return kind.count >= RATE_LEAST and hours * 3600 >= RATE_SPAN_S


def _near_incidents(
    kind: BackgroundKind, sick: Sequence[tuple[float, float]], span: tuple[float, float] | None
) -> str:
    """Compare in words how often bursts of *kind* come around incidents and in healthy time."""
    sick_s = sum(end - begin for begin, end in sick)
    if span is None or not 0 < sick_s < span[1] - span[0]:
        return ""
    if is_benign(kind.bursts[0]) or not all(burst.timed for burst in kind.bursts):
        return ""
    healthy_s = span[1] - span[0] - sick_s
    near = sum(any(begin <= burst.start <= end for begin, end in sick) for burst in kind.bursts)
    others = len(kind.bursts) - near
    chance = chance_of_more(near, sick_s, others, healthy_s)
    rates = f"{near} of {len(kind.bursts)} around incidents, {others}"
    if len(kind.bursts) >= RATE_LEAST:
        rates = (
            f"{number(near / sick_s * 3600)} an hour around incidents, "
            f"{number(others / healthy_s * 3600)}"
        )
    verdict = "no more than chance makes of that" if chance > UNLIKELY else "more than by chance"
    if len(kind.bursts) < STEADY_LEAST and chance > UNLIKELY:
        bursts = "1 burst is" if len(kind.bursts) == 1 else f"{len(kind.bursts)} bursts are"
        verdict = f"{bursts} too few to tell"
    return f"; {rates} in healthy time ({verdict}, probability {probability(chance)})"
