"""
Repeated detections of one rule become one burst with a count and a span.

Memory grows with the number of bursts, never with the number of detections, so that a log
with a million refused calls costs what one with a hundred costs.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from logcascade.model.bursts import Burst, Values
from logcascade.model.detections import Detection
from logcascade.model.records import Location
from logcascade.model.rules import Role

BURST_GAP_S = 10.0
"""Failures of one rule closer than this are one burst. Seconds. Long enough to join what one
retry interval of the usual clients (1 to 5 s) repeats, short enough that a lone failure a minute
before a cascade is not taken for its beginning."""

MAX_BURSTS = 200_000
"""Bursts kept; later ones are counted and said to be left out. About 1 kB each."""

MAX_MARKS = 200_000
"""Starts and stops kept, for the same reason."""

MAX_OPEN = 1_000
"""Bursts that grow at once before those that have been quiet too long are looked for."""

MAX_DISTINCT = 512
"""Different values kept of one field of a burst: enough to tell one chat from many."""


MAX_MOMENTS = 1_000
"""Detections of one burst whose times are kept one by one; of the others the number suffices."""

MAX_ALL_MOMENTS = 500_000
"""Such times kept of one source: 16 MB."""


MAX_READINGS = 64
"""Readings kept of one number of a burst, evenly thinned: enough to tell how it rises."""


_Key = tuple[str, str, int | None, str, str]
"""(rule, component, pid, mark of the run, what tells failures of the rule apart)."""


@dataclass(slots=True)
class _Readings:
    """Every so many-th reading of one number; the distance doubles when there are too many."""

    points: list[tuple[float, float]] = field(default_factory=list)
    step: int = 1
    seen: int = 0

    def add(self, at: float, value: float) -> None:
        if self.seen % self.step == 0:
            self.points.append((at, value))
            if len(self.points) > MAX_READINGS:
                del self.points[1::2]
                self.step *= 2
        self.seen += 1


@dataclass(slots=True)
class _Open:
    """A burst that is still growing."""

    first: Detection
    count: int
    start: float
    end: float
    last_location: Location
    values: dict[str, dict[str, int]] = field(default_factory=dict)
    largest: dict[str, float] = field(default_factory=dict)
    capped: set[str] = field(default_factory=set)
    raised_from: dict[str, int] = field(default_factory=dict)
    moments: list[float] = field(default_factory=list)
    readings: dict[str, _Readings] = field(default_factory=dict)

    def add(self, detection: Detection, at: float) -> None:
        self.count += 1
        self.end = max(self.end, at)
        self.last_location = Location(detection.location.source, detection.last_line)
        self.take_values(detection, at)

    def take_values(self, detection: Detection, at: float) -> None:
        if detection.raised_from:
            seen = self.raised_from
            seen[detection.raised_from] = seen.get(detection.raised_from, 0) + 1
        for name, value in detection.values.items():
            counts = self.values.setdefault(name, {})
            key = f"{value:g}" if isinstance(value, float) else str(value)
            if key in counts or len(counts) < MAX_DISTINCT:
                counts[key] = counts.get(key, 0) + 1
            else:
                self.capped.add(name)
            if isinstance(value, float | int):
                self.largest[name] = max(self.largest.get(name, float(value)), float(value))
                self.readings.setdefault(name, _Readings()).add(at, float(value))

    def close(self, component: str) -> Burst:
        late_from = self.first.occurred_from
        return Burst(
            first=self.first,
            count=self.count,
            start=self.start,
            end=self.end,
            occurred_from=None if late_from is None else min(late_from.timestamp(), self.start),
            component=component,
            run="",
            values={
                name: Values(counts, self.largest.get(name), name in self.capped)
                for name, counts in self.values.items()
            },
            last_location=self.last_location,
            raised_from=self.raised_from,
            moments=tuple(self.moments),
            readings={name: tuple(kept.points) for name, kept in self.readings.items()},
        )


class BurstCollector:
    """
    Take the detections of one source in the order of its lines, give its bursts and marks.

    A mark of a run (start, stop), and a failure to load the program, closes what is open: a burst
    never crosses a restart.
    A detection without a time takes the time of the one before it; where no record has a time
    the line number stands in, so that order, counts and a first failure remain.
    """

    def __init__(self, component: str) -> None:
        """
        *component* names what wrote the source where its records do not say at all.

        A record that names a program but no component (the kernel's) stays without one; runs
        decide whose it is.
        """
        self._component = component
        self._open: dict[_Key, _Open] = {}
        self._closed: list[Burst] = []
        self._marks: list[Burst] = []
        self._at: float | None = None
        self._moments = 0
        self.left_out = 0

    def add(self, detection: Detection) -> None:
        """Take one detection."""
        at = self._position(detection)
        component = detection.component or self._owner(detection)
        if detection.role is Role.LIFECYCLE:
            self._close_all()
            self._keep(self._marks, MAX_MARKS, self._single(detection, at, component))
            return
        if detection.while_loading:
            self._close_all()
        of_process = (component, detection.pid, detection.run_key)
        key = (detection.rule, *of_process, detection.place)
        current = self._open.get(key)
        if current is not None and abs(at - current.end) <= BURST_GAP_S:
            current.add(detection, at)
            self._note_moment(current, at)
            return
        if current is not None:
            self._close(key, current)
        if len(self._open) >= MAX_OPEN:
            self._close_quiet(at)
        self._open[key] = self._begin(detection, at)

    def add_late(self, mark: Detection) -> None:
        """Take a mark of a run that only what came after it shows to be one; it closes nothing."""
        at = float(mark.record_line) if mark.time is None else mark.time.timestamp()
        component = mark.component or self._owner(mark)
        self._keep(self._marks, MAX_MARKS, self._single(mark, at, component))

    def marks(self) -> list[Burst]:
        """Return starts, stops and the like, each a burst of one."""
        return self._marks

    def bursts(self) -> list[Burst]:
        """Return all bursts of failures and of benign records, closing what is open."""
        self._close_all()
        return self._closed

    @property
    def kept(self) -> int:
        """How many bursts and marks there are, those that may still grow among them."""
        return len(self._closed) + len(self._marks) + len(self._open)

    def so_far(self) -> list[Burst]:
        """Return what `bursts` would, and let what is open grow on."""
        growing = [current.close(key[1]) for key, current in self._open.items()]
        return [*self._closed, *map(_apart, growing)]

    def forget(self, before: float) -> None:
        """Drop what began before a time, in epoch seconds, but for bursts that grew since."""
        for key, current in list(self._open.items()):
            if current.end < before:
                self._close(key, current)
                del self._open[key]
        dropped = [burst for burst in (*self._closed, *self._marks) if burst.start < before]
        self._moments -= sum(len(burst.moments) for burst in dropped)
        self._closed = [burst for burst in self._closed if burst.start >= before]
        self._marks = [mark for mark in self._marks if mark.start >= before]

    def keep_newest(self, most: int) -> None:
        """Drop bursts that do not grow any more, the oldest first, where there are too many."""
        if len(self._closed) > most:
            dropped, self._closed = self._closed[: -most // 2], self._closed[-most // 2 :]
            self._moments -= sum(len(burst.moments) for burst in dropped)

    def _owner(self, detection: Detection) -> str:
        """Return whose a record is that does not say who wrote it."""
        unit = detection.values.get("unit")
        if detection.role is Role.LIFECYCLE and isinstance(unit, str):
            return unit
        return "" if detection.program else self._component

    def _position(self, detection: Detection) -> float:
        if detection.time is not None:
            self._at = detection.time.timestamp()
            return self._at
        return self._at if self._at is not None else float(detection.record_line)

    def _begin(self, detection: Detection, at: float) -> _Open:
        last = Location(detection.location.source, detection.last_line)
        begun = _Open(detection, 1, at, at, last)
        begun.take_values(detection, at)
        self._note_moment(begun, at)
        return begun

    def _note_moment(self, burst: _Open, at: float) -> None:
        if len(burst.moments) < MAX_MOMENTS and self._moments < MAX_ALL_MOMENTS:
            burst.moments.append(at)
            self._moments += 1

    def _single(self, detection: Detection, at: float, component: str) -> Burst:
        return self._begin(detection, at).close(component)

    def _close_quiet(self, at: float) -> None:
        """Close what cannot grow any more, so that a log of unlike failures costs no memory."""
        for key, current in list(self._open.items()):
            if abs(at - current.end) > BURST_GAP_S:
                self._close(key, current)
                del self._open[key]

    def _close_all(self) -> None:
        for key, current in self._open.items():
            self._close(key, current)
        self._open.clear()

    def _close(self, key: _Key, current: _Open) -> None:
        self._keep(self._closed, MAX_BURSTS, current.close(key[1]))

    def _keep(self, kept: list[Burst], most: int, burst: Burst) -> None:
        if len(kept) < most:
            kept.append(burst)
        else:
            self.left_out += burst.count


def _apart(burst: Burst) -> Burst:
    """Return *burst* as it is now, whatever is added to what it was made from."""
    values = {name: replace(each, counts=dict(each.counts)) for name, each in burst.values.items()}
    return replace(burst, values=values, raised_from=dict(burst.raised_from))


def in_order(bursts: Iterable[Burst]) -> list[Burst]:
    """Return *bursts* of all sources in one order: time, then source, then line."""
    return sorted(bursts, key=lambda burst: burst.position)


def renamed(bursts: Iterable[Burst], names: dict[str, str]) -> Iterator[Burst]:
    """Yield *bursts* with their components' names replaced by those of *names*."""
    for burst in bursts:
        name = names.get(burst.component, burst.component)
        yield burst if name == burst.component else replace(burst, component=name)
