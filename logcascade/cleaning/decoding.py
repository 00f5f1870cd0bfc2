"""The encoding of a whole source, known by its first bytes."""

import codecs
from collections.abc import Iterator

from logcascade.encodings import utf_16_of


class Decoding:
    """Turns a source in UTF-16 into UTF-8; what is no character stays visible as numbers."""

    def __init__(self, encoding: str) -> None:
        self._decoder = codecs.getincrementaldecoder(encoding)("backslashreplace")
        self.notes = [f"read as {encoding}"]

    def feed(self, data: bytes, *, final: bool) -> bytes:
        """Return the characters that end in `data`, as UTF-8."""
        return self._decoder.decode(data, final).encode("utf-8", "surrogatepass")

    def problems(self) -> Iterator[str]:
        """Yield nothing: nothing is left out."""
        yield from ()


def choose_decoding(head: bytes) -> Decoding | None:
    """Return the step for a source that begins with `head`; None where it is not in UTF-16."""
    encoding = utf_16_of(head)
    return Decoding(encoding) if encoding else None
