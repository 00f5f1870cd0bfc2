"""The figures of healthy work: how many events, how many at once, how long each took."""

from dataclasses import dataclass
from datetime import datetime

SLOW_S = 10
"""An event that takes so long is slow. Seconds: after ten, people give up waiting (Nielsen,
Usability Engineering, 1993)."""


@dataclass(frozen=True, slots=True)
class Durations:
    """How long the healthy events took. Seconds; the shares are true to 5 %."""

    mean_s: float
    p50_s: float
    """Half of the events took no longer."""
    p95_s: float
    p99_s: float
    slowest_s: float
    slowest_time: datetime
    """When the slowest one ended."""
    mean_concurrency: float | None
    """Events in progress on average: the rate times the mean duration (Little's law)."""
    slow: int = 0
    """Events that took `SLOW_S` or longer."""


@dataclass(frozen=True, slots=True)
class Load:
    """What the healthy lines say of the traffic."""

    events: int
    mean_per_s: float | None
    peak_1s: int
    peak_10s: int
    peak_concurrency: int
    peak_time: datetime | None
    durations: Durations | None = None
    """None where the log does not tell them."""
    seconds: tuple[tuple[int, int], ...] = ()
    """(events that began within one second, how many such seconds there were); of one source, and
    from two events on, as far as the busiest seconds were kept."""

    def seconds_with(self, events: int) -> int:
        """Return how many seconds had so many *events* or more."""
        return sum(times for number, times in self.seconds if number >= events)
