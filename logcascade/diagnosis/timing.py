"""When a suspect's failures come: after the first failure, before it, or never."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from logcascade.diagnosis.case import (
    SURE_INCIDENTS,
    WINDOW_S,
    Case,
    Evidence,
    Side,
    too_few,
)
from logcascade.diagnosis.chance import at_least
from logcascade.diagnosis.words import span
from logcascade.model.bursts import Burst
from logcascade.model.figures import probability
from logcascade.model.rules import Ended, Suspect

HEALTHY_LEAST_S = 1800.0
"""Absence in less healthy time than this says nothing. Seconds."""

NONE_SEEN = 3.0
"""Where none was seen, fewer than so many are to be expected (95 %, the rule of three)."""

BY_CHANCE = 0.01
"""Probability below which it is no chance that incidents follow something: several suspects are
tried in each cascade."""

PATTERN_LEAST = 2
"""Incidents below which a failure before them is no pattern: failures come in clusters."""

AT_ONCE_S = 1.0
"""Seconds. What follows sooner is said to come with the first failure."""

DEPLOYS_LEAST = 2
"""Orderly restarts below which their distance from the incidents clears nothing."""


def failures_in_time(suspect: Suspect, case: Case) -> Iterator[Evidence]:
    """Weigh when the suspect's failures come: after the first failure, before it, or never."""
    own = case.kinds[suspect.id].own
    total = len(case.items)
    rivals = sum(
        any(rival.rule in own for rival in item.incident.first_failure.rivals)
        for item in case.items
    )
    if rivals:
        yield Evidence(
            Side.FOR, f"a failure of this kind may have come first {_in_so_many(rivals, total)}"
        )
    outside = case.outside(suspect, own)
    inside = case.symptoms_of(own)
    if inside and case.shows_first:
        yield from _as_known(case, _followers(own, outside, case))
    elif inside:
        yield Evidence(Side.NEITHER, f"{inside} x, all after what the log shows first")
    if outside:
        yield from _as_known(case, _before(outside, case))
    if own and not (inside or outside or rivals):
        where = "the incident" if total == 1 else f"any of {total} incidents"
        words = f"no failure of this kind in {where}, nor elsewhere in the log"
        clears = case.is_certain and total >= SURE_INCIDENTS and suspect.program_tells
        yield Evidence(Side.AGAINST if clears else Side.NEITHER, words)


def _as_known(case: Case, found: Iterator[Evidence]) -> Iterator[Evidence]:
    """Yield what was found; a first failure that no rule knows may be one of the suspect's own."""
    for evidence in found:
        cleared_by_unknown = evidence.side is Side.AGAINST and case.first not in case.rules
        yield replace(evidence, side=Side.NEITHER) if cleared_by_unknown else evidence


def _followers(kinds: frozenset[str], outside: Sequence[Burst], case: Case) -> Iterator[Evidence]:
    """Weigh failures that come only after the first one, incident by incident."""
    found = [[one for one in item.incident.symptoms if one.rule in kinds] for item in case.items]
    seen = [one for symptoms in found for one in symptoms]
    delays = [one.delay_s for one in seen if one.delay_s is not None]
    if delays and min(delays) < 0:
        return
    holding = sum(bool(symptoms) for symptoms in found)
    where = _in_so_many(holding, len(case.items))
    if holding < SURE_INCIDENTS:
        where += ", too few to be sure"
    several = len({one.rule for one in seen}) > 1
    times = _when(sum(one.count for one in seen), "reports" if several else "x", delays)
    words = f"{times}, {where}"
    words += f"; {_healthy(outside, case.healthy_s)}"
    yield Evidence(Side.AGAINST, words, is_enough=holding >= SURE_INCIDENTS)


def _when(total: int, of_what: str, delays: Sequence[float]) -> str:
    """Say how often and when; several rules can tell of one event, so theirs are reports."""
    times = f"{total} {of_what}"
    if not delays:
        return f"{times}, all after the first failure" if total > 1 else "after the first failure"
    if min(delays) < AT_ONCE_S:
        return f"{times}, none before the first failure"
    if total == 1:
        return f"once, {span(delays[0])} after the first failure"
    return f"{times}, all {span(min(delays))} or more after the first failure"


