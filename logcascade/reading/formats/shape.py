"""The shape most lines of a source begin with: what has it needs no further look."""

import re
from collections.abc import Iterable

from logcascade.reading.blocks import Window
from logcascade.reading.formats.starts import Starts
from logcascade.reading.lines import Header, Line

MAX_OTHER_SHARE = 0.3
"""Where more lines have another beginning, looking at them one by one does not pay."""

_TAILS = (b"", b"\x01", b"zz", b" ", b"{", b": x", b"- x")
_DIGIT = re.compile(r"[0-9]")


class CommonShape:
    """Finds the lines that do not begin as is usual in the source.

    The usual beginning (a stamp and one character, or the first key of an object) is taken only
    if every line with it begins a record, whatever follows, and none can be a carrier's.
    """

    def __init__(self, lines: Iterable[tuple[bytes, Line]], starts: Starts) -> None:
        self._other: re.Pattern[bytes] | None = None
        carried = [
            _DIGIT.sub("0", s.line) for f in starts.formats if f.is_wrapper for s in f.samples
        ]
        for raw, line in lines:
            if line.carrier.formats or line.header is None:
                continue
            if not (line.header.stamp or line.is_whole):
                continue
            beginning = _beginning(raw, line.header)
            plain = _DIGIT.sub("0", beginning.decode("ascii", "replace"))
            if beginning and all(
                starts.after_break.match(b"\n" + beginning + tail) for tail in _TAILS
            ) and not any(sample.startswith(plain) for sample in carried):  # fmt: skip
                shape = "".join(r"\d" if c == "0" else re.escape(c) for c in plain)
                self._other = re.compile(rb"\n(?!" + shape.encode() + rb")")
            return

    def others(self, window: Window) -> list[int] | None:
        """Return where the breaks before other lines are, of the new ones in `window`.

        None where that says nothing: there is no usual beginning, or it is not usual here.
        """
        if self._other is None:
            return None
        limit = int(window.lines * MAX_OTHER_SHARE)
        found: list[int] = []
        for match in self._other.finditer(window.buffer, window.fresh, len(window.buffer) - 1):
            found.append(match.start())
            if len(found) > limit:
                return None
        return found


def _beginning(raw: bytes, header: Header) -> bytes:
    """Return what most lines like this one begin with: a stamp, the first key of an object."""
    if header.format.notation and not header.within:
        return raw[: raw.find(b":") + 1]
    stamp = header.stamp.encode()
    place = raw.find(stamp)
    return raw[: place + len(stamp) + 1] if header.stamp_kind == "iso" and place >= 0 else b""
