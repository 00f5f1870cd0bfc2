"""What the healthy lines and the extracted values add to an incident, in words and numbers."""

from collections import Counter
from statistics import median

from logcascade.model.analysis import UNSEEN_END
from logcascade.model.bursts import GroupedIncident
from logcascade.model.traffic import HOUR_S, Traffic

NOTABLE_ARRIVALS = 3
"""Fewer events in one second than this are no burst worth a sentence."""

NOTABLE_VALUES = 3
"""Fewer reports, or fewer different values, say nothing of one chat against many."""

COMPARED_DAYS = 3
"""Fewer other days do not show what is usual at a time of day."""

NOTABLE_EVENTS = 30
"""Fewer events in an hour double by chance."""

BUSY_RATIO = 2.0
"""An hour is busy from so many times the usual, and above every other day's."""

NOTABLE_RATIO = 10.0
"""A burst is so many times the mean."""


def facts_of(item: GroupedIncident, traffic: Traffic) -> tuple[str, ...]:
    """Return the sentences that belong under the first failure of *item*."""
    if item.incident.first_failure.rule == UNSEEN_END:
        return ("no line tells the end; the supervisor's and the kernel's logs may",)
    return (*_burst(item, traffic), *_busy_hour(item, traffic), *_values(item))


def burst_before(item: GroupedIncident, traffic: Traffic) -> int | None:
    """Return the events of the busiest second just before *item*; None where that is no burst."""
    time, mean = item.incident.first_failure.time, traffic.mean_per_s()
    if time is None or not mean:
        return None
    arrivals = traffic.arrivals_before(time.timestamp())
    is_burst = arrivals >= NOTABLE_ARRIVALS and arrivals >= NOTABLE_RATIO * mean
    return arrivals if is_burst else None


def _burst(item: GroupedIncident, traffic: Traffic) -> list[str]:
    arrivals, mean = burst_before(item, traffic), traffic.mean_per_s()
    if arrivals is None or not mean:
        return []
    every = 1 / mean
    usual = f"one in {every:.0f} s" if every >= 2 else f"{mean:.1f} a second"
    return [f"{arrivals} events arrived within one second before it; the mean is {usual}"]


def _busy_hour(item: GroupedIncident, traffic: Traffic) -> list[str]:
    """Say that the hour before was busier than the same hour of the other days."""
    time = item.incident.first_failure.time
    if time is None:
        return []
    events = traffic.between(time.timestamp() - HOUR_S, time.timestamp())
    others = traffic.hour_on_other_days(time.timestamp())
    if len(others) < COMPARED_DAYS or events < NOTABLE_EVENTS:
        return []
    usual, days = median(others), len(others)
    if events < BUSY_RATIO * usual or events <= max(others):
        return []
    then = f"{usual:.0f} at that time on the {days} other days (median)"
    return [f"{events:.0f} events in the hour before it; {then}"]


def _values(item: GroupedIncident) -> list[str]:
    """Say how many different values the first failure named, field by field."""
    named: dict[str, Counter[str]] = {}
    capped: set[str] = set()
    for burst in item.bursts:
        if burst.rule != item.incident.first_failure.rule:
            continue
        for name, values in burst.values.items():
            if values.largest is None:
                named.setdefault(name, Counter()).update(values.counts)
                if values.capped:
                    capped.add(name)
    facts = []
    for name, counts in sorted(named.items()):
        words = name.replace("_", " ")
        if len(counts) >= NOTABLE_VALUES:
            least = "at least " if name in capped else ""
            facts.append(f"it named {least}{len(counts)} different {words}s")
        elif len(counts) == 1 and counts.total() >= NOTABLE_VALUES:
            facts.append(f"each time {words} {next(iter(counts))}")
    return facts
