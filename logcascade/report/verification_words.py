"""A verdict on a change in words: the same in the terminal and in a ticket."""

from collections.abc import Iterator

from logcascade.model.figures import number
from logcascade.model.load import Load
from logcascade.model.verification import Outcome, Side, Verdict, Verification
from logcascade.report.words import Clock, count, span

OUTCOME_WORDS = {
    Outcome.FIXED: "fixed",
    Outcome.NOT_FIXED: "not fixed",
    Outcome.CHANGED: "another failure comes first now",
    Outcome.NOT_YET_EXERCISED: "not yet exercised",
}

NOTHING = "-"
"""Stands where a log does not tell a number."""

SHOWN_TALLIES = 12
"""Rules of which the reports are compared; JSON has them all."""

Row = tuple[str, str, str]
"""What is compared, before, after."""


def clock_for(verification: Verification) -> Clock:
    """Return the clock that tells the times of both logs."""
    sides = (verification.before, verification.after)
    times = [time for side in sides for time in (side.first_time, side.last_time) if time]
    times += [verdict.decidable for verdict in verification.verdicts if verdict.decidable]
    return Clock(
        one_day=len({time.date() for time in times}) <= 1,
        one_year=len({time.year for time in times}) <= 1,
    )


def in_short(verdict: Verdict) -> str:
    """Return the counts of one cascade: before, and since."""
    return f"{verdict.before:,} x before, {verdict.after:,} x since"


def reasons(verdict: Verdict, clock: Clock) -> Iterator[str]:
    """Yield what the verdict on one cascade rests on."""
    yield verdict.because
    if verdict.now:
        yield f"now first: {verdict.now}"
    if verdict.p_value is not None:
        yield f"by chance, at the old rate: {probability(verdict.p_value)}"
    if verdict.decidable is not None:
        yield f"decidable about {clock.about(verdict.decidable)}, if it stays quiet until then"
    elif verdict.outcome is Outcome.NOT_YET_EXERCISED:
        yield "time alone does not settle it"


def probability(value: float) -> str:
    """
    Return a probability in words.

    >>> probability(0.00001), probability(0.042), probability(0.3)
    ('less than one in 1,000', 'one in 24', 'one in 3')
    """
    if value < 0.001:
        return "less than one in 1,000"
    if value > 0.5:
        return f"{value:.0%}"
    return f"one in {round(1 / value):,}"


def sides(verification: Verification, clock: Clock) -> Iterator[Row]:
    """Yield the numbers of both logs, side by side."""
    one, other = verification.before, verification.after
    yield ("from", clock.at(one.first_time), clock.at(other.first_time))
    yield ("length", _length(one), _length(other))
    yield ("incidents", f"{one.incidents:,}", f"{other.incidents:,}")
    yield ("restarts, not orderly", f"{one.restarts:,}", f"{other.restarts:,}")
    yield ("restarts, orderly", f"{one.orderly_restarts:,}", f"{other.orderly_restarts:,}")
    yield from _loads(one.load, other.load)


def _length(side: Side) -> str:
    return NOTHING if side.span_s is None else span(side.span_s)


def _loads(one: Load | None, other: Load | None) -> Iterator[Row]:
    if one is None and other is None:
        return
    yield ("events", _events(one), _events(other))
    yield ("events in an hour", _hourly(one), _hourly(other))
    yield ("most in one second", _peak(one), _peak(other))
    yield ("most at once", _at_once(one), _at_once(other))
    yield ("slowest of 100 took", _slow(one), _slow(other))


def _events(load: Load | None) -> str:
    return f"{load.events:,}" if load else NOTHING


def _peak(load: Load | None) -> str:
    return f"{load.peak_1s:,}" if load else NOTHING


def _slow(load: Load | None) -> str:
    return span(load.durations.p99_s) if load and load.durations else NOTHING


def _hourly(load: Load | None) -> str:
    return number(load.mean_per_s * 3600) if load and load.mean_per_s else NOTHING


def _at_once(load: Load | None) -> str:
    return f"{load.peak_concurrency:,}" if load and load.peak_concurrency else NOTHING


def tallies(verification: Verification) -> Iterator[Row]:
    """Yield how often each failure was reported, before and since."""
    for row in verification.tallies[:SHOWN_TALLIES]:
        yield (row.title, f"{row.before:,}", f"{row.after:,}")


def left_out(verification: Verification) -> str:
    """Return how many failures are not compared here; empty where all are."""
    left = len(verification.tallies) - SHOWN_TALLIES
    return f"and {count(left, 'more failure')}: --format json" if left > 0 else ""
