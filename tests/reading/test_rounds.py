"""Clocks that begin anew, are put back or set, and what a source tells of its own clocks."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from logcascade.reading.events.load import LoadPattern, _PatternCounter
from logcascade.reading.times.stamps import ReadingOptions

BERLIN = ReadingOptions(zone=ZoneInfo("Europe/Berlin"))
EVENTS = LoadPattern("events", (b"handled",), r"handled")


def at(*parts):
    return datetime(*parts, tzinfo=UTC)


def times(found):
    return [record.time for record in found.records]


def errors(*stamps):
    """Return a log in the usual layout of Python's logging."""
    return "".join(f"2026-{stamp},000 - a - ERROR - x\n" for stamp in stamps)


def entries(*stamps, text="ERROR x"):
    """Return a log as `journalctl` prints it."""
    return "".join(f"{stamp} host bot[7]: {text}\n" for stamp in stamps)


def kernel(*stamps):
    return "".join(f"[{stamp:12.6f}] ERROR x\n" for stamp in stamps)


# Summer time


def test_the_hour_that_is_told_twice_is_two_hours(read):
    log = errors("10-25 01:59:59", "10-25 02:59:59", "10-25 02:00:01", "10-25 02:59:00")
    found = read(log + errors("10-25 03:00:00"), options=BERLIN)
    assert times(found) == [
        at(2026, 10, 24, 23, 59, 59),
        at(2026, 10, 25, 0, 59, 59),
        at(2026, 10, 25, 1, 0, 1),
        at(2026, 10, 25, 1, 59),
        at(2026, 10, 25, 2),
    ]
    assert found.summary.assumptions == ("zone Europe/Berlin",)


def test_a_late_line_of_the_first_of_the_two_hours_belongs_there(read):
    log = errors("10-25 02:59:58", "10-25 02:00:00", "10-25 02:59:59", "10-25 02:00:01")
    hours = [time.hour for time in times(read(log, options=BERLIN))]
    assert hours == [0, 1, 0, 1]


def test_the_hour_is_told_twice_in_the_next_year_again(read):
    log = errors("10-25 02:50:00", "10-25 02:10:00") + (
        "2027-10-31 02:10:00,000 - a - ERROR - x\n2027-10-31 02:09:59,000 - a - ERROR - x\n"
    )
    assert [time.hour for time in times(read(log, options=BERLIN))] == [0, 1, 0, 0]


def test_without_a_zone_a_clock_put_back_an_hour_is_said(read):
    found = read(errors("10-25 02:59:59", "10-25 02:00:01"))
    assert times(found) == [at(2026, 10, 25, 2, 59, 59), at(2026, 10, 25, 2, 0, 1)]
    assert found.summary.assumptions == (
        "zone UTC",
        "the clock goes back 1 h at line 2 (summer time? --zone tells)",
    )


def test_summer_time_in_a_log_without_years_and_in_one_without_dates(read):
    options = ReadingOptions(zone=BERLIN.zone, year=2026, date=date(2026, 10, 25))
    log = entries("Oct 25 02:59:59", "Oct 25 02:00:01", "Oct 25 03:00:00")
    expected = [at(2026, 10, 25, 0, 59, 59), at(2026, 10, 25, 1, 0, 1), at(2026, 10, 25, 2)]
    assert times(read(log, options=options)) == expected
    log = "[02:59:59] ERROR  x\n[02:00:01] ERROR  x\n[03:00:00] ERROR  x\n"
    assert times(read(log, options=options)) == expected


@pytest.mark.parametrize("block", [1 << 22, 50_003])
def test_events_in_the_hour_that_is_told_twice_are_counted_in_their_hours(read, block):
    begin = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    moments = [begin + timedelta(seconds=n) for n in range(0, 6000, 2)]
    log = "".join(
        f"{each.astimezone(BERLIN.zone):%Y-%m-%d %H:%M:%S},000 - a - INFO - handled {'.' * 400}\n"
        for each in moments
    )
    together = read(log, options=BERLIN, load_patterns=[EVENTS], block_bytes=block).load
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_PatternCounter, "_add_block", lambda *_: False)
        singly = read(log, options=BERLIN, load_patterns=[EVENTS], block_bytes=block).load
    assert together == singly
    hour = int(at(2026, 10, 25).timestamp()) // 3600
    assert together.hours == {hour: 900, hour + 1: 1800, hour + 2: 300}


def test_stamps_with_their_own_offsets_are_put_back_by_them(read):
    log = "[2026-10-25 02:59:59 +0200] [7] [ERROR] x\n[2026-10-25 02:00:01 +0100] [7] [ERROR] x\n"
    found = read(log, options=BERLIN)
    assert times(found) == [at(2026, 10, 25, 0, 59, 59), at(2026, 10, 25, 1, 0, 1)]
    assert found.summary.assumptions == ()


