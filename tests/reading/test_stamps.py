"""Single stamps: what each style says, and what is left open."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logcascade.reading.times.epochs import read_epoch
from logcascade.reading.times.months import month_number
from logcascade.reading.times.stamps import ReadingOptions, StampReader
from logcascade.reading.times.years import latest_year, nearest_year

EVENING = datetime(2026, 11, 23, 19, 13, 19)  # noqa: DTZ001 - what the stamps say, no more

NAIVE = {
    "2026-11-23 19:13:19": "iso",
    "2026-11-23T19:13:19": "iso",
    "2026/11/23 19:13:19": "iso",
    "26-11-23 19:13:19": "iso",
    "20261123 19:13:19": "iso",
    "20261123T191319": "iso",
    "2026-11-23-19:13:19": "iso",
    "2026-11-23T19:13:19:": "iso",
    "2026-11-23 07:13:19 PM": "iso",
    "2026-11-23 07:13:19PM": "iso",
    "2026/11/23 7:13:19 pm": "iso",
    "Mon Nov 23 19:13:19 2026": "words",
    "[Mon Nov 23 19:13:19 2026]": "words",
    "一 11月 23 19:13:19 2026": "words",
    "23 Nov 2026 19:13:19": "words",
    "23-Nov-2026 19:13:19": "words",
    "Nov 23, 2026 7:13:19 PM": "words",
    "23.11.2026 19:13:19": "words",
    "11/23/2026 07:13:19 PM": "words",
    "11/23/2026 7:13:19 PM": "words",
    "11/23/26 19:13:19": "words",
}
AWARE = {
    "2026-11-23T19:13:19Z": ("iso", 0),
    "2026-11-23 19:13:19 +0000": ("iso", 0),
    "2026-11-23T19:13:19+00:00": ("iso", 0),
    "2026-11-23T19:13:19+05:30": ("iso", 5.5),
    "2026-11-23T19:13:19-0330": ("iso", -3.5),
    "2026-11-23 19:13:19 UTC": ("iso", 0),
    "2026-11-23 19:13:19 CET": ("iso", 1),
    "20261123T191319Z": ("iso", 0),
    "23/Nov/2026:19:13:19 +0300": ("words", 3),
    "Mon 2026-11-23 19:13:19 UTC": ("words", 0),
    "Mon 2026-11-23 19:13:19 MSK": ("words", 3),
    "Mon 2026-11-23 19:13:19 +03": ("words", 3),
    "Mon, 23 Nov 2026 19:13:19 +0530": ("words", 5.5),
    "Mon Nov 23 19:13:19 EST 2026": ("words", -5),
}
NO_TIMES = [
    ("iso", "2026-13-23 19:13:19"),
    ("iso", "2026-02-29 19:13:19"),
    ("iso", "19:13:19"),
    ("words", "14"),
    ("words", "23 Foo 2026 19:13:19"),
    ("words", "13/13/2026 19:13:19"),
    ("words", "Nov 23 19:13:19"),
    ("syslog", "Foo 23 19:13:19"),
    ("syslog", "Nov 31 19:13:19"),
    ("clock", "25:13:19"),
    ("clock", "19"),
    ("epoch", "soon"),
    ("epoch", "9" * 30),
    ("uptime", "+0.000024"),
    ("none", "2026-11-23 19:13:19"),
]


def stamps(**known):
    return StampReader(ReadingOptions(**known))


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(("text", "kind"), NAIVE.items())
def test_a_stamp_without_a_zone_says_a_local_time(text, kind):
    assert stamps().read(kind, text, 0) == EVENING


@pytest.mark.parametrize(("text", "told"), AWARE.items())
def test_a_zone_in_the_stamp_wins(text, told):
    kind, hours = told
    expected = EVENING.replace(tzinfo=timezone(timedelta(hours=hours)))
    assert stamps(zone=ZoneInfo("Asia/Tokyo")).read(kind, text, 0) == expected


@pytest.mark.parametrize(("kind", "text"), NO_TIMES)
def test_what_is_no_time_is_none(kind, text):
    assert stamps().read(kind, text, 0) is None


@pytest.mark.parametrize("kind", ["iso", "words", "syslog", "clock", "epoch", "uptime"])
@given(text=st.text(alphabet=st.characters(codec="utf-8"), max_size=40))
def test_no_text_makes_reading_fail(kind, text):
    moment = stamps().read(kind, text, 0)
    assert moment is None or isinstance(moment, datetime)


@pytest.mark.parametrize("digits", range(10))
def test_a_fraction_of_any_length_is_read_to_the_microsecond(digits):
    fraction = "123456789"[:digits]
    text = f"2026-11-23 19:13:19{',' + fraction if digits else ''}"
    expected = int((fraction + "000000")[:6])
    assert stamps().read("iso", text, 0) == EVENING.replace(microsecond=expected)


def test_a_leap_second_is_the_moment_after():
    expected = datetime(2016, 12, 31, 23, 59, 59) + timedelta(seconds=1)  # noqa: DTZ001
    assert stamps().read("iso", "2016-12-31 23:59:60", 0) == expected


def test_twelve_o_clock_is_noon_or_midnight():
    read = stamps().read
    assert read("words", "11/23/2026 12:00:01 AM", 0).hour == 0
    assert read("words", "11/23/2026 12:00:01 PM", 0).hour == 12


def test_a_zone_whose_name_has_two_meanings_is_said():
    reader = stamps()
    reader.read("words", "Mon 2026-11-23 19:13:19 IST", 0)
    reader.read("words", "Mon 2026-11-23 19:13:19 XYZ", 0)
    assert reader.assumptions == ("zone IST is +0530 from UTC", "zone XYZ is not known")


def test_a_time_that_the_clocks_left_out_is_said():
    reader = stamps(zone=ZoneInfo("Europe/Berlin"))
    moment = reader.settle(reader.read("iso", "2026-03-29 02:30:00", 0), None)
    assert moment == utc(2026, 3, 29, 1, 30)
    assert "there was no 2026-03-29 02 h in Europe/Berlin: clocks forward" in reader.assumptions


# Months, epochs, years


@pytest.mark.parametrize(
    ("text", "month", "day"),
    [
        ("févr. 21 02:05:29", 2, 21),
        (" 3월 15 02:05:29", 3, 15),
        ("9月 26 02:05:29", 9, 26),
        ("dic 24 02:05:29", 12, 24),
        ("mars 13 02:05:29", 3, 13),
        ("Set 09 02:05:29", 9, 9),
        ("Mär  3 02:05:29", 3, 3),
        ("мая 07 02:05:29", 5, 7),
        ("1123 02:05:29.123456", 11, 23),
    ],
)
def test_months_are_known_in_many_languages(text, month, day):
    moment = stamps(year=2026).read("syslog", text, 0)
    assert (moment.year, moment.month, moment.day, moment.hour) == (2026, month, day, 2)


def test_what_is_no_month_has_no_number():
    assert [month_number(text) for text in ("", "13", "0", "Juneuary", "月")] == [0] * 5


@given(micros=st.integers(10**15, 9 * 10**16), unit=st.sampled_from([1, 10**3, 10**6]))
def test_an_epoch_is_exact_to_the_microsecond_in_any_unit(micros, unit):
    whole, rest = divmod(micros, 10**6 // unit) if unit < 10**6 else (micros, 0)
    width = len(str(10**6 // unit)) - 1
    text = f"{whole}.{rest:0{width}}" if width else str(whole)
    assert read_epoch(text) == utc(1970, 1, 1) + timedelta(microseconds=micros)


def test_the_unit_of_an_epoch_is_known_by_its_size():
    micros = {"1795461472689": 689000, "1795461472689234": 689234, "1795461472689234567": 689234}
    for text, expected in {"1795461472": 0, "1795461472.689234": 689234, **micros}.items():
        assert read_epoch(text) == utc(2026, 11, 23, 19, 17, 52) + timedelta(microseconds=expected)
    assert [read_epoch(text) for text in ("0", "", "1607.206813", "soon")] == [None] * 4


def test_the_year_is_the_latest_that_is_not_after_the_limit():
    assert latest_year([(0, 11, 25)], date(2026, 11, 25)) == 2026
    assert latest_year([(0, 11, 26)], date(2026, 11, 25)) == 2025
    assert latest_year([(0, 12, 31), (1, 11, 26)], date(2026, 11, 25)) == 2024


def test_a_leap_day_asks_for_a_leap_year():
    assert latest_year([(0, 2, 29)], date(2027, 1, 1)) == 2024
    assert latest_year([(0, 12, 1), (1, 2, 29)], date(2027, 1, 1)) == 2023
    assert latest_year([(0, 2, 29)], date(1901, 1, 1)) == 1896


def test_the_year_nearest_to_a_known_date_may_be_another():
    assert nearest_year((0, 12, 31), date(2027, 1, 1)) == 2026
    assert nearest_year((0, 1, 1), date(2026, 12, 31)) == 2027
    assert nearest_year((1, 1, 1), date(2027, 1, 1)) == 2026


# A program's stamp within its carrier's


def test_a_quarter_of_an_hour_late_is_not_another_zone():
    reader = stamps()
    reader.program_offsets = frozenset([timedelta(hours=-3)])
    carried = utc(2026, 11, 23, 19, 0, 0)
    for late_min in (0, 1, 6, 12, 14, 16, 31):
        local = (carried - timedelta(minutes=late_min)).replace(tzinfo=None) + timedelta(hours=3)
        assert reader.settle(local, carried) == carried - timedelta(minutes=late_min)


def test_the_end_of_summer_time_is_another_offset_of_the_same_place():
    reader = stamps()
    reader.program_offsets = frozenset([timedelta(hours=-2)])
    carried = utc(2026, 11, 23, 19, 0, 0)
    local = datetime(2026, 11, 23, 19, 59, 59)  # noqa: DTZ001 - in the log it is local
    assert reader.settle(local, carried) == utc(2026, 11, 23, 18, 59, 59)


def test_half_hours_are_offsets():
    carried = utc(2026, 11, 23, 19, 0, 0)
    local = datetime(2026, 11, 24, 0, 29, 59, 900_000)  # noqa: DTZ001 - in the log it is local
    assert stamps().settle(local, carried) == utc(2026, 11, 23, 18, 59, 59, 900_000)


def test_a_program_s_time_far_from_its_carrier_s_is_not_believed():
    carried = utc(2026, 11, 23, 19, 0, 0)
    local = datetime(2026, 11, 23, 18, 52, 30)  # noqa: DTZ001 - in the log it is local
    assert stamps().settle(local, carried) == carried


def test_options_for_one_source_are_chosen_by_its_name():
    berlin, utc_zone = ZoneInfo("Europe/Berlin"), ZoneInfo("UTC")
    given_zones = ReadingOptions(zone=berlin, zones=(("*.gz", utc_zone), ("logs/b.log", utc_zone)))
    assert given_zones.of_source("/var/a.log").zone is berlin
    assert given_zones.of_source("/var/a.log.1.gz").zone is utc_zone
    assert given_zones.of_source("/var/logs/b.log").zone is utc_zone
    assert given_zones.of_source("/var/logs/ab.log").zone is berlin
