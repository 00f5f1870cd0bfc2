"""Which lines of a source count as work beside and after its failures."""

from dataclasses import replace

import pytest

from logcascade.model.bursts import Burst
from logcascade.model.records import Location, Severity
from logcascade.model.rules import Role
from logcascade.timeline.work import Work
from tests.support import at, make_burst

LATER = at(3600).timestamp()


def on_lines(first: int, last: int = 0, **changes: object) -> Burst:
    """Return a failure whose one report begins on line *first* and ends on line *last*."""
    burst = make_burst("lock", first)
    last = last or first
    shown = replace(burst.first, record_line=first, last_line=last, order=(0, first))
    return replace(burst, first=shown, last_location=Location("bot.log", last), **changes)


def work_of(lines: int, *told: Burst) -> Work:
    """Return the work of a source of so many *lines* in which *told* was recognised."""
    return Work({0: told}, {0: lines})


def test_lines_between_failures_are_work():
    failures = [on_lines(1), on_lines(3), on_lines(5)]
    assert work_of(5, *failures).is_between(failures)


def test_failures_line_by_line_show_no_work_between_them():
    failures = [on_lines(1, 2), on_lines(3, 4), on_lines(5, 6)]
    assert not work_of(6, *failures).is_between(failures)


def test_another_failure_between_two_is_no_work():
    failures = [on_lines(1), on_lines(4), on_lines(7)]
    others = [on_lines(2, 3), on_lines(5, 6)]
    assert not work_of(7, *failures, *others).is_between(failures)


def test_half_of_the_gaps_may_rest():
    failures = [on_lines(1), on_lines(2), on_lines(4)]
    assert work_of(4, *failures).is_between(failures)
    failures = [on_lines(1), on_lines(2), on_lines(3), on_lines(5)]
    assert not work_of(5, *failures).is_between(failures)


def test_a_burst_of_few_reports_over_many_lines_leaves_the_others_as_work():
    failures = [on_lines(1), on_lines(102)]
    sparse = replace(on_lines(2), count=3, last_location=Location("bot.log", 101))
    dense = replace(sparse, count=100)
    assert work_of(102, *failures, sparse).is_between(failures)
    assert not work_of(102, *failures, dense).is_between(failures)


def test_work_after_a_failure_shows_that_it_passed():
    failure = on_lines(3)
    assert work_of(4, failure).is_after(failure, LATER)
    assert not work_of(3, failure).is_after(failure, LATER)


def test_what_a_log_goes_on_for_less_than_a_retry_has_not_passed():
    failure = on_lines(3)
    assert not work_of(9, failure).is_after(failure, failure.end + 5)


def test_only_work_before_the_end_of_the_run_shows_that_it_passed():
    failure = on_lines(3)
    assert not work_of(9, failure).is_after(failure, LATER, before_line=4)
    assert work_of(9, failure).is_after(failure, LATER, before_line=5)


@pytest.mark.parametrize(
    ("level", "passed"), [(Severity.INFO, True), (Severity.WARNING, False), (None, False)]
)
def test_a_harmless_report_is_work_where_the_program_calls_it_information(level, passed):
    failure = on_lines(3)
    harmless = on_lines(4)
    harmless = replace(harmless, first=replace(harmless.first, role=Role.BENIGN, level=level))
    assert work_of(4, failure, harmless).is_after(failure, LATER) is passed
