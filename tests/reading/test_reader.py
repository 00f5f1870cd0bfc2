import json
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from logcascade.model.records import Severity
from logcascade.reading.events.load import LoadPattern
from logcascade.reading.reader import make_record
from logcascade.reading.times.stamps import ReadingOptions

TRACEBACK = """Traceback (most recent call last):
  File "/opt/bot/db.py", line 9, in save
    await db.commit()
sqlite3.OperationalError: database is locked"""


def at(*parts):
    return datetime(*parts, tzinfo=UTC)


# Python logging


def test_a_record_has_its_prefix_its_message_and_its_traceback(read):
    found = read(
        "2026-05-19 14:22:00,100 - aiogram.event - INFO - fine\n"
        "2026-05-19 14:22:01,250 - aiogram.event - ERROR - Cause exception\n"
        + TRACEBACK
        + "\n2026-05-19 14:22:02,000 - aiogram.event - INFO - fine\n"
    )
    (record,) = found.records
    assert record.location.line == 2
    assert record.line_count == 5
    assert record.time == at(2026, 5, 19, 14, 22, 1, 250_000)
    assert (record.logger, record.severity) == ("aiogram.event", Severity.ERROR)
    assert record.message == "Cause exception"
    assert record.text == "Cause exception\n" + TRACEBACK
    assert record.exceptions[0].type == "sqlite3.OperationalError"
    assert record.exceptions[0].line == 6
    assert found.summary.format == "python-logging"
    assert (found.summary.lines, found.summary.records) == (7, 3)
    assert found.summary.assumptions == ("zone UTC",)
    assert found.summary.first_time == at(2026, 5, 19, 14, 22, 0, 100_000)
    assert found.summary.last_time == at(2026, 5, 19, 14, 22, 2)
    assert found.summary.resolution_s == 0.001


def test_a_stamp_without_zone_is_in_the_zone_one_says(read):
    moscow = timezone(timedelta(hours=3), "MSK")
    found = read("2026-05-19 14:22:00,100 - a - ERROR - x\n", options=ReadingOptions(zone=moscow))
    assert found.records[0].time == at(2026, 5, 19, 11, 22, 0, 100_000)
    assert found.summary.assumptions == ("zone MSK",)


def test_a_crash_below_an_info_line_is_a_record_of_its_own(read):
    found = read(
        "2026-05-19 14:22:00,100 - aiogram.dispatcher - INFO - Polling stopped\n" + TRACEBACK + "\n"
    )
    first, record = found.records
    assert first.is_greeting
    assert (first.line_count, first.exceptions) == (1, ())
    assert record.location.line == 2
    assert record.time == at(2026, 5, 19, 14, 22, 0, 100_000)
    assert record.time_is_inherited
    assert record.severity is None
    assert record.logger == ""
    assert record.message == ""


def test_a_second_traceback_without_connection_is_a_record_of_its_own(read):
    found = read(
        "2026-05-19 14:22:00,100 - a - ERROR - one\n"
        + TRACEBACK
        + "\n"
        + TRACEBACK.replace("sqlite3.OperationalError: database is locked", "KeyError: 'x'")
        + "\n"
    )
    assert [record.location.line for record in found.records] == [1, 6]
    assert [record.time_is_inherited for record in found.records] == [False, True]


def test_a_traceback_printed_twice_stays_one_record(read):
    found = read(f"2026-05-19 14:22:00,100 - a - ERROR - {TRACEBACK}\n{TRACEBACK}\n")
    assert len(found.records) == 1


def test_a_log_without_stamps_gives_order_and_no_times(read):
    found = read(
        "Server closed the connection\n" + TRACEBACK + "\nUnhandled exception on f\n" + TRACEBACK
    )
    assert [(r.location.line, r.time, r.severity) for r in found.records] == [
        (2, None, None),
        (6, None, None),
    ]
    assert found.records[1].message == "Unhandled exception on f"
    summary = found.summary
    assert (summary.format, summary.first_time, summary.last_time) == ("text", None, None)
    assert (summary.records, summary.record_lines, summary.unparsed_lines) == (2, 9, 1)


def test_lines_before_the_first_record_are_counted_and_shown(read):
    found = read("what an editor wrote\n\n2026-05-19 14:22:00,100 - a - ERROR - x\n")
    assert found.summary.unparsed_lines == 2
    assert [place.line for place in found.summary.unparsed_sample] == [1, 2]


# The article's format


