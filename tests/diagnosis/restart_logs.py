"""
Incidents as a driver makes them, drawn at random: the truth is the driver's own.

Of each log one start in ten is not seen (its incident with it), and in one life in five somebody
restarts the program by plan. Jitter is up to 3 % of the period; a clock's is up to a minute.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from logcascade.diagnosis.drivers import Cycle

MISSING = 0.1
PLANNED = 0.2
DOWN_S = 5.0
DAY_S = 86400.0


@dataclass(frozen=True)
class Log:
    """What was drawn."""

    cycles: Sequence[Cycle]
    period_s: float | None
    jitter: float
    events: Callable[[float, float], float] | None = None


def _cycle(start: float, at: float) -> Cycle:
    return Cycle(at, start, at + 2, at + 2, at + DOWN_S, f"run at {start}")


def _seen(draw: random.Random, cycles: Sequence[Cycle]) -> list[Cycle]:
    return [cycle for cycle in cycles if draw.random() >= MISSING]


def _begun(draw: random.Random, start: float, wait: float) -> float:
    """Return the start of the life that fails: later where a planned restart comes between."""
    return start + (draw.uniform(0.05, 0.95) * wait if draw.random() < PLANNED else 0.0)


def uptime(draw: random.Random, count: int) -> Log:
    """The program fails a fixed time after each start."""
    period, jitter = draw.uniform(1000, 40000), draw.uniform(0, 0.03)
    cycles, start = [], draw.uniform(1e9, 1.1e9)
    for _ in range(count):
        wait = period * draw.gauss(1, jitter)
        start = _begun(draw, start, wait)
        cycles.append(_cycle(start, start + wait))
        start += wait + DOWN_S
    return Log(_seen(draw, cycles), period + DOWN_S, jitter)


def clock(draw: random.Random, count: int) -> Log:
    """A job at a fixed time of each day, or each so many hours, takes the program down."""
    period = draw.choice([DAY_S, DAY_S / 2, DAY_S / 4, 3600.0])
    first = 1e9 - 1e9 % DAY_S + draw.uniform(0, period)
    cycles, start = [], first - draw.uniform(0.1, 0.9) * period
    for number in range(count):
        at = first + number * period + draw.uniform(0, 60)
        start = _begun(draw, start, at - start)
        cycles.append(_cycle(start, at))
        start = at + DOWN_S
    return Log(_seen(draw, cycles), period, 30 / period)


def load(draw: random.Random, count: int) -> Log:
    """The program fails after a fixed number of events, whose rate changes from life to life."""
    events, jitter = draw.uniform(1000, 9000), draw.uniform(0, 0.03)
    cycles, start = [], 1e9
    rates: list[tuple[float, float, float]] = []
    for _ in range(count):
        per_s = draw.uniform(0.1, 0.5)
        wait = events * draw.gauss(1, jitter) / per_s
        begun = _begun(draw, start, wait)
        rates.append((start, begun + wait, per_s))
        cycles.append(_cycle(begun, begun + wait))
        start = begun + wait + DOWN_S

    def between(begin: float, end: float) -> float:
        parts = ((max(begin, a), min(end, b), rate) for a, b, rate in rates)
        return sum((b - a) * rate for a, b, rate in parts if b > a)

    return Log(_seen(draw, cycles), None, jitter, between)


def back_off(draw: random.Random, count: int) -> Log:
    """A supervisor waits longer each time, up to a limit; nobody restarts by plan meanwhile."""
    factor, limit, jitter = draw.choice([1.5, 2.0, 3.0]), 1e9, draw.uniform(0, 0.03)
    if count > 9:
        limit = 10.0 * factor ** draw.randint(4, 7)
    cycles, at, wait = [], 1e9, 10.0
    for _ in range(count):
        later = at + wait * draw.gauss(1, jitter)
        cycles.append(Cycle(at, at - 1, at, at, later - 1, f"run at {at}"))
        at = later
        wait = min(wait * factor, limit)
    return Log(cycles, None, jitter)


def chance(draw: random.Random, count: int) -> Log:
    """Failures at random times; nothing sets a rhythm."""
    mean = draw.uniform(1000, 40000)
    cycles, start = [], 1e9
    for _ in range(count):
        at = start + draw.expovariate(1 / mean)
        cycles.append(_cycle(start, at))
        start = at + DOWN_S
    return Log(_seen(draw, cycles), None, 0.0, lambda begin, end: 0.2 * (end - begin))
