"""The lines of a window by their offsets in the source: their numbers, their neighbours."""

from functools import lru_cache

from logcascade.cleaning.step import NOT_LOG
from logcascade.reading.blocks import MAX_RECORD_BYTES, Window
from logcascade.reading.formats.starts import Starts
from logcascade.reading.lines import BARE, Line, decode

MAX_FOREIGN_LINES = 300
"""Lines of other streams that may stand between two lines of one record. A traceback is written
within milliseconds; two busy services put some dozen lines between."""

HEADER_REACH = 8192
"""A line's prefix ends within so many bytes."""

_NEAR_BYTES = 4096
"""So little is searched line by line; an expression would look beyond the end."""


class WindowLines:
    """Finds and reads single lines of the current window; each is read once."""

    def __init__(self, starts: Starts) -> None:
        self._reader = starts.reader
        self._start = starts.after_break
        self._window = Window(b"\n", -1, 0, 1, 1)
        self._known: dict[int, Line] = {}
        self._counted = (0, 1)
        self._has_gaps = False
        self._last_gap = -1
        self.cut_records = 0
        """Records that are longer than is followed."""

    def enter(self, window: Window) -> None:
        """Go on to the next window, which overlaps the one before."""
        if self._counted[0] <= window.base:
            self.number(window.base + 1)
        self._last_gap = self.gap_before(self._window.base + len(self._window.buffer))
        self._has_gaps = NOT_LOG in window.buffer
        self._window = window
        self._known.clear()

    def number(self, offset: int) -> int:
        """Return the 1-based number of the line that begins at `offset`."""
        known, number = self._counted
        buffer, base = self._window.buffer, self._window.base
        if offset >= known:
            number += buffer.count(b"\n", known - base, offset - base)
        else:
            number -= buffer.count(b"\n", offset - base, known - base)
        self._counted = (offset, number)
        return number

    def start_of(self, offset: int) -> int:
        """Return where the line that holds `offset` begins."""
        base = self._window.base
        return self._window.buffer.rfind(b"\n", 0, offset - base) + 1 + base

    def last_header(self, low: int, end: int) -> int:
        """Return where the last line with a header begins, of those behind `low` to `end`, or -1.

        The near is searched first: most that is looked for is not far.
        """
        base, size = self._window.base, _NEAR_BYTES
        low, end = low - base, end - base
        while end > low:
            begin = max(low, end - size)
            last = self._last_break(begin, end)
            if last >= 0:
                return last + 1 + base
            end, size = begin, size * 8
        return -1

    def _last_break(self, begin: int, end: int) -> int:
        """Return the last line break in ``buffer[begin:end]`` with a header after it, or -1."""
        buffer, last = self._window.buffer, -1
        if end - begin <= _NEAR_BYTES:
            place = buffer.rfind(b"\n", begin, end)
            while place >= 0 and not self._start.match(buffer, place):
                place = buffer.rfind(b"\n", begin, place)
            return place
        for found in self._start.finditer(buffer, begin, min(len(buffer), end + HEADER_REACH)):
            if found.start() >= end:
                break
            last = found.start()
        return last

    def is_blank(self, start: int) -> bool:
        """Return whether there is nothing on the line that begins at `start`."""
        return self._window.buffer.startswith((b"\n", b"\r\n"), start - self._window.base)

    def at(self, start: int) -> Line:
        """Return the line that begins at `start`."""
        line = self._known.get(start)
        if line is None:
            buffer, base = self._window.buffer, self._window.base
            raw = buffer[start - base : buffer.find(b"\n", start - base)]
            number = self.number(start)
            if self._start.match(buffer, start - base - 1):
                line = self._reader.read(raw, start, number)
            else:
                line = Line(start, start + len(raw), number, BARE, None, (decode(raw),))
            self._known[start] = line
        return line

    def before(self, line: Line) -> Line | None:
        """Return the line above, if the window has it and it is one of a log."""
        if line.start - 1 <= self._window.base:
            return None
        above = self.start_of(line.start - 1)
        return None if self._is_gap(above) else self.at(above)

    def after(self, line: Line) -> Line | None:
        """Return the line below, if the window has it and it is one of a log."""
        below = line.end + 1
        if below - self._window.base >= len(self._window.buffer) or self._is_gap(below):
            return None
        return self.at(below)

    def gap_before(self, offset: int) -> int:
        """Return where the last line that is no log stands before `offset`, or -1."""
        if self._has_gaps:
            end = max(0, offset - self._window.base)
            place = self._window.buffer.rfind(NOT_LOG, 0, end)
            if place >= 0:
                return place + self._window.base
        return self._last_gap

    def _is_gap(self, start: int) -> bool:
        return self._window.buffer.startswith(NOT_LOG, start - self._window.base)

    def previous_of_stream(self, line: Line, origin: int) -> Line | None:
        """Return the line of the same stream above, within a record's reach of `origin`."""
        stream = line.carrier.stream
        if not stream:
            before = self.before(line)
            is_bare = before is not None and not before.carrier.formats and before.header is None
            return before if is_bare else None  # only bare lines right above belong to it
        buffer, base, mark = self._window.buffer, self._window.base, _mark(stream)
        end = line.start - 1 - base
        floor = max(0, origin - MAX_RECORD_BYTES - base)
        for _ in range(MAX_FOREIGN_LINES):
            begin = buffer.rfind(b"\n", 0, end) + 1
            if end <= 0 or begin < floor or begin == 0:
                return None
            if buffer.find(mark, begin, end) >= 0:
                before = self.at(begin + base)
                if before.carrier.formats and before.carrier.stream == stream:
                    return before
            end = begin - 1
        return None

    def next_of_stream(self, line: Line, origin: int) -> Line | None:
        """Return the line of the same stream below, within a record's reach of `origin`."""
        stream = line.carrier.stream
        if not stream:
            after = self.after(line)
            if after is None or after.carrier.formats or after.header is not None:
                return None
            is_within = after.end - origin <= MAX_RECORD_BYTES
            self.cut_records += not is_within
            return after if is_within else None
        buffer, base, mark = self._window.buffer, self._window.base, _mark(stream)
        begin = line.end + 1 - base
        for _ in range(MAX_FOREIGN_LINES):
            end = buffer.find(b"\n", begin)
            if end < 0 or end + base - origin > MAX_RECORD_BYTES:
                return None
            if buffer.find(mark, begin, end) >= 0:
                after = self.at(begin + base)
                if after.carrier.formats and after.carrier.stream == stream:
                    return after
            begin = end + 1
        return None


@lru_cache(maxsize=64)
def _mark(stream: tuple[str, ...]) -> bytes:
    """Return what stands in every line of the stream, so that most others need no reading."""
    for name in reversed(stream):
        if name.isascii() and name.replace("-", "").isalnum():
            return name.encode()
    return b""
