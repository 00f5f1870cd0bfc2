"""Logs within prose: in the fences of Markdown, in HTML tags; the prose around is no log."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from logcascade.cleaning.step import NOT_LOG

MAX_STAMPED_OUTSIDE = 0.2
"""Lines that begin with a time outside of the passages, for each telling line inside. Where there
are more, or one before the first passage, the log itself has such signs in it: a bot's answers,
with code in them."""

_STAMPED = re.compile(rb"(?m)^[^\n]{0,40}?\d\d:\d\d:\d\d")
_TELLING = re.compile(
    rb"\d\d:\d\d:\d\d|\b(?:ERROR|WARNING|INFO|DEBUG|CRITICAL)\b|Traceback \(most|File \""
)
_FENCE = re.compile(rb"(?m)^([ \t]{0,8})(`{3,}|(?<! {4})~{3,})([^`~^\n]{0,60})$")
"""Tildes further in, or with carets, mark the place of an error in a traceback."""

_PRE = re.compile(rb"(?mi)^([^\n]*?)<(/?)pre\b[^<>\n]*>([^\n]*)$")
_DETAILS = re.compile(rb"(?mi)^([^\n]*?)<(/?)details\b[^<>\n]*>([^\n]*)$")
_KINDS = (
    (_FENCE, b"```", "fences"),
    (_FENCE, b"~~~", "fences"),
    (_PRE, b"</", "<pre>"),
    (_DETAILS, b"</", "<details>"),
)
"""How passages begin and end, what must be there for it, and what to call it."""

_SUMMARY = re.compile(rb"(?i)<summary>[^<\n]{0,200}</summary>|</?(?:code|summary|br|p)\b[^<>\n]*>")
_WRITTEN = re.compile(rb"(?m)^[^\n]+$")


class _Sign(NamedTuple):
    """A line where a passage begins or ends."""

    begin: int
    end: int
    opens: bool
    closes: bool
    margin: bytes
    """Indentation of an opening fence: the lines behind it have it, too."""
    mark: bytes
    before: bytes
    """Text of the log on the line, before a closing tag."""
    after: bytes
    """And after an opening one."""


class Passages:
    """Keeps the lines within passages; the others are marked as no log."""

    def __init__(self, pattern: re.Pattern[bytes], note: str) -> None:
        self._pattern = pattern
        self._open: _Sign | None = None
        self._note = note
        self._outside = 0

    @property
    def notes(self) -> list[str]:
        """How many lines are no log."""
        lines = "1 line" if self._outside == 1 else f"{self._outside} lines"
        return [f"{self._note}: {lines} around are no log"]

    def problems(self) -> Iterator[str]:
        """Yield nothing: the lines count as not understood."""
        yield from ()

    def feed(self, data: bytes, *, final: bool) -> bytes:
        """Return as many lines, those of the log as they are."""
        pieces: list[bytes] = []
        place = 0
        for found in self._pattern.finditer(data):
            sign = _read_sign(found)
            if self._open is None:
                if not sign.opens:
                    continue
            elif not _closes(sign, self._open):
                continue
            pieces += [self._passage(data[place : sign.begin]), self._line_of(sign)]
            self._open = sign if self._open is None else None
            place = sign.end
        pieces.append(self._passage(data[place:]))
        return b"".join(pieces)

    def _passage(self, data: bytes) -> bytes:
        """Return the lines between two signs."""
        if self._open is None:
            data, count = _WRITTEN.subn(NOT_LOG, data)
            self._outside += count
            return data
        if self._open.margin:
            return re.sub(b"(?m)^" + re.escape(self._open.margin), b"", data)
        return data

    def _line_of(self, sign: _Sign) -> bytes:
        """Return what is log on the line of a sign."""
        text = sign.after if self._open is None else sign.before
        if text.strip():
            return text
        self._outside += 1
        return NOT_LOG


def choose_passages(head: bytes) -> Passages | None:
    """Return the step where the log stands in fences or tags, and nothing like it around them."""
    for pattern, sign, place in _KINDS:
        if sign in head and _is_log_inside(pattern, head):
            return Passages(pattern, f"a log in {place}")
    return None


def _is_log_inside(pattern: re.Pattern[bytes], head: bytes) -> bool:
    """Return whether the log of `head` is in the passages that `pattern` finds."""
    first = pattern.search(head)
    if first is None or _STAMPED.search(head, 0, first.start()):
        return False
    inside = Passages(pattern, "").feed(head, final=True)
    telling = len(_TELLING.findall(inside))
    stamped_outside = len(_STAMPED.findall(head)) - len(_STAMPED.findall(inside))
    return telling > 0 and stamped_outside <= MAX_STAMPED_OUTSIDE * telling


def _read_sign(found: re.Match[bytes]) -> _Sign:
    if found.re is _FENCE:
        margin, mark, word = found.groups()
        closes = not word.strip()
        return _Sign(found.start(), found.end(), True, closes, margin, mark, b"", b"")
    before, slash, after = found.groups()
    before, after = _SUMMARY.sub(b"", before), _SUMMARY.sub(b"", after)
    opens = not slash
    return _Sign(found.start(), found.end(), opens, not opens, b"", b"<", before, after)


def _closes(sign: _Sign, opened: _Sign) -> bool:
    """Return whether `sign` ends what `opened` began: a fence of the same kind, as long."""
    return sign.closes and sign.mark.startswith(opened.mark)
