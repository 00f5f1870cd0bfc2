"""What of a line is its prefix: levels that are no names, times that stand further in."""

import io

import pytest

from logcascade.model.records import Severity
from logcascade.reading.formats.line_format import load_formats
from logcascade.reading.reader import Reader
from tests.format_logs.every_line import EveryLine

FORMATS = load_formats()
TIME = "2026-11-23 19:24:06,032"


def records_of(lines):
    data = "".join(f"{line}\n" for line in lines).encode()
    reader = Reader(io.BytesIO(data), "log", FORMATS, EveryLine())
    return list(reader.records()), reader.summary()


@pytest.mark.parametrize(
    "prefix",
    [
        f"{TIME} [INFO]: ",
        f"{TIME} [info]: ",
        f"{TIME} [INFO] ",
        f"[{TIME}] [INFO] ",
        f"{TIME} INFO ",
        f"{TIME} - INFO - ",
        f"{TIME} | INFO | ",
        f"{TIME}:INFO:",
        f"{TIME} - app - INFO - ",
        f"{TIME} INFO [app] ",
        "19:24:06 INFO ",
        "19:24:06 [INFO] ",
    ],
)
@pytest.mark.parametrize("message", ["ERROR CODE 7", "ERROR: it broke", "WARNING - none"])
def test_a_level_in_the_message_is_not_the_records(prefix, message):
    (record,), _ = records_of([prefix + message])
    assert record.severity is Severity.INFO
    assert record.message == message
    assert record.logger in ("", "app")


@pytest.mark.parametrize(
    ("line", "time", "message"),
    [
        ("[811] 2026-11-23T19:24:06.032Z info: up", "2026-11-23T19:24:06.032000+00:00", "up"),
        ("[bot] (w1) [2026-11-23 19:24:06] up", "2026-11-23T19:24:06+00:00", "up"),
        ("relay 2026-11-23 19:24:06: up", "2026-11-23T19:24:06+00:00", "up"),
        ("[11-23 19:24:06] up", "1972-11-23T19:24:06+00:00", "up"),
        ("11-23 19:24:06.032 ERROR: down", "1972-11-23T19:24:06.032000+00:00", "down"),
    ],
)
def test_a_time_behind_a_few_words_or_without_a_year_is_the_lines(line, time, message):
    records, summary = records_of([line] * 4)
    assert [(each.time.isoformat(), each.message) for each in records] == [(time, message)] * 4
    assert summary.unparsed_lines == 0


def test_a_time_in_what_a_record_says_begins_no_other():
    lines = [f"{TIME} - app - INFO - next", "run at 2026-11-23 20:00:00"] * 5
    records, _ = records_of([*lines, lines[0]])
    assert [each.line_count for each in records] == [2] * 5 + [1]


def test_a_report_of_erlang_is_a_record_of_its_level():
    lines = [
        "=ERROR REPORT==== 25-Nov-2026::21:41:24.765453 ===",
        "closing AMQP connection <0.9.0> (127.0.0.1:52352 -> 127.0.0.1:5672):",
        "missed heartbeats from client, timeout: 60s",
        "=INFO REPORT==== 25-Nov-2026::21:41:24.814169 ===",
        "accepting AMQP connection",
    ]
    (error, info), summary = records_of(lines)
    assert (error.severity, error.message) == (Severity.ERROR, "\n".join(lines[1:3]))
    assert (info.severity, info.message) == (Severity.INFO, lines[4])
    assert info.time.isoformat() == "2026-11-25T21:41:24.814169+00:00"
    assert summary.unparsed_lines == 0
