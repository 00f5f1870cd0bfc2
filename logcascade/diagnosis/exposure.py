"""How often a cascade would have come since the change, had nothing changed."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from logcascade.model.analysis import Analysis, Cascade, Driver

QUIET_CHANCE = 0.05
"""Quiet that chance alone would bring no more often than this is told to be a fix: for failures
that come at random at the old rate, quiet for three of the old intervals (exp(-3) = 0.0498)."""

ENOUGH = -math.log(QUIET_CHANCE)
"""Expected failures from which on none at all is no chance any more."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """What the log since the change has put a cascade to."""

    expected: float | None
    """Incidents at the old rate; None where the log has no times."""
    words: str
    """What that number rests on."""
    decidable: datetime | None
    """When *ENOUGH* is reached, if all goes on as it does."""
    missing: str = ""
    """What brings the cascade about and has not come since; empty where nothing is missing."""

    @property
    def chance(self) -> float | None:
        """Return the probability of no incident at all (Poisson)."""
        return None if self.expected is None else math.exp(-self.expected)


def measure_exposure(cascade: Cascade, before: Analysis, after: Analysis) -> Exposure:
    """Return what *cascade*, of the log *before*, has been put to in the log *after*."""
    span_s, past_s = span_of(after), span_of(before)
    if span_s is None or past_s is None or not cascade.count:
        return Exposure(None, "the log has no times to measure a rate by", None)
    interval_s = cascade.recurrence.period_s or past_s / cascade.count
    share, load_words = _load_share(cascade, before, after)
    lived_s, words = _lived_s(cascade, after, span_s, interval_s)
    expected = lived_s / interval_s * share
    return Exposure(
        expected=expected,
        words=f"{words}{load_words}",
        decidable=_decidable(after, expected, span_s),
        missing=_missing(cascade, before, after),
    )


def span_of(analysis: Analysis) -> float | None:
    """Return the seconds from the first to the last line; None where they have no times."""
    first, last = first_time(analysis), last_time(analysis)
    if first is None or last is None or last <= first:
        return None
    return (last - first).total_seconds()


def first_time(analysis: Analysis) -> datetime | None:
    """Return the time of the first line of all sources."""
    return min((each.first_time for each in analysis.sources if each.first_time), default=None)


def last_time(analysis: Analysis) -> datetime | None:
    """Return the time of the last line of all sources."""
    return max((each.last_time for each in analysis.sources if each.last_time), default=None)


def _lived_s(
    cascade: Cascade, after: Analysis, span_s: float, interval_s: float
) -> tuple[float, str]:
    """Return the seconds that count: of what needs uptime, only lives that reach it."""
    needed = cascade.recurrence.time_to_first_failure_s or interval_s
    if cascade.recurrence.driver is not Driver.UPTIME:
        return span_s, "by time alone"
    end = last_time(after)
    lives = [
        ((run.end or end or run.start) - run.start).total_seconds()
        for run in after.runs
        if run.start is not None
    ]
    if not lives:
        return span_s, "no start of a process is logged: by time alone"
    long = [life for life in lives if life >= needed]
    return sum(long), f"by the {_lives(len(long))} that reached its old uptime"


def _lives(number: int) -> str:
    return f"{number} {'life' if number == 1 else 'lives'}"


def _load_share(cascade: Cascade, before: Analysis, after: Analysis) -> tuple[float, str]:
    """Return the load since as a share of the old one, one at most; a clock asks for none."""
    if cascade.recurrence.driver is Driver.CLOCK:
        return 1.0, ""
    old = before.load.mean_per_s if before.load else None
    new = after.load.mean_per_s if after.load else None
    if not old:
        return 1.0, ""
    if new is None:
        return 1.0, "; the load since is not in the log"
    share = min(1.0, new / old)
    return share, f", under {new / old:.0%} of the old load"


def _decidable(after: Analysis, expected: float, span_s: float) -> datetime | None:
    first = first_time(after)
    if first is None or expected >= ENOUGH or expected <= 0:
        return None
    try:
        return first + timedelta(seconds=span_s * ENOUGH / expected)
    except OverflowError:
        return None


def _missing(cascade: Cascade, before: Analysis, after: Analysis) -> str:
    """Return in words which burst began each incident, where none such has come since."""
    members = set(cascade.incidents)
    bursts = [
        incident.arrivals
        for incident in before.incidents
        if incident.id in members and not incident.aftershock
    ]
    known = [burst for burst in bursts if burst is not None]
    if not known or len(known) < len(bursts) or after.load is None:
        return ""
    least, most = min(known), after.load.peak_1s
    if most >= least:
        return ""
    return (
        f"each began after {least:,} or more events within one second; the most since is {most:,}"
    )
