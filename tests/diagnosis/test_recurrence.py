import random

import pytest

from logcascade.diagnosis.drivers import Cycle
from logcascade.diagnosis.recurrence import measure
from logcascade.diagnosis.regularity import MIN_GAPS, chance_of_regularity
from logcascade.model.recurrence import Driver

PERIOD = 8400.0


def cycles_of(times: list[float], uptime: float | None = None) -> list[Cycle]:
    return [Cycle(t, None if uptime is None else t - uptime, t + 20, t + 20, t + 25) for t in times]


def uptime_driven(count: int = 12, seed: int = 1) -> list[Cycle]:
    """Each run fails some 140 minutes after its own start; errors add up."""
    draw = random.Random(seed)
    cycles, start = [], 1_000_000.0
    for _ in range(count):
        wait = draw.gauss(PERIOD, 120)
        at = start + wait
        cycles.append(Cycle(at, start, at + 100, at + 100, at + 105))
        start = at + 105
    return cycles


@pytest.mark.parametrize("seed", range(8))
def test_a_fixed_time_after_each_start_is_uptime_with_its_period(seed: int) -> None:
    found = measure(uptime_driven(seed=seed), None)
    assert found.driver is Driver.UPTIME
    assert found.period_s == pytest.approx(PERIOD + 105, rel=0.02)
    assert found.p_value is not None
    assert found.p_value < 0.001
    assert {rival.driver for rival in found.rivals} == {Driver.CLOCK, Driver.LOAD}


def test_the_same_time_of_day_is_the_clock_even_where_uptime_is_as_regular() -> None:
    times = [day * 86400.0 + 3 * 3600 + day % 3 for day in range(6)]
    found = measure(cycles_of(times, uptime=86390), None)
    assert found.driver is Driver.CLOCK


@pytest.mark.parametrize("seed", range(20))
def test_random_restarts_have_no_period(seed: int) -> None:
    draw = random.Random(seed)
    times, at = [], 0.0
    for _ in range(12):
        at += draw.expovariate(1 / PERIOD)
        times.append(at)
    found = measure(cycles_of(times), None)
    assert found.driver is Driver.IRREGULAR
    assert found.period_s is None


def test_one_gap_supports_no_claim() -> None:
    found = measure(cycles_of([0, PERIOD]), None)
    assert found.driver is Driver.TOO_FEW
    assert found.period_s is None
    assert str(MIN_GAPS) in found.because


def test_a_missing_start_is_folded_by_multiples() -> None:
    cycles = uptime_driven()
    del cycles[5]
    found = measure(cycles, None)
    assert found.period_s == pytest.approx(PERIOD + 105, rel=0.03)


def test_gaps_that_double_are_a_back_off() -> None:
    times = [0.0]
    for gap in (10, 20, 40, 80, 160):
        times.append(times[-1] + gap)
    assert measure(cycles_of(times), None).driver is Driver.BACK_OFF


def test_a_fixed_number_of_events_is_the_load() -> None:
    """Ten thousand updates between failures, at a rate that changes by the hour."""
    draw = random.Random(3)
    times = [0.0]
    for _ in range(10):
        times.append(times[-1] + draw.uniform(7000, 9800))
    cycles = cycles_of(times)
    found = measure(cycles, lambda start, end: 10_000.0 + (end - start) * 0.001)
    assert found.driver is Driver.LOAD


def test_the_chance_of_regularity_is_that_of_a_simulation() -> None:
    draw = random.Random(7)
    n, ratio, trials = 4, 3.0, 40_000
    hits = 0
    for _ in range(trials):
        gaps = [draw.expovariate(1.0) for _ in range(n)]
        hits += max(gaps) / min(gaps) <= ratio
    assert chance_of_regularity([1.0, 1.5, 2.0, ratio]) == pytest.approx(hits / trials, abs=0.01)


def test_leaving_gaps_out_costs_significance() -> None:
    gaps = [100.0, 101.0, 103.0, 99.0]
    assert chance_of_regularity(gaps, dropped=2) > chance_of_regularity(gaps)


def test_a_gap_across_a_hole_in_the_log_is_no_evidence() -> None:
    times = [0.0, PERIOD, 2 * PERIOD, 2.4 * PERIOD + 40_000, 3.4 * PERIOD + 40_000]
    hole = (2 * PERIOD + 100, 2.4 * PERIOD + 39_000)
    assert measure(cycles_of(times), None).gaps == 4
    found = measure(cycles_of(times), None, [hole])
    assert (found.gaps, found.period_s) == (3, PERIOD)


def test_three_in_the_morning_stays_three_when_the_clock_is_put_on() -> None:
    times = [day * 86400.0 + 3 * 3600 - (3600 if day >= 6 else 0) + day % 3 for day in range(12)]
    found = measure(cycles_of(times), None)
    assert found.driver is Driver.CLOCK
    assert "put on or back" in found.because


def test_a_crash_loop_of_seconds_does_not_follow_the_time_of_day() -> None:
    found = measure(cycles_of([30_000 + 2.5 * n for n in range(12)], uptime=1), None)
    assert found.driver is not Driver.CLOCK


