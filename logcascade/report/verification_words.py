"""A verdict on a change in words: the same in the terminal and in a ticket."""

from collections.abc import Callable, Iterator

from logcascade.model.figures import due, number
from logcascade.model.load import SLOW_S, Durations, Load
from logcascade.model.occurrences import Readings
from logcascade.model.verification import (
    Outcome,
    RemedyCheck,
    RemedyState,
    Remnant,
    Side,
    Tally,
    Verdict,
    Verification,
)
from logcascade.report.growth_words import measured
from logcascade.report.words import Clock, count, listed, span

OUTCOME_WORDS = {
    Outcome.FIXED: "fixed",
    Outcome.NOT_FIXED: "not fixed",
    Outcome.CHANGED: "another failure comes first now",
    Outcome.NOT_YET_EXERCISED: "not yet exercised",
}

STATE_WORDS = {
    RemedyState.OPEN: "not done or not enough",
    RemedyState.QUIET: "quiet since",
    RemedyState.NOT_TOLD: "not told by these logs",
}
"""What the log since shows of remedies, the most urgent first."""

NOTHING = "-"
"""Stands where a log does not tell a number."""

SHOWN_TALLIES = 12
"""Rules of which the reports are compared; JSON has them all."""

SHOWN_NUMBERS = 8
"""Numbers that are compared; JSON has them all."""

MOST_TOLD = 0.9
"""Probabilities from here on say no more than the words before them: nothing was due yet."""

Row = tuple[str, ...]
"""What is compared, before, after, and what else is told of it."""


def clock_for(verification: Verification) -> Clock:
    """Return the clock that tells the times of both logs."""
    sides = (verification.before, verification.after)
    times = [time for side in sides for time in (side.first_time, side.last_time) if time]
    times += [verdict.decidable for verdict in verification.verdicts if verdict.decidable]
    return Clock(
        one_day=len({time.date() for time in times}) <= 1,
        one_year=len({time.year for time in times}) <= 1,
    )


def summary(verification: Verification) -> str:
    """Return what the verdict rests on, where the one cascade does not say it anyway."""
    return "" if len(verification.verdicts) == 1 else verification.because


def in_short(verdict: Verdict) -> str:
    """Return the counts of one cascade: before, and since."""
    since = f"{verdict.after:,} x" if verdict.after else "none"
    return f"{verdict.before:,} x before, {since} since"


def reasons(verdict: Verdict, clock: Clock) -> Iterator[str]:
    """Yield what the verdict on one cascade rests on."""
    yield verdict.because
    if verdict.now:
        yield f"now first: {verdict.now}"
    if verdict.p_value is not None and verdict.p_value < MOST_TOLD:
        yield f"chance alone would do that {probability(verdict.p_value)}"
    if verdict.no_longer:
        yield f"no longer followed by {listed(verdict.no_longer)}"
    for each in verdict.remains:
        yield _remains(each)
    if verdict.decidable is not None:
        yield f"decidable about {clock.about(verdict.decidable)}, if it stays quiet until then"
    elif verdict.outcome is Outcome.NOT_YET_EXERCISED:
        yield "time alone does not settle it"


def _remains(remnant: Remnant) -> str:
    follows = listed(remnant.followed_by) if remnant.followed_by else "nothing any more"
    words = (
        f"what it led to still comes: {remnant.title} {remnant.count:,} x, followed by {follows}"
    )
    if remnant.followed_by and remnant.no_longer:
        return f"{words}, and no longer by {listed(remnant.no_longer)}"
    return words


