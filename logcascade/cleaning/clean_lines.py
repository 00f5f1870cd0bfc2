"""A stream of bytes as blocks of clean, whole lines."""

from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple, Protocol

from logcascade.cleaning.chain import HEAD_BYTES, LINE_STEPS, RAW_STEPS, Chain
from logcascade.cleaning.whole_lines import WholeLines

READ_BYTES = 256 * 1024
"""Bytes read and cleaned at once: so many stay in the processor's cache from step to step, which
makes cleaning a quarter faster than with megabytes."""


class Bytes(Protocol):
    """A stream, or one that is still being written."""

    def read(self, size: int = -1, /) -> bytes | None:
        """Return the next bytes, none at the end; None where there are no more for now."""


class Block(NamedTuple):
    """Neighbouring lines of a source, each with its line break."""

    data: bytes
    lines: int
    """How many: to count them again would take its time."""


PAUSE = Block(b"", 0)
"""Stands where a stream had no more for now."""


class CleanLines:
    """Reads a stream once, to its end; iterating gives blocks of whole lines, and pauses."""

    def __init__(self, stream: Bytes, block_bytes: int = READ_BYTES) -> None:
        self._stream = stream
        self._read_bytes = min(block_bytes, READ_BYTES)
        self._raw = Chain(RAW_STEPS, by_lines=False)
        self._whole = WholeLines()
        self._lines = Chain(LINE_STEPS, by_lines=True)
        self._lines_out = 0
        self._blocks = self._read()
        self.bytes_read = 0
        self.failure = ""
        """In words, what broke the stream off; empty where it came to its end."""

    def __iter__(self) -> Iterator[Block]:
        """Yield what was not yet taken; no block but a pause is empty."""
        return self._blocks

    def head(self) -> bytes:
        """Return the first lines, `HEAD_BYTES` at the most; they are still to be yielded.

        Of a stream that is still being written they are those before its first pause.
        """
        taken: list[Block] = []
        size = 0
        for block in self._blocks:
            taken.append(block)
            size += len(block.data)
            if size > HEAD_BYTES or (size and block is PAUSE):
                break
        self._blocks = chain(taken, self._blocks)
        first = b"".join(block.data for block in taken)
        return first[: first.rfind(b"\n", 0, HEAD_BYTES) + 1]

    @property
    def notes(self) -> list[str]:
        """What was taken for granted, in words. Complete with the last block."""
        return self._raw.notes + self._lines.notes

    def problems(self) -> Iterator[str]:
        """Yield in words what was left out. Complete with the last block."""
        if self.failure:
            yield self.failure
        yield from self._raw.problems()
        yield from self._whole.problems(self._lines_out)
        yield from self._lines.problems()

    def _read(self) -> Iterator[Block]:
        at_end = False
        while not at_end:
            try:
                data = self._stream.read(self._read_bytes)
            except (OSError, ValueError) as error:
                self.failure = f"reading stopped: {error}"
                data = b""
            is_paused = data is None
            data = data or b""
            self.bytes_read += len(data)
            at_end = not data and not is_paused
            raw = self._raw.feed(data, final=at_end, now=is_paused)
            whole = self._whole.feed(raw, final=at_end)
            lines = self._lines.feed(whole, final=at_end, now=is_paused)
            if lines:
                block = Block(lines, lines.count(b"\n"))
                self._lines_out += block.lines
                yield block
            if is_paused:
                yield PAUSE
