"""The small readers under structured records: numbers that are times, logfmt, exceptions told."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logcascade.model.records import Severity
from logcascade.reading.fields.json_text import read_cut_object, read_object
from logcascade.reading.fields.logfmt import read_logfmt
from logcascade.reading.fields.meaning import MAX_DETAILS, FieldReader, stamp_of
from logcascade.reading.fields.told_exceptions import tell_exception
from logcascade.reading.formats.line_format import FieldKeys
from logcascade.reading.formats.severity import parse_severity
from logcascade.reading.records.tracebacks import parse_exceptions
from logcascade.reading.times.epochs import MAX_SECONDS, MIN_SECONDS, epoch_text, read_epoch

MOMENT = datetime(2026, 11, 23, 19, 24, 6, 32_000, UTC)


@pytest.mark.parametrize(
    "text",
    [
        *("1795461846.032", "1795461846032", "1795461846032000", "1795461846032000000"),
        *("1.795461846032e9", "1795461846032.0"),
    ],
)
def test_the_unit_of_a_time_is_told_by_its_size(text):
    assert read_epoch(text) == MOMENT


@given(st.integers(MIN_SECONDS, MAX_SECONDS - 1), st.sampled_from([1, 10**3, 10**6, 10**9]))
def test_every_unit_gives_the_same_second(seconds, unit):
    assert read_epoch(str(seconds * unit)) == read_epoch(str(seconds))


@given(st.one_of(st.text(max_size=30), st.floats(), st.integers(), st.booleans(), st.none()))
def test_what_is_no_time_is_none(value):
    text = epoch_text(value)
    assert not text or MIN_SECONDS <= float(text) < MAX_SECONDS + 1


@pytest.mark.parametrize("value", [5, "12", 99_999_999, -1795461846, True, "nan", "1e999", None])
def test_a_count_is_no_time(value):
    assert epoch_text(value) == ""
    assert stamp_of(value)[1] == ""


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("a=1 b=two", {"a": "1", "b": "two"}),
        (r'msg="say \"no\"\n\u0431" flag x=', {"msg": 'say "no"\n\u0431', "flag": "true", "x": ""}),
        ('a="never closed', {"a": "never closed"}),
        ("a=b=c a=2", {"a": "b=c"}),
        ("just some words a=1", None),
        ("it is=1", None),
        ('a="x"y=2', None),
    ],
)
def test_logfmt_is_read_as_its_writers_write_it(text, fields):
    assert read_logfmt(text) == fields


@given(st.text(max_size=200))
def test_no_text_stops_the_readers_of_fields(text):
    for read in (read_logfmt, read_object, read_cut_object):
        read(text)
        read('{"a": "' + text)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
    max_leaves=9,
)


@given(VALUES)
def test_any_value_under_any_key_is_read(value):
    keys = FieldKeys(text=("a",), time=("b",), level=("c.d",), exception=("e", "f"))
    reader = FieldReader(keys, None)
    for key in "abcef":
        entry = reader.read({key: value, "g": value})
        assert "\n" not in entry.details
    if isinstance(value, dict):
        reader.read(value)


def test_what_is_told_beside_the_message_is_bounded():
    entry = FieldReader(FieldKeys(), None).read({f"k{n}": "x" * 9999 for n in range(500)})
    assert entry.details.count("=") == MAX_DETAILS
    assert len(entry.details) < MAX_DETAILS * 1100


@pytest.mark.parametrize(
    ("word", "severity"),
    [
        *(("NOTICE", "INFO"), ("success", "INFO"), ("trace", "DEBUG"), ("E", "ERROR")),
        *(("eror", "ERROR"), ("dpanic", "CRITICAL"), ("Warn", "WARNING"), ("25", "INFO")),
        *(("Level 35", "WARNING"), ("5", "DEBUG"), ("50", "CRITICAL")),
    ],
)
def test_the_words_and_numbers_of_every_writer_are_on_one_scale(word, severity):
    assert parse_severity(word) is Severity[severity]


@pytest.mark.parametrize("word", ["", "ok", "9" * 5000, "-1", "4.5", "\u0665"])
def test_what_is_no_level_is_none(word):
    assert parse_severity(word) is None


def test_a_number_between_two_levels_is_the_lower_on_its_own_scale():
    scale = {"30": Severity.INFO, "40": Severity.WARNING}
    assert parse_severity("35", scale) is Severity.INFO
    assert parse_severity("3", scale) is Severity.INFO


def raised(name, value="x", **more):
    frame = {"filename": f"{name}.py", "lineno": 7, "name": "f"}
    return {"exc_type": name, "exc_value": value, "frames": [frame], **more}


def parsed(told):
    return parse_exceptions([(line, 3) for line in told.lines])


def test_a_list_of_exceptions_is_a_chain_first_raised_last():
    trace = [raised("Top"), raised("Middle"), raised("Root", is_cause=True)]
    (top,) = parsed(tell_exception(trace, "", ""))
    assert [each.type for each in top.in_order_raised()] == ["Root", "Middle", "Top"]
    assert top.cause is None
    assert top.context is not None
    assert top.context.cause is not None
    assert [(frame.file, frame.line) for frame in top.frames] == [("Top.py", 7)]


def test_a_group_keeps_its_members_and_where_they_came_from():
    inner = raised("InnerGroup", is_group=True, exceptions=[[raised("Leaf", frames=[])]])
    members = [[raised("First")], [inner, raised("Before")]]
    trace = [raised("Group", is_group=True, exceptions=members), raised("Root", is_cause=True)]
    (top,) = parsed(tell_exception(trace, "", ""))
    assert top.cause is not None
    assert [each.type for each in top.group] == ["First", "InnerGroup"]
    assert top.group[1].context is not None
    assert [each.type for each in top.group[1].group] == ["Leaf"]


@pytest.mark.parametrize(
    ("trace", "name", "message", "told"),
    [
        ('  File "a.py", line 1, in f\n    x()\n', "KeyError", "'k'", [("KeyError", "'k'")]),
        ("Traceback (most recent call last):\nKeyError: 'k'", "", "", [("KeyError", "'k'")]),
    ],
)
def test_a_traceback_is_one_with_or_without_its_first_and_last_line(trace, name, message, told):
    found = parsed(tell_exception(trace, name, message))
    assert [(each.type, each.message) for each in found] == told


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("sqlite3.OperationalError: database is locked", "sqlite3.OperationalError"),
        ("TimeoutError", "TimeoutError"),
        ("Error: boom\n    at f (a.js:1:2)", "Error"),
        ("main.save\n\t/app/main.go:7", ""),
        ("disk is full", ""),
        ("get https://x: refused", ""),
        ("", ""),
    ],
)
def test_the_text_of_an_error_names_a_class_or_does_not(text, name):
    assert tell_exception(text, "", "").type == name


@pytest.mark.parametrize("trace", [True, 5, {}, [], [1], "\n", None])
def test_a_mark_that_something_was_raised_is_no_exception(trace):
    assert not tell_exception(trace, "", "").lines
