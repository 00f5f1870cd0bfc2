import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise, permutations
from math import factorial

import pytest

from logcascade.model.bursts import Burst
from logcascade.model.trends import chance_of_rise, theil_sen
from logcascade.timeline.bursts import MAX_READINGS, BurstCollector
from logcascade.timeline.growth import find_growth
from tests.support import at, make_burst, make_detection, make_rule, rules_of

RULES = rules_of(
    make_rule("leak", units={"open": "count", "limit": "count"}),
    make_rule("retry", units={"tries": "attempts", "wait": "seconds"}),
)


def reading(value: float, run: int, hours: float, name: str = "open", rule: str = "leak") -> Burst:
    seconds = hours * 3600
    points = {name: ((at(seconds).timestamp(), value),)}
    return make_burst(rule, seconds, run=f"r{run}", readings=points)


def runs_of(*runs: Sequence[float], hours: float = 0.25) -> list[Burst]:
    """Each run's values, a quarter of an hour apart; a run begins where the last has ended."""
    bursts, now = [], 0.0
    for number, values in enumerate(runs):
        for value in values:
            bursts.append(reading(value, number, now))
            now += hours
    return bursts


def test_what_rises_in_each_run_and_resets_is_named_with_its_slope() -> None:
    (growth,) = find_growth(runs_of(*[[0, 5, 10, 15, 20]] * 4), RULES)["bot"]
    assert (growth.rule, growth.value, growth.first, growth.last) == ("leak", "open", 0, 20)
    assert growth.per_hour == pytest.approx(20)
    assert (growth.runs, growth.of_runs, growth.readings) == (4, 4, 20)
    assert growth.resets
    assert not growth.levels_off


def test_what_goes_on_rising_across_restarts_does_not_reset() -> None:
    (growth,) = find_growth(runs_of([0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]), RULES)["bot"]
    assert not growth.resets


def test_what_fills_up_levels_off_and_reaches_no_limit() -> None:
    values = [10, 20, 30, 40, 50, 60, 64, 64, 64, 64, 64, 64]
    limits = [reading(100, 0, 9, name="limit")]
    (growth,) = find_growth([*runs_of(values, values), *limits], RULES)["bot"]
    assert growth.levels_off
    assert growth.limit == 100
    assert growth.reaches_limit_h is None


def test_a_limit_that_the_log_names_says_when_it_is_reached() -> None:
    limits = [reading(100, 3, 9, name="limit")]
    (growth,) = find_growth([*runs_of(*[[0, 5, 10, 15, 20]] * 4), *limits], RULES)["bot"]
    assert growth.reaches_limit_h == pytest.approx(4)


@pytest.mark.parametrize(
    "runs", [[[1, 2, 3, 4]], [[1, 2, 3, 4, 5]], [[1, 2], [1, 2], [1, 2], [1, 2]]]
)
def test_few_readings_support_no_claim(runs: list[list[float]]) -> None:
    assert find_growth(runs_of(*runs), RULES) == {}


def test_one_run_is_believed_only_where_chance_is_out_of_the_question() -> None:
    assert find_growth(runs_of(list(range(12))), RULES)["bot"]


def test_what_counts_its_own_tries_is_no_growth_nor_is_the_wait_beside_it() -> None:
    bursts = [
        reading(2.0**n, run, run * 10 + n, name, "retry")
        for run in range(4)
        for n in range(6)
        for name in ("tries", "wait")
    ]
    assert find_growth(bursts, RULES) == {}


def test_random_values_are_called_growth_in_at_most_one_of_a_hundred_logs() -> None:
    claims = 0
    for seed in range(1000):
        draw = random.Random(seed)
        runs = [[draw.randint(0, 9) for _ in range(8)] for _ in range(draw.randint(1, 6))]
        claims += bool(find_growth(runs_of(*runs), RULES))
    assert claims <= 10


def test_the_order_of_bursts_changes_nothing() -> None:
    bursts = runs_of(*[[0, 5, 10, 15, 21]] * 4)
    assert find_growth(bursts[::-1], RULES) == find_growth(bursts, RULES)


def test_the_exact_chance_is_that_of_all_orders() -> None:
    values = (1.0, 2.0, 4.0, 3.0, 5.0)
    score = 8  # one of ten pairs falls
    better = sum(
        sum((b > a) - (b < a) for n, a in enumerate(order) for b in order[n + 1 :]) >= score
        for order in permutations(values)
    )
    assert chance_of_rise([values]) == pytest.approx(better / factorial(5))


@pytest.mark.parametrize("ties", [False, True])
def test_the_chance_of_longer_runs_is_that_of_a_simulation(ties: bool) -> None:
    draw = random.Random(5)
    levels = 4 if ties else 10_000
    below = 0
    for _ in range(2000):
        runs = [[float(draw.randrange(levels)) for _ in range(12)] for _ in range(2)]
        below += chance_of_rise(runs) <= 0.05
    assert 0.03 <= below / 2000 <= 0.065


def test_one_wild_reading_does_not_move_the_slope() -> None:
    points = [(float(n), 2.0 * n) for n in range(9)]
    points[4] = (4.0, 1e9)
    assert theil_sen(points) == pytest.approx(2.0)


def test_a_long_burst_keeps_evenly_thinned_readings() -> None:
    collector = BurstCollector("bot")
    for number in range(1000):
        detection = make_detection("flood", float(number), line=number)
        collector.add(replace(detection, values={"open": float(number)}))
    (burst,) = collector.bursts()
    points = burst.readings["open"]
    assert MAX_READINGS / 2 <= len(points) <= MAX_READINGS
    steps = {later[1] - earlier[1] for earlier, later in pairwise(points)}
    assert len(steps) == 1
    assert points[0][1] == 0
    assert points[-1][1] >= 1000 - 2 * steps.pop()


def memory_of(*lasts: float) -> list[Burst]:
    """Runs r0, r1, ... in each of which memory rises from 100 to its last reading."""
    bursts = runs_of(*[[100, (100 + last) / 2, last] for last in lasts])
    return [
        replace(burst, first=make_detection("memory"), readings={"size": burst.readings["open"]})
        for burst in bursts
    ]


MEMORY = rules_of(make_rule("memory", units={"size": "megabytes"}))


def test_the_size_at_which_runs_were_killed_is_told_where_it_is_the_same() -> None:
    bursts = memory_of(200, 204, 196, 200)
    (growth,) = find_growth(bursts, MEMORY, {"r0", "r1", "r2", "r3"})["bot"]
    assert (growth.unit, growth.killed_at) == ("bytes", 200)
    (growth,) = find_growth(memory_of(200, 204, 196, 400), MEMORY, {"r0", "r1", "r2", "r3"})["bot"]
    assert growth.killed_at is None


def test_runs_that_were_not_killed_show_no_such_size() -> None:
    bursts = memory_of(200, 204, 196, 200)
    for killed in (set(), {"r1"}):
        (growth,) = find_growth(bursts, MEMORY, killed)["bot"]
        assert growth.killed_at is None


def test_what_is_no_memory_is_not_what_a_run_was_killed_for() -> None:
    (growth,) = find_growth(runs_of(*[[0, 5, 10]] * 4), RULES, {"r0", "r1", "r2", "r3"})["bot"]
    assert growth.killed_at is None
