"""``journalctl -o verbose``: an entry's fields become JSON at the line of its message."""

import re
from collections.abc import Iterator

from logcascade.cleaning.journal_entry import MAX_ENTRY_BYTES, MESSAGE, entry_line

_HEADER = re.compile(
    rb"^(?!\s)[^\n\[]{8,80} \[s=(?P<cursor>[0-9a-f]+;[^\]\n]*)\][ \t]*\r?$", re.MULTILINE
)
_AFTER = re.compile(rb"\n(?!    )")
_FIELD = re.compile(
    rb"^    (?P<name>[A-Z_][A-Z0-9_]{0,63})=(?P<value>[^\n]*)(?P<more>(?:\n     [^\n]*)*+)",
    re.MULTILINE,
)
_CURSOR_TIMES = {b"t": b"__REALTIME_TIMESTAMP", b"m": b"__MONOTONIC_TIMESTAMP"}
"""Parts of a cursor, in hexadecimal microseconds, and the fields that say the same."""
_SENT = b"_SOURCE_REALTIME_TIMESTAMP"
_STORED = b"__REALTIME_TIMESTAMP"
_MARGIN = 4
_INDENT = b" "
"""Before each further line of a message, so that it is seen to belong to the line above."""


def applies(lines: bytes) -> bool:
    """Return whether an entry in this form begins in `lines`."""
    return b" [s=" in lines and _HEADER.search(lines) is not None


class JournalVerbose:
    """Turns the entries among whole lines into JSON; further lines of messages stay below it.

    The time is taken from the cursor, which has it in UTC: what is printed before it may have a
    zone whose name says nothing.
    """

    def __init__(self) -> None:
        self._held = b""
        self._cut = self._lost_lines = 0
        self.notes: list[str] = []

    def feed(self, data: bytes, *, final: bool) -> bytes:
        """Return the entries that end in `data`; the one that begins there is held back."""
        data = self._held + data
        self._held = b""
        if b" [s=" not in data:
            return data
        out: list[bytes] = []
        place = 0
        while (found := _HEADER.search(data, place)) is not None:
            out.append(data[place : found.start()])
            limit = found.end() + MAX_ENTRY_BYTES
            after = _AFTER.search(data, found.end(), limit)
            end = after.start() + 1 if after is not None else data.rfind(b"\n", 0, limit) + 1
            if end == len(data) and end < limit and not final:
                self._held = data[found.start() :]
                return b"".join(out)
            out.append(self._entry(data[found.start() : end], found["cursor"]))
            place = end
        return b"".join([*out, data[place:]])

    def problems(self) -> Iterator[str]:
        """Yield in words what could not be used."""
        if self._lost_lines:
            yield f"{self._lost_lines} lines within journal entries are damaged and were left out"
        if self._cut:
            yield f"{self._cut} journal messages were too long: only the beginning was read"

    def _entry(self, lines: bytes, cursor: bytes) -> bytes:
        """Return the lines of one entry as lines of the same number."""
        texts = [b""] * lines.count(b"\n")
        fields: list[tuple[bytes, bytes]] = []
        at, known = -1, 1
        for found in _FIELD.finditer(lines):
            name, value = found["name"], found["value"].rstrip(b"\r")
            fields.append((name, value))
            known += 1 + found["more"].count(b"\n")
            if name == MESSAGE and at < 0:
                at = lines.count(b"\n", 0, found.start())
                margin = b" " * (_MARGIN + len(name) + 1)
                for below, text in enumerate(found["more"].split(b"\n")[1:], at + 1):
                    texts[below] = _INDENT + text.removeprefix(margin)
        if not fields:
            return lines
        self._lost_lines += len(texts) - known
        line, is_cut = entry_line([*_times(cursor, fields), *fields])
        self._cut += is_cut
        texts[max(at, 0)] = line
        return b"\n".join([*texts, b""])


def _times(cursor: bytes, fields: list[tuple[bytes, bytes]]) -> Iterator[tuple[bytes, bytes]]:
    """Yield the times in an entry's cursor; where it was taken out, when the entry was sent."""
    parts = dict(part.partition(b"=")[::2] for part in cursor.split(b";"))
    known = set()
    for key, name in _CURSOR_TIMES.items():
        digits = parts.get(key, b"")
        if re.fullmatch(rb"[0-9a-f]{1,16}", digits):
            known.add(name)
            yield name, str(int(digits, 16)).encode()
    if _STORED not in known:
        yield from ((_STORED, value) for name, value in fields if name == _SENT)
