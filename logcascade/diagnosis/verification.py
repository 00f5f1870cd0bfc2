"""Two analyses, before and after a change -> the verdict on it."""

from collections.abc import Iterator, Mapping

from logcascade.diagnosis.comparable import differences
from logcascade.diagnosis.exposure import (
    LEAST_COUNT,
    first_time,
    last_time,
    measure_exposure,
    span_of,
)
from logcascade.diagnosis.leftovers import find_leftovers
from logcascade.diagnosis.since import Since, in_sum
from logcascade.diagnosis.standing import with_standing
from logcascade.diagnosis.tallies import (
    Dues,
    pair_numbers,
    tally_all,
    tally_each,
    tally_restarts,
)
from logcascade.model.analysis import Analysis
from logcascade.model.rules import Remedy
from logcascade.model.verification import NewFailure, Side, Verification

LEFT_OVER = "what the log since begins with is the rest of an incident before: it does not count"


def verify(before: Analysis, after: Analysis, remedies: Mapping[str, Remedy]) -> Verification:
    """
    Return what the log *after* a change says of each cascade of the log *before* it.

    *remedies*, by id, say which failures must fall silent with what the log before had advised.
    """
    before, after = with_standing(before), with_standing(after)
    exposures = [measure_exposure(each, before, after) for each in before.cascades]
    dues = Dues.of(before, after, exposures)
    tallies = tally_each(before, after, dues)
    leftovers = find_leftovers(before, after)
    since = Since(before, after, leftovers, {each.rule: each for each in tallies}, remedies)
    verdicts = tuple(map(since.judge, before.cascades, exposures))
    outcome, because = in_sum(verdicts, LEAST_COUNT)
    return Verification(
        outcome=outcome,
        because=because,
        before=_side(before),
        after=_side(after),
        verdicts=verdicts,
        any_failure=tally_all(before, after, dues),
        restarts=tally_restarts(before, after, dues),
        tallies=tallies,
        numbers=pair_numbers(before, after),
        new_failures=tuple(_new_failures(since)),
        notes=(*differences(before, after), *([LEFT_OVER] if leftovers else [])),
    )


def _side(analysis: Analysis) -> Side:
    restarts = analysis.restarts
    return Side(
        first_time=first_time(analysis),
        last_time=last_time(analysis),
        span_s=span_of(analysis),
        restarts=restarts.count - restarts.orderly,
        orderly_restarts=restarts.orderly,
        incidents=sum(each.episodes for each in analysis.incidents),
        load=analysis.load,
    )


def _new_failures(since: Since) -> Iterator[NewFailure]:
    """Yield the cascades since whose first failure the log before does not show at all."""
    places = {each.rule: each.location for each in since.after.background}
    times = {each.rule: each.first for each in since.after.occurrences}
    for cascade in since.after.cascades:
        rule, incidents = cascade.first_failure, since.incidents(cascade)
        tally = since.tallies.get(rule)
        if (tally is not None and tally.before) or not since.count(cascade):
            continue
        first = incidents[0].first_failure if incidents else None
        yield NewFailure(
            rule,
            cascade.title,
            cascade.severity,
            since.count(cascade),
            first.location if first else places[rule],
            first.time if first else times.get(rule),
        )
