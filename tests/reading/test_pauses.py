"""A log read while it is being written gives the records that the whole log gives."""

import gzip
import io

import pytest

from logcascade.reading.finder import build_record_finder
from logcascade.reading.formats.line_format import load_formats
from logcascade.reading.reader import Reader
from logcascade.reading.times.stamps import ReadingOptions
from tests.conftest import SAMPLES

FORMATS = load_formats()
FINDER = build_record_finder(["Update id="], FORMATS)


class Growing:
    """Gives its lines so many at a time, with a pause after each."""

    def __init__(self, data, lines):
        every = data.splitlines(keepends=True)
        pieces = [b"".join(every[n : n + lines]) for n in range(0, len(every), lines)]
        self._given = [each for piece in pieces for each in (piece, None)]

    def read(self, _size=-1):
        return self._given.pop(0) if self._given else b""


def reader_of(stream, **options):
    return Reader(stream, "bot.log", FORMATS, FINDER, options=ReadingOptions(), **options)


def shown(record):
    return (record.location.line, str(record.time), record.text, record.line_count)


@pytest.mark.parametrize("lines", [100, 400])
def test_pauses_change_no_record_that_is_whole_one_pause_later(lines):
    packed = SAMPLES / "database-lock-root" / "bot.log.gz"
    data = gzip.decompress(packed.read_bytes())[:400_000]
    data = data[: data.rfind(b"\n") + 1]
    whole = reader_of(io.BytesIO(data))
    expected = [shown(record) for record in whole.records()]
    live = reader_of(Growing(data, lines), is_live=True)
    read = [shown(record) for record in live.follow() if record is not None]
    assert sorted(read) == sorted(expected)
    assert len(expected) > 1000
    assert live.summary() == whole.summary()


def test_a_record_is_given_one_pause_after_it_came_and_not_before():
    head = b"2026-05-19 12:00:00,000 - bot - INFO - Update id=1 is handled\n"
    failed = b"2026-05-19 12:00:01,000 - bot - ERROR - failed\nTraceback (most recent call last):\n"
    rest = b'  File "bot.py", line 3, in on\nKeyError: 1\n'
    given = [head, None, failed, None, rest, None, None, b""]

    class Stream:
        def read(self, _size=-1):
            return given.pop(0)

    follow = reader_of(Stream(), is_live=True).follow()
    course = [None if record is None else record.line_count for record in follow]
    assert course == [None, 1, None, 4, None, None]


def test_the_first_lines_of_a_pipe_are_not_waited_for_until_they_are_many():
    line = b"2026-05-19 12:00:00,000 - bot - ERROR - failed\n"
    given = [None, line, None, None]

    class Endless:
        def read(self, _size=-1):
            return given.pop(0)  # an empty list would say that it was asked for more

    follow = reader_of(Endless(), is_live=True).follow()
    course = [next(follow) for _ in range(3)]
    assert [None if record is None else record.message for record in course] == [
        None, None, "failed",
    ]  # fmt: skip
