from dataclasses import replace
from datetime import UTC, datetime

from logcascade.diagnosis.next_due import Outlook, settle_next_due
from logcascade.diagnosis.recurrence import measure
from logcascade.model.recurrence import Driver, Recurrence
from tests.diagnosis.test_recurrence import PERIOD, uptime_driven

CYCLES = uptime_driven()
START = CYCLES[-1].next_start or 0.0


def by_uptime() -> Recurrence:
    found = measure(CYCLES, None)
    assert found.driver is Driver.UPTIME
    return found


def due(outlook: Outlook) -> float | None:
    time = settle_next_due(by_uptime(), outlook).next_due
    return None if time is None else time.timestamp()


def test_it_is_due_one_wait_after_the_start_that_followed() -> None:
    expected = due(Outlook(until=START + 60, next_start=START, last_start=START))
    assert expected is not None
    assert abs(expected - START - PERIOD) < 200


def test_a_deploy_since_then_begins_the_wait_again() -> None:
    plain = due(Outlook(until=START + 5000, next_start=START, last_start=START))
    later = due(Outlook(until=START + 5000, next_start=START, last_start=START + 4000))
    assert plain is not None
    assert later == plain + 4000


def test_a_deploy_does_not_move_what_the_clock_drives() -> None:
    found = replace(by_uptime(), driver=Driver.CLOCK)
    outlook = Outlook(until=START + 5000, next_start=START, last_start=START + 4000)
    assert settle_next_due(found, outlook).next_due == found.next_due


def test_nothing_is_due_where_it_stayed_away_to_the_end_of_the_log() -> None:
    found = settle_next_due(by_uptime(), Outlook(START + 3 * PERIOD, START, START))
    assert found.next_due is None
    assert found.because.endswith("before the log ends and is not in it")


def test_a_little_late_is_still_due() -> None:
    assert due(Outlook(START + 1.02 * PERIOD, START, START)) is not None


def test_nothing_is_due_once_the_supervisor_gave_up() -> None:
    found = settle_next_due(by_uptime(), Outlook(START, None, START - PERIOD, gave_up=True))
    assert found.next_due is None
    assert found.because.endswith("nothing is due: its supervisor gave up")


def test_a_start_by_hand_after_it_gave_up_counts() -> None:
    assert due(Outlook(START + 60, START, START, gave_up=True)) is not None


def test_a_log_without_an_end_leaves_what_was_reckoned() -> None:
    found = by_uptime()
    assert settle_next_due(found, Outlook(None)) == found
    nothing = replace(found, next_due=None)
    assert settle_next_due(nothing, Outlook(0.0)) == nothing
    assert isinstance(found.next_due, datetime)
    assert found.next_due.tzinfo is UTC
