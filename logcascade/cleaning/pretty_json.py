"""JSON objects printed over several lines (``-o json-pretty``, ``jq .``): one line each."""

import re
from collections.abc import Iterator
from functools import lru_cache

MAX_OBJECT_BYTES = 256 * 1024
"""A longer one is no log entry, and left as it is."""

MAX_INDENT = 16
"""Columns before an object's brace: it may be an item of a list within an object."""

_OPENING = re.compile(rb"^(?P<indent>[ \t]{0,%d})\{\r?$" % MAX_INDENT, re.MULTILINE)
_FIRST_MEMBER = re.compile(rb'\n(?P<indent>[ \t]+)"')
_CLOSING = re.compile(rb"\},?\r?\n")
_CLOSING_BYTES = MAX_INDENT + 5
"""So long is a closing brace's line at the most, with the line break before it."""
_KEY = re.compile(rb'\n[ \t]*("(?:[^"\\\n]|\\[^\n])*+")[ \t]*:[ \t]*')
_BREAK = re.compile(rb"[ \t]*\r?\n[ \t]*")
_MESSAGE_KEYS = rb'"(?:MESSAGE|@?[Mm]essage|msg|event|log|text|line)"[ \t]*:'
_ENTRY_KEYS = (
    _MESSAGE_KEYS,
    rb'"(?:@?timestamp|time|ts|t|asctime|datetime|__REALTIME_TIMESTAMP)"[ \t]*:',
    rb'"(?:level|levelname|severity|lvl|PRIORITY|stream)"[ \t]*:',
)
"""What an entry of a log has, two of them at least."""

_STRUCTURE = re.compile(rb'(?:[\s\[\]{},]++|"[^"\\\n]*"[ \t]*:[ \t]*[\[{])*+\Z')
"""Between two objects of one list, or of one stream, stands nothing else."""


def applies(lines: bytes) -> bool:
    """Return whether an object that is spread over several lines begins in `lines`."""
    return any(_FIRST_MEMBER.match(lines, each.end()) for each in _OPENING.finditer(lines))


class PrettyJson:
    """Joins the lines of such objects at the line of their message, or else at the first."""

    def __init__(self) -> None:
        self._held = b""
        self._is_after_entry = True
        self.notes: list[str] = []

    def feed(self, data: bytes, *, final: bool) -> bytes:
        """Return the objects that end in `data`; the one that begins there is held back."""
        data = self._held + data
        self._held = b""
        if not _may_have_objects(data):
            self._note_between(data)
            return data
        out: list[bytes] = []
        place = copied = 0
        while (found := _OPENING.search(data, place)) is not None:
            place = found.end()
            end = _end_of(data, found, final=final)
            if end is None:
                self._held = data[found.start() :]
                data = data[: found.start()]
                break
            if end:
                place = end
                self._note_between(data[copied : found.start()])
                if self._is_after_entry or _is_entry(data[found.start() : end]):
                    out += [data[copied : found.start()], _one_line(data[found.start() : end])]
                    copied, self._is_after_entry = end, True
        self._note_between(data[copied:])
        out.append(data[copied:])
        return b"".join(out)

    def _note_between(self, data: bytes) -> None:
        """Note whether an object after `data` can be an entry whatever its keys.

        A message that shows an object has words before it.
        """
        self._is_after_entry = self._is_after_entry and _STRUCTURE.match(data) is not None

    def problems(self) -> Iterator[str]:
        """Yield nothing: what is no object is left as it is."""
        return iter(())


def _may_have_objects(data: bytes) -> bool:
    """Return whether `data` is worth a search; to look for one byte first is far faster."""
    return b"{" in data and (b"{\n" in data or (b"\r" in data and b"{\r\n" in data))


def _end_of(data: bytes, opening: re.Match[bytes], *, final: bool) -> int | None:
    """Return where the object from `opening` on ends; 0 if there is none, None if unknown yet."""
    begin = opening.end()
    limit = opening.start() + MAX_OBJECT_BYTES
    if begin + 1 == len(data):
        return 0 if final else None
    first = _FIRST_MEMBER.match(data, begin)
    if first is None or len(first["indent"]) <= len(opening["indent"]):
        return 0
    indent = opening["indent"]
    after = _not_deeper(indent).search(data, begin, limit)
    is_open = after is None or after.end() == len(data)
    if is_open and len(data) < limit and not final:
        return None
    if after is None or is_open or after.end() > limit - _CLOSING_BYTES:
        return 0
    closing = _CLOSING.match(data, after.end())
    is_own = data[after.start() + 1 : after.end()] == indent
    return closing.end() if closing is not None and is_own else 0


@lru_cache(maxsize=64)
def _not_deeper(indent: bytes) -> re.Pattern[bytes]:
    """Return what finds the first line that stands no deeper than `indent`."""
    return re.compile(rb"\n(?!" + indent + rb"[ \t])(?:" + indent + rb"(?=\}))?")


def _is_entry(lines: bytes) -> bool:
    """Return whether the object has what entries of logs have, and not only what any object has."""
    first = _FIRST_MEMBER.search(lines)
    margin = first["indent"] if first is not None else b""
    return sum(re.search(rb"\n" + margin + keys, lines) is not None for keys in _ENTRY_KEYS) > 1


def _one_line(lines: bytes) -> bytes:
    """Return the lines of one object as lines of the same number: one with all of it."""
    breaks = lines.count(b"\n")
    first = _FIRST_MEMBER.search(lines)
    margin = first["indent"] if first is not None else b""
    message = re.search(rb"\n" + margin + _MESSAGE_KEYS, lines)
    before = lines.count(b"\n", 0, message.end()) if message is not None else 0
    line = _BREAK.sub(b"", _KEY.sub(rb"\n\1:", lines)).strip().rstrip(b",")
    return b"\n" * before + line + b"\n" * (breaks - before)
