"""The first and the last stamped line of a source: from when to when it tells."""

import re
from datetime import datetime

from logcascade.reading.blocks import Window
from logcascade.reading.formats.line_format import union_of_starts
from logcascade.reading.formats.starts import Starts
from logcascade.reading.lines import settle_time
from logcascade.reading.times.stamps import StampReader

_FIRST_STEP_BYTES = 4096
_REACH_BYTES = 8192
"""A line's prefix ends within so many bytes."""


class Ends:
    """Keeps the first and the last line that begins with a stamp, window by window."""

    def __init__(self, starts: Starts, stamps: StampReader) -> None:
        stamped = [each for each in starts.formats if stamps.has_time(each.stamp)]
        carriers = [each for each in starts.formats if each.is_wrapper and each.stamp == "none"]
        prefix = b"(?:" + union_of_starts(carriers) + b")?" if carriers else b""
        self._start = re.compile(
            rb"\n(?!\n)(?=" + prefix + b"(?:" + union_of_starts(stamped) + b"))"
        )
        self._reader = starts.reader
        self._stamps = stamps
        self._first: tuple[bytes, int] | None = None
        self._last: tuple[bytes, int] | None = None

    def scan(self, window: Window) -> None:
        """Look at the lines of `window` that no window before had."""
        buffer, low, end = window.buffer, window.fresh, len(window.buffer) - 1
        if self._first is None:
            found = self._start.search(buffer, low, end)
            if found is None:
                return
            self._first = self._line(window, found.start() + 1)
        size, high = _FIRST_STEP_BYTES, end
        while high > low:
            begin, last = max(low, high - size), -1
            for found in self._start.finditer(buffer, begin, min(end, high + _REACH_BYTES)):
                if found.start() >= high:
                    break
                last = found.start()
            if last >= 0:
                self._last = self._line(window, last + 1)
                return
            high, size = begin, size * 4

    def _line(self, window: Window, place: int) -> tuple[bytes, int]:
        return window.buffer[place : window.buffer.find(b"\n", place)], place + window.base

    def times(self) -> tuple[datetime | None, datetime | None]:
        """Return the times of the two lines; None where there are none, or they are no times."""
        return self._time(self._first), self._time(self._last)

    def _time(self, line: tuple[bytes, int] | None) -> datetime | None:
        return line and settle_time(self._reader.read(*line, 0), self._stamps)
