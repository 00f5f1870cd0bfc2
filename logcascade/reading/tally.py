"""Adds healthy events up: by the second and the hour, their peaks, how many ran at once."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from operator import itemgetter, lt, sub

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
PEAK_WINDOW_MS = 10 * SECOND_MS


class Tally:
    """Adds events up in bounded memory. Times are in whole milliseconds since the epoch."""

    def __init__(self) -> None:
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
        if self._first is None or self._last is None:
            return LoadCounts(events=self._events)
        self._note_busiest()
        peak, second = self._busiest
        return LoadCounts(
            events=self._events,
            first=self._first / SECOND_MS,
            last=self._last / SECOND_MS,
            busy_seconds={s: n for s, n in sorted(self._seconds.items()) if n > 1},
            hours=dict(sorted(self._hours.items())),
            peak_1s=peak,
            peak_10s=self._peak_10s,
            peak_time=float(-second),
            peak_concurrency=self._peak_running,
        )

    def _take(self, ends: list[int], durations: list[int]) -> None:
        starts = list(map(sub, ends, durations))
        self._events += len(starts)
        low, high = min(starts), max(starts)
        self._first = low if self._first is None else min(self._first, low)
        self._last = high if self._last is None else max(self._last, high)
        self._hours.update([start // HOUR_MS for start in starts])
        self._seconds.update([start // SECOND_MS for start in starts])
        if len(self._seconds) > 2 * MAX_BUSY_SECONDS:
            self._note_busiest()
            self._forget()
        self._hold(starts, ends)

    def _hold(self, starts: list[int], ends: list[int]) -> None:
        """Find the peaks among the events held, and let go of those nothing more is added to."""
        self._starts += starts
        self._ends += ends
        self._starts.sort()
        self._ends.sort()
        self._peak_running = _most_at_once(
            self._starts, self._ends, self._peak_running, self._running
        )
        # Ten seconds hold as many events as would run at once if each ran through the nine after.
        through = [start - start % SECOND_MS + PEAK_WINDOW_MS for start in self._starts]
        self._peak_10s = _most_at_once(self._starts, through, self._peak_10s)
        settled = self._ends[-1] - HOLD_MS
        if len(self._starts) > MAX_HELD:
            settled = max(settled, self._starts[-MAX_HELD - 1])
        begun = bisect_right(self._starts, settled)
        ended = bisect_right(self._ends, settled)
        self._running += begun - ended
        del self._starts[:begun]
        del self._ends[:ended]

    def _note_busiest(self) -> None:
        """Note the busiest of the seconds known one by one, the earliest of several."""
        most = max(self._seconds.values(), default=0)
        if most >= self._busiest[0]:
            second = min(second for second, times in self._seconds.items() if times == most)
            self._busiest = max(self._busiest, (most, -second))

    def _forget(self) -> None:
        """Keep the busiest seconds that had more than one event, of equals the latest."""
        busy = [item for item in self._seconds.items() if item[1] > 1]
        busy.sort(key=itemgetter(1))
        self._seconds = Counter(dict(busy[-MAX_BUSY_SECONDS:]))


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
