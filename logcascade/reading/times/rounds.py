"""Finds where a source's clock begins anew, or was set."""

from collections.abc import Iterator, Sequence

from logcascade.reading.blocks import Window
from logcascade.reading.formats.line_format import Format, StampKind
from logcascade.reading.lines import Line
from logcascade.reading.times.stamps import StampReader
from logcascade.reading.times.tracks import Track, rare_tracks, usual_tracks
from logcascade.reading.times.wall_clock import (
    BootWatch,
    DatedWatch,
    Event,
    MidnightWatch,
    NewYearWatch,
    WallClock,
    Watch,
)

SUMMER_TIME_S = 3600
HOUR_TOLERANCE_S = 600
"""A step back is shorter than the hour it was by what lies between its two lines. Seconds."""

_SPAN_UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


class RoundCounter:
    """Finds where stamps pass midnight or new year, and where a clock was put back or set."""

    def __init__(
        self, formats: Sequence[Format], stamps: StampReader, head: Sequence[tuple[bytes, Line]]
    ) -> None:
        self._stamps = stamps
        self._lines = 0
        self._steps = _Steps()
        self._tracks = list(_tracks(formats, stamps, head))

    def scan(self, window: Window, others: Sequence[int] | None) -> None:
        """Note what begins anew on the lines of `window` that no window before had.

        Unusual stamps can stand only after the breaks at `others`, if that is known.
        """
        for track in self._tracks:
            if others is None or track.is_at(others, window):
                for place, event in track.follow(window):
                    self._note(event, place, window)
        self._lines += window.lines

    def assumptions(self) -> Iterator[str]:
        """Yield in words where the clock was set: times are taken as they stand."""
        hint = " (summer time? --zone tells)" if self._stamps.options.zone is None else ""
        return self._steps.in_words(hint)

    def _note(self, event: Event, place: int, window: Window) -> None:
        turn, step = event
        if turn == "step":
            line = self._lines + window.buffer.count(b"\n", window.fresh, place)
            self._steps.add(step, line)
        else:
            self._stamps.rollovers.add(turn, window.base + place, step)


def _tracks(
    formats: Sequence[Format], stamps: StampReader, head: Sequence[tuple[bytes, Line]]
) -> Iterator[Track]:
    """Yield what is to be followed in a source with these formats and first lines."""
    clock = WallClock(stamps.zone)
    bare = {each.id for each in formats if each.is_wrapper and each.stamp == "none"}
    wrapped = {
        kind
        for _, line in head
        if not bare.isdisjoint(line.carrier.formats)
        for kind in _kinds_of(line)
    }
    watches: dict[StampKind, Watch] = {
        "clock": MidnightWatch(stamps, clock),
        "syslog": NewYearWatch(stamps, clock),
        "uptime": BootWatch(),
        "words": DatedWatch(stamps, clock, "words"),
    }
    for kind, watch in watches.items():
        if stamps.has_time(kind):
            yield from rare_tracks(formats, kind, watch, is_wrapped=kind in wrapped)
    yield from usual_tracks(head, DatedWatch(stamps, clock, "iso"))


def _kinds_of(line: Line) -> Iterator[StampKind]:
    if line.carrier.stamp is not None:
        yield line.carrier.stamp[0]
    if line.header is not None:
        yield line.header.stamp_kind


class _Steps:
    """Where a clock was set: the first of each kind, and how often."""

    def __init__(self) -> None:
        self._first: dict[str, tuple[int, int]] = {}
        self._counts: dict[str, int] = {}

    def add(self, step_s: int, line: int) -> None:
        """Note a step at a line."""
        kind = "ahead" if step_s > 0 else "back"
        if kind == "back" and abs(step_s + SUMMER_TIME_S) <= HOUR_TOLERANCE_S:
            kind = "an hour back"
        self._first.setdefault(kind, (step_s, line))
        self._counts[kind] = self._counts.get(kind, 0) + 1

    def in_words(self, hint: str) -> Iterator[str]:
        """Yield a sentence for each kind; `hint` goes with what may be summer time's end."""
        for kind, (step_s, line) in self._first.items():
            far = "1 h" if kind == "an hour back" else _span(abs(step_s))
            words = f"the clock goes {'ahead' if step_s > 0 else 'back'} {far} at line {line:,}"
            if kind == "an hour back":
                words += hint
            more = self._counts[kind] - 1
            yield words + (f", and {more:,} more time{'s' * (more > 1)}" if more else "")


def _span(seconds: int) -> str:
    """Return a span in its two largest units."""
    parts, rest = [], seconds
    for size, unit in _SPAN_UNITS:
        if rest >= size:
            parts.append(f"{rest // size:,} {unit}")
            rest %= size
    return " ".join(parts[:2])
