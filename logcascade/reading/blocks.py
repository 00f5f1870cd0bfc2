"""Blocks of whole lines as overlapping windows, whatever way they are cut."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from logcascade.cleaning.clean_lines import PAUSE, Block
from logcascade.cleaning.whole_lines import MAX_LINE_BYTES

BLOCK_BYTES = 4 * 1024 * 1024
"""New bytes in a window. Measured: 1 to 64 MiB differ by less than a tenth, memory does not."""

MAX_RECORD_BYTES = 256 * 1024
"""A record is followed this far. The longest in ninety real logs has 170 lines, some 20 KB."""

CONTEXT_BYTES = MAX_RECORD_BYTES + MAX_LINE_BYTES
"""What a window keeps before and after the bytes it is about: a whole record fits whatever the
place of the line in it that was noticed."""


@dataclass(frozen=True, slots=True)
class Window:
    """Whole lines of a source, with their neighbourhood."""

    buffer: bytes
    """Begins with the line break before its first line and ends with one."""
    base: int
    """Offset of ``buffer[0]`` in the source as read; -1 for the first: its line break is ours."""
    fresh: int
    """Where in `buffer` the line break before the first line not seen in any window before is."""
    low: int
    """The lines this window is about begin at ``buffer[low]`` ..."""
    high: int
    """... and end before ``buffer[high]``: both are line starts. Beyond is only context."""
    lines: int = 0
    """How many lines there are after `fresh`."""
    is_pause: bool = False
    """Whether the source has no more for now: what it is about is all there is to tell."""


class Windows:
    """
    Yields the windows over blocks of whole lines, each overlapping the one before.

    At a pause a window is about the lines that were there at the pause before: what belongs to a
    record has come by then, as it is written at once.
    """

    def __init__(self, blocks: Iterable[Block], block_bytes: int = BLOCK_BYTES) -> None:
        self._blocks = iter(blocks)
        self._block_bytes = block_bytes

    def __iter__(self) -> Iterator[Window]:
        """Yield the windows; at least one, be there no line at all."""
        buffer, base, low = b"\n", -1, 1
        settled = 0
        at_end = False
        while not at_end:
            pieces = [buffer]
            size = lines = 0
            is_pause = False
            while size < self._block_bytes:
                block = next(self._blocks, None)
                at_end, is_pause = block is None, block is PAUSE
                if block is None or is_pause:
                    break
                pieces.append(block.data)
                size += len(block.data)
                lines += block.lines
            fresh = len(buffer) - 1
            buffer = b"".join(pieces)
            high = len(buffer)
            if is_pause:
                settled, high = base + high, max(low, settled - base)
            elif not at_end:
                high = max(low, buffer.rfind(b"\n", 0, max(high - CONTEXT_BYTES, 0)) + 1)
            yield Window(buffer, base, fresh, low, high, lines, is_pause)
            keep = max(0, buffer.rfind(b"\n", 0, max(high - CONTEXT_BYTES, 1)))
            buffer = buffer[keep:]
            base += keep
            low = high - keep
