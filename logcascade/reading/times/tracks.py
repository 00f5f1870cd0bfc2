"""Follows the stamps of a source in compiled code; Python looks where their ten minutes change."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress, count, islice, repeat
from operator import ne
from typing import Protocol

from logcascade.reading.blocks import Window
from logcascade.reading.formats.line_format import Format, StampKind
from logcascade.reading.lines import Line
from logcascade.reading.times.wall_clock import Event, Watch

MAX_SHAPES = 8
"""Different beginnings of lines that are followed: one for each container, one for each level."""

FULL_BYTES = 48
"""A stamp is shorter."""

_GROUP_NAME = re.compile(r"\(\?P<\w+>")
_DIGIT = re.compile(r"\d", re.ASCII)
_CAPTURED: dict[StampKind, bytes] = {
    "clock": rb"(\d\d:\d\d:\d\d)",
    "syslog": (
        rb"((?:[^\s\d]{3,12} [ \d]?\d| ?\d?\d[^\s\d]{3} [ \d]?\d|[01]\d-?[0-3]\d) \d\d:\d\d:\d\d)"
    ),
    "uptime": rb"(\d{1,9}\.\d{1,6})",
}
"""The part of a stamp that tells its second; for words it is all of the stamp."""

_TEN_MINUTES = re.compile(r"(?:^|[ T:-])\d?\d:?\d(?=\d:?\d\d(?!\d))")
"""Where a stamp's ten minutes end: only where what is before that changes is a stamp looked at."""

_FULL = re.compile(rb"[\d/-]+[ T:-][\d:]+(?:[.,]\d+)?(?: ?(?:Z|UTC|GMT|[+-]\d\d:?\d\d))?")

Place = int
"""Index of the first byte of a line in a window's buffer."""


class Track(Protocol):
    """The stamps of one kind in a source."""

    def is_at(self, breaks: Sequence[int], window: Window) -> bool:
        """Return whether one of its stamps stands after one of the line breaks."""

    def follow(self, window: Window) -> Iterable[tuple[Place, Event]]:
        """Return what begins on the new lines of `window`."""


class RareTrack:
    """Stamps that a format describes, whether the first lines have them or not."""

    def __init__(self, pattern: re.Pattern[bytes], watch: Watch) -> None:
        self._pattern, self._watch = pattern, watch
        self._last = b""
        self._fine_from: int | None = None

    def is_at(self, breaks: Sequence[int], window: Window) -> bool:
        """Return whether one of its stamps stands after one of the line breaks."""
        return any(map(self._pattern.match, repeat(window.buffer), breaks))

    def follow(self, window: Window) -> list[tuple[Place, Event]]:
        """Return what begins on the new lines of `window`."""
        end = len(window.buffer) - 1
        stamps: list[bytes] = self._pattern.findall(window.buffer, window.fresh, end)
        if not stamps:
            return []
        if not self._last:
            self._last = stamps[0]
            found = _TEN_MINUTES.search(_text(stamps[0]))
            self._fine_from = found and len(_text(stamps[0])[: found.end()].encode())
        before = [self._last, *stamps]
        self._last = stamps[-1]
        coarse = [stamp[: self._fine_from] for stamp in before]
        events = [
            (number, event)
            for number in _changes(coarse)
            for event in self._watch.events(_text(before[number]), _text(stamps[number]))
        ]
        places = self._places({number for number, _ in events}, window)
        return [(places[number], event) for number, event in events]

    def _places(self, numbers: set[int], window: Window) -> dict[int, Place]:
        """Return where the lines with the stamps of these numbers begin."""
        matches = self._pattern.finditer(window.buffer, window.fresh, len(window.buffer) - 1)
        until = islice(matches, max(numbers, default=-1) + 1)
        return {
            number: found.start() + 1 for number, found in enumerate(until) if number in numbers
        }


