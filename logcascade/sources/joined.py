"""The files of a rotated set as one stream, so that records, years and tracebacks go on."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from logcascade.errors import SourceError
from logcascade.model.records import Location, Part
from logcascade.sources.blob import Blob
from logcascade.sources.source import Said, reason_of
from logcascade.sources.streams import Ahead, ByteStream
from logcascade.sources.twins import SURE_LINES

OVERLAP_BYTES = 256 * 1024
"""So much of a file's end is looked for at the beginning of the next: `copytruncate` copies, then
cuts, and may be killed between."""

BEGINNING_BYTES = 12
"""So much of a line shows that it begins with a stamp: ``2026-05-19 1``, ``May 19 14:22``."""

_BOM = b"\xef\xbb\xbf"
_STAMP = re.compile(rb"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d")
_LETTER = re.compile(rb"[A-Za-z]")
_DIGIT = re.compile(rb"\d")


@dataclass(slots=True)
class _Piece:
    """One file of the set, as far as it has been read."""

    blob: Blob
    first_line: int
    """The first line of the stream that begins in it."""
    skipped: int
    """Its own lines before that: repeated ones, the end of a line that a cut went through."""
    said: Said
    bytes: int = 0


class Joined(ByteStream):
    """The texts of several files, oldest first, as one; knows which line came from which."""

    def __init__(self, blobs: Sequence[Blob], said: Said) -> None:
        self._waiting = list(reversed(blobs))
        self._said = said
        self._pieces: list[_Piece] = []
        self._stream: Ahead | None = None
        self._recent: list[bytes] = []
        self._recent_bytes = 0
        self._is_line_open = False
        self._breaks = 0

    def take(self, most: int) -> bytes:
        """Return the next bytes, of one file at a time."""
        while most and (self._stream is not None or self._waiting):
            if self._stream is not None:
                data = self._next(self._stream, most)
                if data:
                    self._count(self._pieces[-1], data)
                    return data
                self._close_piece()
            elif self._begin(self._waiting.pop()):
                return b"\n"
        return b""

    def _next(self, stream: Ahead, most: int) -> bytes:
        try:
            return stream.read(most)
        except (OSError, ValueError) as error:
            self._pieces[-1].said.problem(f"reading stopped: {reason_of(error)}")
            return b""

    def _count(self, piece: _Piece, data: bytes) -> None:
        piece.bytes += len(data)
        self._breaks += data.count(b"\n")
        self._is_line_open = not data.endswith(b"\n")
        if self._waiting:
            self._recent.append(data)
            self._recent_bytes += len(data)
            if self._recent_bytes > 2 * OVERLAP_BYTES:
                self._end()

    def _end(self) -> bytes:
        """Return the last bytes of the stream, as many as are compared with the next file."""
        end = b"".join(self._recent)[-OVERLAP_BYTES:]
        self._recent, self._recent_bytes = [end], len(end)
        return end

    def _begin(self, blob: Blob) -> bool:
        """Go on to the next file; return whether the last line of the one before lacks its end."""
        said = Said()
        begin = b""
        try:
            self._stream = blob.open(said)
            begin = self._stream.head(OVERLAP_BYTES)
        except SourceError as error:
            self._said.problem(f"{blob.name}: not read, {error.reason}")
        except OSError as error:
            self._said.problem(f"{blob.name}: not read, {reason_of(error)}")
        end = self._end()
        if self._pieces and begin.startswith(_BOM):
            begin = begin[len(_BOM) :]
            self._pass_over(len(_BOM))
        repeated = repeated_bytes(end, begin)
        skipped = begin.count(b"\n", 0, repeated)
        if repeated:
            before = self._pieces[-1].blob.name
            self._said.assume(f"{skipped:,} lines of {blob.name} repeat the end of {before}")
            self._pass_over(repeated)
        is_open = self._is_line_open
        completes = is_open and bool(begin) and (skipped > 0 or begins_line(end, begin))
        if completes:
            self._count(self._pieces[-1], b"\n")
        elif is_open and begin:
            skipped = 1
        first_line = self._breaks + 1 + (is_open and not completes)
        self._pieces.append(_Piece(blob, first_line, skipped, said))
        return completes

    def _pass_over(self, size: int) -> None:
        while size > 0 and self._stream is not None:
            size -= len(self._stream.take(size)) or size

    def _close_piece(self) -> None:
        """Close the file that is read, and take over what is said of it."""
        if self._stream is None:
            return
        self._stream.close()
        self._stream = None
        piece = self._pieces[-1]
        piece.blob.release()
        for words in piece.said.problems:
            self._said.problem(f"{piece.blob.name}: {words}")
        for words in piece.said.assumptions:
            self._said.assume(f"{piece.blob.name}: {words}")

    def close(self) -> None:
        """Close the file that is read."""
        self._close_piece()
        self._waiting.clear()
        super().close()

    def place(self, line: int) -> Location:
        """Return the file and the line in it of a 1-based line of the stream."""
        index = bisect_right([piece.first_line for piece in self._pieces], line) - 1
        piece = self._pieces[max(index, 0)]
        return Location(piece.blob.name, line - piece.first_line + 1 + piece.skipped)

    def parts(self) -> tuple[Part, ...]:
        """Return the files, oldest first, with the lines of the stream that begin in each."""
        lines = self._breaks + self._is_line_open
        firsts = [*(piece.first_line for piece in self._pieces), lines + 1]
        return tuple(
            Part(piece.blob.name, max(0, firsts[number + 1] - piece.first_line), piece.bytes)
            for number, piece in enumerate(self._pieces)
        )


def repeated_bytes(end: bytes, begin: bytes) -> int:
    """Return how much of `begin` repeats the end of the text before: whole lines, surely enough.

    A line that is there only once fixes how the two would lie; then all lines have to agree.
    """
    before = end.removesuffix(b"\n").split(b"\n") if end else []
    after = begin.split(b"\n")[:-1]
    counts = Counter(before)
    once = {line: place for place, line in enumerate(before) if line and counts[line] == 1}
    first = next((place for place, line in enumerate(after) if line in once), None)
    if first is None or once[after[first]] < first:
        return 0
    common = before[once[after[first]] - first :]
    if after[: len(common)] != common or sum(line in once for line in common) < SURE_LINES:
        return 0
    return sum(len(line) + 1 for line in common)


def begins_line(end: bytes, begin: bytes) -> bool:
    """Return whether `begin` is a new line after a text without a last line break.

    A cut through a line (by size) leaves its rest: that begins unlike the lines around it.
    Where those have no common beginning, the line break is taken to be missing.
    """
    first, *after = begin.split(b"\n")
    shapes = set(map(_shape, (*end.split(b"\n"), *after))) - {b""}
    return not shapes or _shape(first) in shapes


def _shape(line: bytes) -> bytes:
    """Return how a line begins, if that is by a stamp or a bracket; empty otherwise."""
    shape = _LETTER.sub(b"a", _DIGIT.sub(b"0", line[:BEGINNING_BYTES]))
    if b"0" in shape and len(shape) == BEGINNING_BYTES:
        return shape
    return shape[:2] if shape.startswith((b"{", b"[", b"<")) else b""


def out_of_order(blobs: Sequence[Blob]) -> tuple[str, str] | None:
    """Return two neighbours whose first times are against their order; None where none are."""
    stamped = [(found[0], blob.name) for blob in blobs if (found := _STAMP.search(blob.head))]
    for (first, name), (second, following) in pairwise(stamped):
        if first.replace(b"T", b" ") > second.replace(b"T", b" "):
            return name, following
    return None
