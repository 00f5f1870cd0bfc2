"""Counts healthy events in compiled code: their rate, their peaks, how many ran at once."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate, islice

from logcascade.model.records import LoadCounts
from logcascade.reading.blocks import Window
from logcascade.reading.finder import PlainFinder
from logcascade.reading.formats import Format
from logcascade.reading.lines import Line, LineReader, decode, settle_time
from logcascade.reading.stamps import StampReader

CHUNK_EVENTS = 65_536
"""Events are added up so many at a time, whatever the blocks: the same log, the same counts."""

MAX_BUSY_SECONDS = 20_000
"""Seconds kept one by one: the busiest."""

HOLD_MS = 10 * 60 * 1000
"""An event in progress is waited for so long: its line comes at its end."""

MAX_HELD = 4 * CHUNK_EVENTS
"""Starts and ends held back at the most."""

PEAK_WINDOW_S = 10
HOUR_S = 3600

MAX_MIDDLES = 8
"""Different texts between stamp and message that are counted without reading each line."""

SHAPE_SAMPLE = 16
"""Events whose prefixes are looked at; lines with another prefix are read one by one."""

_USUAL_STAMP = re.compile(
    r"(?:(?P<date>\d{4}-\d\d-\d\d)(?P<between>[ T]))?\d\d:\d\d:\d\d(?:(?P<point>[.,])\d{3})?"
)
_DIGITS = re.compile(r"[0-9]+")
_NAMED_GROUP = re.compile(r"\(\?P<(\w+)>")
_OPEN_GROUP = re.compile(r"(?<!\\)\((?!\?)")


@dataclass(frozen=True, slots=True)
class LoadPattern:
    """What a load rule counts."""

    rule: str
    literals: tuple[bytes, ...]
    """One of these stands in each event's line."""
    pattern: str
    """Matches at the start of the message; a group ``duration`` is the time the event took."""
    duration_unit_s: float = 1.0
    """Seconds in one unit of ``duration``."""


class LoadCounter:
    """Counts what the load patterns match in one source, window by window."""

    def __init__(
        self, patterns: Sequence[LoadPattern], formats: Sequence[Format], stamps: StampReader
    ) -> None:
        self._counters = [_PatternCounter(each, formats, stamps) for each in patterns]

    def scan(self, window: Window) -> None:
        """Count the events on the lines of `window` that no window before had."""
        for counter in self._counters:
            counter.scan(window)

    def counts(self) -> Mapping[str, LoadCounts]:
        """Return for each rule what was counted so far."""
        return {each.rule: each.tally.counts() for each in self._counters}


