"""Counts healthy events: whole blocks by the shape of their lines, odd lines one by one."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby, islice

from logcascade.model.records import LoadCounts
from logcascade.reading.blocks import Window
from logcascade.reading.events.event_shape import EventShape, UnusualError, milliseconds
from logcascade.reading.events.tally import SplitTally
from logcascade.reading.fields.unpack import LineUnpacker, Unpackers
from logcascade.reading.finder import PlainFinder
from logcascade.reading.formats.starts import Starts
from logcascade.reading.lines import Line, decode, settle_time
from logcascade.reading.times.stamps import StampReader

SHAPE_SAMPLE = 16
"""Events whose lines are looked at to learn their shape; others add to it as they are met."""

PIECE_BYTES = 128 * 1024
"""Events are taken from so much at once: its texts fit the processor's cache, and an odd line has
no more than its own piece read line by line."""


_OCTAL = "#0"
"""What a carrier may have put for a line break; a line with it is read with care."""


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
        self,
        patterns: Sequence[LoadPattern],
        starts: Starts,
        stamps: StampReader,
        split_at: float | None = None,
    ) -> None:
        """*split_at*, in epoch seconds, parts what is counted; None: nothing does."""
        self._counters = [_PatternCounter(each, starts, stamps, split_at) for each in patterns]

    def scan(self, window: Window) -> None:
        """Count the events on the lines of `window` that no window before had."""
        for counter in self._counters:
            counter.scan(window)

    def counts(self, *, so_far: bool = False) -> Mapping[str, LoadCounts]:
        """Return for each rule what was counted before the moment that parts it.

        *so_far* says that more will be.
        """
        tallies = {each.rule: each.tally.before for each in self._counters}
        return {
            rule: tally.counts_so_far() if so_far else tally.counts()
            for rule, tally in tallies.items()
        }

    def counts_since(self) -> Mapping[str, LoadCounts]:
        """Return for each rule what was counted so far from that moment on."""
        return {each.rule: each.tally.since.counts() for each in self._counters}


@dataclass(frozen=True, slots=True)
class _Piece:
    """New lines of a window, with the line break before the first, without that after the last."""

    buffer: bytes
    base: int
    begin: int
    end: int

    def count(self, literal: bytes) -> int:
        """Return how often `literal` stands in it."""
        return self.buffer.count(literal, self.begin, self.end)


class _PatternCounter:
    """Counts one load pattern.

    Where lines have a shape met before, stamps and durations are taken by one expression over the
    whole block. That is checked against the number of places that hold the literal; where it
    falls short, the lines of another shape are read one by one, and their shape is learned.
    """

    def __init__(
        self,
        pattern: LoadPattern,
        starts: Starts,
        stamps: StampReader,
        split_at: float | None,
    ) -> None:
        self.rule = pattern.rule
        self._pattern = pattern
        self._message = re.compile(pattern.pattern)
        self.tally = SplitTally("duration" in self._message.groupindex, split_at)
        self._finder = PlainFinder(pattern.literals)
        self._stamps = stamps
        self._lines = starts.reader
        self._escaping = {each.id for each in starts.formats if each.has_octal_escapes}
        self._has_escapes = False
        self._unpackers = Unpackers(starts.formats)
        self._unpacker: LineUnpacker | None = None
        self._shape: EventShape | None = None
        self._expressions = (re.compile("(?!)"),) * 2
        self._unit_ms = pattern.duration_unit_s * 1000

    def scan(self, window: Window) -> None:
        """Count the events on the new lines of `window`, piece by piece."""
        buffer, last = window.buffer, len(window.buffer) - 1
        begin = window.fresh
        while begin < last:
            end = buffer.find(b"\n", min(begin + PIECE_BYTES, last))
            self._scan_piece(_Piece(buffer, window.base, begin, end))
            begin = end

    def _scan_piece(self, piece: "_Piece") -> None:
        events = sum(map(piece.count, self._pattern.literals))
        if not events:
            return
        if self._shape is None:
            for raw, offset in islice(self._lines_with_literal(piece), SHAPE_SAMPLE):
                self._learn(self._lines.read(raw, offset, 0), raw)
        if self._has_turn(piece):
            for raw, offset in self._lines_with_literal(piece):
                self._add_line(raw, offset)
            return
        block = self._block(piece)
        if self._unpacker is not None:
            events = block.count("\n")  # a line may tell its message twice
        if not self._add_block(block, events, piece.base + piece.begin):
            self._add_lines(piece)

    def _has_turn(self, piece: "_Piece") -> bool:
        """Return whether a clock begins a new round in `piece`: there each place counts."""
        begin, end = piece.base + piece.begin, piece.base + piece.end
        return self._stamps.rollovers.is_within(begin, end)

    def _lines_with_literal(self, piece: "_Piece") -> Iterator[tuple[bytes, int]]:
        """Yield each line of interest and its offset in the source."""
        buffer, done = piece.buffer, piece.begin
        for place in self._finder.find(buffer, piece.begin, piece.end):
            if place < done:
                continue
            begin = buffer.rfind(b"\n", 0, place) + 1
            done = buffer.find(b"\n", place)
            yield buffer[begin:done], begin + piece.base

    def _block(self, piece: "_Piece") -> str:
        """Return text that has all events of `piece` on its lines."""
        if self._unpacker is not None:
            return "".join(self._text(raw) for raw, _ in self._lines_with_literal(piece))
        text = decode(piece.buffer[piece.begin : piece.end])
        if self._has_escapes and _OCTAL in text:
            return ""
        return text.replace("\r\n", "\n") if "\r" in text else text

    def _text(self, raw: bytes) -> str:
        """Return a line break and the line's text, taken out of what carries it."""
        if self._unpacker is not None:
            return "\n" + self._unpacker.text(raw)
        return "\n" + ("" if self._has_escapes and _OCTAL.encode() in raw else decode(raw))

    def _add_lines(self, piece: "_Piece") -> None:
        """Count events line by line: those of the usual shape together, others one by one."""

        def is_usual(line: tuple[bytes, int]) -> bool:
            return self._expressions[False].match(self._text(line[0])) is not None

        for is_alike, group in groupby(self._lines_with_literal(piece), key=is_usual):
            lines = list(group)
            if is_alike:
                block = "".join(self._text(raw) for raw, _ in lines)
                if self._add_block(block, len(lines), lines[0][1]):
                    continue
            for raw, offset in lines:
                self._add_line(raw, offset)

    def _add_block(self, block: str, events: int, offset: int) -> bool:
        """Count the events in `block` if there are as many as expected, all of usual times."""
        shape = self._shape
        if shape is None:
            return False
        expression = self._expressions[block.isascii()]
        parts = expression.split(block)  # in one list: what is between events, and their groups
        width = expression.groups + 1
        if len(parts) != events * width + 1:
            return False
        if not shape.stamps:
            self.tally.add_timeless(events)
            return True
        columns = [parts[group::width] for group in range(1, width)]
        try:
            ends = shape.times(columns, self._stamps, offset)
        except UnusualError:
            return False
        has_durations = len(columns) > shape.groups
        self.tally.add(ends, self._durations(columns[-1]) if has_durations else [0] * events)
        return True

    def _durations(self, texts: Sequence[str | None]) -> list[int]:
        if self._unit_ms == 1.0:
            with suppress(ValueError, TypeError):  # it may have decimals, or be left out
                return list(map(int, texts))  # type: ignore[arg-type]  # None raises, as said
        return [round(float(text or "0") * self._unit_ms) for text in texts]

    def _add_line(self, raw: bytes, offset: int) -> None:
        line = self._lines.read(raw, offset, 0)
        found = self._message.match(line.texts[0])
        if found is None:
            return
        moment = settle_time(line, self._stamps)
        if moment is None:
            self.tally.add_timeless(1)
        else:
            texts = [found["duration"] or "0"] if "duration" in found.re.groupindex else ["0"]
            self.tally.add([milliseconds(moment)], self._durations(texts))
        self._learn(line, raw)

    def _learn(self, line: Line, raw: bytes) -> None:
        """Add the shape of an event's line to what is taken from whole blocks."""
        if not self._message.match(line.texts[0]):
            return
        unpacker = self._unpackers.like(line, raw)
        text = decode(raw) if unpacker is None else unpacker.text(raw)
        shape = EventShape.of(line, text)
        if shape is not None and self._shape is not None:
            shape = self._shape.joined(shape)
        if shape is not None and shape != self._shape:
            self._shape, self._unpacker = shape, unpacker
            self._has_escapes = not self._escaping.isdisjoint(line.carrier.formats)
            self._expressions = shape.expressions(self._pattern.pattern)
