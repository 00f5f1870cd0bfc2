"""What pasting put before every line: quotation marks, indentation, line numbers."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from logcascade.cleaning.step import NOT_LOG

NEARLY_ALL = 0.9
"""Of the lines that are not blank; the first of a paste often lost its margin to the copying."""

MIN_MARGIN = 2
"""Blanks that make an indentation. Some carriers begin all their lines with one: where there is one
only, what stands behind it must begin as no line of theirs does."""

PASTE_BYTES = 64 * 1024
"""What lines have before them shows in so many; prose in front of them is seldom longer."""

MAX_MARGIN = 200
"""Bytes of an indentation that is taken off; more is no margin of a page."""

MIN_NUMBERED = 3
"""Lines with numbers one after the other: fewer may be anything."""

ALIKE_BYTES = 4
"""Lines that begin with the same so many bytes are of a kind."""

_QUOTED = re.compile(rb"(?m)^> ?")
_FRAME = re.compile(rb'\s*File "')
_GUTTER = re.compile(rb"\+ Exception Group Traceback |\| {4}|\+-+ (?:\d+|\.\.\.) -+")
"""What stands behind the margin of an exception group, which is its own."""
_MARKED_FRAME = re.compile(rb'> File "')
_CLOCK = re.compile(rb"[0-5]\d:[0-5]\d\b(?!:)|[0-5]\d\b(?!:)")
"""What stands behind the first number of a time, where that was taken for a line's number."""

_BEGUN = re.compile(
    rb"\[?\d{4}[-/.]\d\d[-/.]\d\d[ T:]\d\d:\d\d|[A-Z][a-z]{2} [ 123]\d \d\d:\d\d:\d\d[ .]"
    rb"|\[?(?:DEBUG|INFO|WARNING|ERROR|CRITICAL)[]: ]|\{\"|[\w.-]{1,80} *\| "
)
"""How lines begin that nobody writes with a blank before them."""

_STAMPED = re.compile(rb".{0,60}?\d\d:\d\d:\d\d")
_FILE = rb"[^\s:]{0,200}(?:\.(?:log|txt|out|err)|/syslog|/messages)(?:\.\d{1,3})?"

_NUMBERINGS = (
    ("cat -n", rb" *(\d{1,7})\t"),
    ("an editor", rb" *(\d{1,7}) +(?:\||\xe2\x94\x82) ?"),
    ("less -N", rb" *(\d{1,7}) "),
    ("grep -n", rb"(\d{1,9})[:-]"),
    ("grep -Hn", _FILE + rb"[:-](\d{1,9})[:-]"),
)
"""Who numbers lines in which way; the first that fits."""

SAMPLE_LINES = 20
"""Where most of so many first lines have no number, the others are not looked at."""


class Margin:
    """Takes off what stands before each line of a paste."""

    def __init__(self, pattern: re.Pattern[bytes], note: str) -> None:
        r"""`pattern` matches at the beginning of a line, with ``(?m)^``."""
        self._pattern = pattern
        self.notes = (note,)

    def feed(self, data: bytes, *, final: bool) -> bytes:
        """Return the lines without their margin; those without one stay as they are."""
        return self._pattern.sub(b"", data)

    def problems(self) -> Iterator[str]:
        """Yield nothing: no text of the log is left out."""
        yield from ()


def choose_quotation(head: bytes) -> Margin | None:
    """Return the step for lines quoted as mails and issues quote, once: ``> ``, or ``>``.

    A quotation within a quotation takes another step.
    """
    if not head.startswith(b">") and b"\n>" not in head:
        return None
    lines = _written(head)
    quoted = [line for line in lines if line.startswith(b">")]
    if len(quoted) < NEARLY_ALL * len(lines) or all(map(_MARKED_FRAME.match, quoted)):
        return None
    bare = any(line[1:2] not in b" >" for line in quoted if len(line) > 1)
    return Margin(re.compile(rb"(?m)^>") if bare else _QUOTED, "quoted with '>': taken off")