def advised(verdict: Verdict) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yield for each state the remedies in it: their names, and which failures show it."""
    for state, words in STATE_WORDS.items():
        checks = [check for check in verdict.remedies if check.state is state]
        if checks:
            yield f"Advised, {words}", [(check.id, _shown_by(check)) for check in checks]


def _shown_by(check: RemedyCheck) -> str:
    if check.state is RemedyState.OPEN:
        return listed([f"{each.title} {each.after:,} x" for each in check.still])
    if check.state is RemedyState.QUIET:
        return listed([each.title for each in check.quiet])
    return "none of the failures that it must silence came before"


def probability(value: float) -> str:
    """
    Return a probability in words.

    >>> probability(0.00001), probability(0.042), probability(0.3), probability(0.62)
    ('less than once in 1,000 times', 'once in 24 times', 'once in 3 times', '62 times in 100')
    """
    if value < 0.001:
        return "less than once in 1,000 times"
    if value > 0.5:
        return f"{value * 100:.0f} times in 100"
    return f"once in {round(1 / value):,} times"


def silences(verification: Verification, clock: Clock) -> Iterator[tuple[str, str]]:
    """Yield for how long there has been no failure and no restart, and what that is worth."""
    for words, tally in (
        ("no failure of any kind", verification.any_failure),
        ("no unplanned restart", verification.restarts),
    ):
        if tally.quiet_s is not None:
            yield words, _silence(tally, clock)
    harmless = [each.title for each in verification.tallies if each.is_harmless and each.after]
    if harmless:
        yield "harmless, and so not counted:", listed(harmless)


def _silence(tally: Tally, clock: Clock) -> str:
    quiet = span(tally.quiet_s or 0.0)
    if tally.after:
        return f"for the last {quiet}; {tally.after:,} since the change"
    return "; ".join([f"for {quiet}, since the log begins", *_worth(tally, clock)])


def _worth(tally: Tally, clock: Clock) -> Iterator[str]:
    if tally.expected is not None:
        yield f"{due(tally.expected)} incidents were due at the old rate"
    if tally.decidable is not None:
        yield f"decidable about {clock.about(tally.decidable)}"


def sides(verification: Verification, clock: Clock) -> Iterator[Row]:
    """Yield the numbers of both logs, side by side."""
    one, other = verification.before, verification.after
    yield ("from", clock.at(one.first_time), clock.at(other.first_time))
    yield ("length", _length(one), _length(other))
    yield ("incidents", f"{one.incidents:,}", f"{other.incidents:,}")
    yield ("restarts, not orderly", f"{one.restarts:,}", f"{other.restarts:,}")
    yield ("restarts, orderly", f"{one.orderly_restarts:,}", f"{other.orderly_restarts:,}")
    yield from _loads(one.load, other.load)
    for pair in verification.numbers[:SHOWN_NUMBERS]:
        told = pair.before or pair.after
        if told is not None:
            name = told.value.replace("_", " ")
            yield (f"{told.title}: {name}", _range(pair.before), _range(pair.after))


def _length(side: Side) -> str:
    return NOTHING if side.span_s is None else span(side.span_s)


def _range(readings: Readings | None) -> str:
    if readings is None:
        return NOTHING
    lowest, highest = (
        measured(each, readings.unit) for each in (readings.lowest, readings.highest)
    )
    return lowest if lowest == highest else f"{lowest} to {highest}"


LOAD_ROWS: tuple[tuple[str, Callable[[Load], str]], ...] = (
    ("events", lambda load: f"{load.events:,}"),
    ("events in an hour", lambda load: number(load.mean_per_s * 3600) if load.mean_per_s else ""),
    ("most in one second", lambda load: f"{load.peak_1s:,}"),
    ("most at once", lambda load: f"{load.peak_concurrency:,}" if load.peak_concurrency else ""),
)
"""What is told of the load, and how; empty where it is not known."""

DURATION_ROWS: tuple[tuple[str, Callable[[Durations], str]], ...] = (
    ("an event took, median", lambda took: span(took.p50_s)),
    ("95 of 100 took at most", lambda took: span(took.p95_s)),
    ("99 of 100 took at most", lambda took: span(took.p99_s)),
    ("the slowest took", lambda took: span(took.slowest_s)),
    (f"took {SLOW_S} s or longer", lambda took: f"{took.slow:,}"),
)
"""What is told of how long events took, and how."""


def _loads(one: Load | None, other: Load | None) -> Iterator[Row]:
    loads = (one, other)
    if not any(loads):
        return
    for name, say in LOAD_ROWS:
        yield (name, *((say(load) if load else "") or NOTHING for load in loads))
    durations = [load.durations if load else None for load in loads]
    if any(durations):
        for name, tell in DURATION_ROWS:
            yield (name, *(tell(each) if each else NOTHING for each in durations))


def failure_head(verification: Verification) -> Row:
    """Return the names of the columns of `failures`, after that of the failure."""
    return ("before", "since", "first after", "quiet for", "decidable")[: _columns(verification)]


def failures(verification: Verification, clock: Clock) -> Iterator[Row]:
    """Yield how often each failure was reported, when since, and for how long it is quiet."""
    for row in verification.tallies[:SHOWN_TALLIES]:
        first = NOTHING if row.first_after_s is None else span(row.first_after_s)
        quiet = NOTHING if row.quiet_s is None else span(row.quiet_s)
        due = clock.about(row.decidable) if row.decidable else ""
        cells = (f"{row.before:,}", f"{row.after:,}", first, quiet, due)
        yield (row.title, *cells[: _columns(verification)])


def _columns(verification: Verification) -> int:
    """Return how many columns there are: the last only where something is undecided."""
    is_open = any(row.decidable for row in verification.tallies[:SHOWN_TALLIES])
    return 5 if is_open else 4


def left_out(verification: Verification) -> str:
    """Return how many failures are not compared here; empty where all are."""
    left = len(verification.tallies) - SHOWN_TALLIES
    return f"and {count(left, 'more failure')}: --format json" if left > 0 else ""