class _PatternCounter:
    """Counts one load pattern.

    Where a line's prefix is of a shape met before, its stamp and duration are taken by one
    expression over the whole block. That is checked against the number of places that hold the
    literal; where it falls short, those lines are read one by one, and their shapes learned.
    """

    def __init__(
        self, pattern: LoadPattern, formats: Sequence[Format], stamps: StampReader
    ) -> None:
        self.rule = pattern.rule
        self.tally = Tally()
        self._pattern = pattern
        self._message = re.compile(pattern.pattern)
        self._finder = PlainFinder(pattern.literals)
        self._stamps = stamps
        self._lines = LineReader(formats)
        self._shape: _Shape | None = None
        self._unit_ms = pattern.duration_unit_s * 1000

    def scan(self, window: Window) -> None:
        buffer, begin, end = window.buffer, window.fresh, len(window.buffer) - 1
        expected = sum(buffer.count(literal, begin, end) for literal in self._pattern.literals)
        if not expected:
            return
        if self._shape is None:
            for line, raw in islice(self._lines_with_literal(window), SHAPE_SAMPLE):
                self._learn(line, raw)
        shape = self._shape
        if shape is not None and not self._has_turn(shape, window):
            found = shape.expression.findall(buffer, begin, end)
            if len(found) == expected and self._add_all(shape, found, window):
                return
        for line, raw in self._lines_with_literal(window):
            self._add_line(line, raw)

    def _has_turn(self, shape: "_Shape", window: Window) -> bool:
        """Return whether a clock without date passes midnight within `window`."""
        rounds = self._stamps.rollovers
        return shape.format.stamp == "clock" and rounds.at(window.base + window.fresh) != rounds.at(
            window.base + len(window.buffer)
        )

    def _lines_with_literal(self, window: Window) -> Iterator[tuple[Line, bytes]]:
        buffer, done = window.buffer, window.fresh
        for place in self._finder.find(buffer, window.fresh, len(buffer) - 1):
            if place < done:
                continue
            begin = buffer.rfind(b"\n", 0, place) + 1
            done = buffer.find(b"\n", place)
            raw = buffer[begin:done]
            yield self._lines.read(raw, begin + window.base, 0), raw

    def _add_line(self, line: Line, raw: bytes) -> None:
        found = self._message.match(line.texts[0])
        if found is None:
            return
        moment = settle_time(line, self._stamps)
        if moment is None:
            self.tally.add_timeless()
            return
        duration = 0
        if "duration" in self._message.groupindex and found["duration"]:
            duration = round(float(found["duration"]) * self._unit_ms)
        self.tally.add([_milliseconds(moment)], [duration])
        self._learn(line, raw)

    def _learn(self, line: Line, raw: bytes) -> None:
        """Make the expression that takes stamp and duration from lines like this one."""
        header = line.header
        if header is None or line.carrier.formats or header.format.stamp not in ("iso", "clock"):
            return
        message = line.texts[0]
        if not self._message.match(message):
            return
        prefix = decode(raw)[: len(decode(raw)) - len(message)]
        before, _, after = prefix.partition(header.stamp)
        known = self._shape
        same = known is not None and known.format.id == header.format.id
        if known is not None and (not same or len(known.middles) >= MAX_MIDDLES):
            return
        middles = {*(known.middles if known is not None else ()), _digits_open(after)}
        shape = _Shape.make(header.format, _digits_open(before), header.stamp, middles)
        if shape is not None and (known is None or shape.middles != known.middles):
            message_source = _only_group(self._pattern.pattern, "duration")
            source = f"\n{shape.beginning}(?:{'|'.join(sorted(middles))})(?:{message_source})"
            shape.expression = re.compile(source.encode(), re.MULTILINE)
            self._shape = shape

    def _add_all(self, shape: "_Shape", found: list[tuple[bytes, ...]], window: Window) -> bool:
        """Add the events whose stamps and durations were found; False if one cannot be read."""
        offset = window.base + window.fresh
        columns = list(zip(*found, strict=True))
        bases: dict[bytes, int] = {}
        for minute in set(columns[0]):
            moment = self._stamps.read(shape.format.stamp, minute.decode(), offset)
            settled = self._stamps.settle(moment, None)
            if settled is None:
                return False
            bases[minute] = _milliseconds(settled)
        minutes = map(bases.__getitem__, columns[0])
        seconds = map(int, columns[1])
        if shape.has_milliseconds:
            thousandths: Iterable[int] = map(int, columns[2])
            ends = [m + s * 1000 + t for m, s, t in zip(minutes, seconds, thousandths, strict=True)]
        else:
            ends = [m + s * 1000 for m, s in zip(minutes, seconds, strict=True)]
        if len(columns) == (4 if shape.has_milliseconds else 3):
            self.tally.add(ends, self._durations(columns[-1]))
        else:
            self.tally.add(ends, [0] * len(ends))
        return True

    def _durations(self, texts: Sequence[bytes]) -> list[int]:
        if self._unit_ms == 1.0:
            with suppress(ValueError):  # it may have decimals
                return list(map(int, texts))
        return [round(float(text or b"0") * self._unit_ms) for text in texts]


@dataclass(slots=True)
class _Shape:
    """What the lines of an event look like before the message."""

    format: Format
    beginning: str
    """The pattern up to the end of the stamp, with groups for minute, second, thousandths."""
    has_milliseconds: bool
    middles: set[str]
    """Patterns of what stands between stamp and message."""
    expression: re.Pattern[bytes] = re.compile(b"")

    @classmethod
    def make(cls, each: Format, before: str, stamp: str, middles: set[str]) -> "_Shape | None":
        """Return the shape of lines with stamps like `stamp`, or None for unusual ones."""
        found = _USUAL_STAMP.fullmatch(stamp)
        if found is None or (each.stamp == "iso") != bool(found["date"]):
            return None
        minute = (r"\d{4}-\d\d-\d\d" + found["between"] if found["date"] else "") + r"\d\d:\d\d"
        thousandths = rf"{re.escape(found['point'])}(\d{{3}})" if found["point"] else ""
        beginning = rf"{before}({minute}):(\d\d){thousandths}"
        return cls(each, beginning, bool(thousandths), middles)


