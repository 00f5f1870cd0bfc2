"""Adds healthy events up: by the second and the hour, their peaks, how many ran at once."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from copy import copy
from itertools import compress, islice
from operator import itemgetter, lt, not_, sub

from logcascade.model.durations import in_classes
from logcascade.model.records import LoadCounts

CHUNK_EVENTS = 16_384
"""Events are added up so many at a time, whatever the blocks: the same log, the same counts."""

MAX_BUSY_SECONDS = 20_000
"""Seconds kept one by one: the busiest."""

HOLD_MS = 10 * 60 * 1000
"""An event in progress is waited for so long: its line comes at its end."""

MAX_HELD = 2 * CHUNK_EVENTS
"""Events held back at the most."""

SECOND_MS = 1000
HOUR_MS = 3600 * SECOND_MS
PEAK_WINDOW_S = 10


class Tally:
    """Adds events up in bounded memory. Times are in whole milliseconds since the epoch."""

    def __init__(self, has_durations: bool = False) -> None:
        """*has_durations* says that events tell what they took."""
        self._has_durations = has_durations
        self._classes: Counter[int] = Counter()
        self._busy_ms = 0
        self._slowest = (-1, 0)
        self._new_ends: list[int] = []
        self._new_durations: list[int] = []
        self._events = 0
        self._first: int | None = None
        self._last: int | None = None
        self._hours: Counter[int] = Counter()
        self._seconds: Counter[int] = Counter()
        self._busiest = (0, 0)
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._running = 0
        self._peak_running = 0
        self._peak_10s = 0

    def add(self, ends: Sequence[int], durations: Sequence[int]) -> None:
        """Add events by when they ended and what they took."""
        self._new_ends += ends
        self._new_durations += durations
        while len(self._new_ends) >= CHUNK_EVENTS:
            self._take(self._new_ends[:CHUNK_EVENTS], self._new_durations[:CHUNK_EVENTS])
            del self._new_ends[:CHUNK_EVENTS]
            del self._new_durations[:CHUNK_EVENTS]

    def add_timeless(self, events: int) -> None:
        """Add events whose lines have no time."""
        self._events += events

    def counts(self) -> LoadCounts:
        """Return what was added so far."""
        if self._new_ends:
            self._take(self._new_ends, self._new_durations)
            self._new_ends, self._new_durations = [], []
        if self._starts:
            seconds = [start // SECOND_MS for start in self._starts]
            self._settle(max(self._starts[-1], self._ends[-1]) + SECOND_MS, seconds)
        if self._first is None or self._last is None:
            return LoadCounts(events=self._events)
        peak, second = self._busiest
        return LoadCounts(
            events=self._events,
            first=self._first / SECOND_MS,
            last=self._last / SECOND_MS,
            busy_seconds=dict(sorted(self._seconds.items())),
            hours=dict(sorted(self._hours.items())),
            peak_1s=peak,
            peak_10s=self._peak_10s,
            peak_time=float(-second),
            peak_concurrency=self._peak_running,
            durations=dict(sorted(self._classes.items())),
            busy_s=self._busy_ms / SECOND_MS,
            slowest_s=max(self._slowest[0], 0) / SECOND_MS,
            slowest_time=-self._slowest[1] / SECOND_MS if self._has_durations else None,
        )

    def counts_so_far(self) -> LoadCounts:
        """Return what `counts` would, and leave what is in progress to what comes."""
        copied = copy(self)
        for name in ("_new_ends", "_new_durations", "_starts", "_ends"):
            setattr(copied, name, list(getattr(self, name)))
        for name in ("_classes", "_hours", "_seconds"):
            setattr(copied, name, Counter(getattr(self, name)))
        return copied.counts()

    def _take(self, ends: list[int], durations: list[int]) -> None:
        starts = sorted(map(sub, ends, durations))
        self._events += len(starts)
        self._first = starts[0] if self._first is None else min(self._first, starts[0])
        self._last = starts[-1] if self._last is None else max(self._last, starts[-1])
        self._count_hours(starts)
        if self._has_durations:
            self._count_durations(ends, durations)
        self._starts += starts
        self._ends += ends
        self._starts.sort()
        self._ends.sort()
        seconds = [start // SECOND_MS for start in self._starts]
        self._note_peaks(seconds)
        settled = self._ends[-1] - HOLD_MS
        if len(self._starts) > MAX_HELD:
            settled = max(settled, self._starts[-MAX_HELD - 1])
        self._settle(settled - settled % SECOND_MS, seconds)

    def _count_hours(self, starts: list[int]) -> None:
        begin = 0
        while begin < len(starts):
            hour = starts[begin] // HOUR_MS
            end = bisect_left(starts, (hour + 1) * HOUR_MS, begin)
            self._hours[hour] += end - begin
            begin = end

    def _count_durations(self, ends: list[int], durations: list[int]) -> None:
        self._classes.update(in_classes(durations))
        self._busy_ms += sum(durations)
        most = max(durations)
        if most >= self._slowest[0]:
            end = min(compress(ends, map(most.__eq__, durations)))
            self._slowest = max(self._slowest, (most, -end))

    def _note_peaks(self, seconds: list[int]) -> None:
        """Find how many events ran at once, and how many came in ten seconds, of those held."""
        self._peak_running = _most_at_once(
            self._starts, self._ends, self._peak_running, self._running
        )
        # Ten seconds hold as many events as would run at once if each ran through the nine after.
        through = [second + PEAK_WINDOW_S for second in seconds]
        self._peak_10s = _most_at_once(seconds, through, self._peak_10s)

    def _settle(self, until: int, seconds: list[int]) -> None:
        """Let go of what began and ended before `until`, a whole second; keep what was busy."""
        begun = bisect_left(self._starts, until)
        ended = bisect_left(self._ends, until)
        arrivals = Counter(seconds[:begun])
        self._running += begun - ended
        del self._starts[:begun], self._ends[:ended]
        most = max(arrivals.values(), default=0)
        if most and most >= self._busiest[0]:
            second = min(compress(arrivals, map(most.__eq__, arrivals.values())))
            self._busiest = max(self._busiest, (most, -second))
        for second in compress(arrivals, map((1).__lt__, arrivals.values())):
            self._seconds[second] += arrivals[second]
        if len(self._seconds) > 2 * MAX_BUSY_SECONDS:
            busy = sorted(self._seconds.items(), key=itemgetter(1))
            self._seconds = Counter(dict(busy[-MAX_BUSY_SECONDS:]))


class SplitTally:
    """Adds up apart what began before a moment and what began from it on."""

    def __init__(self, has_durations: bool = False, at: float | None = None) -> None:
        """*at* is the moment, in epoch seconds; None: all is before it."""
        self.before = Tally(has_durations)
        self.since = Tally(has_durations)
        self._at_ms = None if at is None else round(at * SECOND_MS)

    def add(self, ends: Sequence[int], durations: Sequence[int]) -> None:
        """Add events by when they ended and what they took."""
        if self._at_ms is None:
            self.before.add(ends, durations)
            return
        is_since = list(map(self._at_ms.__le__, map(sub, ends, durations)))
        for tally, chosen in ((self.before, map(not_, is_since)), (self.since, is_since)):
            kept = list(compress(zip(ends, durations, strict=True), chosen))
            if kept:
                tally.add(*zip(*kept, strict=True))

    def add_timeless(self, events: int) -> None:
        """Add events whose lines have no time."""
        self.before.add_timeless(events)


def _most_at_once(starts: Sequence[int], ends: Sequence[int], known: int, running: int = 0) -> int:
    """Return how many events ran at once at the most; `known` if not more.

    Starts and ends are sorted, each by itself; `running` events had begun before. More than n run
    at once exactly where an event begins before the nth end before it: no counting is needed.
    """

    def is_exceeded(most: int) -> bool:
        return any(map(lt, islice(starts, most - running, None), ends))

    low = high = max(known, running)
    step = 1
    while is_exceeded(high):
        low, high, step = high + 1, high + step, 2 * step
    return bisect_left(range(high), True, low, high, key=lambda most: not is_exceeded(most))
