import pytest

from logcascade.model.records import LoadCounts
from logcascade.model.traffic import merge

COUNTS = LoadCounts(
    events=4000,
    first=0.0,
    last=86_400.0,
    busy_seconds={1000: 9},
    hours={0: 200, 1: 100},
    peak_1s=9,
    peak_10s=14,
    peak_time=1000.0,
    peak_concurrency=11,
)


def test_the_mean_is_taken_over_the_time_that_the_events_span() -> None:
    summary = merge([COUNTS]).summary()
    assert summary is not None
    assert summary.mean_per_s == pytest.approx(4000 / 86_400, rel=1e-2)


def test_no_events_are_no_load_and_not_a_load_of_zero() -> None:
    assert merge([LoadCounts()]).summary() is None


def test_the_busiest_second_just_before_a_failure_is_found() -> None:
    traffic = merge([COUNTS])
    assert traffic.arrivals_before(1003.4) == 9
    assert traffic.arrivals_before(999.0) == 0
    assert traffic.arrivals_before(1020.0) == 0


def test_hours_that_are_cut_count_by_their_share() -> None:
    assert merge([COUNTS]).between(1800.0, 5400.0) == pytest.approx(150.0)


def test_hours_of_silence_between_busy_hours_are_a_hole_in_the_log() -> None:
    counts = LoadCounts(events=400, hours={0: 100, 1: 100, 7: 100, 8: 100})
    assert merge([counts]).holes() == ((2 * 3600.0, 7 * 3600.0),)


def test_a_quiet_night_is_no_hole() -> None:
    counts = LoadCounts(events=400, hours={0: 100, 1: 100, 2: 3, 7: 2, 8: 100})
    assert merge([counts]).holes() == ()


def test_the_hour_before_a_failure_is_compared_with_the_other_days() -> None:
    counts = LoadCounts(events=500, hours={10: 100, 34: 90, 58: 110, 82: 400, 83: 5})
    at_the_failure = 83 * 3600.0
    assert merge([counts]).hour_on_other_days(at_the_failure) == [100, 90, 110]
