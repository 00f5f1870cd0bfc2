"""What is in a text for machines: NUL bytes, terminal codes, byte order marks."""

import codecs
import re
from collections.abc import Iterator

_ESCAPE = re.compile(
    rb"\x1b(?:\[[0-9;:?]*[ -/]*[@-~]|\][^\x07\x1b\n]*(?:\x07|\x1b\\)|[()][0-9A-B])"
)


class Nuls:
    """Leaves out NUL bytes: a rotated log that its program writes on begins with a hole of them."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self._count = 0

    def feed(self, data: bytes, *, final: bool) -> bytes:  # noqa: ARG002 - nothing is held back
        """Return `data` without NUL bytes."""
        if b"\0" in data:
            self._count += data.count(b"\0")
            data = data.replace(b"\0", b"")
        return data

    def problems(self) -> Iterator[str]:
        """Yield how many were left out."""
        if self._count:
            yield f"{self._count} NUL byte{'s' * (self._count != 1)} left out"


class TerminalCodes:
    """Takes colours and other terminal codes off whole lines; they say nothing."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def feed(self, data: bytes, *, final: bool) -> bytes:  # noqa: ARG002 - nothing is held back
        """Return the lines without codes."""
        return _ESCAPE.sub(b"", data) if b"\x1b" in data else data

    def problems(self) -> Iterator[str]:
        """Yield nothing: no text is left out."""
        yield from ()


class Marks:
    """Takes the byte order mark off lines: the first, and where files were put together."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self._line_mark = b"\n" + codecs.BOM_UTF8
        self._first_byte = codecs.BOM_UTF8[:1]  # to look for one byte is a hundred times faster

    def feed(self, data: bytes, *, final: bool) -> bytes:  # noqa: ARG002 - nothing is held back
        """Return the lines without a mark at their beginning."""
        if self._first_byte not in data or codecs.BOM_UTF8 not in data:
            return data
        return data.removeprefix(codecs.BOM_UTF8).replace(self._line_mark, b"\n")

    def problems(self) -> Iterator[str]:
        """Yield nothing: no text is left out."""
        yield from ()
