"""A journal read from whatever journalctl printed of it."""

import io
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logcascade.cleaning.clean_lines import CleanLines
from logcascade.cleaning.journal_entry import MAX_ENTRY_BYTES
from logcascade.cleaning.journal_export import JournalExport, applies
from logcascade.cleaning.journal_verbose import JournalVerbose
from logcascade.cleaning.json_frames import JsonFrames
from logcascade.cleaning.parts import Parts
from logcascade.cleaning.pretty_json import PrettyJson
from logcascade.reading.formats.severity import SYSLOG_PRIORITIES
from tests.cleaning.entries_made import CURSOR, FORMS, MADE, Made, export

ONE = Made("first\nsecond", "bot", 7, 3, 1_795_461_472_690_700)


def told(record, *, has_level):
    level = record.severity if has_level else None
    return record.message, record.program, record.pid, level, record.time


@settings(max_examples=30, deadline=None)
@given(entries=MADE)
@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_journal_gives_the_same_records(read_all, form, entries):
    records, summary = read_all(FORMS[form](entries))
    has_level = form != "short-iso-precise"
    assert [told(each, has_level=has_level) for each in records] == [
        (
            entry.message,
            entry.program,
            entry.pid,
            SYSLOG_PRIORITIES[str(entry.priority)] if has_level else None,
            datetime.fromtimestamp(entry.time // 10**6, UTC).replace(
                microsecond=entry.time % 10**6
            ),
        )
        for entry in entries
    ]
    assert summary.unparsed_lines == 0
    assert not summary.problems


@settings(max_examples=30, deadline=None)
@given(entries=MADE, sizes=st.lists(st.integers(1, 300), min_size=1), cut=st.integers(0, 60))
@pytest.mark.parametrize("form", FORMS)
def test_cuts_change_nothing_and_no_line_is_lost(form, entries, sizes, cut):
    data = FORMS[form](entries)
    data = data[cut:] + data[: len(data) - cut] + b"\x1b[1mother\n{\n"

    def lines(pieces):
        raw = [JournalExport()] if applies(data) else []
        by_lines = (JsonFrames(), PrettyJson(), JournalVerbose(), Parts())
        out, rest = [], b""
        for piece, final in pieces:
            for step in raw:
                piece = step.feed(piece, final=final)
            rest += piece
            whole = len(rest) if final else rest.rfind(b"\n") + 1
            given, rest = rest[:whole], rest[whole:]
            for step in by_lines:
                given = step.feed(given, final=final)
            out.append(given)
        return b"".join(out)

    pieces, place = [], 0
    while place < len(data):
        size = sizes[len(pieces) % len(sizes)]
        pieces.append((data[place : place + size], False))
        place += size
    whole = lines([(data, True)])
    assert whole.count(b"\n") == data.count(b"\n")
    assert lines([*pieces, (b"", True)]) == whole


def test_the_entry_stands_at_the_line_of_its_message(read_all):
    for form, line in (("export", 4), ("verbose", 4), ("json-pretty", 5)):
        (record,), _ = read_all(FORMS[form]([ONE]))
        assert record.location.line == line, form


def test_a_traceback_in_verbose_keeps_its_line_numbers(read_all):
    message = 'failed\nTraceback (most recent call last):\n  File "a.py", line 1, in f\nKeyError: 1'
    log = FORMS["verbose"]([Made(message, "bot", 7, 3, ONE.time), ONE])
    record, _ = read_all(log)[0]
    assert record.exceptions[0].type == "KeyError"
    numbers = [n for n, line in enumerate(log.splitlines(), 1) if b"KeyError" in line]
    assert [record.exceptions[0].line] == numbers


@pytest.mark.parametrize("length", [10, 266, 10 * 256 + 10])
def test_a_length_may_hold_the_byte_of_a_line_break(read_all, length):
    log = export([ONE, Made("a\n" + "b" * (length - 2), "bot", 7, 3, ONE.time), ONE])
    records, summary = read_all(log)
    assert [len(each.message) for each in records] == [12, length, 12]
    assert summary.problems == ()


def test_an_entry_without_its_empty_line_ends_where_the_next_begins(read_all):
    log = b"__CURSOR=s=1\nMESSAGE=one\n__CURSOR=s=2\nMESSAGE=two\n"
    assert [each.message for each in read_all(log)[0]] == ["one", "two"]


def test_what_is_left_of_a_cut_entry_is_read(read_all):
    log = export([ONE])
    for end in range(log.index(b"second"), len(log)):
        (record,), _ = read_all(log[:end])
        assert record.message.startswith("first")
        assert (record.location.line, record.time is not None) == (4, True)


