"""A stream of bytes as overlapping windows of whole lines, whatever way it is cut by reading."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from logcascade.cleaning.entry_steps import Entries

BLOCK_BYTES = 4 * 1024 * 1024
"""New bytes in a window. Measured: 1 to 64 MiB differ by less than a tenth, memory does not."""

MAX_RECORD_BYTES = 256 * 1024
"""A record is followed this far. The longest in ninety real logs has 170 lines, some 20 KB."""

MAX_LINE_BYTES = 256 * 1024
"""Of a longer line only so much is kept; the rest is counted, and said."""

CONTEXT_BYTES = MAX_RECORD_BYTES + MAX_LINE_BYTES
"""What a window keeps before and after the bytes it is about: a whole record fits whatever the
place of the line in it that was noticed."""

HEAD_BYTES = 512 * 1024
"""As much of the beginning as decides which formats a source is in; not a matter of block size."""

_ESCAPE = re.compile(
    rb"\x1b(?:\[[0-9;:?]*[ -/]*[@-~]|\][^\x07\x1b\n]*(?:\x07|\x1b\\)|[()][0-9A-B])"
)
_ESCAPE_BEGUN = re.compile(rb"\x1b(?:\[[0-9;:?]*[ -/]*|[()])?\Z")
_MARKS = (
    (codecs.BOM_UTF8, ""),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LONGEST_MARK = 3


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


class Windows:
    """Reads a stream and yields its windows; keeps account of what had to be changed or cut."""

    def __init__(self, stream: BinaryIO, block_bytes: int = BLOCK_BYTES) -> None:
        self._stream = stream
        self._block_bytes = block_bytes
        self._partial = b""
        self._held = b""
        self._skipping = False
        self._decoder: codecs.IncrementalDecoder | None = None
        self._begun = False
        self._lines_in = 0
        self._lines_out = 0
        self.raw_entries = Entries(raw=True)
        self.entries = Entries(raw=False)
        self.bytes_read = 0
        self.nul_bytes = 0
        self.long_lines = 0
        self.first_long_line = 0
        self.encoding = ""
        self.failure = ""
        self.head = b""
        """The first lines of the source, known with the first window."""

    def __iter__(self) -> Iterator[Window]:
        """Yield the windows, each overlapping the one before by its context."""
        buffer, base, low = b"\n", -1, 1
        at_end = False
        while not at_end:
            pieces = [buffer]
            lines_before = self._lines_out
            size, wanted = 0, self._block_bytes if base >= 0 else self._first_block()
            while size < wanted and not at_end:
                lines, at_end = self._read_lines()
                pieces.append(lines)
                size += len(lines)
            fresh = len(buffer) - 1
            buffer = b"".join(pieces)
            if base < 0:
                self.head = buffer[1 : buffer.rfind(b"\n", 0, HEAD_BYTES + 1) + 1]
            high = len(buffer)
            if not at_end:
                high = max(low, buffer.rfind(b"\n", 0, max(high - CONTEXT_BYTES, 0)) + 1)
            yield Window(buffer, base, fresh, low, high, self._lines_out - lines_before)
            keep = max(0, buffer.rfind(b"\n", 0, max(high - CONTEXT_BYTES, 1)))
            buffer = buffer[keep:]
            base += keep
            low = high - keep

    def _first_block(self) -> int:
        return max(self._block_bytes, HEAD_BYTES + MAX_LINE_BYTES)

    def _read_lines(self) -> tuple[bytes, bool]:
        """Return the next whole lines, and whether the stream has ended."""
        try:
            data = self._stream.read(self._block_bytes)
        except (OSError, ValueError) as error:
            self.failure = f"reading stopped: {error}"
            data = b""
        if data:
            self.bytes_read += len(data)
            return self._entry_lines(data, final=False), False
        return self._entry_lines(b"", final=True), True

    def _entry_lines(self, data: bytes, *, final: bool) -> bytes:
        """Return the whole lines that end in `data`, each with an entry or less."""
        data = self.raw_entries.feed(data, final=final)
        lines = self._whole_lines(self._clean(data, final=final))
        if final and self._partial:
            lines += self._partial + b"\n"
            self._partial = b""
        lines = self.entries.feed(lines, final=final)
        self._lines_out += lines.count(b"\n")
        return lines

    def _clean(self, data: bytes, *, final: bool) -> bytes:
        """Return `data` as UTF-8 without byte order mark, NUL bytes and terminal codes."""
        if not self._begun:
            data = self._begin(data, final=final)
        else:
            data = self._held + data
            self._held = b""
        if self._decoder is not None:
            data = self._decoder.decode(data, final).encode("utf-8", "surrogatepass")
        if b"\0" in data:
            self.nul_bytes += data.count(b"\0")
            data = data.replace(b"\0", b"")
        if b"\x1b" in data:
            begun = _ESCAPE_BEGUN.search(data, max(0, len(data) - 32))
            if begun is not None and not final:
                self._hold(data[begun.start() :])
                data = data[: begun.start()]
            data = _ESCAPE.sub(b"", data)
        return data

    def _hold(self, rest: bytes) -> None:
        """Keep the beginning of an escape until the next bytes are read."""
        if self._decoder is not None:
            rest = rest.decode().encode(self.encoding)
        self._held = rest

    def _begin(self, data: bytes, *, final: bool) -> bytes:
        """Take a byte order mark off the first bytes, and choose the decoder it asks for."""
        data = self._held + data
        self._held = b""
        if len(data) < _LONGEST_MARK and not final:
            self._held = data
            return b""
        self._begun = True
        for mark, encoding in _MARKS:
            if data.startswith(mark):
                if encoding:
                    self.encoding = encoding
                    self._decoder = codecs.getincrementaldecoder(encoding)("backslashreplace")
                return data[len(mark) :]
        return data

    def _whole_lines(self, data: bytes) -> bytes:
        """Return the lines that end in `data`; keep what begins there, cut what is too long."""
        if self._skipping:
            end = data.find(b"\n")
            if end < 0:
                return b""
            data = data[end:]
            self._skipping = False
        data = self._partial + data
        pieces: list[bytes] = []
        done = place = 0
        while True:
            last = data.rfind(b"\n", place, place + MAX_LINE_BYTES + 1)
            if last >= 0:
                place = last + 1
            elif len(data) - place <= MAX_LINE_BYTES:
                break
            else:
                cut = place + MAX_LINE_BYTES
                pieces.append(data[done:cut])
                self._count_long_line(pieces)
                done = place = data.find(b"\n", cut)
                if place < 0:
                    self._skipping = True
                    break
        if self._skipping:
            whole = b"".join(pieces)
            done = whole.rfind(b"\n") + 1
            self._partial, whole = whole[done:], whole[:done]
        else:
            self._partial = data[place:]
            pieces.append(data[done:place])
            whole = b"".join(pieces) if len(pieces) > 1 else pieces[0]
        self._lines_in += whole.count(b"\n")
        return whole

    def _count_long_line(self, pieces: list[bytes]) -> None:
        if not self.long_lines:
            lines = sum(piece.count(b"\n") for piece in pieces)
            self.first_long_line = self._lines_in + lines + 1
        self.long_lines += 1