def _digits_open(text: str) -> str:
    """Return a pattern for `text` that takes any numbers in place of its own."""
    return _DIGITS.sub(r"[0-9]+", re.escape(text))


def _only_group(source: str, name: str) -> str:
    """Return the pattern with no group but `name`."""
    plain = _OPEN_GROUP.sub("(?:", source)
    return _NAMED_GROUP.sub(lambda group: "(" if group[1] == name else "(?:", plain)


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


class Tally:
    """Adds events up: by the second and hour of their arrival, and how many ran at once."""

    def __init__(self) -> None:
        self._ends: list[int] = []
        self._durations: list[int] = []
        self._events = 0
        self._timeless = 0
        self._first: int | None = None
        self._last: int | None = None
        self._hours: Counter[int] = Counter()
        self._seconds: Counter[int] = Counter()
        self._peak_10s = 0
        self._has_durations = False
        self._edges: list[int] = []
        self._running = 0
        self._peak_running = 0

    def add(self, ends: list[int], durations: list[int]) -> None:
        """Add events by the milliseconds of their ends and of what they took."""
        self._ends += ends
        self._durations += durations
        while len(self._ends) >= CHUNK_EVENTS:
            self._take(self._ends[:CHUNK_EVENTS], self._durations[:CHUNK_EVENTS])
            del self._ends[:CHUNK_EVENTS]
            del self._durations[:CHUNK_EVENTS]

    def add_timeless(self) -> None:
        """Add an event whose line has no time."""
        self._timeless += 1

    def counts(self) -> LoadCounts:
        """Return what was added so far."""
        if self._ends:
            self._take(self._ends, self._durations)
            self._ends, self._durations = [], []
        self._sweep(len(self._edges))
        if not self._events:
            return LoadCounts(events=self._timeless)
        self._note_peak()
        busiest = max(self._seconds, key=lambda second: (self._seconds[second], -second))
        return LoadCounts(
            events=self._events + self._timeless,
            first=None if self._first is None else self._first / 1000,
            last=None if self._last is None else self._last / 1000,
            busy_seconds={s: n for s, n in sorted(self._seconds.items()) if n > 1},
            hours=dict(sorted(self._hours.items())),
            peak_1s=self._seconds[busiest],
            peak_10s=self._peak_10s,
            peak_time=float(busiest),
            peak_concurrency=self._peak_running,
        )

    def _take(self, ends: list[int], durations: list[int]) -> None:
        starts = [end - took for end, took in zip(ends, durations, strict=True)]
        self._events += len(starts)
        low, high = min(starts), max(starts)
        self._first = low if self._first is None else min(self._first, low)
        self._last = high if self._last is None else max(self._last, high)
        seconds = Counter([start // 1000 for start in starts])
        self._seconds.update(seconds)
        for second, times in seconds.items():
            self._hours[second // HOUR_S] += times
        if len(self._seconds) > 2 * MAX_BUSY_SECONDS:
            self._note_peak()
            self._forget()
        if any(durations):
            # An odd number is a start, an even one an end; at one instant ends come first.
            self._edges += [2 * start + 1 for start in starts]
            self._edges += [2 * end for end in ends]
            self._edges.sort()
            settled = 2 * (max(ends) - HOLD_MS)
            count = bisect_right(self._edges, settled)
            self._sweep(max(count, len(self._edges) - MAX_HELD))

    def _sweep(self, count: int) -> None:
        """Follow the first `count` starts and ends."""
        steps = [1 if edge & 1 else -1 for edge in islice(self._edges, count)]
        if steps:
            levels = list(accumulate(steps, initial=self._running))
            self._peak_running = max(self._peak_running, max(levels))
            self._running = levels[-1]
            del self._edges[:count]

    def _note_peak(self) -> None:
        """Find the busiest ten seconds among those known one by one."""
        known = sorted(self._seconds.items())
        first = total = 0
        for second, times in known:
            total += times
            while known[first][0] <= second - PEAK_WINDOW_S:
                total -= known[first][1]
                first += 1
            self._peak_10s = max(self._peak_10s, total)

    def _forget(self) -> None:
        """Keep the busiest seconds, and the latest: they may still grow."""
        latest = max(self._seconds)
        kept = sorted(
            self._seconds.items(),
            key=lambda item: (item[0] > latest - HOLD_MS // 1000, item[1], item[0]),
            reverse=True,
        )
        self._seconds = Counter(dict(kept[:MAX_BUSY_SECONDS]))