def test_a_log_cut_within_a_binary_field_goes_on_with_the_next_entry(read_all):
    log = export([ONE, ONE, ONE])
    records, _ = read_all(b"__REALTIME_TIMESTAMP=1795461472690700\n" + log[log.index(b"second") :])
    assert [each.message for each in records[-2:]] == ["first\nsecond"] * 2


def test_a_length_that_cannot_be_is_said_and_left_out(read_all):
    log = b"__REALTIME_TIMESTAMP=1795461472690700\nMESSAGE\nno length here\nPRIORITY=3\n\n"
    (record, other), summary = read_all(log + export([ONE]))
    assert (record.message, other.message) == ("", "first\nsecond")
    assert "damaged" in summary.problems[0]


def test_an_endless_field_takes_no_memory_and_is_cut():
    step = JournalExport()
    head = b"__REALTIME_TIMESTAMP=1795461472690700\nMESSAGE\n" + (40 << 20).to_bytes(8, "little")
    out = step.feed(head, final=False)
    for _ in range(40):
        out += step.feed(b"x" * (1 << 20), final=False)
        assert len(step._rest) <= 2 * MAX_ENTRY_BYTES
    out += step.feed(b"\n\n" + export([ONE]), final=True)
    assert len(out) < MAX_ENTRY_BYTES
    assert out.count(b'"MESSAGE"') == 2
    assert list(step.problems()) == [f"2 fields longer than {MAX_ENTRY_BYTES} bytes were cut there"]


def test_a_message_of_control_characters_still_fits_a_line(read_all):
    (record,), summary = read_all(export([Made("m\n" + "\x01" * 200_000, "bot", 7, 3, ONE.time)]))
    assert record.message.startswith("m\n\x01")
    assert summary.problems


def test_only_an_export_is_taken_for_one():
    assert applies(export([ONE]))
    assert applies(b"__CURSOR=s=63c7\n")
    assert not applies(b"PATH=/usr/bin\n__REALTIME_TIMESTAMP is a field\n")


def test_a_line_that_only_looks_like_an_entry_of_verbose_stays():
    log = f"Mon 2026-11-23 19:17:52 UTC [{CURSOR}t=1;x=0]\nnot a field\n".encode()
    (block,) = CleanLines(io.BytesIO(log))
    assert block.data == log


def test_the_time_of_verbose_does_not_depend_on_the_name_of_its_zone(read_all):
    log = FORMS["verbose"]([ONE]).replace(b" UTC ", b" +0545 ").replace(b"19:17", b"01:02")
    (record,), _ = read_all(log)
    assert record.time == datetime(2026, 11, 23, 19, 17, 52, 690700, UTC)


def test_what_journalctl_says_between_entries_is_recognised(read_all):
    log = (
        "-- Logs begin at Mon 2019-11-25 19:13:19 UTC, end at Mon 2019-11-25 19:17:53 UTC. --\n"
        "Nov 25 19:17:52 host bot[7]: fine\n"
        "-- Reboot --\n"
        "Nov 25 19:17:52 host systemd[1]: Started bot.service.\n"
        "░░ Subject: A start job for unit bot.service has finished successfully\n"
        "░░ \n"
        "Hint: You are currently not seeing messages from other users and the system.\n"
        "      Users in groups 'adm', 'systemd-journal' can see all messages.\n"
    ).encode()
    records, summary = read_all(log)
    assert summary.unparsed_lines == 0
    texts = [each.message for each in records]
    assert texts[1] == "fine"
    assert texts[3] == "Started bot.service."
    assert {each.severity for each in records} == {None}


def test_the_status_of_a_unit_is_no_riddle(read_all):
    log = (
        "● bot.service - Telegram bot\n"
        "     Loaded: loaded (/etc/systemd/system/bot.service; enabled)\n"
        "     Active: active (running) since Sun 2026-02-01 08:21:09 UTC; 2 days ago\n"
        "   Main PID: 2031743 (bash)\n"
        "     CGroup: /system.slice/bot.service\n"
        "             └─2031745 python /opt/bot.py --port 8080>\n"
        "\n"
        'Feb 04 05:07:12 another bash[2031745]:   File "selector_events.py", line 17>\n'
        "Feb 04 05:07:12 another bash[2031745]: OSError: [Errno 24] Too many open files\n"
        "lines 1-9/9 (END)\n"
    ).encode()
    records, summary = read_all(log)
    assert summary.unparsed_lines == 0
    assert [each.type for record in records for each in record.exceptions] == ["OSError"]


def test_an_export_that_ends_anywhere_has_as_many_lines_as_came():
    log = export([ONE, ONE])
    for end in range(1, len(log)):
        lines = sum(block.lines for block in CleanLines(io.BytesIO(log[:end])))
        assert lines == log.count(b"\n", 0, end) + (not log[:end].endswith(b"\n")), end
