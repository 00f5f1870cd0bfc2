"""Picks lines that hold a literal, the fewer the further the log has come: enough for a trend."""

import re
from collections.abc import Sequence
from typing import Any, Protocol

from logcascade.reading.finder import MAX_PLAIN_BYTES

ALL_BYTES = 256 * 1024
"""Of so many each such line is taken: two days of a program that tells its health each minute."""

SHARE = 1024
"""After a line taken later, one part in so many of what was read since is passed over. That makes
fewer than 20,000 lines of a gigabyte that holds nothing else."""


class Search(Protocol):
    """Finds the first line that holds one of a fixed set of literals."""

    def first(self, buffer: bytes, start: int, end: int) -> int | None:
        """Return an offset within that line of ``buffer[start:end]``, or None."""
        ...


class PlainSearch:
    """The standard library's way."""

    def __init__(self, literals: Sequence[bytes]) -> None:
        self._expression = re.compile(b"|".join(map(re.escape, literals)))

    def first(self, buffer: bytes, start: int, end: int) -> int | None:
        """Return an offset within the first line; see `Search`."""
        found = self._expression.search(buffer, start, end)
        return None if found is None else found.start()


class HyperscanSearch:
    """Hyperscan, told to stop at the first literal that ends: no other line's ends before it."""

    def __init__(self, literals: Sequence[bytes]) -> None:
        import hyperscan

        self._database: Any = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        self._database.compile(
            expressions=list(literals),
            ids=list(range(len(literals))),
            elements=len(literals),
            flags=0,
            literal=True,
        )
        self._stopped = hyperscan.ScanTerminated

    def first(self, buffer: bytes, start: int, end: int) -> int | None:
        """Return an offset within the first line; see `Search`."""
        ends: list[int] = []

        def stop(_number: int, _start: int, stop: int, _flags: int, _context: object) -> bool:
            ends.append(start + stop - 1)
            return True

        try:
            self._database.scan(memoryview(buffer)[start:end], match_event_handler=stop)
        except self._stopped:
            return ends[0]
        return None


class SampledSearch:
    """What to look for; one for all sources. Hyperscan is set up where there is much to search."""

    def __init__(self, literals: Sequence[str]) -> None:
        """*literals* hold no line break; there may be none."""
        self._literals = tuple(sorted({literal.encode() for literal in literals}))
        self._search: Search = PlainSearch(self._literals)
        self._plain_bytes = MAX_PLAIN_BYTES

    def __bool__(self) -> bool:
        """Whether there is anything to look for."""
        return bool(self._literals)

    def first(self, buffer: bytes, start: int, end: int) -> int | None:
        """Return an offset within the first line that holds a literal; see `Search`."""
        if self._plain_bytes >= 0:
            self._plain_bytes -= max(end - start, 0)
            if self._plain_bytes < 0:
                self._search = _fastest(self._literals)
        return self._search.first(buffer, start, end)


def _fastest(literals: Sequence[bytes]) -> Search:
    try:
        return HyperscanSearch(literals)
    except ImportError:
        return PlainSearch(literals)


class LineSample:
    """The lines to take of one source: the same whatever the cut into blocks."""

    def __init__(self, search: SampledSearch) -> None:
        self._search = search
        self._next = 0

    def take(self, buffer: bytes, base: int, start: int, end: int) -> list[int]:
        """Return offsets in ``buffer[start:end]``, whole lines that follow those of before.

        Each lies within a line to take. *base* is the offset of the buffer in the source.
        """
        taken: list[int] = []
        place = max(start, self._next - base) if self._search else end
        while place < end:
            found = self._search.first(buffer, place, end)
            if found is None:
                break
            taken.append(found)
            line_end = base + buffer.find(b"\n", found)
            self._next = line_end + max(line_end - ALL_BYTES, 0) // SHARE
            place = self._next - base
        return taken