def test_the_clock_passes_midnight(read):
    found = read(
        "[14:22:01] ERROR  aiogram.TelegramRetryAfter: flood control, retry in 28s\n"
        "[23:59:58] INFO   fine\n"
        "[00:00:01] ERROR  one\n"
        "[23:59:59] ERROR  a late line of the day before\n"
        "[00:00:02] ERROR  two\n"
        "[14:00:00] ERROR  three\n"
        "[01:00:00] ERROR  four\n"
    )
    assert [record.time for record in found.records] == [
        at(1970, 1, 1, 14, 22, 1),
        at(1970, 1, 2, 0, 0, 1),
        at(1970, 1, 1, 23, 59, 59),
        at(1970, 1, 2, 0, 0, 2),
        at(1970, 1, 2, 14, 0, 0),
        at(1970, 1, 3, 1, 0, 0),
    ]
    assert "no date in the log: day 1 is taken as 1970-01-01" in found.summary.assumptions
    assert found.summary.format == "clock"


def test_many_days_of_healthy_lines_are_counted_by_the_clock(read):
    lines = [
        f"[{minute // 60 % 24:02}:{minute % 60:02}:00] INFO   fine\n" for minute in range(10 * 1440)
    ]
    found = read("".join(lines) + "[00:00:10] ERROR  at last\n", block_bytes=50_000)
    assert found.records[0].time == at(1970, 1, 11, 0, 0, 10)
    assert found.summary.last_time == at(1970, 1, 11, 0, 0, 10)


def test_the_date_of_a_clock_can_be_said(read):
    found = read("[14:22:01] ERROR  x\n", options=ReadingOptions(date=date(2026, 5, 19)))
    assert found.records[0].time == at(2026, 5, 19, 14, 22, 1)
    assert found.summary.assumptions == ("date 2026-05-19 for day 1", "zone UTC")


# The journal


def entry(text, *, pid="7", unit="bot.service", micros=1795461472689234, **more):
    fields = {
        "__CURSOR": "s=1",
        "__REALTIME_TIMESTAMP": str(micros),
        "MESSAGE": text,
        "PRIORITY": "6",
        "SYSLOG_IDENTIFIER": "bot",
        "_PID": pid,
        "_SYSTEMD_UNIT": unit,
        "_SYSTEMD_INVOCATION_ID": "3ac5",
        "_TRANSPORT": "stdout",
        **more,
    }
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")) + "\n"


def test_a_traceback_in_the_journal_is_folded_by_unit_and_pid(read):
    header = "2026-11-23 19:17:52,600 - aiogram.event - ERROR - Cause exception"
    lines = [header, *TRACEBACK.splitlines()]
    other = ["2026-11-23 19:17:52,600 - b - ERROR - Other", *TRACEBACK.splitlines()]
    text = entry("2026-11-23 19:17:52,600 - aiogram.event - INFO - fine")
    for ours, theirs in zip(lines, other, strict=True):
        text += entry(ours) + entry(theirs, pid="8") + entry("noise", unit="x.service")
    found = read(text + entry("print of something else"))
    assert [record.location.line for record in found.records] == [2, 3]
    first, second = found.records
    assert first.text == "Cause exception\n" + TRACEBACK
    assert first.exceptions[0].line == 14
    assert (first.component, first.program, first.pid) == ("bot.service", "bot", 7)
    assert first.run_key == "3ac5"
    assert first.severity is Severity.ERROR
    assert first.time == at(2026, 11, 23, 19, 17, 52, 600_000)
    assert second.pid == 8
    assert found.summary.format == "journal-json > python-logging"
    assert found.summary.records == 17 - 8


def test_every_encoding_of_a_journal_message_is_read(read):
    text = "ERROR caf\u00e9 \u274c"
    coloured = f"\x1b[31m{text}\x1b[0m"
    found = read(
        entry(list(coloured.encode()))
        + entry([text, "second value"])
        + entry(None)
        + entry(list(b"bad \xff\xfe ERROR"))
        + entry(list(b"healthy and coloured"))
        + entry("multi\nline ERROR", SYSLOG_IDENTIFIER=["one", "two"])
    )
    assert [record.text for record in found.records] == [
        text,
        text,
        "bad \\xff\\xfe ERROR",
        "multi\nline ERROR",
    ]
    assert found.records[3].program == "one"
    assert found.summary.records == 6


def test_a_message_too_large_for_the_journal_is_counted(read):
    found = read(entry(None, PRIORITY="3", _TRANSPORT="journal"))
    assert found.summary.problems == ("1 message not in the log: too large for the journal",)
    assert found.records[0].severity is Severity.ERROR


def test_stdout_s_priority_says_nothing(read):
    (record,) = read(entry("sqlite3.OperationalError: database is locked")).records
    assert record.severity is None


