"""What is in a text for machines: NUL bytes, terminal codes, byte order marks."""

import codecs
import re
from collections.abc import Iterator

MIN_LOST_ESCAPES = 3
"""So many lines with a colour switched on and off, but no escape, are no accident."""

MIN_LOST_SHARE = 0.3
"""And such a share of the first lines: a colourful logger prints few lines without."""

_ESCAPE = re.compile(
    rb"\x1b(?:\[[0-?]*+[ -/]*+[@-~]"  # colours, the cursor
    rb"|[\]PX^_][^\x07\x1b\n]*+(?:\x07|\x1b\\)"  # titles, links
    rb"|[ -/]++[0-~]|[0-OQ-WYZ\\`-~])"  # character sets and the like
)
_SHOWN_ESCAPE = rb"(?:\^\[|#033|\\(?:x1b|033|e|u001b)|\xe2\x90\x9b|\xef\xbf\xbd)"
"""How programs show the escape: cat -v, rsyslog, a string's literal, its picture, its loss."""
_LOST_ESCAPE = re.compile(_SHOWN_ESCAPE + rb"?\[\d{0,3}(?:;\d{1,3})*+m(?!\])")
_COLOUR = re.compile(rb"\[\d{1,3}(?:;\d{1,3})*+m(?!\])")
_RESET = re.compile(rb"\[0?m(?!\])")


class Nuls:
    """Leaves out NUL bytes: a rotated log that its program writes on begins with a hole of them."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self._count = 0

    def feed(self, data: bytes, *, final: bool) -> bytes:
        """Return `data` without NUL bytes."""
        if b"\0" not in data:
            return data
        rest = data.translate(None, b"\0")
        self._count += len(data) - len(rest)
        return rest

    def problems(self) -> Iterator[str]:
        """Yield how many were left out."""
        if self._count:
            yield f"{self._count} NUL byte{'s' * (self._count != 1)} left out"


class TerminalCodes:
    """Takes colours and other terminal codes off whole lines; they say nothing."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def feed(self, data: bytes, *, final: bool) -> bytes:
        """Return the lines without codes."""
        return _ESCAPE.sub(b"", data) if b"\x1b" in data else data

    def problems(self) -> Iterator[str]:
        """Yield nothing: no text is left out."""
        yield from ()


class LostEscapes:
    """Takes off the codes of colours whose escape was lost, or made visible, on the way."""

    notes = ("terminal codes without their escape: taken off",)

    def feed(self, data: bytes, *, final: bool) -> bytes:
        """Return the lines without codes."""
        return _LOST_ESCAPE.sub(b"", data)

    def problems(self) -> Iterator[str]:
        """Yield nothing: no text is left out."""
        yield from ()


def choose_lost_escapes(head: bytes) -> LostEscapes | None:
    """Return the step if most lines of `head` switch a colour on and off without an escape."""
    if _RESET.search(head) is None:
        return None
    lines = [line for line in head.split(b"\n") if line.strip()]
    coloured = sum(map(_is_coloured, lines))
    if coloured < max(MIN_LOST_ESCAPES, MIN_LOST_SHARE * len(lines)):
        return None
    return LostEscapes()


def _is_coloured(line: bytes) -> bool:
    first = _COLOUR.search(line)
    return first is not None and _RESET.search(line, first.end()) is not None


class Marks:
    """Takes the byte order mark off lines: the first, and where files were put together."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self._line_mark = b"\n" + codecs.BOM_UTF8
        self._first_byte = codecs.BOM_UTF8[:1]  # to look for one byte is a hundred times faster

    def feed(self, data: bytes, *, final: bool) -> bytes:
        """Return the lines without a mark at their beginning."""
        if self._first_byte not in data or codecs.BOM_UTF8 not in data:
            return data
        return data.removeprefix(codecs.BOM_UTF8).replace(self._line_mark, b"\n")

    def problems(self) -> Iterator[str]:
        """Yield nothing: no text is left out."""
        yield from ()