# Steps


def test_a_clock_that_is_set_is_said_once_for_all_times(read):
    log = errors("05-19 12:00:00", "05-19 11:20:00", "05-19 12:00:00", "05-08 09:00:00")
    assert read(log).summary.assumptions == (
        "zone UTC",
        "the clock goes back 40 min at line 2, and 1 more time",
    )


def test_lines_slightly_out_of_order_are_no_steps(read):
    found = read(errors("05-19 12:00:00", "05-19 11:59:57", "05-19 12:00:01"))
    assert found.summary.assumptions == ("zone UTC",)
    assert times(found)[1] == at(2026, 5, 19, 11, 59, 57)


def test_a_clock_that_was_not_set_before_is_said(read):
    log = "1970-01-01 00:00:12,000 - a - ERROR - x\n" + errors("05-19 12:00:00")
    assert "the clock goes ahead 20,592 d 11 h at line 2" in read(log).summary.assumptions


def test_a_step_is_found_across_blocks(read):
    healthy = "2026-05-19 12:00:00,000 - a - INFO - fine and healthy\n" * 30_000
    log = healthy + healthy.replace("12:00", "11:00")
    whole = read(log).summary
    assert "the clock goes back 1 h at line 30,001 (summer time? --zone tells)" in whole.assumptions
    assert read(log, block_bytes=50_003).summary == whole


# Years


def test_the_year_is_the_latest_that_today_allows(read):
    options = ReadingOptions(today=date(2026, 11, 25))
    found = read(entries("Dec 30 10:00:00", "Jan 02 10:00:00"), options=options)
    assert [time.year for time in times(found)] == [2025, 2026]
    assert found.summary.clock == "yearless"
    assert found.summary.assumptions == (
        "year 2025 assumed: the latest by today, 2026-11-25",
        "zone UTC",
    )


def test_the_year_is_one_before_the_log_was_last_written_to(read):
    written = at(2024, 3, 1, 12).timestamp()
    options = ReadingOptions(today=date(2026, 11, 25)).of_source("log", written)
    found = read(entries("Feb 29 10:00:00", "Mar  1 10:00:00"), options=options)
    assert times(found)[0] == at(2024, 2, 29, 10)
    assert found.summary.assumptions[0] == (
        "year 2024 assumed: the latest by when the log was written, 2024-03-01"
    )


def test_the_year_that_another_stamp_tells_is_taken(read):
    log = entries("Nov 23 19:17:51") + entries(
        "Nov 23 19:17:52", text="2021-11-23 22:17:51,900 - a - ERROR - x"
    )
    found = read(log, options=ReadingOptions(today=date(2026, 11, 25)))
    assert times(found) == [at(2021, 11, 23, 19, 17, 51), at(2021, 11, 23, 19, 17, 51, 900_000)]
    assert found.summary.assumptions[0] == "year 2021 assumed: other stamps of the log say so"


def test_new_year_passes_in_every_language(read):
    for december, january in (
        ("déc. 31", "janv.  1"),
        ("12월 31", " 1월  1"),
        ("dic 31", "ene  1"),
    ):
        log = entries(f"{december} 23:59:59", f"{january} 00:00:01")
        found = read(log, options=ReadingOptions(year=2025))
        assert times(found) == [at(2025, 12, 31, 23, 59, 59), at(2026, 1, 1, 0, 0, 1)]
        assert found.summary.format == "journal-short-local"


def test_a_carrier_s_full_date_wins_over_a_date_without_a_year_in_it(read):
    log = "2021-11-23T19:25:40.644820482Z Nov 23 22:25:40 host bot[7]: ERROR x\n"
    found = read(log)
    assert times(found) == [at(2021, 11, 23, 19, 25, 40, 644_820)]
    assert found.summary.assumptions == ()


def test_a_carrier_that_is_late_does_not_change_the_program_s_zone(read):
    line = "2026-11-23T{}+0000 host bot[1]: 2026-11-23 {},900 - a - ERROR - x\n"
    told = (("19:17:52", "22:17:51"), ("19:30:00", "22:17:52"), ("20:01:00", "22:17:53"))
    found = read("".join(line.format(*each) for each in told))
    assert times(found)[:2] == [
        at(2026, 11, 23, 19, 17, 51, 900_000),
        at(2026, 11, 23, 19, 17, 52, 900_000),
    ]


