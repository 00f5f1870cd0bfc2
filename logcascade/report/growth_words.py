"""A rise within runs, in words."""

from logcascade.model.analysis import Growth
from logcascade.model.figures import number, probability
from logcascade.report.words import span

MEGABYTE = 1024.0**2
"""Bytes from which on sizes are told in megabytes, as rules read them and most programs print."""

WHOLE_FROM = 10
"""Megabytes from which on a fraction says nothing."""


def growth_in_words(growth: Growth) -> str:
    """Return what rises within runs, how fast, and where it ends."""
    span_words = f"{measured(growth.first, growth.unit)} -> {measured(growth.last, growth.unit)}"
    within = "the run" if growth.of_runs == 1 else f"{growth.runs} of {growth.of_runs} runs"
    name = growth.value.replace("_", " ")
    slope = f"+{measured(growth.per_hour, growth.unit)} an hour"
    parts = [f"{growth.title}, {name}: {span_words} within {within}, {slope}"]
    if growth.resets:
        parts.append("resets at each restart")
    if growth.levels_off:
        parts.append("levels off: it fills up, and does not leak")
    elif growth.limit is not None and growth.reaches_limit_h is not None:
        limit = measured(growth.limit, growth.unit)
        hours = span(growth.reaches_limit_h * 3600)
        parts.append(f"reaches its limit of {limit} {hours} later")
    if growth.killed_at is not None:
        parts.append(f"killed at about {measured(growth.killed_at, growth.unit)} each time")
    parts.append(f"by chance with probability {probability(growth.p_value)}")
    return "; ".join(parts)


def measured(value: float, unit: str) -> str:
    """Return a value with its unit, large sizes in megabytes."""
    if unit == "seconds":
        return span(value)
    if unit == "bytes" and abs(value) >= MEGABYTE:
        size = value / MEGABYTE
        return f"{size:,.0f} MB" if size >= WHOLE_FROM else f"{number(size)} MB"
    return f"{number(value)} {unit}" if unit == "bytes" else number(value)