def choose_indentation(head: bytes) -> Margin | None:
    """Return the step for an indentation that all lines share, as code in Markdown has one.

    Not where frames of a traceback would lose theirs: then the paste is a piece of a traceback.
    """
    if not head.startswith((b" ", b"\t")) and b"\n " not in head and b"\n\t" not in head:
        return None
    lines = _written(head)
    indented = [line for line in lines if line.startswith((b" ", b"\t"))]
    if not indented or indented != lines[-len(indented) :] or len(lines) - len(indented) > 1:
        return None
    margin = _shared_blanks(min(indented), max(indented))
    at_margin = [line[len(margin) :] for line in indented]
    at_margin = [line for line in at_margin if not line.startswith((b" ", b"\t"))]
    is_wide = len(margin) >= MIN_MARGIN or margin == b"\t"
    if not margin or not (is_wide or any(map(_BEGUN.match, at_margin))):
        return None
    if any(map(_FRAME.match, at_margin)) or any(map(_GUTTER.match, at_margin)):
        return None
    if len(lines) > len(indented):
        first = lines[0][:ALIKE_BYTES]
        if not any(_STAMPED.match(line) or line.startswith(first) for line in at_margin):
            return None  # the first line has not lost its margin: the others are below it
    said = {b"\t": "a tab", b" ": "a blank"}.get(margin, f"{len(margin)} blanks")
    pattern = re.compile(b"(?m)^" + re.escape(margin))
    return Margin(pattern, f"all lines indented by {said}: taken off")


def _shared_blanks(one: bytes, other: bytes) -> bytes:
    """Return the blanks that both begin with; so do all lines that sort between the two."""
    size = 0
    for here, there in zip(one[:MAX_MARGIN], other[:MAX_MARGIN], strict=False):
        if here != there or here not in b" \t":
            break
        size += 1
    return one[:size]


def choose_numbering(head: bytes) -> Margin | None:
    """Return the step for lines with their numbers before them, or the file's name from grep."""
    lines = _written(head)
    if len(lines) < MIN_NUMBERED:
        return None
    for writer, source in _NUMBERINGS:
        if _are_numbered(lines, re.compile(source), with_gaps="grep" in writer):
            words = f"line numbers as of {writer}: taken off"
            return Margin(re.compile(b"(?m)^" + source), words)
    name = re.match(_FILE + b":", lines[0])
    if name is None or not all(line.startswith(name[0]) for line in lines):
        return None
    return Margin(
        re.compile(b"(?m)^" + re.escape(name[0])), "the name of a file before all lines: taken off"
    )


def _are_numbered(lines: Sequence[bytes], pattern: re.Pattern[bytes], *, with_gaps: bool) -> bool:
    """Return whether nearly all lines have a number that fits those above."""
    sample = lines[:SAMPLE_LINES]
    if 2 * sum(pattern.match(line) is not None for line in sample) < len(sample):
        return False
    matches = [match for line in lines if (match := pattern.match(line))]
    if len(matches) < max(MIN_NUMBERED, NEARLY_ALL * len(lines)):
        return False
    if all(_CLOCK.match(match.string, match.end()) for match in matches):
        return False
    return _are_numbers([int(match[1]) for match in matches], with_gaps=with_gaps)


def _are_numbers(numbers: Sequence[int], *, with_gaps: bool) -> bool:
    """Return whether these are numbers of lines in a file, one below the other."""
    steps = [below - above for above, below in pairwise(numbers)]
    if with_gaps:
        return all(step > 0 for step in steps)
    return sum(step == 1 for step in steps) >= NEARLY_ALL * len(steps)


def _written(head: bytes) -> list[bytes]:
    """Return the first lines that are neither blank nor prose."""
    lines = head[: head.rfind(b"\n", 0, PASTE_BYTES) + 1].split(b"\n")
    return [line for line in lines if line.strip(NOT_LOG + b" \t")]
