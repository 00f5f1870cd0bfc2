"""A log that was written newest first, in the order it was once written in."""

import re
import tempfile
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import IO

from logcascade.cleaning.clean_lines import Block

KEPT_BYTES = 16 * 1024 * 1024
"""What is turned round is kept in memory up to this size, then in the system's temporary folder."""

PIECE_BYTES = 1024 * 1024
"""So much is turned round at once. Where no record begins in it, its lines are kept as they are:
no record is followed as far in reading."""


class Backwards:
    """
    Turns blocks of lines round, group by group, the last first.

    A group is a line that begins a record, with the lines below it that begin none. All of the
    source must have been read before its end is known; it goes to a temporary file, for a stream
    cannot be read from its end, and cleaning works forwards only.
    """

    def __init__(self, blocks: Iterable[Block], start: re.Pattern[bytes]) -> None:
        r"""`start` matches the line break before a line that begins a group, and nothing more."""
        self._blocks = blocks
        self._start = start
        self._lines = 0
        self._firsts = array("Q")
        self._sizes = array("Q")
        self.failure = ""
        """In words, why not all of the source could be turned round."""

    def __iter__(self) -> Iterator[Block]:
        """Yield the groups in blocks."""
        with tempfile.SpooledTemporaryFile(max_size=KEPT_BYTES) as spool:
            try:
                for block in self._blocks:
                    spool.write(block.data)
                    self._lines += block.lines
            except OSError as error:
                self.failure = f"read backwards only in part: no temporary file: {error}"
            yield from self._turned(spool)

    def line(self, number: int) -> int:
        """Return which line of the source the line `number` of those yielded is; both 1-based."""
        place = bisect_right(self._firsts, number) - 1
        first, size = number, 1
        if place >= 0 and number < self._firsts[place] + self._sizes[place]:
            first, size = self._firsts[place], self._sizes[place]
        return self._lines - (first - 1) - size + 1 + (number - first)

    def _turned(self, spool: IO[bytes]) -> Iterator[Block]:
        end, rest, done = spool.seek(0, 2), b"", 0
        while end:
            begin = max(0, end - PIECE_BYTES)
            spool.seek(begin)
            data = spool.read(end - begin) + rest
            end = begin
            starts = [found.start() + 1 for found in self._start.finditer(data, 0, len(data) - 1)]
            if not begin:
                starts.insert(0, 0)
            elif not starts:
                starts = [data.find(b"\n") + 1]
            ends = [*starts[1:], len(data)]
            pieces = [data[a:b] for a, b in zip(starts, ends, strict=True)]
            pieces.reverse()
            rest = data[: starts[0]]
            lines = data.count(b"\n", starts[0])
            if lines > len(pieces):
                self._note_groups(pieces, done)
            done += lines
            yield Block(b"".join(pieces), lines)

    def _note_groups(self, pieces: Iterable[bytes], done: int) -> None:
        """Remember where groups of several lines stand after `done` lines."""
        for piece in pieces:
            size = piece.count(b"\n")
            if size > 1:
                self._firsts.append(done + 1)
                self._sizes.append(size)
            done += size
