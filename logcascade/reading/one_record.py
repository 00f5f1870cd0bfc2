"""One record of a source, by a line of it."""

from collections.abc import Sequence
from typing import BinaryIO

from logcascade.model.records import Record
from logcascade.reading.finder import build_record_finder
from logcascade.reading.formats.line_format import Format
from logcascade.reading.reader import Reader
from logcascade.reading.times.stamps import ReadingOptions

_EVERYWHERE = " "
"""A text that stands in every line worth a rule: each becomes a record, not the failures alone."""


def record_at(stream: BinaryIO, name: str, line: int, formats: Sequence[Format]) -> Record | None:
    """Return the record of *stream* that line number *line*, from 1 on, belongs to; or None."""
    finder = build_record_finder((_EVERYWHERE,), formats)
    reader = Reader(stream, name, formats, finder, (), ReadingOptions())
    found = None
    for record in reader.records():
        if record.location.line > line:
            break
        if line < record.location.line + record.line_count:
            found = record
    return found
