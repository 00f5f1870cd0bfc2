"""Records that read like failures though nothing says so."""

import pytest

from logcascade.model.records import Severity
from logcascade.reading.doubts import MAX_LINES, Doubts
from logcascade.reading.reader import make_record


def noted(*records):
    doubts = Doubts()
    for record in records:
        doubts.note(record)
    return doubts.lines


@pytest.mark.parametrize(
    "text",
    [
        "Error: no token",
        "it said FATAL",
        "Segmentation fault (core dumped)",
        "Uncaught 5",
        "a\nOSError",
    ],
)
def test_a_record_without_a_level_that_reads_like_a_failure_is_noted(text):
    assert noted(make_record(text)) == [1]


@pytest.mark.parametrize(
    "text", ["no error", "Errors: 0", "exceptional", "fatalism", "all is well"]
)
def test_other_words_raise_no_doubt(text):
    assert noted(make_record(text)) == []


def test_what_says_how_bad_it_is_leaves_no_doubt():
    assert noted(make_record("Error: asked for", severity=Severity.INFO)) == []
    raised = 'Traceback (most recent call last):\n  File "a.py", line 1, in f\nOSError: x'
    assert noted(make_record(raised)) == []


def test_the_lines_remembered_are_bounded():
    assert len(noted(*[make_record("Error: x")] * (MAX_LINES + 5))) == MAX_LINES
