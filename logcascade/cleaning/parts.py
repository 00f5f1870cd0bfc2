"""Long lines that a container's log stores in parts, joined where the first part stands.

Docker's json-file driver stores a line over 16 KiB as several objects, all but the last without a
line break at the end of ``log``. Kubernetes' container runtimes tag each part but the last with
``P``. The parts of stdout and stderr may be interleaved.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

MAX_LINE_BYTES = 250 * 1024
"""Of a line of many parts so much is kept: a little less than of any line, for what is around."""

MAX_HELD_BYTES = 1024 * 1024
MAX_HELD_LINES = 1000
"""A part waits so long for the next one of its stream: they are written at once."""

_DOCKER = re.compile(
    rb'^(?P<head>\{"log":")(?P<text>(?:[^"\\\n]|\\[^\n])*+)(?P<tail>",'
    rb'(?:"stream":"(?P<stream>[^"\n]*)")?[^\n]*)$',
    re.MULTILINE,
)
_CRI = re.compile(
    rb"^(?P<head>\d[^\s]{18,40} (?P<stream>stdout|stderr) (?P<tag>[PF])(?::[^\s]*)?)"
    rb"(?: (?P<text>[^\n]*))?$",
    re.MULTILINE,
)
_PART = re.compile(
    rb"^(?:\d[^\s]{18,40} std(?:out|err) P(?![^\s:])"
    rb'|\{"log":"(?:[^"\\\n]|\\(?!n",")[^\n])*+",(?:"stream"|"attrs"|"time"))',
    re.MULTILINE,
)


def applies(lines: bytes) -> bool:
    """Return whether there are lines among `lines` as they are stored for a container."""
    return any(each.search(lines) is not None for each in (_DOCKER, _CRI))


@dataclass(slots=True)
class _Open:
    """A line of which the last part is still to come."""

    place: int
    """The place among the lines that are held back."""
    head: bytes
    texts: list[bytes]
    tail: bytes
    size: int = 0


class Parts:
    """Joins the parts of each stream; the lines of the parts after the first become empty."""

    def __init__(self) -> None:
        self._lines: list[bytes] = []
        self._held_bytes = 0
        self._open: dict[bytes, _Open] = {}
        self._cut = 0
        self.notes: list[str] = []

    def feed(self, data: bytes, *, final: bool) -> bytes:
        """Return the lines of `data`; from the first part on until its line is whole none."""
        if not self._open and not _may_have_parts(data):
            return data
        out: list[bytes] = []
        place = 0
        while place < len(data):
            if not self._open:
                part = _PART.search(data, place)
                begin = len(data) if part is None else part.start()
                out.append(data[place:begin])
                place = begin
                if part is None:
                    break
            end = data.index(b"\n", place) + 1
            self._take(data[place : end - 1])
            place = end
            is_full = self._held_bytes > MAX_HELD_BYTES or len(self._lines) > MAX_HELD_LINES
            if is_full or not self._open:
                out.append(self._release())
        if final:
            out.append(self._release())
        return b"".join(out)

    def problems(self) -> Iterator[str]:
        """Yield in words what could not be used."""
        if self._cut:
            yield f"{self._cut} lines in parts: only the first {MAX_LINE_BYTES} bytes were read"

    def _take(self, line: bytes) -> None:
        """Take in one line: a part, or what stands between parts."""
        found = _DOCKER.match(line) or _CRI.match(line)
        if found is None:
            self._hold(line)
            return
        groups = found.groupdict(b"")
        text, tag = groups["text"], groups.get("tag")
        is_part = tag == b"P" if tag is not None else not _ends_line(text)
        stream = self._open.get(groups["stream"])
        if stream is None:
            if is_part:
                head = groups["head"] + b" " if tag is not None else groups["head"]
                self._open[groups["stream"]] = stream = _Open(
                    len(self._lines), head, [], groups.get("tail", b"")
                )
                self._add(stream, text)
            self._hold(line if stream is None else b"")
            return
        self._add(stream, text)
        self._hold(b"")
        if not is_part:
            self._close(groups["stream"])

    def _hold(self, line: bytes) -> None:
        self._lines.append(line)
        self._held_bytes += len(line) + 1

    def _add(self, stream: _Open, text: bytes) -> None:
        """Add the text of a part, as long as the line is not too long."""
        before = stream.size
        stream.size += len(text)
        if stream.size <= MAX_LINE_BYTES:
            stream.texts.append(text)
            self._held_bytes += len(text)
        elif before <= MAX_LINE_BYTES:
            self._cut += 1

    def _close(self, name: bytes) -> None:
        """Put the whole line where its first part stood."""
        each = self._open.pop(name)
        self._lines[each.place] = each.head + b"".join(each.texts) + each.tail

    def _release(self) -> bytes:
        """Return what was held back; a line whose last part is not there ends where it is."""
        for name in list(self._open):
            self._close(name)
        lines, self._lines, self._held_bytes = self._lines, [], 0
        return b"\n".join([*lines, b""]) if lines else b""


def _may_have_parts(data: bytes) -> bool:
    """Return whether `data` is worth a search: most logs have no parts."""
    if b" std" in data and (b" stdout P" in data or b" stderr P" in data):
        return True
    if b"{" not in data:  # to look for one byte is far faster than for several
        return False
    objects = data.count(b'{"log":"')
    return objects > 0 and (objects != data.count(b'\\n","stream":') or b'\\\\n","' in data)


def _ends_line(text: bytes) -> bool:
    """Return whether a JSON string ends with a line break, written as an escape."""
    if not text.endswith(b"\\n"):
        return False
    slashes = len(text) - 1 - len(text[:-1].rstrip(b"\\"))
    return slashes % 2 == 1
