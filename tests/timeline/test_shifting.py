from logcascade.model.records import LoadCounts
from logcascade.timeline.shifting import Shift, shifted_burst, shifted_load
from tests.support import at, make_burst

LOAD = LoadCounts(
    events=130,
    first=3600.5,
    last=10_799.0,
    busy_seconds={3700: 4, 9000: 6},
    hours={1: 100, 2: 30},
    peak_1s=6,
    peak_10s=9,
    peak_time=9000.0,
    peak_concurrency=3,
)


def test_whole_hours_move_the_load_and_change_nothing_in_it() -> None:
    moved = shifted_load(LOAD, Shift(0, -7200.0))
    assert moved.hours == {-1: 100, 0: 30}
    assert moved.busy_seconds == {-3500: 4, 1800: 6}
    assert (moved.first, moved.last, moved.peak_time) == (-3599.5, 3599.0, 1800.0)
    assert shifted_load(moved, Shift(0, 7200.0)) == LOAD


def test_half_an_hour_divides_hours_and_loses_no_event() -> None:
    moved = shifted_load(LOAD, Shift(0, 19_800.0))
    assert moved.hours == {6: 50, 7: 65, 8: 15}
    assert sum(moved.hours.values()) == LOAD.events


def test_all_times_of_a_burst_move_and_its_place_in_the_log_stays() -> None:
    burst = make_burst("lock", 10, moments=(at(10).timestamp(), at(12).timestamp()))
    moved = shifted_burst(burst, Shift(0, 60.0))
    assert (moved.time, moved.start) == (at(70), at(70).timestamp())
    assert moved.moments == (at(70).timestamp(), at(72).timestamp())
    assert moved.first.occurred_from == at(65)
    assert moved.occurred_from == at(65).timestamp()
    assert moved.first.location == burst.first.location


def test_what_has_no_time_gets_none() -> None:
    burst = make_burst("lock")
    untimed = shifted_burst(burst, Shift())
    assert shifted_load(LoadCounts(), Shift(0, 60.0)) == LoadCounts()
    assert untimed == burst
    assert Shift().moment(None) is None


def test_no_shift_leads_out_of_the_calendar() -> None:
    for shift in (Shift(0, 1e18), Shift(0, -1e18), Shift(20_000), Shift(-20_000, -1e6)):
        moved = shift.moment(at(0))
        assert moved is not None
        assert moved.year in (1, 9999)
