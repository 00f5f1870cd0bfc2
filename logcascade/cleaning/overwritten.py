"""Lines that a program wrote over and over: carriage returns, as progress bars use them."""

import re
from collections.abc import Iterator

from logcascade.cleaning.whole_lines import MAX_LINE_BYTES

MIN_RETURNS = 3
"""A source without line breaks but with so many carriage returns has its lines end with those."""

_BLANK_BETWEEN = re.compile(rb"\r(?:[ \t]*+\r)++")
_BLANK_AT_END = re.compile(rb"\r[ \t]*+(?=\n)")
_MIDDLE = re.compile(rb"\r[^\r\n]*+(?=\r[ \t]*+[^ \t\r\n])")
_LAST_TEXT = re.compile(rb"\r[ \t]*+[^ \t\r]")
_TWICE_WRITTEN = re.compile(rb"(?m)^([^\r\n]*+)\r([^\n]*)")
_STAMPED = re.compile(rb".{0,40}?\d\d:\d\d:\d\d", re.DOTALL)
"""What stands in front of a line that is a record: a time, behind the prefix of a carrier."""


class Overwritten:
    """Keeps of a line that was written over, however long, the first writing and the last one.

    What is blank is no writing; a carriage return before the line break is gone, too.
    """

    notes = ()

    def __init__(self) -> None:
        self._tail = b""
        self._is_dropping = False

    def feed(self, data: bytes, *, final: bool) -> bytes:
        """Return `data` without what was written over; the last writing of a line is held back."""
        if b"\r" not in data and not self._tail:
            return data
        if self._is_dropping:
            data = data[_next_end(data) :]
            self._is_dropping = not data
        data = (self._tail + data).replace(b"\r\n", b"\n")
        self._tail = b""
        if b"\r" not in data:
            return data
        if final:
            return _kept(data + b"\n")[:-1]
        data = _kept(data)
        begin = data.find(b"\r", data.rfind(b"\n") + 1)
        if begin < 0:
            return data
        for found in _LAST_TEXT.finditer(data, begin):
            begin = found.start()
        self._tail = data[begin:]
        if len(self._tail) > MAX_LINE_BYTES:
            self._is_dropping = True
            self._tail = self._tail[: MAX_LINE_BYTES + 2]  # enough to be known as too long
        return data[:begin]

    def problems(self) -> Iterator[str]:
        """Yield nothing: the step for lines counts them."""
        yield from ()


def _kept(data: bytes) -> bytes:
    """Return `data` without writings that are blank, and those with another one behind them."""
    data = _BLANK_AT_END.sub(b"", _BLANK_BETWEEN.sub(b"\r", data))
    return _MIDDLE.sub(b"", data)


def _next_end(data: bytes) -> int:
    """Return where a writing ends in `data`: at a carriage return or a line break."""
    places = [place for place in (data.find(b"\r"), data.find(b"\n")) if place >= 0]
    return min(places, default=len(data))


class LastWriting:
    """Of a line that was written over, keeps what a terminal shows in the end: the last writing.

    The beginning of the first one stays in front where it is a record's and the last is not: a
    logger that prints what a progress bar wrote puts its prefix before each carriage return.
    """

    def __init__(self) -> None:
        self._count = 0

    @property
    def notes(self) -> list[str]:
        """How many lines were written over."""
        if not self._count:
            return []
        lines = "1 line" if self._count == 1 else f"{self._count} lines"
        return [f"{lines} written over (progress bars): read as shown in the end"]

    def feed(self, data: bytes, *, final: bool) -> bytes:
        """Return the lines as a terminal shows them."""
        return _TWICE_WRITTEN.sub(self._last, data) if b"\r" in data else data

    def _last(self, line: re.Match[bytes]) -> bytes:
        first, last = line[1], line[2].rpartition(b"\r")[2]
        self._count += 1
        is_prefix = _STAMPED.match(first) and not _STAMPED.match(last)
        return first + last if is_prefix else last

    def problems(self) -> Iterator[str]:
        """Yield nothing: what was written over is said as it is read."""
        yield from ()


class ReturnsAsBreaks:
    """Takes each carriage return for a line break, as editors do where there is no other."""

    notes = ("lines end with carriage returns alone",)

    def feed(self, data: bytes, *, final: bool) -> bytes:
        """Return `data` with line breaks."""
        return data.replace(b"\r", b"\n")

    def problems(self) -> Iterator[str]:
        """Yield nothing: nothing is left out."""
        yield from ()


def choose_returns(head: bytes) -> Overwritten | ReturnsAsBreaks:
    """Return the step for the carriage returns of a source that begins with `head`."""
    if b"\n" not in head and head.count(b"\r") >= MIN_RETURNS:
        return ReturnsAsBreaks()
    return Overwritten()
