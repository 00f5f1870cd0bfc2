"""Bursts added up over a whole log: how often each rule was seen, and which numbers it read."""

from collections.abc import Iterable, Mapping
from statistics import median

from logcascade.model.bursts import Burst
from logcascade.model.occurrences import Occurrences, Readings
from logcascade.model.rules import Role, Rule
from logcascade.model.spells import spells_of
from logcascade.timeline.growth import BASE_UNITS, LIMIT, TRIES


def count_occurrences(bursts: Iterable[Burst], span_s: float | None) -> tuple[Occurrences, ...]:
    """Return how often and when each rule was reported in a log of *span_s*, by the rules' ids."""
    by_rule: dict[str, list[Burst]] = {}
    for burst in bursts:
        by_rule.setdefault(burst.rule, []).append(burst)
    return tuple(
        Occurrences(
            rule=rule,
            title=several[0].title,
            count=sum(burst.count for burst in several),
            first=min((burst.time for burst in several if burst.time), default=None),
            last=max((burst.end_time for burst in several if burst.end_time), default=None),
            spells=spells_of(sorted(burst.start for burst in several), span_s),
            is_harmless=several[0].first.role is Role.BENIGN,
        )
        for rule, several in sorted(by_rule.items())
    )


def sum_up_readings(bursts: Iterable[Burst], rules: Mapping[str, Rule]) -> tuple[Readings, ...]:
    """Return what each number that rules read was, over all runs; limits and tries are none."""
    found: dict[tuple[str, str], list[float]] = {}
    for burst in bursts:
        units = rules[burst.rule].units if burst.rule in rules else {}
        if TRIES in units.values():
            continue
        for name, points in burst.readings.items():
            if name in units and name != LIMIT:
                found.setdefault((burst.rule, name), []).extend(value for _, value in points)
    return tuple(
        Readings(
            rule=rule,
            title=rules[rule].title,
            value=name,
            unit=BASE_UNITS.get(rules[rule].units[name], rules[rule].units[name]),
            readings=len(values),
            lowest=min(values),
            median=median(values),
            highest=max(values),
            is_gauge=rules[rule].role is Role.GAUGE,
        )
        for (rule, name), values in sorted(found.items())
    )
