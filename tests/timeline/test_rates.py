"""Rates against the rest of the log: few reports claim little, a jump begins where it begins."""

from math import comb
from random import Random

import pytest

from logcascade.timeline.rates import Event, Jump, chance_of_more, find_jumps

DAY_S = 86_400.0


def reports(per_hour: float, begin: float, end: float, seed: int) -> list[Event]:
    """Return independent reports at a constant rate."""
    random = Random(seed)
    events = []
    at = begin + random.expovariate(per_hour / 3600)
    while at < end:
        events.append(Event(at, at, 1))
        at += random.expovariate(per_hour / 3600)
    return events


def jumps_of(*parts: list[Event]) -> list[Jump]:
    events = sorted((event for part in parts for event in part), key=lambda event: event.start)
    return find_jumps(events, 0.0, DAY_S)


@pytest.mark.parametrize(
    ("count", "others", "share"), [(3, 0, 0.5), (2, 2, 0.5), (7, 30, 0.1), (60, 40, 0.3)]
)
def test_the_chance_is_the_tail_of_the_binomial(count, others, share):
    total = count + others
    tail = sum(
        comb(total, k) * share**k * (1 - share) ** (total - k) for k in range(count, total + 1)
    )
    assert chance_of_more(count, share, others, 1 - share) == pytest.approx(tail, rel=1e-9)


@pytest.mark.parametrize("seed", range(40))
def test_a_constant_rate_has_no_jump(seed):
    assert jumps_of(reports(5, 0, DAY_S, seed)) == []


@pytest.mark.parametrize("seed", range(10))
def test_an_hour_of_forty_times_the_rate_is_found_where_it_is(seed):
    (jump,) = jumps_of(reports(5, 0, DAY_S, seed), reports(200, 50_000, 53_600, seed + 100))
    assert 49_900 < jump.begin < 50_200
    assert 53_400 < jump.end < 53_900
    assert 25 < jump.times < 60


@pytest.mark.parametrize("seed", range(10))
def test_a_rate_that_stays_high_is_one_jump_from_its_onset_on(seed):
    (jump,) = jumps_of(reports(5, 0, 30_000, seed), reports(200, 30_000, DAY_S, seed + 100))
    assert 29_900 < jump.begin < 30_200


def test_three_reports_in_a_minute_are_too_few_for_a_jump():
    usual = reports(5, 0, DAY_S, 1)
    assert jumps_of(usual, [Event(40_000.0 + 20 * n, 40_000.0 + 20 * n, 1) for n in range(3)]) == []


def test_a_failure_that_comes_only_once_has_no_usual_rate():
    assert jumps_of(reports(200, 50_000, 53_600, 1)) == []


def test_many_reports_in_usual_bursts_are_no_jump():
    assert jumps_of([Event(900.0 * n, 900.0 * n + 30, 40) for n in range(96)]) == []


def test_one_burst_many_times_the_usual_size_is_a_jump():
    usual = [Event(900.0 * n, 900.0 * n + 3, 2) for n in range(96)]
    usual[50] = Event(45_000.0, 45_030.0, 600)
    (jump,) = find_jumps(usual, 0.0, DAY_S)
    assert jump.begin == 45_000.0


@pytest.mark.parametrize("per_hour", [2, 6])
def test_two_hours_of_eight_times_the_rate_are_an_onset_in_19_of_20_logs(per_hour):
    found = 0
    for seed in range(60):
        more = reports(per_hour * 7, 40_000, 47_200, seed + 1000)
        jumps = jumps_of(reports(per_hour, 0, DAY_S, seed), more)
        found += any(jump.begin < 47_200 and jump.end > 40_000 for jump in jumps)
    assert found >= 57
