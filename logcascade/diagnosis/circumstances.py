"""What the healthy lines and the extracted values add to an incident, in words and numbers."""

from collections import Counter

from logcascade.model.analysis import UNSEEN_END
from logcascade.model.bursts import GroupedIncident
from logcascade.model.traffic import Traffic

NOTABLE_ARRIVALS = 3
"""Fewer events in one second than this are no burst worth a sentence."""

NOTABLE_VALUES = 3
"""Fewer reports, or fewer different values, say nothing of one chat against many."""

NOTABLE_RATIO = 10.0
"""A burst is so many times the mean."""


def facts_of(item: GroupedIncident, traffic: Traffic) -> tuple[str, ...]:
    """Return the sentences that belong under the first failure of *item*."""
    if item.incident.first_failure.rule == UNSEEN_END:
        return ("no line tells the end; the supervisor's and the kernel's logs may",)
    return (*_burst(item, traffic), *_values(item))


def _burst(item: GroupedIncident, traffic: Traffic) -> list[str]:
    time, mean = item.incident.first_failure.time, traffic.mean_per_s()
    if time is None or not mean:
        return []
    arrivals = traffic.arrivals_before(time.timestamp())
    if arrivals < NOTABLE_ARRIVALS or arrivals < NOTABLE_RATIO * mean:
        return []
    every = 1 / mean
    usual = f"one in {every:.0f} s" if every >= 2 else f"{mean:.1f} a second"
    return [f"{arrivals} events arrived within one second before it; the mean is {usual}"]


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
