"""
How regularly a cascade comes back, and what sets its rhythm.

Period = median gap, spread = 1.4826 x MAD (consistent with the standard deviation of a normal
distribution). A claim is tested against restarts at random (Poisson) times and against its
rivals; what is rejected is kept with its numbers.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from math import comb, exp, lgamma
from statistics import median

from logcascade.diagnosis.words import span
from logcascade.model.analysis import Driver, Recurrence, RivalDriver

MIN_GAPS = 3
"""Fewer gaps support no claim: two equal gaps are found by chance all the time."""

SIGNIFICANT_P = 0.01
"""A rhythm is claimed when random restarts would look as regular less often than this."""

WIDEST_SPREAD = 0.25
"""A spread above this share of the median gap is no period that anyone could wait for."""

OUTLIER_SHARE = 0.25
"""Share of the gaps that may be left out as extra or missing starts; the test pays for it."""

ALIKE = 0.1
"""Gaps that differ from their median by no more than this share are alike whatever the spread."""

MAD_TO_SIGMA = 1.4826
"""Median absolute deviation to standard deviation, for a normal distribution."""

CLOCK_PERIODS_S = (86400, 43200, 28800, 21600, 14400, 10800, 7200, 3600, 1800, 900)
"""Rhythms that timers of the clock have (cron, backup, log rotation), longest last tried."""

CLOCK_TOLERANCE_S = 120.0
"""How far from the same time of day a job driven by the clock may fall. Seconds; cron starts on
the minute, the failure follows the work it starts."""

BACK_OFF_RATIO = (1.3, 4.0)
"""Growth from gap to gap of a supervisor that backs off; doubling is usual."""

LOAD_ADVANTAGE = 0.5
"""Load drives the rhythm when events per cycle vary less than this share of what time varies."""


@dataclass(frozen=True, slots=True)
class Cycle:
    """One incident as the rhythm sees it. Epoch seconds."""

    at: float
    run_start: float | None
    """Start of the run it happened in, where known."""
    end: float
    run_end: float | None
    next_start: float | None
    """Start of the run that followed an end by this incident."""
    run: str = ""
    """Id of the run, where it happened in one."""


def spread_of(values: Sequence[float]) -> float:
    """
    Return 1.4826 x the median absolute deviation of *values*; at least one value.

    >>> spread_of([10.0, 11.0, 12.0])
    1.4826
    """
    middle = median(values)
    return MAD_TO_SIGMA * median(abs(value - middle) for value in values)


def chance_of_regularity(gaps: Sequence[float], dropped: int = 0) -> float:
    """
    Return the probability that random gaps are as alike as *gaps*, whatever their rate.

    For n independent exponential gaps the ratio r of the largest to the smallest is at most r with
    probability n / (r - 1) * B(n / (r - 1), n), where B is the beta function: integrate over the
    smallest gap x the chance that the others lie in [x, r x]. No rate enters. *dropped* gaps were
    left out after looking, so the number of ways to do that multiplies the result.

    >>> chance_of_regularity([60.0, 61.0, 60.5, 60.2]) < 0.0001
    True
    >>> chance_of_regularity([60.0, 200.0, 10.0]) > 0.1
    True
    """
    n = len(gaps)
    smallest, largest = min(gaps), max(gaps)
    if n < 2 or smallest <= 0:
        return 1.0
    excess = largest / smallest - 1.0
    if excess <= 1e-12:
        return 0.0
    a = n / excess
    log_beta = lgamma(a) + lgamma(n) - lgamma(a + n)
    ways = comb(n + dropped, dropped)
    return min(1.0, ways * a * exp(log_beta))


def measure(
    cycles: Sequence[Cycle], events_between: Callable[[float, float], float] | None
) -> Recurrence:
    """
    Return the recurrence of a cascade.

    Args:
        cycles: Its incidents by time; may be empty.
        events_between: Healthy events between two epoch seconds, or None where none are logged.
    """
    gaps = [later.at - earlier.at for earlier, later in pairwise(cycles)]
    gaps = [gap for gap in gaps if gap > 0]
    parts = _parts(cycles)
    if len(gaps) < MIN_GAPS:
        because = _too_few(len(gaps))
        return Recurrence(Driver.TOO_FEW, because, None, None, len(gaps), None, *parts, None)
    kept, dropped = _alike(gaps)
    chance = chance_of_regularity(kept, dropped)
    back_off = _back_off(gaps)
    if back_off:
        return Recurrence(
            Driver.BACK_OFF, back_off, None, None, len(gaps), round(chance, 6), *parts, None
        )
    period, spread = median(kept), spread_of(kept)
    load, load_why = _load(cycles, spread / period, events_between)
    regular = chance <= SIGNIFICANT_P and len(kept) >= MIN_GAPS and spread <= WIDEST_SPREAD * period
    if not regular and not load:
        because = (
            f"the {len(gaps)} gaps lie between {span(min(gaps))} and {span(max(gaps))}; "
            f"random ones look as alike with probability {chance:.2g}"
        )
        return Recurrence(
            Driver.IRREGULAR, because, None, None, len(gaps), round(chance, 6), *parts, None
        )
    driver, because, rivals = _driver(cycles, period, spread, (load, load_why))
    due = _next_due(cycles, driver, period, parts[1])
    return Recurrence(
        driver,
        because,
        round(period, 3),
        round(spread, 3),
        len(gaps),
        float(f"{chance:.3g}"),
        *parts,
        datetime.fromtimestamp(due, UTC) if due is not None else None,
        rivals,
    )


def _too_few(gaps: int) -> str:
    if gaps == 0:
        return "it happened once: nothing can be said of a rhythm"
    return f"{gaps} gap{'s' if gaps > 1 else ''}: at least {MIN_GAPS} are needed for a claim"


def _parts(
    cycles: Sequence[Cycle],
) -> tuple[float | None, float | None, float | None, float | None]:
    """Return the medians of uptime, time to first failure, length of the cascade, time down."""
    uptimes = [c.run_end - c.run_start for c in cycles if c.run_end and c.run_start]
    waits = _waits(cycles)
    lengths = [(c.run_end if c.run_end and c.run_end > c.end else c.end) - c.at for c in cycles]
    downs = [c.next_start - c.run_end for c in cycles if c.run_end and c.next_start]
    return _median(uptimes), _median(waits), _median(lengths), _median(downs)


def _lives(cycles: Sequence[Cycle]) -> list[tuple[float, float]]:
    """Return from when to when each run lived without an incident."""
    lives: dict[str, tuple[float, float]] = {}
    for number, cycle in enumerate(cycles):
        if cycle.run_start is not None:
            lives.setdefault(cycle.run or str(number), (cycle.run_start, cycle.at))
    return list(lives.values())


def _waits(cycles: Sequence[Cycle]) -> list[float]:
    """Return how long after its start each run had its first incident."""
    return [at - start for start, at in _lives(cycles)]


def _median(values: Sequence[float]) -> float | None:
    return round(median(values), 3) if values else None


def _alike(gaps: Sequence[float]) -> tuple[list[float], int]:
    """
    Return the gaps that are near the median, and how many others there are.

    The others are multiples of it (starts are missing) or outliers (extra starts). Both are left
    out of the test, which pays for the choice; too many of them, and there is no rhythm to test.
    """
    middle = median(gaps)
    reach = max(ALIKE * middle, 3 * spread_of(gaps))
    alike = [gap for gap in gaps if abs(gap - middle) <= reach]
    others = len(gaps) - len(alike)
    if others > OUTLIER_SHARE * len(gaps):
        return list(gaps), 0
    return alike, others


def _back_off(gaps: Sequence[float]) -> str:
    """Say that each gap grew by about one factor, or nothing."""
    ratios = [later / earlier for earlier, later in pairwise(gaps)]
    low, high = BACK_OFF_RATIO
    if len(ratios) >= MIN_GAPS and all(low <= ratio <= high for ratio in ratios):
        return f"each gap is about {median(ratios):.1f} times the one before"
    return ""


def _driver(
    cycles: Sequence[Cycle], period: float, spread: float, by_load: tuple[bool, str]
) -> tuple[Driver, str, tuple[RivalDriver, ...]]:
    """Return what sets a rhythm that is not random, why, and the rivals with their numbers."""
    rivals = []
    clock, clock_why = _clock(cycles)
    load, load_why = by_load
    uptime, uptime_why = _uptime(cycles, period, spread)
    for driver, holds, why in (
        (Driver.CLOCK, clock, clock_why),
        (Driver.LOAD, load and not clock, load_why),
        (Driver.UPTIME, uptime and not clock and not load, uptime_why),
    ):
        if not holds:
            rivals.append(RivalDriver(driver, why))
    if clock:
        return Driver.CLOCK, clock_why, tuple(rivals)
    if load:
        return Driver.LOAD, load_why, tuple(rivals)
    if uptime:
        return Driver.UPTIME, uptime_why, tuple(rivals)
    because = "the gaps are alike, but neither uptime, the clock nor the load explains them"
    return Driver.IRREGULAR, because, tuple(rivals)


def _clock(cycles: Sequence[Cycle]) -> tuple[bool, str]:
    """Tell whether all incidents fall on the same times of the clock."""
    times = [cycle.at for cycle in cycles]
    best: tuple[float, int] | None = None
    for period in CLOCK_PERIODS_S:
        width = _circular_width(times, period)
        chance = len(times) * (width / period) ** (len(times) - 1) if width else 0.0
        if width <= 2 * CLOCK_TOLERANCE_S and chance * len(CLOCK_PERIODS_S) <= SIGNIFICANT_P:
            return True, f"always within {span(width)} of the same time in every {span(period)}"
        if best is None or width / period < best[0]:
            best = (width / period, period)
    share, period = best or (1.0, 86400)
    return False, (
        f"its times fill {share:.0%} of the circle of {span(period)}, the best of "
        f"{len(CLOCK_PERIODS_S)} clock rhythms tried"
    )


def _circular_width(times: Sequence[float], period: float) -> float:
    """Return the shortest arc of a circle of *period* seconds that holds all *times*."""
    phases = sorted(time % period for time in times)
    breaks = [later - earlier for earlier, later in pairwise(phases)]
    breaks.append(phases[0] + period - phases[-1])
    return period - max(breaks)


def _load(
    cycles: Sequence[Cycle],
    by_time: float,
    events_between: Callable[[float, float], float] | None,
) -> tuple[bool, str]:
    """
    Tell whether the number of events before each incident varies less than the time does.

    Events are counted from the start of each run, or from the incident before where starts are
    not known. *by_time* is the spread of the gaps as a share of their median.
    """
    if events_between is None:
        return False, "the log counts no healthy events"
    lives = _lives(cycles)
    if len(lives) < MIN_GAPS:
        lives = [(earlier.at, later.at) for earlier, later in pairwise(cycles)]
    counts = [count for count in (events_between(*life) for life in lives) if count > 0]
    if len(counts) < MIN_GAPS:
        return False, "too few healthy events between the incidents"
    by_load = spread_of(counts) / median(counts)
    why = (
        f"events per cycle spread by {by_load:.1%} ({min(counts):.0f} to {max(counts):.0f}), "
        f"time by {by_time:.1%}"
    )
    even = chance_of_regularity(counts) <= SIGNIFICANT_P
    return even and by_load < LOAD_ADVANTAGE * by_time, why


def _uptime(cycles: Sequence[Cycle], period: float, spread: float) -> tuple[bool, str]:
    """Tell whether the time since the run's start varies as little as the gaps do."""
    waits = _waits(cycles)
    if len(waits) < MIN_GAPS:
        return False, f"the start of the run is known for {len(waits)} incidents only"
    wait, wait_spread = median(waits), spread_of(waits)
    why = f"the first failure comes {span(wait)} +-{span(wait_spread)} after each start"
    if wait_spread > max(2 * spread, ALIKE * period) or wait <= spread:
        return False, f"{why}: too uneven for a fixed time"
    return True, f"{why}: something accumulates, or is timed from the start"


def _next_due(
    cycles: Sequence[Cycle], driver: Driver, period: float, wait: float | None
) -> float | None:
    last = cycles[-1]
    if driver is Driver.UPTIME and wait is not None and last.next_start is not None:
        return last.next_start + wait
    if driver in {Driver.UPTIME, Driver.CLOCK}:
        return last.at + period
    return None
