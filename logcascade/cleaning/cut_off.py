"""Lines that whoever showed them cut off at the width of a window: what stood behind is lost."""

import re
from collections.abc import Iterator

from logcascade.cleaning.step import NOT_LOG

CUT_BYTES = 16 * 1024
"""What a window cut shows in so much of the beginning."""

CUT_COLUMNS = (60, 250)
"""Widths of windows."""

MAX_CHARACTER_BYTES = 4

MIN_CUT_SHARE = 0.2
"""Of the lines: so many are exactly as long as the longest."""

MIN_ENDINGS = 4
"""Different ones. What a program repeats is as long each time, and ends as it did."""

_ENDING = 12
"""Characters, without digits."""

_STAMPED = re.compile(rb".{0,60}?\d\d:\d\d:\d\d")
_DIGITS = re.compile(r"[\d\s]+")
_ENDS_OPEN = re.compile(r"[\w /=-]$")
"""Not with a bracket or a full stop, as a message ends that is whole."""


class CutOff:
    """Says that lines were cut off; nothing can bring back what they lost."""

    notes = ()

    def __init__(self, width: int) -> None:
        self._width = width

    def feed(self, data: bytes, *, final: bool) -> bytes:
        """Return `data`."""
        return data

    def problems(self) -> Iterator[str]:
        """Yield at which width."""
        yield f"lines look cut off at {self._width} characters: what stood behind is lost"


def choose_cut_off(head: bytes) -> CutOff | None:
    """Return the step if no line is longer than many that end in the middle, each in its own way.

    Where lines go on in the next one they were wrapped, and nothing is lost.
    """
    raws = head[: head.rfind(b"\n", 0, CUT_BYTES) + 1].split(b"\n")
    raws = [raw for raw in raws if raw.strip(NOT_LOG + b" \t\r")]
    if max(map(len, raws), default=0) > MAX_CHARACTER_BYTES * CUT_COLUMNS[1]:
        return None
    if not all(map(_STAMPED.match, raws[1:])):
        return None
    lines = [raw.decode("utf-8", "replace").rstrip("\r") for raw in raws]
    width = max(map(len, lines), default=0)
    if not CUT_COLUMNS[0] <= width <= CUT_COLUMNS[1]:
        return None
    full = [line for line in lines if len(line) == width and _ENDS_OPEN.search(line)]
    endings = {_DIGITS.sub("", line)[-_ENDING:] for line in full}
    if len(full) < MIN_CUT_SHARE * len(lines) or len(endings) < MIN_ENDINGS:
        return None
    return CutOff(width)
