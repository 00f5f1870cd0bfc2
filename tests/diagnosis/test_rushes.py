"""Rushes that set a cascade off, on logs drawn at random with a day's ups and downs."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from math import pi, sin

from logcascade.diagnosis.drivers import Cycle
from logcascade.diagnosis.recurrence import measure
from logcascade.diagnosis.rushes import Arrivals, by_rush
from logcascade.model.records import LoadCounts
from logcascade.model.recurrence import Driver
from logcascade.model.traffic import Traffic

LOGS = 100
BEGIN = 1_000_000_000
DAY_S = 86400
Drawn = tuple[Sequence[Cycle], Arrivals]


def cycle(at: float) -> Cycle:
    return Cycle(at, None, at + 2, at + 2, at + 6, f"run at {at}")


def arrivals(seconds: Counter[int]) -> Arrivals:
    return Arrivals.of(Traffic((LoadCounts(events=seconds.total(), busy_seconds=dict(seconds)),)))


def a_day_and_a_night(draw: random.Random, days: float) -> Counter[int]:
    """Healthy traffic: up to twenty times as much by day as by night."""
    phase, depth, per_s = draw.uniform(0, DAY_S), draw.uniform(0.3, 0.9), draw.uniform(0.01, 0.05)
    seconds: Counter[int] = Counter()
    for _ in range(int(days * DAY_S * per_s * (1 + depth))):
        at = draw.uniform(0, days * DAY_S)
        if draw.random() * (1 + depth) < 1 + depth * sin(2 * pi * (at - phase) / DAY_S):
            seconds[BEGIN + int(at)] += 1
    return seconds


def times(draw: random.Random, count: int, days: float) -> list[float]:
    return sorted(BEGIN + draw.uniform(3600, days * DAY_S - 3600) for _ in range(count))


def add_rush(draw: random.Random, seconds: Counter[int], at: float, events: int) -> None:
    seconds.update(int(at + draw.uniform(0, 40)) for _ in range(events))


def rushes(draw: random.Random) -> Drawn:
    """An advert brings many at once; the program dies a minute later, and again in its backlog."""
    days = draw.uniform(1, 5)
    seconds, cycles = a_day_and_a_night(draw, days), []
    for at in times(draw, draw.randint(6, 20), days):
        add_rush(draw, seconds, at, draw.randint(30, 150))
        died = at + draw.uniform(40, 120)
        for _ in range(draw.randint(1, 3)):
            cycles.append(cycle(died))
            died += draw.uniform(15, 40)
    for at in times(draw, 2, days):
        add_rush(draw, seconds, at, 60)
    return sorted(cycles, key=lambda each: each.at), arrivals(seconds)


def at_random(draw: random.Random) -> Drawn:
    """It dies at any time; what waited arrives after each start. There are rushes, elsewhere."""
    days = draw.uniform(1, 5)
    seconds = a_day_and_a_night(draw, days)
    cycles = [cycle(at) for at in times(draw, draw.randint(6, 20), days)]
    for each in cycles:
        add_rush(draw, seconds, each.at + 6, draw.randint(5, 60))
    for at in times(draw, draw.randint(0, 20), days):
        add_rush(draw, seconds, at, draw.randint(30, 150))
    return cycles, arrivals(seconds)


def found_in(draw: Callable[[random.Random], Drawn]) -> int:
    drawn = (draw(random.Random(f"{draw.__name__} {seed}")) for seed in range(LOGS))
    return sum(by_rush(*log).holds for log in drawn)


def test_what_rushes_set_off_is_found_in_nine_of_ten_logs() -> None:
    assert found_in(rushes) >= 0.9 * LOGS


def test_random_restarts_are_not_blamed_on_the_load_whatever_the_hours_of_the_day() -> None:
    assert found_in(at_random) <= 0.01 * LOGS


def test_a_rush_makes_load_the_driver_without_a_period() -> None:
    cycles, events = rushes(random.Random("one"))
    found = measure(cycles, None, arrivals=events)
    assert (found.driver, found.period_s, found.next_due) == (Driver.LOAD, None, None)
    assert "beginnings (median)" in found.because
    assert all(rival.driver is not Driver.LOAD for rival in found.rivals)
    alone = measure(cycles, None)
    assert alone.driver is Driver.IRREGULAR


def test_several_kills_in_three_rushes_are_three_beginnings_and_too_few() -> None:
    draw = random.Random("few")
    seconds, cycles = a_day_and_a_night(draw, 2), []
    for hour in (3, 20, 33):
        at = BEGIN + hour * 3600.0
        add_rush(draw, seconds, at - 60, 100)
        cycles += [cycle(at + 30 * number) for number in range(4)]
    assert not by_rush(cycles, arrivals(seconds)).holds


def test_a_log_without_healthy_events_is_never_blamed_on_them() -> None:
    cycles = [cycle(BEGIN + 10_000.0 * number**2) for number in range(9)]
    assert not by_rush(cycles, None).holds
    assert not by_rush(cycles, arrivals(Counter())).holds
