"""
Whether the supervisor sets the pace: by pauses that grow, or by starts that fail at once.

A program that fails while it starts is back as soon as its supervisor tries again. systemd waits
the same time each time, supervisord a second longer, docker and Kubernetes twice as long.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from logcascade.diagnosis.drivers import Cycle, Test
from logcascade.diagnosis.regularity import ALIKE, MIN_GAPS, WIDEST_SPREAD, sample_of
from logcascade.diagnosis.words import span

BACK_OFF_RATIO = (1.3, 4.0)
"""Growth from gap to gap of a supervisor that backs off; doubling is usual."""

BACK_OFF_STEADY = 0.25
"""How far the growth from gap to gap may differ from its median, as a share of it."""

STARTING_S = 30.0
"""A run that ends so soon never came up. Seconds; supervisors count an end within 1 to 10 s as a
failed start, a slow machine needs longer to load what fails."""

LONGEST_PAUSE_S = 600.0
"""No supervisor waits longer before it tries again. Seconds: Kubernetes waits up to five minutes,
docker up to one; what begins less often is begun by a timer or by hand."""

FIRST_WORD_S = 2.0
"""How far the time from a program's start to its first line may differ from one start to the next,
so that a pause that is no shorter looks so. Seconds; 1.6 s seen on a busy machine."""

FAILED_STARTS = 0.8
"""Share of the starts after a failure that must fail at once; others may be mended or stopped."""


@dataclass(frozen=True, slots=True)
class _Retry:
    """The pause after a failure, and the life of the run that failed next. Seconds."""

    pause: float
    life: float
    before: float
    """How long the run before the pause had lived; 0 where its start is not known."""


def by_back_off(cycles: Sequence[Cycle], gaps: Sequence[float]) -> Test:
    """Tell whether the gaps grow by a factor, or starts fail as often as the supervisor tries."""
    grown = _by_growth(cycles, gaps)
    if grown.holds:
        return grown
    paced = _by_failed_starts(cycles, gaps)
    return paced if paced.holds or (paced.is_near and not grown.is_near) else grown


def _by_growth(cycles: Sequence[Cycle], gaps: Sequence[float]) -> Test:
    """Tell whether each gap grew by about one factor, up to a longest one."""
    low, high = BACK_OFF_RATIO
    ratios = [later / earlier for earlier, later in pairwise(gaps)]
    growing = ratios[: _capped(gaps)]
    steady = [ratio for ratio in growing if low <= ratio <= high]
    if len(steady) < MIN_GAPS or len(steady) < len(growing):
        return Test(False, f"{len(steady)} of {len(ratios)} gaps grew by a factor")
    factor = median(steady)
    if any(abs(ratio - factor) > BACK_OFF_STEADY * factor for ratio in steady):
        return Test(False, "the gaps grow, but by no steady factor", is_near=True)
    is_capped = len(growing) < len(ratios)
    due = cycles[-1].at + gaps[-1] * (1 if is_capped else factor)
    until = f", up to {span(max(gaps))}" if is_capped else ""
    return Test(True, f"each gap is about {factor:.1f} times the one before{until}", due=due)


def _capped(gaps: Sequence[float]) -> int:
    """Return how many of the ratios come before the gaps stay at their longest."""
    longest = max(gaps)
    grown = len(gaps)
    while grown > 1 and gaps[grown - 1] >= (1 - 2 * ALIKE) * longest:
        grown -= 1
    is_flat = len(gaps) - grown > 1
    # The step to the longest gap is cut short where the limit is no power of the factor.
    return max(grown - 1, 0) if is_flat else len(gaps) - 1


def _by_failed_starts(cycles: Sequence[Cycle], gaps: Sequence[float]) -> Test:
    """Tell whether runs fail at their start, and the next begins after a pause of a supervisor."""
    outages = _outages(cycles)
    failed = [each for outage in outages for each in outage]
    pauses = [each.pause for each in failed]
    if len(failed) < MIN_GAPS or len(failed) < FAILED_STARTS * (len(cycles) - 1):
        return Test(False, f"{len(failed)} starts failed at once")
    is_fixed = _alike(pauses)
    if not is_fixed and not all(map(_never_shorter, outages)):
        why = "starts fail at once, but the pauses are those of no supervisor"
        return Test(False, why, is_near=True)
    sample = sample_of(gaps)
    is_one_pace = is_fixed and _alike(gaps)
    last = cycles[-1]
    begins = last.next_start or (last.run_end or last.at) + pauses[-1]
    longest = max(each.life for each in failed)
    fails = "at once" if longest < 1 else f"within {span(longest)}"
    comes = (
        f"{span(median(pauses))} later"
        if is_fixed
        else f"{span(min(pauses))} later at first, {span(max(pauses))} in the end"
    )
    return Test(
        True,
        f"each start fails {fails}, and the next comes {comes}: the supervisor sets the pace",
        period_s=sample.period if is_one_pace else None,
        spread_s=sample.spread if is_one_pace else None,
        due=begins + median(each.life for each in failed),
        chance=min(sample.chance, sample_of(pauses).chance),
    )


def _outages(cycles: Sequence[Cycle]) -> list[list[_Retry]]:
    """
    Return the starts that failed at once, those in a row together.

    After a run that lived, or that ended by something else, a supervisor begins with its
    shortest pause again.
    """
    outages: list[list[_Retry]] = [[]]
    for earlier, later in pairwise(cycles):
        each = _retry(earlier, later)
        if each is None or each.life > max(STARTING_S, each.pause):
            outages.append([])
        elif each.pause <= LONGEST_PAUSE_S:
            outages[-1].append(each)
    return [outage for outage in outages if outage]


def _retry(earlier: Cycle, later: Cycle) -> _Retry | None:
    """Return the second failure as that of the next run; None where another run lies between."""
    start = earlier.next_start
    if earlier.run_end is None or start is None or later.run_start != start:
        return None
    if start <= earlier.run_end:
        return None
    return _Retry(
        start - earlier.run_end,
        (later.run_end or later.at) - start,
        earlier.run_end - (earlier.run_start or earlier.run_end),
    )


def _alike(values: Sequence[float]) -> bool:
    """Tell whether nearly all *values* are near their median: three of four are not enough."""
    middle = median(values)
    near = [value for value in values if abs(value - middle) <= WIDEST_SPREAD * middle]
    return len(near) >= FAILED_STARTS * len(values)


def _never_shorter(outage: Sequence[_Retry]) -> bool:
    """
    Tell whether no pause of a row of failed starts is shorter than the one before.

    Not counted is a pause after a run that lived: its last line may come long before its end.
    """
    pauses = [each.pause for each in outage if each.before <= max(STARTING_S, each.pause)]
    return all(
        later >= earlier - max(ALIKE * earlier, FIRST_WORD_S) for earlier, later in pairwise(pauses)
    )