def test_the_year_in_a_message_about_the_same_day_is_taken(read):
    log = entries("Jun 22 13:16:49", text="ERROR a certificate ends on 2019-01-31 10:00:00")
    log += entries("Jun 22 13:16:50", text="setting system clock to 2022-06-22T03:16:45 UTC")
    found = read(log, options=ReadingOptions(today=date(2026, 11, 25)))
    assert times(found) == [at(2022, 6, 22, 13, 16, 49)]
    assert found.summary.assumptions[0] == "year 2022 assumed: a message of that day tells it"


def test_the_year_that_a_person_gives_wins(read):
    options = ReadingOptions(year=2019, today=date(2026, 11, 25))
    found = read(entries("Nov 23 19:17:51"), options=options)
    assert times(found) == [at(2019, 11, 23, 19, 17, 51)]
    assert found.summary.clock == "local"


def test_a_late_line_after_new_year_is_of_the_year_before(read):
    log = entries("Dec 31 23:59:58", "Jan  1 00:00:00", "Dec 31 23:59:59", "Jan  1 00:00:01")
    found = read(log, options=ReadingOptions(year=2025))
    assert [time.year for time in times(found)] == [2025, 2026, 2025, 2026]


def test_a_log_that_reaches_into_the_future_says_which_year_fits(read):
    log = entries("Feb 01 10:00:00") * 2100 + entries("Dec 01 10:00:00", "Jan 05 10:00:00")
    found = read(log, options=ReadingOptions(today=date(2026, 11, 25)))
    assert "year 2025 fits better: the latest by today, 2026-11-25" in found.summary.assumptions


def test_a_leap_day_far_into_a_log_says_which_year_fits(read):
    log = entries("Feb 01 10:00:00") * 2100 + entries("Feb 29 10:00:00")
    found = read(log, options=ReadingOptions(today=date(2026, 11, 25)))
    assert "year 2024 fits better: it has a 29 February" in found.summary.assumptions


# Dates, and the order of day and month


def test_a_stamp_without_a_date_takes_it_from_one_that_has_it(read):
    found = read(errors("05-19 12:00:00") + "[12:00:01] ERROR  x\n")
    assert times(found)[1] == at(2026, 5, 19, 12, 0, 1)
    assert "date 2026-05-19 for day 1: other stamps of the log say so" in found.summary.assumptions
    assert found.summary.clock == "local"


def test_what_is_missing_is_said_for_each_clock(read):
    assert read("[12:00:01] ERROR  x\n").summary.clock == "dateless"
    assert read(errors("05-19 12:00:00")).summary.clock == "local"
    assert read(errors("05-19 12:00:00"), options=BERLIN).summary.clock == "wall"
    assert read("2026-11-23T19:17:52+0000 host bot[1]: ERROR x\n").summary.clock == "wall"
    assert read(kernel(1.5)).summary.clock == "uptime"
    assert read("ERROR x\n").summary.clock == "wall"


# Boots


def test_time_since_boot_is_a_time(read):
    found = read(kernel(1607.206813, 1608))
    assert times(found) == [at(1970, 1, 1, 0, 26, 47, 206_813), at(1970, 1, 1, 0, 26, 48)]
    assert found.summary.first_time == at(1970, 1, 1, 0, 26, 47, 206_813)
    assert found.summary.assumptions == ("no wall clock in the log: boot is taken as 1970-01-01",)


def test_the_boot_can_be_said(read):
    boot = datetime.fromisoformat("2026-05-19T07:30")
    options = ReadingOptions(date=boot, zone=ZoneInfo("Asia/Tokyo"))
    found = read(kernel(60), options=options)
    assert times(found) == [at(2026, 5, 18, 22, 31)]
    assert found.summary.assumptions == ("boot at 2026-05-19 07:30:00", "zone Asia/Tokyo")
    assert found.summary.clock == "wall"


def test_a_later_boot_comes_after_the_one_before(read):
    found = read(kernel(0.5, 4000.25, 0.0, 0.5, 4001, 30.5))
    assert times(found) == sorted(times(found))
    assert times(found)[2] == at(1970, 1, 1, 1, 6, 41)
    assert "later boots are placed right after the one before" in found.summary.assumptions


def test_processors_out_of_order_are_no_boot(read):
    found = read(kernel(3.000002, 3.000001, 2.9))
    assert [time.second for time in times(found)] == [3, 3, 2]


def test_time_since_boot_among_dates_is_none(read):
    found = read(errors("05-19 12:00:00") + kernel(1607.2))
    assert found.summary.last_time == at(2026, 5, 19, 12)


def test_a_carrier_s_date_wins_over_the_kernel_s_time_since_boot(read):
    log = entries("May 15 23:09:30", text="[  518.050606] ERROR x").replace("bot[7]", "kernel")
    found = read(log, options=ReadingOptions(year=2026))
    assert times(found) == [at(2026, 5, 15, 23, 9, 30)]
    assert found.summary.resolution_s == 1.0
