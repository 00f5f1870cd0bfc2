import io
from collections.abc import Callable

import pytest

from logcascade.reading.formats import load_formats
from logcascade.reading.reader import Reader
from tests.format_logs.every_line import EveryLine


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
