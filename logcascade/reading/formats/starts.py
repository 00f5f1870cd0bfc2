"""Where the lines of a source begin: the expressions that its parts share, made once."""

import re
from collections.abc import Sequence
from functools import cached_property

from logcascade.reading.formats.line_format import Format, union_of_starts
from logcascade.reading.lines import LineReader

_BREAK = rb"\n(?!\n)"
"""The break before a line that is not blank: no format matches a blank one, so none is tried."""


class Starts:
    """The formats of one source as expressions over its bytes, and the reader of its lines.

    A union of all formats takes some 20 ms to compile: each is made when it is first asked for.
    """

    def __init__(self, formats: Sequence[Format], reader: LineReader | None = None) -> None:
        self.formats = tuple(formats)
        self._union = union_of_starts(formats)
        self._carrying = union_of_starts([each for each in formats if each.is_wrapper])
        self.reader = reader or LineReader(formats)

    @cached_property
    def after_break(self) -> re.Pattern[bytes]:
        """Matches the line break before a line that begins in one of the formats."""
        return re.compile(_BREAK + rb"(?=" + self._union + rb")")

    @cached_property
    def no_start(self) -> re.Pattern[bytes]:
        """Matches the line break before any other line."""
        return re.compile(rb"\n(?:(?=\n)|(?!" + self._union + rb"))")

    @cached_property
    def carried(self) -> re.Pattern[bytes]:
        """Matches where a carrier's line begins."""
        return re.compile(self._carrying)

    @cached_property
    def carried_after_break(self) -> re.Pattern[bytes]:
        """Matches the line break before a carrier's line."""
        return re.compile(_BREAK + rb"(?=" + self._carrying + rb")")
