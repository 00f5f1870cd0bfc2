from dataclasses import replace
from datetime import UTC, datetime

from logcascade.report.words import Clock, clock_of, delay, short_names, span
from tests.report.builders import at, make_cascade, make_quiet, make_recurrence, make_source


def test_spans_say_two_units_and_no_zeros():
    assert span(8400) == "2 h 20 min"
    assert span(3600) == "1 h"
    assert span(119.4) == "119 s"
    assert span(86_400 * 3) == "3 d"
    assert delay(-2) == "-2 s"
    assert delay(-0.3) == "+0 s", "two clocks of one moment"
    assert delay(None) == ""


def test_dates_are_said_unless_all_is_of_one_day():
    short = clock_of(make_quiet())
    long = clock_of(make_quiet(sources=(make_source(last_time=at(86_400)),)))
    assert short.at(at(1)) == "12:00:01"
    assert long.at(at(1)) == "19 May 12:00:01"


def test_a_next_time_on_another_day_brings_the_dates_back():
    recurrence = make_recurrence(next_due=at(86_400))
    analysis = make_quiet()
    assert clock_of(analysis).one_day
    due = replace(analysis, cascades=(make_cascade(recurrence=recurrence),))
    assert clock_of(due).at(at(0)) == "19 May 12:00:00"


def test_a_log_without_dates_counts_days_and_one_without_years_has_none():
    clock = Clock(one_day=False, one_year=True)
    assert clock.at(datetime(1970, 1, 2, 1, 47, 42, tzinfo=UTC)) == "day 2 01:47:42"
    assert clock.at(datetime(1972, 5, 19, 8, tzinfo=UTC)) == "19 May 08:00:00"
    first = datetime(1972, 5, 19, 8, tzinfo=UTC)
    assert "1972" not in clock.range(first, first.replace(day=20))


def test_sources_have_short_names_as_long_as_these_differ():
    assert short_names(["/var/log/a.log", "/var/log/b.log"]).short("/var/log/a.log") == "a.log"
    same = short_names(["/one/bot.log", "/two/bot.log"])
    assert same.short("/one/bot.log") == "/one/bot.log"
