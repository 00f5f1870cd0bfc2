"""What may set the rhythm of a cascade: each driver's own test, with its numbers in words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, log
from statistics import median

from logcascade.diagnosis.regularity import (
    MIN_GAPS,
    SIGNIFICANT_P,
    Sample,
    log_ways,
    sample_of,
    spread_of,
)
from logcascade.diagnosis.words import span

CLOCK_PERIODS_S = (86400, 43200, 28800, 21600, 14400, 10800, 7200, 3600, 1800, 900)
"""Rhythms that timers of the clock have (cron, backup, log rotation), longest first."""

CLOCK_TOLERANCE_S = 120.0
"""How far from the same time of day a job driven by the clock may fall. Seconds; cron starts on
the minute, the failure follows the work it starts."""

CLOCK_SHARE = 0.8
"""Share of the incidents that must fall on the clock; others may have another cause."""

CLOCK_STEP_S = 5.0
"""Phases as close as this are as steady as a clock can be; below it uptime is no rival."""

FEWEST_TIMES = 3
"""Incidents on one second of the day that show a clock, where the lives before them differ."""

UNEVEN_LIVES_S = 600.0
"""Lives that differ by so much are of no fixed length. Seconds."""

WANDERS = 3.0
"""Phases that spread by so many times more than the time since the start follow the start. What
the clock drives spreads less than uptime; what uptime drives adds each cycle's error up."""

SUMMER_TIME_S = 3600.0
"""What the clock on the wall is put forward in spring and back in autumn."""

SUMMER_TIME_PERIODS_S = 86400, 43200, 28800, 21600, 14400, 10800, 7200
"""Rhythms that a change of the hour moves."""

SAME_START_S = 60.0
"""Starts no further apart are one start, told by a supervisor and by the program. Seconds."""

MOST_CHANGES = 8
"""Places tried at which the clock may have been put on or back."""

LOAD_ADVANTAGE = 0.5
"""Load drives the rhythm when events per cycle vary less than this share of what time varies."""

EventsBetween = Callable[[float, float], float]
"""Healthy events between two epoch seconds."""


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


@dataclass(frozen=True, slots=True)
class Test:
    """Whether a driver explains the incidents, why, and when the next one is due by it."""

    holds: bool
    why: str
    period_s: float | None = None
    spread_s: float | None = None
    due: float | None = None
    chance: float | None = None
    """The probability of what shows it by chance, where that is not the likeness of the gaps."""
    is_near: bool = False
    """Whether it was rejected, and much looks like it: a reader would think of it."""


def lives(cycles: Sequence[Cycle]) -> list[tuple[float, float]]:
    """Return from when to when each run lived without an incident."""
    found: dict[str, tuple[float, float]] = {}
    for number, cycle in enumerate(cycles):
        if cycle.run_start is not None:
            found.setdefault(cycle.run or str(number), (cycle.run_start, cycle.at))
    return [(start, at) for start, at in found.values() if at > start]


def waits(cycles: Sequence[Cycle]) -> list[float]:
    """Return how long after its start each run had its first incident."""
    return [at - start for start, at in lives(cycles)]