def test_a_planned_restart_between_failures_leaves_the_period_as_it_is() -> None:
    cycles, start = [], 0.0
    for planned in (0, 0.3, 0, 0.6, 0, 0.8, 0, 0.5):
        start += planned * PERIOD
        cycles.append(Cycle(start + PERIOD, start, 0, start + PERIOD, start + PERIOD + 5))
        start += PERIOD + 5
    found = measure(cycles, None)
    assert (found.driver, found.period_s) == (Driver.UPTIME, PERIOD + 5)


def test_the_next_by_load_is_due_when_the_usual_number_of_events_has_come() -> None:
    draw = random.Random(3)
    times = [0.0]
    for _ in range(10):
        times.append(times[-1] + draw.uniform(7000, 9800))
    found = measure(cycles_of(times), lambda start, end: 10_000.0 + (end - start) * 0.001)
    assert found.next_due is not None
    assert found.next_due.timestamp() > times[-1]


@pytest.mark.parametrize("count", [2000, 6000])
def test_thousands_of_restarts_are_measured_too(count: int) -> None:
    draw = random.Random(1)
    times = [0.0]
    for _ in range(count):
        times.append(times[-1] + draw.expovariate(1 / PERIOD))
    assert measure(cycles_of(times, uptime=5), None).driver is not Driver.CLOCK


def nights(seconds: list[float], days: list[int], first_life: float = 19 * 3600) -> list[Cycle]:
    """Return a failure at three in the morning of each of *days*, some *seconds* late."""
    cycles, start = [], days[0] * 86400.0 + 3 * 3600 - first_life
    for day, late in zip(days, seconds, strict=True):
        at = day * 86400.0 + 3 * 3600 + late
        cycles.append(Cycle(at, start, at + 1, at + 1, at + 14, f"run at {start}"))
        start = at + 14
    return cycles


def test_three_nights_on_the_second_are_the_clock_even_with_one_night_missing() -> None:
    found = measure(nights([0.4, 1.2, 0.7], [1, 3, 4]), None)
    assert (found.driver, found.period_s, found.gaps) == (Driver.CLOCK, 86400.0, 2)
    assert found.p_value is not None
    assert found.p_value < 1e-6
    assert found.next_due is not None
    assert found.next_due.timestamp() == pytest.approx(5 * 86400 + 3 * 3600, abs=2)


def test_the_clock_of_three_nights_says_why_its_rivals_are_rejected() -> None:
    found = measure(nights([0.4, 1.2, 0.7], [1, 3, 4]), None)
    assert [rival.driver for rival in found.rivals] == [Driver.LOAD, Driver.UPTIME]
    assert found.rivals[1].because.startswith("the lives before them lasted from ")


def test_three_nights_within_minutes_are_too_few() -> None:
    assert measure(nights([0.4, 95.0, 31.0], [1, 3, 4]), None).driver is Driver.TOO_FEW


def test_three_nights_after_lives_of_a_day_each_may_be_uptime_and_are_too_few() -> None:
    found = measure(nights([0.4, 1.2, 0.7], [1, 2, 3], first_life=86400 - 14), None)
    assert found.driver is Driver.TOO_FEW


def test_two_nights_are_too_few() -> None:
    assert measure(nights([0.4, 0.6], [1, 2]), None).driver is Driver.TOO_FEW


def test_random_restarts_few_or_many_get_a_rhythm_in_one_log_of_a_hundred_at_most() -> None:
    """Of 500 logs with two to fifteen gaps: all drivers together, as the level of a test asks."""
    claims = []
    for seed in range(500):
        draw = random.Random(f"random {seed}")
        mean = draw.choice([600.0, 8400.0, 86400.0])
        cycles, start = [], draw.uniform(1e9, 1.1e9)
        for _ in range(draw.randint(3, 16)):
            at = start + draw.expovariate(1 / mean)
            cycles.append(Cycle(at, start, at, at, at + 5, f"run at {start}"))
            start = at + 5
        found = measure(cycles, lambda begin, end: 0.2 * (end - begin))
        if found.period_s is not None or found.driver is Driver.BACK_OFF:
            claims.append(found.because)
    assert len(claims) <= 5, claims


def test_gaps_across_a_hole_are_told_with_what_would_fit_there() -> None:
    times = [n * PERIOD for n in (0, 1, 2, 3, 7, 8, 9)]
    found = measure(cycles_of(times), None, [(3 * PERIOD + 100, 7 * PERIOD - 4000)])
    assert (found.period_s, found.gaps) == (PERIOD, 5)
    assert found.because.endswith(
        "1 gap across a hole in the log not counted: 3 more would fit there"
    )


def test_the_chance_of_a_rhythm_by_load_is_that_of_the_events() -> None:
    draw = random.Random(3)
    times = [0.0]
    for _ in range(4):
        times.append(times[-1] + draw.uniform(3000, 12800))
    found = measure(cycles_of(times), lambda start, end: 10_000.0 + (end - start) * 0.001)
    assert found.driver is Driver.LOAD
    assert found.p_value is not None
    assert found.p_value < 0.001


def test_several_times_without_a_time_between_are_not_called_one() -> None:
    cycles = [Cycle(5.0, None, 5.0, None, None) for _ in range(5)]
    assert measure(cycles, None).because == (
        "5 times, but the log does not tell the time between them"
    )
