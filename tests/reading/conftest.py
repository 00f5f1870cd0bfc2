import io
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from logcascade.model.records import LoadCounts, Record, SourceSummary
from logcascade.reading.finder import Finder, build_record_finder
from logcascade.reading.formats.line_format import Format, load_formats
from logcascade.reading.reader import Reader

LITERALS = ("Flood control exceeded", "database is locked", "Main process exited", "Out of memory")


@dataclass
class Reading:
    records: list[Record]
    summary: SourceSummary
    load: LoadCounts


@pytest.fixture(scope="session")
def formats() -> tuple[Format, ...]:
    return load_formats()


@pytest.fixture(scope="session")
def finder(formats) -> Finder:
    return build_record_finder(LITERALS, formats)


@pytest.fixture(scope="session")
def read(formats, finder) -> Callable[..., Reading]:
    def read_bytes(data, *, stream=None, finder=finder, **options) -> Reading:
        if isinstance(data, str):
            data = data.encode()
        reader = Reader(stream or io.BytesIO(data), "log", formats, finder, **options)
        records = list(reader.records())
        summary = reader.summary()
        assert summary.record_lines + summary.unparsed_lines == summary.lines
        assert summary.unparsed_lines >= 0
        assert summary.records >= 0
        lines = [record.location.line for record in records]
        assert lines == sorted(lines)
        return Reading(records, summary, reader.load())

    return read_bytes