def by_clock(cycles: Sequence[Cycle]) -> Test:
    """Tell whether the incidents fall on the same times of a clock, or of one put on by an hour."""
    times = [cycle.at for cycle in cycles]
    if len({time // CLOCK_PERIODS_S[-1] for time in times}) <= MIN_GAPS:
        return Test(False, "its times lie too close together to follow a clock")
    best = (1.0, CLOCK_PERIODS_S[0])
    for period in CLOCK_PERIODS_S:
        for moved in (times, *_on_the_wall(times, period)):
            width, count = _arc(moved, period)
            rounds = len({(time - moved[0] + period / 2) // period for time in moved})
            is_near = width <= 2 * CLOCK_TOLERANCE_S and rounds > MIN_GAPS
            if is_near and _is_no_chance(moved is times, width / period, count, len(times)):
                return _clock_found(cycles, moved, (period, width, count), moved is not times)
            if moved is times and width / period < best[0]:
                best = (width / period, period)
    return Test(
        False,
        f"most of its times fill {best[0]:.0%} of the circle of {span(best[1])}, "
        f"the best of {len(CLOCK_PERIODS_S)} clock rhythms tried",
    )


def by_clock_of_few(cycles: Sequence[Cycle]) -> Test:
    """
    Tell whether incidents too few for a rhythm fall on the same seconds of different days.

    Their gaps would prove nothing; that each ends a life of another length at one time of day does.
    """
    period = CLOCK_PERIODS_S[0]
    times = [cycle.at for cycle in cycles]
    known = waits(cycles)
    if len(times) < FEWEST_TIMES or len(known) < 2:
        return Test(False, "too few times")
    phases = [(time - times[0] + period / 2) % period - period / 2 for time in times]
    width = max(phases) - min(phases)
    days = {round((time - times[0]) / period) for time in times}
    uneven = max(known) - min(known)
    if width > CLOCK_STEP_S or len(days) < len(times) or uneven < UNEVEN_LIVES_S:
        return Test(False, "its times of day differ")
    why = (
        f"{len(times)} times within {span(width)} of the same time of day, after lives of "
        f"{span(min(known))} to {span(max(known))}"
    )
    chance = len(times) * (CLOCK_STEP_S / period) ** (len(times) - 1)
    return Test(True, why, period, spread_of(phases), times[-1] + period, chance)


def _is_no_chance(is_plain: bool, share: float, count: int, total: int) -> bool:
    """Tell whether chance is no explanation for *count* of *total* times on *share* of a circle.

    All arcs, choices of times, rhythms, and places where the clock may have moved are paid for.
    """
    tries = len(CLOCK_PERIODS_S) * (1 if is_plain else 2 * total)
    if share <= 0:
        return True
    ways = log(tries * total) + log_ways(total - 1, count - 1)
    return ways + (count - 1) * log(share) <= log(SIGNIFICANT_P)


def _on_the_wall(times: Sequence[float], period: float) -> list[Sequence[float]]:
    """Return *times* as a clock shows them that is put on or back between two of them."""
    if period not in SUMMER_TIME_PERIODS_S:
        return []
    ways: list[Sequence[float]] = []
    for place, (earlier, later) in enumerate(pairwise(times), start=1):
        for shift in (SUMMER_TIME_S, -SUMMER_TIME_S):
            off = (later + shift - earlier + period / 2) % period - period / 2
            if abs(off) <= 2 * CLOCK_TOLERANCE_S and len(ways) < MOST_CHANGES:
                ways.append([*times[:place], *(time + shift for time in times[place:])])
    return ways


def _arc(times: Sequence[float], period: float) -> tuple[float, int]:
    """Return the shortest arc of a circle of *period* s that holds most *times*, and how many."""
    phases = sorted(time % period for time in times)
    around = phases + [phase + period for phase in phases]
    most = end = 0
    for begin in range(len(phases)):
        while end - begin < len(phases) and around[end] - around[begin] <= 2 * CLOCK_TOLERANCE_S:
            end += 1
        most = max(most, end - begin)
    count = max(most, ceil(CLOCK_SHARE * len(times)), 2)
    return min(around[n + count - 1] - around[n] for n in range(len(times))), count


def _clock_found(
    cycles: Sequence[Cycle], moved: Sequence[float], arc: tuple[float, float, int], summer: bool
) -> Test:
    period, width, count = arc
    phases = [(time - moved[0] + period / 2) % period - period / 2 for time in moved]
    known = waits(cycles)
    if len(known) >= MIN_GAPS and not summer:
        drifts = spread_of(phases)
        if drifts > max(CLOCK_STEP_S, WANDERS * spread_of(known)):
            why = (
                f"its time in every {span(period)} wanders by {span(drifts)}, the time since the "
                f"start by {span(spread_of(known))} only"
            )
            return Test(False, why)
    of_all = "always" if count == len(cycles) else f"{count} of {len(cycles)} times"
    wall = ", on a clock that was put on or back by an hour" if summer else ""
    why = f"{of_all} within {span(width)} of the same time in every {span(period)}{wall}"
    return Test(True, why, period, spread_of(phases))


def by_load(
    cycles: Sequence[Cycle], events_between: EventsBetween | None, until: float | None = None
) -> Test:
    """
    Tell whether the number of events before each incident varies less than the time does.

    Both are counted from the start of each run, or from the incident before where starts are not
    known. *until* is the end of the log, in epoch seconds.
    """
    if events_between is None:
        return Test(False, "the log counts no healthy events")
    spans = lives(cycles)
    if len(spans) < MIN_GAPS:
        spans = [(one.at, other.at) for one, other in pairwise(cycles) if other.at > one.at]
    counted = [(events_between(*life), life) for life in spans]
    counts = [count for count, _ in counted if count >= 1]
    if len(counts) < MIN_GAPS:
        return Test(False, "too few healthy events between the incidents")
    sample = sample_of(counts)
    time = sample_of([end - start for count, (start, end) in counted if count >= 1])
    share, by_time = sample.spread / sample.period, time.spread / time.period
    why = (
        f"events per cycle spread by {share:.1%} ({min(counts):.0f} to {max(counts):.0f}), "
        f"time by {by_time:.1%} ({span(min(time.gaps))} to {span(max(time.gaps))})"
    )
    holds = sample.chance <= SIGNIFICANT_P and share < LOAD_ADVANTAGE * by_time
    due = _due_by_load(cycles, sample, events_between, until)
    return Test(holds, why, due=due, chance=sample.chance)


def _due_by_load(
    cycles: Sequence[Cycle], counts: Sample, events_between: EventsBetween, until: float | None
) -> float | None:
    """Return when the usual number of events will have come, at the mean rate of the log."""
    first, last = cycles[0].at, cycles[-1].at
    events = events_between(first, last)
    if events <= 0 or last <= first:
        return None
    begins = cycles[-1].next_start or last
    reached = max(begins, until or begins)
    missing = counts.period - events_between(begins, reached)
    if missing <= 0:
        return begins + (reached - begins) * counts.period / (counts.period - missing)
    return reached + missing * (last - first) / events


def by_uptime(cycles: Sequence[Cycle], gaps: Sample) -> Test:
    """Tell whether the time since the run's start varies as little as the gaps do, or less."""
    known = waits(cycles)
    if len(known) < MIN_GAPS:
        return Test(False, f"the start of the run is known for {len(known)} incidents only")
    sample = sample_of(known)
    wait, spread = median(sample.single), spread_of(sample.single)
    why = f"the first failure comes {span(wait)} +-{span(spread)} after each start"
    downs = [c.next_start - c.at for c in cycles if c.next_start and c.next_start >= c.at]
    pause = median(downs) if downs else 0.0
    if wait < pause:
        return Test(False, f"{why}, but the next start takes {span(pause)}")
    steady = sample.is_regular or (gaps.is_regular and spread <= 2 * gaps.spread)
    if not steady or wait <= gaps.spread * gaps.is_regular:
        return Test(False, f"{why}: too uneven for a fixed time")
    last = cycles[-1]
    due = last.next_start + wait if last.next_start is not None else last.at + pause + wait
    why = f"{why}: something accumulates, or is timed from the start"
    if gaps.is_regular and not _is_restarted_between(cycles):
        return Test(True, why, gaps.period, gaps.spread, due)
    return Test(True, why, wait + pause, spread, due)


def _is_restarted_between(cycles: Sequence[Cycle]) -> bool:
    """Tell whether a run that failed is not the one that followed the failure before."""
    return any(
        earlier.next_start is not None
        and later.run_start is not None
        and later.run_start - earlier.next_start > SAME_START_S
        for earlier, later in pairwise(cycles)
    )
