"""JSON objects, one a line, with something before each: ``-o json-seq``, ``-o json-sse``."""

import re
from collections.abc import Iterator

_FRAMED = re.compile(rb"^(?:\x1e|data: ?)(?=\{)", re.MULTILINE)


def applies(lines: bytes) -> bool:
    """Return whether an object among `lines` has a frame."""
    return _FRAMED.search(lines) is not None


class JsonFrames:
    """Takes off RFC 7464's record separator and the word before an event that a server sends."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def feed(self, data: bytes, *, final: bool) -> bytes:
        """Return the lines of `data` without their frames."""
        if b"{" not in data:  # to look for one byte is far faster than for several
            return data
        return _FRAMED.sub(b"", data) if b"\x1e" in data or b"data:" in data else data

    def problems(self) -> Iterator[str]:
        """Yield nothing: what is taken off says nothing."""
        return iter(())
