"""``journalctl -o export``: each entry becomes one line of JSON, at the line of its message."""

import re
from collections.abc import Iterator

from logcascade.cleaning.journal_entry import MAX_ENTRY_BYTES, MESSAGE, entry_line

MAX_DATA_BYTES = 768 * 1024 * 1024
"""journald stores no larger field (``DATA_SIZE_MAX``): a greater length is no length."""

MAX_NAME_BYTES = 64
"""Longer names journald refuses."""

MAX_ENTRY_FIELDS_BYTES = 4 * MAX_ENTRY_BYTES
"""Of one entry so much is kept; systemd's own have 2 KB, those about a core dump some 100 KB."""

LENGTH_BYTES = 8

_HEAD = re.compile(rb"^(?:__CURSOR=s=[0-9a-f]|__REALTIME_TIMESTAMP=\d{9,}\n)", re.MULTILINE)
_TEXT_FIELDS = re.compile(rb"(?:(?!__CURSOR=)[A-Z_][A-Z0-9_]{0,63}=[^\n]{0,65000}+\n)++")
_FIELD = re.compile(rb"^([A-Z_][A-Z0-9_]{0,63})=([^\n]*)", re.MULTILINE)
_NAME = re.compile(rb"([A-Z_][A-Z0-9_]{0,63})\n")
_MESSAGE_LINE = re.compile(rb"^MESSAGE=", re.MULTILINE)


def applies(head: bytes) -> bool:
    """Return whether a source that begins with `head` is in the Journal Export Format."""
    return _HEAD.search(head) is not None


class JournalExport:
    """Takes the stream apart by its own lengths: a field may hold any bytes, line breaks too.

    Source of the format: systemd's "Journal Export Formats". What is damaged or cut off is used
    as far as it can be read.
    """

    def __init__(self) -> None:
        self._rest = b""
        self._fields: list[tuple[bytes, bytes]] = []
        self._size = 0
        self._breaks = 0
        self._message_at = -1
        self._skip = 0
        self._skips_line = False
        self._lost_lines = 0
        self._cut = 0
        self._last = b""
        self._is_torn = False
        self._is_open = False
        self.notes: list[str] = []

    def feed(self, data: bytes, *, final: bool) -> bytes:
        """Return the entries that end in `data`; the one that begins there is kept as fields."""
        self._is_torn = not (data or self._last).endswith(b"\n")
        self._last = data[-1:] or self._last
        data = self._rest + data
        out: list[bytes] = []
        place = 0
        while place < len(data):
            after = self._step(data, place, out, final=final)
            if after == place:
                break
            place = after
        self._rest = data[place:]
        if final:
            self._end_entry(out)
        lines = b"".join(out)
        self._is_open = not (lines or b"\n" * (not self._is_open)).endswith(b"\n")
        if final and self._is_torn and self._last and not self._is_open:
            lines += b" "  # the last line has no end: there is one more than line breaks
        return lines

    def problems(self) -> Iterator[str]:
        """Yield in words what could not be used."""
        if self._lost_lines:
            yield f"{self._lost_lines} lines within journal entries are damaged and were left out"
        if self._cut:
            yield f"{self._cut} fields longer than {MAX_ENTRY_BYTES} bytes were cut there"

    def _step(self, data: bytes, place: int, out: list[bytes], *, final: bool) -> int:
        """Take in what stands at `place`; return where it ends, `place` itself for: need more."""
        if self._skip or self._skips_line:
            return self._skip_on(data, place)
        fields = _TEXT_FIELDS.match(data, place)
        if fields is not None:
            self._add_text(fields[0])
            return fields.end()
        if data.startswith(b"\n", place):
            self._breaks += 1
            self._end_entry(out)
            return place + 1
        if data.startswith(b"__CURSOR=", place) and self._fields:
            self._end_entry(out)  # its empty line is lost
        name = _NAME.match(data, place)
        if name is not None:
            after = self._add_binary(data, name, final=final)
            if after >= 0:
                return after
        return self._add_line(data, place, out, final=final)

    def _add_text(self, lines: bytes) -> None:
        """Take in whole lines of the form ``NAME=value``."""
        if self._message_at < 0:
            message = _MESSAGE_LINE.search(lines)
            if message is not None:
                self._message_at = self._breaks + lines.count(b"\n", 0, message.start())
        self._breaks += lines.count(b"\n")
        fields = _FIELD.findall(lines)
        if self._size + len(lines) <= MAX_ENTRY_FIELDS_BYTES:
            self._size += len(lines)
            self._fields += fields
        else:
            for name, value in fields:
                self._keep(name, value)

    def _keep(self, name: bytes, value: bytes) -> None:
        """Keep a field; of a very large entry only the message."""
        self._size += len(name) + len(value) + 2
        if self._size <= MAX_ENTRY_FIELDS_BYTES or name == MESSAGE:
            self._fields.append((name, value))

    def _add_binary(self, data: bytes, name: re.Match[bytes], *, final: bool) -> int:
        """Take in a field with a length; return where it ends, -1 if it is none."""
        begin = name.end() + LENGTH_BYTES
        if begin > len(data):
            return -1 if final else name.start()
        length = int.from_bytes(data[name.end() : begin], "little")
        if length > MAX_DATA_BYTES:
            return -1
        end = begin + min(length, MAX_ENTRY_BYTES)
        if end > len(data) and not final:
            return name.start()
        if name[1] == MESSAGE and self._message_at < 0:
            self._message_at = self._breaks
        self._keep(name[1], data[begin:end])
        end = min(end, len(data))
        self._breaks += data.count(b"\n", name.start(), end)
        self._cut += length > MAX_ENTRY_BYTES
        self._skip = max(length - MAX_ENTRY_BYTES, 0)
        self._skips_line = True  # the line break that ends the field
        return end

    def _skip_on(self, data: bytes, place: int) -> int:
        """Go over the rest of a field that is too long, and over the line break after a field."""
        if self._skip:
            end = min(len(data), place + self._skip)
            self._skip -= end - place
        else:
            end = data.find(b"\n", place) + 1
            self._skips_line = end == 0
            end = end or len(data)
        self._breaks += data.count(b"\n", place, end)
        return end

    def _add_line(self, data: bytes, place: int, out: list[bytes], *, final: bool) -> int:
        """Take in one other line: the first of an entry, one too long, the last, a damaged one."""
        end = data.find(b"\n", place, place + MAX_ENTRY_BYTES)
        is_whole = end >= 0
        if not is_whole and len(data) - place < MAX_ENTRY_BYTES and not final:
            return place
        line = data[place:end] if is_whole else data[place : place + MAX_ENTRY_BYTES]
        field = _FIELD.match(line)
        if field is not None:
            if field[1] == MESSAGE and self._message_at < 0:
                self._message_at = self._breaks
            self._keep(field[1], field[2])
        elif not self._fields:
            out.append(b"\n" * self._breaks + line)  # no entry: what another program printed
            self._breaks = 0
        else:
            self._lost_lines += 1
        if is_whole:
            self._breaks += 1
            return end + 1
        self._cut += len(line) == MAX_ENTRY_BYTES
        self._skips_line = True
        return place + len(line)

    def _end_entry(self, out: list[bytes]) -> None:
        """Put out the entry at the line of its message; its other lines are empty."""
        if self._fields:
            line, is_cut = entry_line(self._fields)
            self._cut += is_cut
            before = max(self._message_at, 0)
            out.append(b"\n" * before + line + b"\n" * (self._breaks - before))
        else:
            out.append(b"\n" * self._breaks)
        self._fields, self._size, self._breaks, self._message_at = [], 0, 0, -1
