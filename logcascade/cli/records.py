"""Single records, as people name them on the command line: ``bot.log:40211``, or their text."""

import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from logcascade.errors import LogcascadeError

if TYPE_CHECKING:
    from logcascade.model.records import Record

STANDARD_INPUT = "-"


def place(origin: str) -> tuple[str, int]:
    """Return file and line of ``FILE:LINE``; a file alone, or ``-``, means its first line."""
    name, colon, number = origin.rpartition(":")
    if colon and number.isascii() and number.isdigit() and name:
        return name, int(number)
    return origin, 1


def read_record(name: str, line: int) -> "Record":
    """Return the record that a line of a log belongs to."""
    from logcascade.reading.formats.line_format import load_formats
    from logcascade.reading.one_record import record_at
    from logcascade.sources import open_source

    source = open_source(name, standard_input())
    try:
        record = record_at(source.stream, source.name, line, load_formats())
    finally:
        source.close()
    if record is None:
        raise LogcascadeError(
            f"no record of {name} holds line {line}", help="lines count from 1, as reports show"
        )
    return record


def named_or_said(words: str) -> "Record":
    """Return the record of ``FILE:LINE`` where there is such a file; else *words* are its text."""
    from logcascade.reading.formats.line_format import load_formats
    from logcascade.reading.one_record import record_at
    from logcascade.reading.reader import make_record

    name, line = place(words)
    if name == STANDARD_INPUT or Path(name).is_file():
        return read_record(name, line)
    stream = io.BytesIO(f"{words}\n".encode())
    return record_at(stream, "LINE", 1, load_formats()) or make_record(words)


def standard_input() -> BinaryIO | None:
    """Return standard input as bytes; None where there is none."""
    return None if sys.stdin is None else cast("BinaryIO", sys.stdin.buffer)
