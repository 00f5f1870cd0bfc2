"""Steady failures are in as many parts of a log as chance puts them; few reports tell nothing."""

from math import comb
from random import Random

import pytest

from logcascade.model.records import LoadCounts
from logcascade.model.traffic import Traffic
from logcascade.timeline.background import find_steady
from logcascade.timeline.rates import Event, Jump
from logcascade.timeline.steadiness import (
    BY_CHANCE,
    SPANS,
    STEADY_LEAST,
    Measure,
    follows_traffic,
    measures,
    spans_by_chance,
    spread,
)
from tests.support import at, make_burst

HOUR_S = 3600.0
DAY_S = 86_400.0
NOON_S = at(0).timestamp()
NONE = Traffic(())


def poisson(per_hour: float, begin: float, end: float, seed: int) -> list[float]:
    """Return the seconds of independent reports at a constant rate."""
    random = Random(seed)
    found = []
    second = begin + random.expovariate(per_hour / HOUR_S)
    while second < end:
        found.append(second)
        second += random.expovariate(per_hour / HOUR_S)
    return found


def is_steady(seconds: list[float], traffic: Traffic = NONE) -> bool:
    """Say whether reports at *seconds* of the day that begins at noon are called steady."""
    bursts = [make_burst("lock", second) for second in sorted(seconds)]
    return find_steady(bursts, NOON_S, NOON_S + DAY_S, traffic) is not None


def day_of_traffic(per_hour: list[int], busy: dict[int, int] | None = None) -> Traffic:
    """Return healthy events of the day that begins at noon, by its hours and busy seconds."""
    first = int(NOON_S // HOUR_S)
    hours = {first + number: count for number, count in enumerate(per_hour) if count}
    seconds = {int(NOON_S) + second: count for second, count in (busy or {}).items()}
    return Traffic((LoadCounts(sum(per_hour), hours=hours, busy_seconds=seconds),))


@pytest.mark.parametrize("count", range(1, 30))
def test_the_spans_that_chance_leaves_held_are_those_of_the_occupancy_problem(count):
    """Inclusion and exclusion is the other exact way to count the occupied cells."""

    def held(exactly: int) -> float:
        ways = sum(
            (-1) ** k * comb(exactly, k) * ((exactly - k) / SPANS) ** count
            for k in range(exactly + 1)
        )
        return comb(SPANS, exactly) * ways

    least = spans_by_chance(count, SPANS, BY_CHANCE)
    assert sum(held(k) for k in range(least)) <= BY_CHANCE
    assert sum(held(k) for k in range(least + 1)) > BY_CHANCE


def test_the_least_count_is_where_chance_seldom_leaves_half_of_the_log_empty():
    def half_is_empty(count: int) -> float:
        return (count + 1) / 2**count

    assert half_is_empty(STEADY_LEAST) < 0.05 < half_is_empty(STEADY_LEAST - 1)


@pytest.mark.parametrize("per_hour", [0.5, 1, 8])
def test_independent_reports_at_a_constant_rate_are_steady_in_19_of_20_logs(per_hour):
    logs = [poisson(per_hour, 0, DAY_S, seed) for seed in range(200)]
    told = [is_steady(seconds) for seconds in logs if len(seconds) >= STEADY_LEAST]
    assert sum(told) >= 0.95 * len(told)


@pytest.mark.parametrize("count", range(1, STEADY_LEAST))
def test_too_few_reports_are_never_called_steady_however_even_they_are(count):
    assert not is_steady([(number + 0.5) * DAY_S / count for number in range(count)])


@pytest.mark.parametrize("seed", range(20))
def test_a_failure_that_begins_half_way_is_not_steady(seed):
    assert not is_steady(poisson(2, DAY_S / 2, DAY_S, seed))


def test_two_outages_with_reports_in_a_row_are_not_steady():
    outages = [begin + 40.0 * number for begin in (20_000, 60_000) for number in range(10)]
    assert not is_steady(outages)


def test_what_fails_with_a_part_of_the_requests_rests_when_they_do():
    """Half of the day nobody asks for anything: by time it is not steady, by traffic it is."""
    awake = poisson(4, 0, DAY_S / 2, 1)
    assert not is_steady(awake)
    assert is_steady(awake, day_of_traffic([100] * 12 + [0] * 12))


def test_a_failure_that_begins_half_way_is_not_steady_where_the_traffic_goes_on():
    late = poisson(4, DAY_S / 2, DAY_S, 1)
    assert not is_steady(late, day_of_traffic([100] * 24))


def test_what_comes_with_each_start_is_not_steady_by_the_traffic_that_starts_bring():
    """Five of ten parts are few for ten reports: by the second measure that is tried, too few."""
    starts = [0.02, 0.03, 0.04, 0.12, 0.13, 0.14, 0.35, 0.36, 0.37, 0.46]
    busy = day_of_traffic([100] * 12 + [0] * 12)
    assert not is_steady([place * DAY_S for place in starts], busy)


def test_a_few_healthy_events_measure_no_log():
    def names(traffic: Traffic) -> list[str]:
        return [measure.of for measure in measures(0, DAY_S, traffic)]

    assert names(day_of_traffic([4] * 24)) == ["log"]
    assert names(day_of_traffic([5] * 24)) == ["log", "traffic"]


def by_traffic(begin: float, end: float, traffic: Traffic) -> Measure:
    return measures(begin, end, traffic)[1]


def test_a_clock_of_the_traffic_stands_still_while_nothing_arrives():
    clock = by_traffic(NOON_S, NOON_S + DAY_S, day_of_traffic([100, 0, 0, 300])).clock
    shares = [clock(NOON_S + hours * HOUR_S) for hours in (-1, 0, 0.5, 1, 2.9, 3.5, 4, 30)]
    assert shares == pytest.approx([0, 0, 0.125, 0.25, 0.25, 0.625, 1, 1])


def test_hours_that_the_log_shows_a_part_of_are_measured_by_that_part():
    begin = NOON_S + HOUR_S / 2
    clock = by_traffic(begin, begin + HOUR_S, day_of_traffic([100, 100])).clock
    assert clock(begin + HOUR_S / 4) == pytest.approx(0.25)


def test_spans_within_a_jump_are_asked_for_nothing():
    jump = Jump(0.3 * DAY_S, 0.6 * DAY_S, 9, 1)
    lies = spread([0.05 * DAY_S, 0.95 * DAY_S], [jump], measures(0, DAY_S, NONE)[0])
    assert (lies.held, lies.spans) == (2, 7)


def test_failures_of_what_arrives_all_at_once_are_no_jump():
    """After an outage what waited comes in a second, and one in twenty fails as always."""
    usual = [Event(NOON_S + second, NOON_S + second, 1) for second in poisson(5, 0, DAY_S, 3)]
    backlog = Event(NOON_S + 40_000, NOON_S + 40_001, 6)
    jump = Jump(backlog.start, backlog.end, 900, 5)
    steady_traffic = [100] * 24
    waited = day_of_traffic(steady_traffic, {40_000: 110})
    assert follows_traffic(jump, [*usual, backlog], waited)
    assert not follows_traffic(jump, [*usual, backlog], day_of_traffic(steady_traffic, {5: 9}))
    assert not follows_traffic(jump, [*usual, backlog], NONE)
