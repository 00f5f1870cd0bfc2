"""How often a cascade would have come since the change, had nothing changed."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from logcascade.diagnosis.uptime import down_spans
from logcascade.model.analysis import Analysis, Cascade, Incident
from logcascade.model.load import Load
from logcascade.model.recurrence import Driver
from logcascade.model.spells import Spells

QUIET_CHANCE = 0.05
"""Quiet that chance alone would bring no more often than this is told to be a fix."""

RHYTHMS = frozenset({Driver.UPTIME, Driver.CLOCK, Driver.BACK_OFF})
"""Drivers under which the period is known, and not only how often it came in the old log."""

LEAST_COUNT = 2
"""Incidents that tell how often a cascade comes. A log is looked at because something failed in it:
of what came once it says that it can come, and not how often."""


@dataclass(frozen=True, slots=True)
class Rate:
    """How often something came before the change."""

    count: int
    """Spells of incidents; those of one log are few, so their rate is known roughly only."""
    is_rhythm: bool = False
    """Whether a rhythm of its own tells the rate, whatever their number."""

    @property
    def needed(self) -> float:
        """Return the incidents that must have been due before none at all is no chance."""
        if self.is_rhythm:
            return -math.log(QUIET_CHANCE)
        return self.count * (math.exp(-math.log(QUIET_CHANCE) / self.count) - 1)

    def chance(self, expected: float) -> float:
        """
        Return the probability of no incident where *expected* were due.

        With a rhythm that of Poisson. Without one the old incidents and the new ones are counts at
        one unknown rate: all of them fall into the old log with its share of the time, each.
        """
        if self.is_rhythm:
            return math.exp(-expected)
        return math.exp(-self.count * math.log1p(expected / self.count))


@dataclass(frozen=True, slots=True)
class Exposure:
    """What the log since the change has put a cascade to."""

    rate: Rate
    expected: float | None
    """Incidents at the old rate; None where the log has no times."""
    words: str
    """What that number rests on."""
    is_long: bool = False
    """Whether it is longer than the longest quiet between two of the old incidents."""
    decidable: datetime | None = None
    """When quiet is no chance any more, if all goes on as it does."""
    missing: str = ""
    """What keeps it from being told however long it stays quiet; empty where nothing does."""

    @property
    def chance(self) -> float | None:
        """Return the probability of no incident at all."""
        return None if self.expected is None else self.rate.chance(self.expected)

    @property
    def is_enough(self) -> bool:
        """Return whether no incident at all is no chance."""
        return self.is_long and self.expected is not None and self.expected >= self.rate.needed


def measure_exposure(cascade: Cascade, before: Analysis, after: Analysis) -> Exposure:
    """Return what *cascade*, of the log *before*, has been put to in the log *after*."""
    recurrence = cascade.recurrence
    is_rhythm = recurrence.driver in RHYTHMS and recurrence.period_s is not None
    spells = recurrence.spells or Spells(cascade.count, None)
    rate = Rate(max(cascade.count if is_rhythm else spells.count, 1), is_rhythm)
    span_s = span_of(after)
    component = next((each.component for each in members(cascade, before)), "")
    past_s = running_s(before, component)
    if not span_s or not past_s:
        return Exposure(rate, None, "the log has no times to measure a rate by")
    interval_s = recurrence.period_s if is_rhythm and recurrence.period_s else past_s / rate.count
    lived_s, words = _lived_s(cascade, component, after, interval_s)
    share, load_words = _load_share(cascade, before, after)
    expected = lived_s / interval_s * share
    words += load_words
    bursts, least = _bursts(cascade, before, after)
    if bursts is not None and bursts * rate.count < expected:
        expected = bursts * rate.count
        words = f"by the seconds since with {least:,} or more events"
    longest_s = spells.longest_gap_s or 0.0
    return Exposure(
        rate=rate,
        expected=expected,
        words=words,
        is_long=span_s > longest_s,
        decidable=due_at(after, expected, rate.needed, longest_s)
        or _due_in_this_life(cascade, component, after, rate.needed * interval_s / (share or 1.0)),
        missing=_missing(cascade, rate, before, after),
    )


def members(cascade: Cascade, analysis: Analysis) -> list[Incident]:
    """Return the incidents of *cascade*, without those that are the rest of another."""
    ids = set(cascade.incidents)
    return [each for each in analysis.incidents if each.id in ids and not each.aftershock]


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


def running_s(analysis: Analysis, component: str) -> float | None:
    """Return the seconds of the log in which *component* was not seen to be down."""
    span_s, end = span_of(analysis), last_time(analysis)
    if span_s is None or end is None:
        return None
    runs = [run for run in analysis.runs if run.component == component]
    return max(span_s - sum(end - begin for begin, end in down_spans(runs, end)), 0.0)


def due_at(
    after: Analysis, expected: float, needed: float, longest_s: float = 0.0
) -> datetime | None:
    """Return when *needed* incidents will have been due, if all goes on; None for never."""
    first, span_s = first_time(after), span_of(after)
    if first is None or span_s is None or expected <= 0:
        return None
    try:
        return first + timedelta(seconds=max(span_s * needed / expected, longest_s))
    except OverflowError:
        return None


def _lived_s(
    cascade: Cascade, component: str, after: Analysis, interval_s: float
) -> tuple[float, str]:
    """Return the seconds that count: of what needs uptime, only lives that reach it."""
    needed = cascade.recurrence.time_to_first_failure_s or interval_s
    span_s = running_s(after, component) or 0.0
    if cascade.recurrence.driver is Driver.CLOCK:
        return span_of(after) or 0.0, "by time alone"
    if cascade.recurrence.driver is not Driver.UPTIME:
        return span_s, "by time alone"
    end = last_time(after)
    named = [run for run in after.runs if run.component == component] or after.runs
    lives = [
        ((run.end or end or run.start) - run.start).total_seconds()
        for run in named
        if run.start is not None
    ]
    if not lives:
        return span_s, "no start of a process is logged: by time alone"
    long = [life for life in lives if life >= needed]
    if not long:
        return 0.0, "no life has reached its old uptime yet"
    return sum(long), f"by the {_lives(len(long))} that reached its old uptime"


def _due_in_this_life(
    cascade: Cascade, component: str, after: Analysis, needed_s: float
) -> datetime | None:
    """Return when the life that goes on will be so long that quiet tells; None without one."""
    runs = [run for run in after.runs if run.component == component] or list(after.runs)
    if cascade.recurrence.driver is not Driver.UPTIME or not runs or runs[-1].start is None:
        return None
    return runs[-1].start + timedelta(seconds=needed_s) if runs[-1].end is None else None


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


def _bursts(cascade: Cascade, before: Analysis, after: Analysis) -> tuple[float | None, int]:
    """
    Return the seconds since that were as busy as those it began after, as a share of the old ones.

    Beside it stands how many events make such a second. None where it did not come after bursts.
    """
    least, old, new = _least_arrivals(cascade, before), before.load, after.load
    past = old.seconds_with(least) if old and least else 0
    return (new.seconds_with(least) / past, least) if new and past else (None, least)


def _least_arrivals(cascade: Cascade, before: Analysis) -> int:
    """Return how many events came in one second before each incident; 0 where not before each."""
    return min((each.arrivals or 0 for each in members(cascade, before)), default=0)


def _missing(cascade: Cascade, rate: Rate, before: Analysis, after: Analysis) -> str:
    """Return in words what keeps quiet from telling anything, however long it is."""
    least, new = _least_arrivals(cascade, before), after.load
    if least and new is None:
        return f"each began after a burst of {least:,} events; the log since does not tell arrivals"
    if least and new is not None and new.peak_1s < least:
        return _no_burst(least, new)
    if rate.count < LEAST_COUNT:
        once = "once" if cascade.count == 1 else "in one spell"
        return f"it came {once} before, which does not tell how often it comes; an older log may"
    return ""


def _no_burst(least: int, load: Load) -> str:
    return (
        f"each began after {least:,} or more events within one second; "
        f"the most since is {load.peak_1s:,}"
    )
