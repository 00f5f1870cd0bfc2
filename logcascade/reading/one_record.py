"""All records of a source, healthy ones too: for single looks, not for verdicts."""

from collections.abc import Iterator, Sequence
from typing import BinaryIO

from logcascade.model.records import Record
from logcascade.reading.finder import build_record_finder
from logcascade.reading.formats.line_format import Format
from logcascade.reading.reader import Reader
from logcascade.reading.times.stamps import ReadingOptions

_EVERYWHERE = " "
"""A text that stands in every line worth a rule: each becomes a record, not the failures alone."""


def every_record(stream: BinaryIO, name: str, formats: Sequence[Format]) -> Iterator[Record]:
    """Yield the records of *stream* one by one; it takes some ten times as long as `analyze`."""
    finder = build_record_finder((_EVERYWHERE,), formats)
    yield from Reader(stream, name, formats, finder, (), ReadingOptions()).records()


def record_at(stream: BinaryIO, name: str, line: int, formats: Sequence[Format]) -> Record | None:
    """Return the record of *stream* that line number *line*, from 1 on, belongs to; or None."""
    found = None
    for record in every_record(stream, name, formats):
        if record.location.line > line:
            break
        if line < record.location.line + record.line_count:
            found = record
    return found