def test_short_entries_are_folded_whether_split_or_indented(read):
    prefix = "Nov 23 19:17:52 host bot[129]: "
    split = "".join(f"{prefix}{line}\n" for line in ["Handler failed", *TRACEBACK.splitlines()])
    indented = f"{prefix}Handler failed\n" + "".join(
        f"{' ' * len(prefix)}{line}\n" for line in TRACEBACK.splitlines()
    )
    one, other = read(split, options=ReadingOptions(year=2026)), read(indented)
    assert one.records[0].text == "Handler failed\n" + TRACEBACK
    assert other.records[0].text == "Handler failed\n" + TRACEBACK
    assert one.records[0].time == at(2026, 11, 23, 19, 17, 52)
    assert one.summary.assumptions == ("year 2026 assumed", "zone UTC")
    assert (one.summary.records, other.summary.records) == (1, 1)


def test_systemd_s_lines_belong_to_the_unit_they_are_about(read):
    found = read(
        "Dec 31 23:59:59 host systemd[1]: bot.service: Main process exited, code=killed\n"
        "Jan 01 00:00:01 host systemd[1]: bot.service: Main process exited, code=killed\n",
        options=ReadingOptions(year=2025),
    )
    assert [(r.component, r.program) for r in found.records] == [("bot.service", "systemd")] * 2
    assert [record.time.year for record in found.records] == [2025, 2026]


def test_the_carrier_s_clock_gives_the_zone_of_the_program_s(read):
    found = read("2026-11-23T19:17:52+0000 host bot[1]: 2026-11-23 22:17:51,900 - a - ERROR - x\n")
    assert found.records[0].time == at(2026, 11, 23, 19, 17, 51, 900_000)
    assert found.summary.assumptions == ()


# Containers


def test_compose_docker_s_stamp_and_the_program_s_prefix_are_peeled(read):
    lines = ["ERROR:aiogram.event:Cause", *TRACEBACK.splitlines()]
    text = ""
    for number, line in enumerate(lines):
        text += f"bot-1    | 2026-11-23T19:25:40.64482048{number}Z {line}\n"
        text += f"redis-1  | 2026-11-23T19:25:40.64482048{number}Z fine\n"
    found = read(text)
    (record,) = found.records
    assert record.text == "Cause\n" + TRACEBACK
    assert (record.component, record.logger) == ("bot-1", "aiogram.event")
    assert record.exceptions[0].line == 9
    assert found.summary.format in {
        "docker-compose > docker-time > python-basic",
        "docker-compose > docker-time",
    }


def test_docker_s_json_file_is_read(read):
    text = "".join(
        json.dumps(
            {"log": line + "\n", "stream": "stderr", "time": "2026-11-23T19:25:40.6Z"}
        ).replace('": "', '":"')
        + "\n"
        for line in ["ERROR:a:Cause", *TRACEBACK.splitlines()]
    )
    (record,) = read(text).records
    assert record.text == "Cause\n" + TRACEBACK
    assert record.time == at(2026, 11, 23, 19, 25, 40, 600_000)


# Bad input


def test_an_empty_log_has_no_lines(read):
    found = read(b"")
    assert (found.summary.lines, found.summary.records, found.summary.format) == (0, 0, "text")


def test_invalid_bytes_stay_visible(read):
    (record,) = read(b"2026-05-19 14:22:00,100 - a - ERROR - caf\xe9\n").records
    assert record.message == "caf\\xe9"


def test_nul_bytes_are_left_out_and_said(read):
    found = read(b"\0\0\0\x002026-05-19 14:22:00,100 - a - ERROR - x\0\n")
    assert found.records[0].message == "x"
    assert found.summary.problems == ("5 NUL bytes left out",)


def test_terminal_colours_are_taken_off(read):
    (record,) = read(
        "\x1b[32m2026-11-23 19:24:06.165\x1b[0m | \x1b[31m\x1b[1mERROR   \x1b[0m | a:b:1 - boom\n"
    ).records
    assert (record.severity, record.logger, record.message) == (Severity.ERROR, "a", "boom")


def test_windows_encodings_are_read(read):
    text = "2026-05-19 14:22:00,100 - a - ERROR - caf\u00e9\r\n"
    for encoding in ("utf-16", "utf-8-sig"):
        assert read(text.encode(encoding)).records[0].message == "caf\u00e9"


def test_an_endless_line_is_cut_and_said(read):
    line = b"2026-05-19 14:22:00,100 - a - ERROR - " + b"x" * 20_000_000 + b"\n"
    found = read(b"first\n" + line + b"2026-05-19 14:22:01,100 - a - ERROR - after\n")
    assert [record.location.line for record in found.records] == [2, 3]
    assert len(found.records[0].text) < 300_000
    assert found.summary.lines == 3
    assert "longer than 262144 bytes" in found.summary.problems[0]
    assert "first: line 2" in found.summary.problems[0]


