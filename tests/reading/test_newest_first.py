"""A log that was written or exported newest first is read as the log it was."""

import io
import json
from dataclasses import replace

import pytest

from logcascade.reading.reader import Reader

TRACEBACK = """Traceback (most recent call last):
  File "/opt/bot/db.py", line 9, in save
    await db.commit()
sqlite3.OperationalError: database is locked"""
BEFORE = "2026-05-19 14:22:{:02},{:03} - bot - INFO - fine\n"
ERROR = "2026-05-19 14:22:{:02},500 - bot - ERROR - Cause\n" + TRACEBACK + "\n"


def entries():
    """Return the entries of a log, oldest first; each is a header with what is under it."""
    found = []
    for second in range(40):
        found += [BEFORE.format(second, number) for number in range(0, 500, 100)]
        if second % 7 == 3:
            found.append(ERROR.format(second))
    return found


@pytest.fixture
def reader_of(formats, finder):
    def make(text, **options):
        return Reader(io.BytesIO(text.encode()), "log", formats, finder, **options)

    return make


def without_lines(record):
    def bare(exception):
        return replace(exception, line=0)

    return replace(
        record,
        location=replace(record.location, line=0),
        exceptions=tuple(map(bare, record.exceptions)),
    )


@pytest.mark.parametrize("block_bytes", [1024, 4 * 1024 * 1024])
def test_entries_come_out_upright_in_the_order_they_were_written(read, reader_of, block_bytes):
    log = entries()
    turned = "".join(reversed(log))
    upright = read("".join(log))
    reader = reader_of(turned, block_bytes=block_bytes)
    records = list(reader.records())
    assert records == upright.records
    assert "newest first: read backwards" in reader.summary().assumptions
    assert "newest first: read backwards" not in upright.summary.assumptions
    assert reader.summary() == replace(
        upright.summary, assumptions=("zone UTC", "newest first: read backwards")
    )
    lines = turned.splitlines()
    for record in records:
        place = reader.place(record.location.line)
        assert place.source == "log"
        assert lines[place.line - 1].endswith("ERROR - Cause")
        raised = reader.place(record.exceptions[0].line).line
        assert lines[raised - 1] == "sqlite3.OperationalError: database is locked"
        assert raised == place.line + 4


def test_a_journal_read_backwards_has_its_tracebacks_upright(read, reader_of):
    """As ``journalctl -r`` prints it: each line of a traceback is an entry of its own."""
    lines = []
    for second in range(30):
        prefix = f"2026-11-23T19:17:{second:02}+0000 host bot[129]: "
        lines.append(f"{prefix}fine\n")
        if second % 10 == 5:
            lines += [f"{prefix}{line}\n" for line in ["Handler failed", *TRACEBACK.splitlines()]]
    reader = reader_of("".join(reversed(lines)))
    records = list(reader.records())
    assert records == read("".join(lines)).records
    assert len(records) == 3
    assert records[0].text == "Handler failed\n" + TRACEBACK
    assert reader.place(records[0].location.line).line == len(lines) + 1 - 7


def test_a_log_turned_line_by_line_is_turned_back_line_by_line(read, reader_of):
    """As ``tac`` prints it: tracebacks stand on their heads, below them their header."""
    lines = "".join(entries()).splitlines(keepends=True)
    reader = reader_of("".join(reversed(lines)))
    assert list(reader.records()) == read("".join(lines)).records
    assert reader.place(1).line == len(lines)


def test_an_export_of_objects_newest_first_is_read_in_order(reader_of):
    lines = [
        json.dumps(
            {
                "log": f"ERROR:bot:number {second}\n",
                "stream": "stderr",
                "time": f"2026-11-23T19:25:{second:02}.6Z",
            },
            separators=(",", ":"),
        )
        + "\n"
        for second in range(20)
    ]
    reader = reader_of("".join(reversed(lines)))
    found = [record.message for record in reader.records()]
    assert found == [f"number {second}" for second in range(20)]


@pytest.mark.parametrize(
    "seconds",
    [
        pytest.param([5, 4, 3], id="too short to tell"),
        pytest.param([1, 2, 3, 4, 3, 2, 1, 5, 6], id="two processes with some lines late"),
        pytest.param([9, 8, 7, 6, 9, 8, 7, 6, 9, 8, 7, 6], id="steps on as well"),
        pytest.param([1] * 30, id="all at once"),
    ],
)
def test_a_log_that_is_merely_out_of_order_is_read_as_it_stands(reader_of, seconds):
    lines = [f"2026-05-19 14:22:{second:02},000 - a - ERROR - n{second}\n" for second in seconds]
    reader = reader_of("".join(lines))
    found = [record.message for record in reader.records()]
    assert found == [f"n{second}" for second in seconds]
    assert "newest first: read backwards" not in reader.summary().assumptions