class UsualTrack:
    """Stamps as the first lines have them: so many that only their ten minutes are taken."""

    def __init__(self, pattern: re.Pattern[bytes], watch: Watch) -> None:
        self._pattern, self._watch = pattern, watch
        self._last_coarse = self._last = b""

    def is_at(self, breaks: Sequence[int], window: Window) -> bool:  # noqa: ARG002 - as others
        """Return True: what is usual stands also where nobody looks for the unusual."""
        return True

    def follow(self, window: Window) -> Iterator[tuple[Place, Event]]:
        """Yield what begins on the new lines of `window`."""
        buffer, end = window.buffer, len(window.buffer) - 1
        coarse: list[bytes] = self._pattern.findall(buffer, window.fresh, end)
        if not coarse:
            return
        place = window.fresh - 1
        for number in list(_changes([self._last_coarse or coarse[0], *coarse])):
            place = self._next(buffer, coarse[number], place + 1)
            last = self._before(buffer, place, window.fresh) or self._last
            for event in self._watch.events(_text(last), _text(self._full(buffer, place))):
                yield place + 1, event
        self._last_coarse = coarse[-1]
        self._last = self._before(buffer, end, window.fresh)

    def _next(self, buffer: bytes, coarse: bytes, place: int) -> int:
        """Return the break before the first line from `place` on with this coarse stamp."""
        while True:
            place = buffer.rfind(b"\n", 0, buffer.index(coarse, place + 1))
            found = self._pattern.match(buffer, place)
            if found is not None and found[1] == coarse:
                return place
            place = buffer.index(b"\n", place + 1)

    def _before(self, buffer: bytes, place: int, begin: int) -> bytes:
        """Return the stamp of the last line that ends at `place` or before, if from `begin` on."""
        while place > begin:
            place = buffer.rfind(b"\n", begin, place)
            if self._pattern.match(buffer, place):
                return self._full(buffer, place)
        return b""

    def _full(self, buffer: bytes, place: int) -> bytes:
        found = self._pattern.match(buffer, place)
        full = found and _FULL.match(buffer, found.start(1), found.start(1) + FULL_BYTES)
        return full[0] if full else b""


def _changes(texts: Sequence[bytes]) -> Iterator[int]:
    """Yield the number of each text that differs from the one before; 0 is that of the second."""
    return compress(count(), map(ne, islice(texts, 1, None), texts))


def _text(stamp: bytes) -> str:
    return stamp.decode("utf-8", "replace")


def usual_tracks(head: Iterable[tuple[bytes, Line]], watch: Watch) -> Iterator[UsualTrack]:
    """Yield tracks of the stamps with the year first, by the first lines of a source."""
    shapes: Counter[tuple[str, str]] = Counter()
    for raw, line in head:
        stamp = _outer_iso_stamp(line)
        fine = _TEN_MINUTES.search(stamp)
        before, found, _ = raw.decode("utf-8", "replace").partition(stamp or "\n")
        if found and fine:
            shapes[_DIGIT.sub("0", before), _DIGIT.sub("0", stamp[: fine.end()])] += 1
    usual = [shape for shape, _ in shapes.most_common(MAX_SHAPES)]
    for stamp in dict.fromkeys(stamp for _, stamp in usual):
        before = "|".join(_open(begin) for begin, each in usual if each == stamp)
        yield UsualTrack(re.compile(rf"\n(?:{before})({_open(stamp)})".encode()), watch)


def _outer_iso_stamp(line: Line) -> str:
    """Return the first stamp of a line, if it has the year first."""
    if line.carrier.stamp is not None:
        kind, stamp = line.carrier.stamp
    elif line.header is not None:
        kind, stamp = line.header.stamp_kind, line.header.stamp
    else:
        return ""
    return stamp if kind == "iso" else ""


def _open(shape: str) -> str:
    """Return a pattern that takes any digit where `shape` has a nought."""
    return re.escape(shape).replace("0", r"\d")


def rare_tracks(
    formats: Sequence[Format], kind: StampKind, watch: Watch, *, is_wrapped: bool
) -> Iterator[RareTrack]:
    """Yield tracks of the stamps of `kind`, by the formats that have them.

    Where `is_wrapped`, carriers without a stamp may stand around them.
    """
    bare = [each.nameless_start for each in formats if each.is_wrapper and each.stamp == "none"]
    prefix = b"(?:" + b"|".join(bare) + b")??" if bare and is_wrapped else b""
    beginnings: dict[bytes, dict[bytes, None]] = {}
    for each in formats:
        before, found, rest = each.start_source.partition("(?P<stamp>")
        if each.stamp != kind or not found:
            continue
        beginning = _GROUP_NAME.sub("(?:", before).encode()
        captured = _CAPTURED.get(kind) or b"(" + _first_group(rest).encode() + b")"
        if _is_whole(beginning):
            beginnings.setdefault(captured, {})[beginning] = None
    for captured, before_any in beginnings.items():
        source = rb"\n(?!\n)" + prefix + b"(?:" + b"|".join(before_any) + b")" + captured
        yield RareTrack(re.compile(source), watch)


def _first_group(rest: str) -> str:
    """Return what stands before the bracket that closes a group opened before `rest`."""
    depth, place, in_class = 1, 0, False
    while place < len(rest):
        sign = rest[place]
        if sign == "\\":
            place += 1
        elif in_class:
            in_class = sign != "]"
        elif sign == "[":
            in_class = True
        elif sign in "()":
            depth += 1 if sign == "(" else -1
            if not depth:
                break
        place += 1
    return _GROUP_NAME.sub("(?:", rest[:place]).replace("(?P=", "(?:")


def _is_whole(source: bytes) -> bool:
    """Return whether the beginning of a pattern is a pattern itself, without groups."""
    try:
        return not re.compile(source).groups
    except re.error:
        return False