def test_an_endless_record_is_cut_and_said(read):
    found = read(
        "2026-05-19 14:22:00,100 - a - ERROR - x\n" + "more of it\n" * 60_000 + "the end\n"
    )
    assert found.summary.records == 1
    assert len(found.records[0].text) < 300_000
    assert "cut" in found.summary.problems[0]


def test_a_traceback_far_below_the_last_header_is_still_found(read):
    far = "2026-05-19 14:22:00,100 - a - INFO - x\n" + "output of a tool\n" * 40_000
    found = read(far + "\n" + TRACEBACK + "\n")
    assert [(r.location.line, r.time) for r in found.records] == [(40_003, None)]
    assert (found.summary.records, found.summary.unparsed_lines) == (1, 0)


def test_a_log_that_ends_in_a_traceback_keeps_it(read):
    text = "2026-05-19 14:22:00,100 - a - ERROR - x\n" + "\n".join(TRACEBACK.splitlines()[:2])
    (record,) = read(text).records
    assert record.line_count == 3
    assert record.exceptions[0].type == ""


def test_a_stream_that_breaks_gives_what_was_read(read):
    class Broken:
        def __init__(self):
            self.pieces = [b"2026-05-19 14:22:00,100 - a - ERROR - x\n"]

        def read(self, _size):
            if not self.pieces:
                raise OSError(5, "Input/output error")
            return self.pieces.pop()

    found = read(b"", stream=Broken())
    assert len(found.records) == 1
    assert found.summary.problems == ("reading stopped: [Errno 5] Input/output error",)


# Load

UPDATES = LoadPattern(
    "updates",
    (b"handled. Duration ",),
    r"Update id=\d+ is (?:not )?handled\. Duration (?P<duration>\d+) ms",
    0.001,
)


def updates(*times_and_durations, prefix="2026-05-19 "):
    return "".join(
        f"{prefix}{time} - aiogram.event - INFO - Update id={n} is handled."
        f" Duration {took} ms by x\n"
        for n, (time, took) in enumerate(times_and_durations)
    )


def test_healthy_events_are_counted_by_their_arrival(read):
    load = read(
        updates(("10:00:05,000", 5000), ("10:00:05,100", 4000), ("10:00:05,200", 100)),
        load_patterns=[UPDATES],
    ).load
    start = at(2026, 5, 19, 10).timestamp()
    assert (load.events, load.first, load.last) == (3, start, start + 5.1)
    assert load.hours == {int(start) // 3600: 3}
    assert (load.peak_1s, load.peak_10s, load.peak_concurrency) == (1, 3, 2)


def test_bursts_and_busy_seconds_are_found(read):
    burst = [("10:00:01,500", 1)] * 9 + [("10:20:01,500", 1)]
    load = read(updates(*burst), load_patterns=[UPDATES]).load
    second = int(at(2026, 5, 19, 10, 0, 1).timestamp())
    assert (load.peak_1s, load.peak_time, load.busy_seconds) == (9, second, {second: 9})


def test_the_count_is_the_same_by_shape_and_line_by_line(read):
    lines = updates(*[(f"10:{n // 60:02}:{n % 60:02},{n % 1000:03}", n) for n in range(900)])
    quoted = "2026-05-19 10:00:00,000 - a - INFO - he said: is handled. Duration 7 ms\n"
    fast = read(lines, load_patterns=[UPDATES]).load
    assert fast.events == 900
    assert read(quoted + lines, load_patterns=[UPDATES]).load == fast


def test_load_is_counted_in_the_journal_and_by_the_clock(read):
    message = "Update id=1 is handled. Duration 12 ms by bot id=42"
    assert read(entry(message), load_patterns=[UPDATES]).load.events == 1
    clock = "".join(f"[{n // 60 % 24:02}:{n % 60:02}:00] INFO   {message}\n" for n in range(3000))
    load = read(clock, load_patterns=[UPDATES], block_bytes=20_000).load
    assert load.events == 3000
    assert load.last == 2999 * 60 - 0.012


# Rule examples


def test_an_example_s_text_becomes_a_record():
    record = make_record("Cause\n" + TRACEBACK, logger="a", severity=Severity.ERROR)
    assert record.message == "Cause"
    assert record.exceptions[0].message == "database is locked"
    assert record.location.line == 1


@pytest.mark.parametrize("carried", [True, False])
def test_a_last_line_that_ends_with_its_stamp_is_counted_once(read, carried):
    line = '{"severity":"DEBUG","message":"fine","time":"2026-11-24T00:45:52.300147Z"}\n'
    other = "2026-11-23T20:08:57.969135782Z stderr F INFO:bot:hello\n" if carried else ""
    found = read(line * 12 + "750x750\n" + other + "2026-11-23T20:08:57.9701357")
    assert found.summary.lines == 14 + carried
