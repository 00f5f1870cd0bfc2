"""What each supervisor does with a program that fails at its start, as its manual gives it."""

import random
from collections.abc import Callable, Iterator
from itertools import count, islice

import pytest

from logcascade.diagnosis.drivers import Cycle
from logcascade.diagnosis.recurrence import measure
from logcascade.model.recurrence import Driver


def crash_loop(pauses: Iterator[float], starts: int, life: float = 2.0) -> list[Cycle]:
    """Return *starts* of a program that fails *life* s after each, give or take a fifth."""
    draw = random.Random(4)
    cycles, start = [], 1_000_000.0
    for pause in islice(pauses, starts):
        end = start + life * draw.uniform(0.8, 1.2)
        cycles.append(Cycle(end - 0.1, start, end - 0.1, end, end + pause, f"run at {start}"))
        start = end + pause
    return cycles


def systemd() -> Iterator[float]:
    """``RestartSec=5``."""
    draw = random.Random(5)
    return (5.0 + draw.uniform(0.05, 0.3) for _ in count())


def supervisord() -> Iterator[float]:
    """A second, then one more for each start that failed."""
    return (1.0 + n for n in count())


def docker() -> Iterator[float]:
    """100 ms, doubled up to a minute."""
    return (min(0.1 * 2**n, 60.0) for n in count())


def kubernetes() -> Iterator[float]:
    """10 s, doubled up to five minutes."""
    return (min(10.0 * 2**n, 300.0) for n in count())


SUPERVISORS = [systemd, supervisord, docker, kubernetes]


@pytest.mark.parametrize("pauses", SUPERVISORS)
@pytest.mark.parametrize("starts", [4, 5, 8, 14])
@pytest.mark.parametrize("life", [0.2, 2.0, 7.0])
def test_a_start_that_fails_each_time_comes_as_often_as_the_supervisor_tries(
    pauses: Callable[[], Iterator[float]], starts: int, life: float
) -> None:
    assert measure(crash_loop(pauses(), starts, life), None).driver is Driver.BACK_OFF


@pytest.mark.parametrize("pauses", SUPERVISORS)
@pytest.mark.parametrize("starts", range(4))
def test_three_starts_that_failed_show_no_pace(
    pauses: Callable[[], Iterator[float]], starts: int
) -> None:
    assert measure(crash_loop(pauses(), starts), None).driver is Driver.TOO_FEW


def test_equal_pauses_have_a_period_and_pauses_that_grow_have_none() -> None:
    assert measure(crash_loop(systemd(), 5), None).period_s == pytest.approx(7.2, rel=0.05)
    for pauses in (supervisord, docker, kubernetes):
        assert measure(crash_loop(pauses(), 8), None).period_s is None


def test_the_run_that_worked_before_a_crash_loop_may_have_lived_for_days() -> None:
    first, *others = crash_loop(systemd(), 6)
    worked = Cycle(first.at, first.at - 90_000, first.end, first.run_end, first.next_start, "r0")
    assert measure([worked, *others], None).driver is Driver.BACK_OFF


@pytest.mark.parametrize("pauses", [supervisord, docker, kubernetes])
def test_a_supervisor_begins_with_its_shortest_pause_again_after_a_run_that_lived(
    pauses: Callable[[], Iterator[float]],
) -> None:
    first, second = crash_loop(pauses(), 8), crash_loop(pauses(), 8)
    lived = second[0].at - 1_000_000.0 + 20_000
    later = [
        Cycle(*(at + lived for at in (each.at, each.run_start or 0.0, each.end)),
              (each.run_end or 0.0) + lived, (each.next_start or 0.0) + lived, f"{each.run} again")
        for each in second
    ]  # fmt: skip
    begun = first[-1].next_start
    after = Cycle(later[0].at, begun, later[0].end, later[0].run_end, later[0].next_start, "lived")
    assert measure([*first, after, *later[1:]], None).driver is Driver.BACK_OFF


def test_a_supervisor_begins_again_after_a_run_that_ended_by_another_failure() -> None:
    first = crash_loop(docker(), 12)
    worked_s = 7_000.0  # the run after it, whose end is not among these cycles
    begun = first[-1].next_start + worked_s
    again = [
        Cycle(
            each.at - first[0].run_start + begun,
            begun + each.run_start - first[0].run_start,
            each.at - first[0].run_start + begun,
            begun + each.run_end - first[0].run_start,
            begun + each.next_start - first[0].run_start,
            f"again {each.run}",
        )
        for each in crash_loop(docker(), 12)
    ]
    assert measure([*first, *again], None).driver is Driver.BACK_OFF


def test_a_first_line_that_comes_a_second_earlier_or_later_hides_no_back_off() -> None:
    draw = random.Random(11)
    pauses = (pause + draw.uniform(0.0, 1.6) for pause in docker())
    assert measure(crash_loop(pauses, 14), None).driver is Driver.BACK_OFF


def test_what_lives_for_hours_is_not_paced_by_its_supervisor() -> None:
    assert measure(crash_loop(systemd(), 8, life=8400.0), None).driver is not Driver.BACK_OFF


def test_a_timer_that_starts_what_fails_is_the_clock_and_no_back_off() -> None:
    cycles = crash_loop(iter([3598.0] * 12), 12)
    hourly = [
        Cycle(n * 3600.0 + 2, n * 3600.0, n * 3600.0 + 2, n * 3600.0 + 2, (n + 1) * 3600.0)
        for n, _ in enumerate(cycles)
    ]
    assert measure(hourly, None).driver is Driver.CLOCK


@pytest.mark.parametrize("seed", range(50))
def test_starts_by_hand_that_fail_at_once_have_no_pace(seed: int) -> None:
    draw = random.Random(f"by hand {seed}")
    pauses = (draw.expovariate(1 / 200) for _ in count())
    found = measure(crash_loop(pauses, 6), None)
    assert found.period_s is None
    assert found.driver is Driver.IRREGULAR


def test_the_reason_says_how_soon_each_start_fails_and_when_the_next_comes() -> None:
    assert measure(crash_loop(systemd(), 5), None).because == (
        "each start fails within 2 s, and the next comes 5 s later: the supervisor sets the pace"
    )


def test_a_back_off_that_readers_would_think_of_is_rejected_with_its_numbers() -> None:
    by_hand = (pause for pause in (40.0, 3.0, 500.0, 9.0, 120.0))
    found = measure(crash_loop(by_hand, 5), None)
    assert found.driver is Driver.IRREGULAR
    assert {rival.driver: rival.because for rival in found.rivals}[Driver.BACK_OFF] == (
        "starts fail at once, but the pauses are those of no supervisor"
    )


def test_gaps_that_grow_by_uneven_factors_are_a_rejected_back_off() -> None:
    times = [0.0]
    for gap in (1000, 1400, 5000, 7000, 27_000):
        times.append(times[-1] + gap)
    found = measure([Cycle(at, None, at, None, None) for at in times], None)
    because = {rival.driver: rival.because for rival in found.rivals}
    assert because[Driver.BACK_OFF] == "the gaps grow, but by no steady factor"


def test_no_back_off_is_brought_up_where_nothing_looks_like_one() -> None:
    cycles = [Cycle(at, at - 900, at, at, at + 5) for at in (0.0, 9e3, 1e4, 6e4, 6.3e4)]
    assert all(rival.driver is not Driver.BACK_OFF for rival in measure(cycles, None).rivals)
