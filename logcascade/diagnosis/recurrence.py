"""
How regularly a cascade comes back, and what sets its rhythm.

A claim is tested against restarts at random (Poisson) times and against its rivals; what is
rejected is kept with its numbers.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from statistics import median

from logcascade.diagnosis.back_off import by_back_off
from logcascade.diagnosis.drivers import (
    Cycle,
    EventsBetween,
    Test,
    by_clock,
    by_clock_of_few,
    by_load,
    by_uptime,
    waits,
)
from logcascade.diagnosis.regularity import MIN_GAPS, Sample, sample_of
from logcascade.diagnosis.rushes import Arrivals, by_rush
from logcascade.diagnosis.words import span
from logcascade.model.figures import probability
from logcascade.model.recurrence import Driver, Recurrence, RivalDriver

Parts = tuple[float | None, float | None, float | None, float | None]


def measure(
    cycles: Sequence[Cycle],
    events_between: EventsBetween | None,
    holes: Sequence[tuple[float, float]] = (),
    until: float | None = None,
    arrivals: Arrivals | None = None,
) -> Recurrence:
    """
    Return the recurrence of a cascade.

    Args:
        cycles: Its incidents by time; may be empty.
        events_between: Healthy events between two epoch seconds, or None where none are logged.
        holes: Spans of epoch seconds in which no source has a line: what happened there is not
            known, so a gap across one says nothing for a rhythm and nothing against it.
        until: Epoch seconds of the log's end, where known.
        arrivals: Healthy events by the second, where the log has them.
    """
    pairs = [(one.at, other.at) for one, other in pairwise(cycles) if other.at > one.at]
    gaps = [later - earlier for earlier, later in pairs if not _crosses(earlier, later, holes)]
    across = [later - earlier for earlier, later in pairs if _crosses(earlier, later, holes)]
    parts = _parts(cycles)
    if len(gaps) < MIN_GAPS:
        return _of_few(cycles, len(gaps), parts, bool(across))
    sample = sample_of(gaps)
    tests = {
        Driver.BACK_OFF: by_back_off(cycles, gaps),
        Driver.CLOCK: by_clock(cycles),
        Driver.LOAD: by_load(cycles, events_between, until),
        Driver.UPTIME: by_uptime(cycles, sample),
    }
    driver = next((each for each, test in tests.items() if test.holds), Driver.IRREGULAR)
    chance = _chance(cycles, sample, driver, tests)
    rivals = tuple(
        RivalDriver(each, test.why)
        for each, test in tests.items()
        if not test.holds and (each is not Driver.BACK_OFF or test.is_near)
    )
    p_value = float(f"{chance:.3g}")
    if driver is Driver.IRREGULAR and not sample.is_regular:
        because = (
            f"the {len(gaps)} gaps lie between {span(min(gaps))} and {span(max(gaps))}; "
            f"random ones look as alike with probability {probability(chance)}"
        )
        rush = by_rush(cycles, arrivals)
        if rush.holds and rush.chance is not None:
            driver, because, p_value = Driver.LOAD, rush.why, float(f"{rush.chance:.3g}")
            rivals = tuple(each for each in rivals if each.driver is not Driver.LOAD)
        because = "; ".join([because, *_hidden(across, None)])
        return Recurrence(driver, because, None, None, len(gaps), p_value, *parts, None, rivals)
    test = tests.get(driver) or Test(
        True, "the gaps are alike, but neither uptime, the clock nor the load explains them"
    )
    period, spread = _period(sample, test, driver)
    due = test.due
    if driver is Driver.CLOCK and period is not None:
        due = cycles[-1].at + period
    return Recurrence(
        driver,
        "; ".join([test.why, *_folded(sample, driver), *_hidden(across, period)]),
        None if period is None else round(period, 3),
        None if spread is None else round(spread, 3),
        len(gaps),
        p_value,
        *parts,
        None if due is None else datetime.fromtimestamp(due, UTC),
        rivals,
    )


def _of_few(cycles: Sequence[Cycle], gaps: int, parts: Parts, is_holed: bool) -> Recurrence:
    """Return the recurrence of incidents too few for a rhythm: only a clock can be seen."""
    test = by_clock_of_few(cycles)
    if test.holds and test.period_s and test.spread_s is not None and test.chance and test.due:
        return Recurrence(
            Driver.CLOCK,
            test.why,
            test.period_s,
            round(test.spread_s, 3),
            gaps,
            float(f"{test.chance:.3g}"),
            *parts,
            datetime.fromtimestamp(test.due, UTC),
            _rivals_of_few(cycles),
        )
    because = _too_few(gaps, len(cycles))
    if is_holed:
        because += "; what lies across a hole in the log is not counted"
    return Recurrence(Driver.TOO_FEW, because, None, None, gaps, None, *parts, None)


def _rivals_of_few(cycles: Sequence[Cycle]) -> tuple[RivalDriver, ...]:
    """Return what else could have set so few times, and why it did not."""
    lasted = waits(cycles)
    uneven = f"the lives before them lasted from {span(min(lasted))} to {span(max(lasted))}"
    return (
        RivalDriver(Driver.LOAD, "too few to compare the events before them"),
        RivalDriver(Driver.UPTIME, uneven),
    )


def _crosses(start: float, end: float, holes: Sequence[tuple[float, float]]) -> bool:
    return any(begin < end and start < until for begin, until in holes)


def _chance(
    cycles: Sequence[Cycle], gaps: Sample, driver: Driver, tests: Mapping[Driver, Test]
) -> float:
    """Return the chance of what shows the rhythm; two samples were looked at where it is uptime."""
    test = tests.get(driver)
    if test is not None and test.chance is not None:
        return test.chance
    if driver is not Driver.UPTIME or gaps.is_regular:
        return gaps.chance
    return min(1.0, 2 * sample_of(waits(cycles)).chance)


def _period(sample: Sample, test: Test, driver: Driver) -> tuple[float | None, float | None]:
    """
    Return the period and its spread: of the gaps, or of the lives where gaps are uneven.

    A planned restart makes a gap longer and leaves the time from a start to a failure as it is: by
    uptime, the sum of the medians of wait and pause is the period then.
    """
    from_test = driver in {Driver.BACK_OFF, Driver.UPTIME}
    if not from_test and (sample.is_regular or test.period_s is None):
        return sample.period, sample.spread
    return test.period_s, test.spread_s


def _folded(sample: Sample, driver: Driver) -> list[str]:
    """Say that starts are missing, or others were put in."""
    if driver is Driver.BACK_OFF:
        return []
    notes = []
    if sample.folded:
        notes.append(f"{len(sample.folded)} gaps are several periods long")
    if sample.odd:
        notes.append(f"{sample.odd} fit no multiple of it")
    return notes


def _hidden(across: Sequence[float], period: float | None) -> list[str]:
    """Say what the holes in the log leave open, *across* being the gaps over them."""
    if not across:
        return []
    gaps = f"{len(across)} gap{'s' if len(across) > 1 else ''} across a hole in the log"
    missing = sum(round(gap / period) - 1 for gap in across) if period else 0
    if missing <= 0:
        return [f"{gaps} not counted"]
    return [f"{gaps} not counted: {missing} more would fit there"]


def _too_few(gaps: int, count: int) -> str:
    if gaps == 0 and count > 1:
        return f"{count} times, but the log does not tell the time between them"
    if gaps == 0:
        return "it happened once: nothing can be said of a rhythm"
    return f"{gaps} gap{'s' if gaps > 1 else ''}: at least {MIN_GAPS} are needed for a claim"


def _parts(cycles: Sequence[Cycle]) -> Parts:
    """
    Return the medians of uptime, time to first failure, length of the cascade, time down.

    The first two are of the same runs, where some are known from start to end: no time to a
    failure is longer than the life it stands in.
    """
    uptimes, waited = _lives_of_ended(cycles)
    lengths = [(c.run_end if c.run_end and c.run_end > c.end else c.end) - c.at for c in cycles]
    downs = [c.next_start - c.run_end for c in cycles if c.run_end and c.next_start]
    return _median(uptimes), _median(waited or waits(cycles)), _median(lengths), _median(downs)


def _lives_of_ended(cycles: Sequence[Cycle]) -> tuple[list[float], list[float]]:
    """Return of the runs known from start to end how long they lived, and how long in peace."""
    first: dict[str, float] = {}
    uptimes, waited = [], []
    for number, cycle in enumerate(cycles):
        began = first.setdefault(cycle.run or str(number), cycle.at)
        if cycle.run_start is not None and cycle.run_end is not None:
            uptime = max(cycle.run_end - cycle.run_start, 0.0)
            uptimes.append(uptime)
            waited.append(min(max(began - cycle.run_start, 0.0), uptime))
    return uptimes, waited


def _median(values: Sequence[float]) -> float | None:
    return round(median(values), 3) if values else None
