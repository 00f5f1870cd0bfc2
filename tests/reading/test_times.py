"""Whatever the style of the stamps, the times of a log are read back as they were."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from logcascade.reading.times.stamps import ReadingOptions
from tests.reading.times import STYLES, formats_of, read_with

INDIA = timezone(timedelta(hours=5, minutes=30))
NEWFOUNDLAND = timezone(timedelta(hours=-3, minutes=-30))

WHEN_AND_WHERE = {
    "noon": (datetime(2026, 5, 19, 12, tzinfo=UTC), UTC),
    "noon, half an hour off": (datetime(2026, 5, 19, 12, tzinfo=UTC), INDIA),
    "new year": (datetime(2026, 12, 31, 22, 30, tzinfo=UTC), UTC),
    "new year, west": (datetime(2027, 1, 1, 2, 30, tzinfo=UTC), NEWFOUNDLAND),
    "leap day": (datetime(2028, 2, 28, 22, 40, tzinfo=UTC), ZoneInfo("Europe/Berlin")),
    "back in Berlin": (datetime(2026, 10, 25, 0, 10, tzinfo=UTC), ZoneInfo("Europe/Berlin")),
    "back in New York": (datetime(2026, 11, 1, 5, 10, tzinfo=UTC), ZoneInfo("America/New_York")),
    "half an hour": (
        datetime(2026, 4, 4, 14, 10, tzinfo=UTC),
        ZoneInfo("Australia/Lord_Howe"),
    ),
    "forward in Berlin": (datetime(2026, 3, 29, 0, 10, tzinfo=UTC), ZoneInfo("Europe/Berlin")),
    "back for Ramadan": (datetime(2026, 2, 15, 1, 10, tzinfo=UTC), ZoneInfo("Africa/Casablanca")),
}
"""A moment just before something happens to the clocks of a place."""

FEW = settings(
    max_examples=3,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
"""For each style and each place; not shrunk, which takes minutes."""

STEPS = st.lists(st.integers(0, 8 * 60 * 1000), min_size=20, max_size=80)
"""Milliseconds between lines: dense enough that no repeated hour passes unseen."""


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    return formats_of(tmp_path_factory.mktemp("formats"), STYLES)


def moments(begin, steps):
    found = [begin]
    for step in steps:
        found.append(found[-1] + timedelta(milliseconds=step, microseconds=7))
    return found


def options_for(style, zone, local):
    return ReadingOptions(
        zone=None if style.has_zone else zone,
        year=None if style.has_year else local.year,
        date=None if style.has_date else local.date(),
    )


def truncated(style, moment):
    return moment - timedelta(
        microseconds=moment.microsecond % (style.step // timedelta(microseconds=1))
    )


@pytest.mark.parametrize("place", WHEN_AND_WHERE)
@pytest.mark.parametrize("name", STYLES)
@FEW
@given(steps=STEPS)
def test_the_times_of_a_log_are_read_back(made, name, place, steps):
    style = STYLES[name]
    begin, zone = WHEN_AND_WHERE[place]
    written = moments(begin, steps)
    log = "".join(style.line(each.astimezone(zone)) for each in written)
    times, _ = read_with(made[name], log, options_for(style, zone, begin.astimezone(zone)))
    assert times == [truncated(style, each) for each in written]


@pytest.mark.parametrize("name", STYLES)
@FEW
@given(
    place=st.sampled_from(sorted(WHEN_AND_WHERE)),
    steps=STEPS,
    ahead=st.integers(-300, 300),
)
def test_a_log_that_is_a_day_later_has_times_a_day_later(made, name, place, steps, ahead):
    style = STYLES[name]
    begin, zone = WHEN_AND_WHERE[place]
    fixed = timezone(zone.utcoffset(begin.replace(tzinfo=None)))
    written = moments(begin, steps)
    both = []
    for each in (written, [moment + timedelta(days=ahead) for moment in written]):
        log = "".join(style.line(moment.astimezone(fixed)) for moment in each)
        options = options_for(style, fixed, each[0].astimezone(fixed))
        both.append(read_with(made[name], log, options)[0])
    assert both[1] == [time + timedelta(days=ahead) for time in both[0]]


@pytest.mark.parametrize("name", ["python", "apache error", "syslog", "clock"])
@FEW
@given(
    place=st.sampled_from(sorted(WHEN_AND_WHERE)),
    steps=STEPS,
    late=st.lists(st.integers(1, 60), max_size=3),
    padding=st.integers(700, 900),
)
def test_the_way_a_log_is_cut_changes_no_time(made, name, place, steps, late, padding):
    style = STYLES[name]
    begin, zone = WHEN_AND_WHERE[place]
    lines = [
        style.line(each.astimezone(zone), "y" * padding) + "continued\n" * (padding % 3)
        for each in moments(begin, steps)
    ]
    for number in late:  # slightly out of order, as threads write
        if number < len(lines):
            lines[number - 1 : number + 1] = reversed(lines[number - 1 : number + 1])
    told = "".join(lines)
    log = told * (1 + 800_000 // len(told))  # more than is read for the beginning
    options = options_for(style, zone, begin.astimezone(zone))
    whole = read_with(made[name], log, options)
    assert read_with(made[name], log, options, block=50_003) == whole
