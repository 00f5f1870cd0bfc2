"""Bytes cut anywhere -> whole lines, none of them endless."""

from collections.abc import Iterator

MAX_LINE_BYTES = 256 * 1024
"""Of a longer line only so much is kept; the rest is counted, and said."""


class WholeLines:
    """Hands on the lines that have ended, each with its line break; cuts what is too long."""

    def __init__(self) -> None:
        self._partial = b""
        self._skipping = False
        self._long_lines = 0
        self._lines_since = 0

    def feed(self, data: bytes, *, final: bool) -> bytes:
        """Return the lines that end in `data`; the last one too if it is `final`."""
        lines = self._ended(data) if data else b""
        if final and self._partial:
            lines += self._partial + b"\n"
            self._partial = b""
            self._lines_since += self._long_lines > 0
        return lines

    def problems(self, lines: int) -> Iterator[str]:
        """Yield how many were cut of the `lines` in all.

        To count line breaks takes a fifth of the time of reading: it is done once, elsewhere.
        """
        if self._long_lines:
            yield (
                f"{self._long_lines} line{'s' * (self._long_lines != 1)} longer than"
                f" {MAX_LINE_BYTES} bytes: only the beginning was examined (first: line"
                f" {lines - self._lines_since + 1})"
            )

    def _ended(self, data: bytes) -> bytes:
        """Return the lines that end in `data`; keep what begins there, cut what is too long."""
        if self._skipping:
            end = data.find(b"\n")
            if end < 0:
                return b""
            data = data[end:]
            self._skipping = False
        data = self._partial + data
        pieces: list[bytes] = []
        done = place = first = 0
        while True:
            last = data.rfind(b"\n", place, place + MAX_LINE_BYTES + 1)
            if last >= 0:
                place = last + 1
            elif len(data) - place <= MAX_LINE_BYTES:
                break
            else:
                cut = place + MAX_LINE_BYTES
                pieces.append(data[done:cut])
                self._long_lines += 1
                if self._long_lines == 1:
                    first = sum(piece.count(b"\n") for piece in pieces)
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
        if self._long_lines:
            self._lines_since += whole.count(b"\n") - first
        return whole
