import io
from collections.abc import Callable

import pytest

from logcascade.cleaning.clean_lines import CleanLines
from logcascade.reading.formats.line_format import load_formats
from logcascade.reading.reader import Reader
from tests.format_logs.every_line import EveryLine
from tests.reading.conftest import finder, formats, read
from tests.reading.test_reader_cuts import Trickle

__all__ = ["finder", "formats", "read"]


@pytest.fixture(scope="session")
def clean():
    """Return what the chain makes of some bytes, read in pieces of *sizes*, and what it says."""

    def cleaned(data, sizes=None):
        stream = io.BytesIO(data) if sizes is None else Trickle(data, sizes)
        lines = CleanLines(stream)
        blocks = list(lines)
        assert all(block.lines == block.data.count(b"\n") for block in blocks)
        said = list(lines.notes), list(lines.problems())
        return b"".join(block.data for block in blocks), *said

    return cleaned


@pytest.fixture(scope="session")
def read_all() -> Callable:
    """Return what reads every record of a log, and its summary."""
    formats = load_formats()

    def read(data, **options):
        reader = Reader(io.BytesIO(data), "log", formats, EveryLine(), **options)
        records = list(reader.records())
        summary = reader.summary()
        assert 0 <= summary.lines - data.count(b"\n") <= (not data.endswith(b"\n"))
        assert summary.record_lines + summary.unparsed_lines == summary.lines
        return records, summary

    return read
