"""The account of every line: headers counted in compiled code."""

from collections.abc import Sequence
from itertools import repeat

from logcascade.cleaning.step import NOT_LOG
from logcascade.model.records import Location
from logcascade.reading.blocks import Window
from logcascade.reading.formats.starts import Starts

MAX_UNPARSED_SAMPLE = 200
"""Lines remembered of what no format recognised; some turn out to belong to records after all."""

_MARGINS = b" \t\r\n"
_BREAKS = b"\r\n"


class Account:
    """Counts the lines of a source: in records, in none."""

    def __init__(self, starts: Starts, source: str) -> None:
        self._source = source
        self._is_carried = False
        self._has_gaps = False
        self._starts = starts
        self._start = starts.after_break
        self._owner = "blank"
        self._other_end = -1
        self.lines = 0
        self.headers = 0
        self.record_lines = 0
        self.unparsed_lines = 0
        self.first_header = -1
        self.unparsed_sample: list[Location] = []

    def scan(self, window: Window, others: Sequence[int] | None) -> int:
        """Count the lines of `window` that no window before had; return how many begin a record.

        Of them only those after the breaks at `others` need a look; all, where it is None.
        """
        buffer, begin, lines = window.buffer, window.fresh, window.lines
        if others is None:
            # To the end of the buffer: the last line's break belongs to what its prefix looks at.
            headers = len(self._start.findall(buffer, begin))
            if headers and not self._is_carried:
                carried = self._starts.carried_after_break.search(buffer, begin)
                self._is_carried = carried is not None
        else:
            matches = map(self._start.match, repeat(buffer), others)
            starts = [place for place, match in zip(others, matches, strict=True) if match]
            headers = lines - len(others) + len(starts)
            are_carried = map(self._starts.carried_after_break.match, repeat(buffer), starts)
            self._is_carried = self._is_carried or any(are_carried)
        self._has_gaps = self._has_gaps or buffer.find(NOT_LOG, begin) >= 0
        if self._is_carried or self._has_gaps:
            self._scan_others(window, lines, headers)
        else:
            self._scan_bare(window, lines, headers)
        self.lines += lines
        self.headers += headers
        return headers

    def _scan_bare(self, window: Window, lines: int, headers: int) -> None:
        """Count where each line after the first header belongs to a record."""
        before = 0
        if self.first_header < 0:
            before = lines
            if headers:
                first = self._start.search(window.buffer, window.fresh)
                if first is not None:
                    self.first_header = window.base + first.start() + 1
                    before = window.buffer.count(b"\n", window.fresh, first.start())
        self._sample(range(self.lines + 1, self.lines + before + 1))
        self.unparsed_lines += before
        self.record_lines += lines - before
        last = window.buffer.rfind(b"\n", 0, len(window.buffer) - 1)
        if self._start.match(window.buffer, last) is None:
            self._other_end = window.base + len(window.buffer) - 1
            self._owner = "record" if self.first_header >= 0 else ""

    def _sample(self, numbers: Sequence[int]) -> None:
        room = MAX_UNPARSED_SAMPLE - len(self.unparsed_sample)
        self.unparsed_sample += [Location(self._source, number) for number in numbers[:room]]

    def _scan_others(self, window: Window, lines: int, headers: int) -> None:
        """Count where a line without a carrier's prefix belongs to the entry above if indented."""
        buffer, base = window.buffer, window.base
        self.record_lines += headers
        if lines == headers:
            return
        for found in self._starts.no_start.finditer(buffer, window.fresh):
            place = found.start()
            if place == len(buffer) - 1:
                break  # the break at the end has no line after it
            if base + place != self._other_end:
                self._owner = self._owner_before(buffer, place)
            self._other_end = base + buffer.find(b"\n", place + 1)
            if self._owner == "entry" and buffer[place + 1] not in _MARGINS:
                self._owner = ""
            if self._owner == "blank" and buffer[place + 1] not in _BREAKS:
                self._owner = ""  # above all entries only empty lines can belong to the first
            if buffer.startswith(NOT_LOG, place + 1):
                self._owner = ""
            if self._owner:
                self.record_lines += 1
                continue
            self.unparsed_lines += 1
            if len(self.unparsed_sample) < MAX_UNPARSED_SAMPLE:
                number = self.lines + buffer.count(b"\n", window.fresh, place) + 1
                self._sample([number])

    def _owner_before(self, buffer: bytes, place: int) -> str:
        """Return what kind of record the header line that ends at `place` begins."""
        begin = buffer.rfind(b"\n", 0, place) + 1
        if begin > place or (begin == 0):
            return ""
        return "entry" if self._starts.carried.match(buffer, begin, place) else "record"