def _healthy(outside: Sequence[Burst], healthy_s: float | None) -> str:
    count = sum(burst.count for burst in outside)
    if count:
        return f"{count} x outside of them: look at it separately"
    if healthy_s is None or healthy_s < HEALTHY_LEAST_S:
        return "the log shows too little healthy time to compare with"
    most = span(healthy_s / NONE_SEEN)
    return f"none in {healthy_s / 3600:.1f} h of healthy time, so fewer than one in {most}"


def _before(outside: Sequence[Burst], case: Case) -> Iterator[Evidence]:
    """Weigh failures outside the incidents that came shortly before one."""
    begun = case.begun
    if len(begun) < PATTERN_LEAST or not case.span_s:
        return
    moments: list[float] = []
    for burst in outside:
        if burst.timed:
            moments += burst.moments or (burst.start, burst.end)
    if moments:
        yield from after(moments, begun, "one of its failures", case.span_s)


def after(
    moments: Sequence[float], begun: Sequence[float], what: str, span_s: float
) -> Iterator[Evidence]:
    """Weigh whether incidents begin sooner after *moments* than chance would make them."""
    ordered = sorted(moments)
    places = [(at, bisect_right(ordered, at)) for at in begun]
    lags = [at - ordered[place - 1] if place else WINDOW_S for at, place in places]
    near = [lag for lag in lags if lag < WINDOW_S]
    total = len(begun)
    if not near:
        words = f"none of {total} incidents began within {span(WINDOW_S)} after {what}"
        if total == 1:
            words = f"the incident did not begin within {span(WINDOW_S)} after {what}"
            yield Evidence(Side.NEITHER, words)
            return
        yield Evidence(Side.AGAINST, words + too_few(total), is_enough=total >= SURE_INCIDENTS)
        return
    within = max(*near, AT_ONCE_S)
    share = min(1.0, _covered(ordered, within) / span_s)
    chance = at_least(len(near), total, share)
    words = f"{len(near)} of {total} incidents began within {span(within)} after {what}"
    if total == 1:
        words = f"the incident began {span(within)} after {what}"
    if chance < BY_CHANCE:
        yield Evidence(Side.FOR, f"{words}; by chance with probability {probability(chance)}")
    else:
        yield Evidence(
            Side.NEITHER, f"{words}, which may be chance (probability {probability(chance)})"
        )


def _covered(ordered: Sequence[float], within_s: float) -> float:
    """Return the seconds that lie at most *within_s* after one of the moments, which are sorted."""
    gaps = [later - earlier for earlier, later in pairwise(ordered)]
    return sum(min(gap, within_s) for gap in gaps) + within_s


def starts_after(ended: Ended, case: Case) -> Iterator[Evidence]:
    """Weigh whether incidents begin soon after a start that followed such an end."""
    starts = [
        later.start.timestamp()
        for earlier, later in pairwise(case.own_runs())
        if earlier.ended is ended and later.start
    ]
    begun = case.begun
    if not starts:
        yield Evidence(Side.NEITHER, f"no {ended.value} restart in the log")
    if not starts or not begun or not case.span_s:
        return
    what = f"one of {len(starts)} {ended.value} restarts"
    if len(starts) == 1:
        what = f"the only {ended.value} restart"
    for evidence in after(starts, begun, what, case.span_s):
        if evidence.side is not Side.AGAINST:
            yield evidence
        else:  # what came with a start can also show itself hours later
            side = Side.NEITHER if len(starts) < DEPLOYS_LEAST else Side.AGAINST
            yield replace(evidence, side=side, is_enough=False)


def _in_so_many(holding: int, incidents: int) -> str:
    return "in the only incident" if incidents == 1 else f"in {holding} of {incidents} incidents"
