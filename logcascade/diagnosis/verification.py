"""Two analyses, before and after a change -> what became of each cascade."""

from collections import Counter
from collections.abc import Iterator, Sequence

from logcascade.diagnosis.chance import at_most
from logcascade.diagnosis.exposure import (
    QUIET_CHANCE,
    Exposure,
    first_time,
    last_time,
    measure_exposure,
    span_of,
)
from logcascade.model.analysis import Analysis, Cascade, Incident
from logcascade.model.verification import (
    NewFailure,
    Outcome,
    Side,
    Tally,
    Verdict,
    Verification,
)

MAIN_SHARE = 0.5
"""Share of a cascade's incidents that a consequence must be part of to be one of its marks."""


def verify(before: Analysis, after: Analysis) -> Verification:
    """Return what the log *after* a change says of each cascade of the log *before* it."""
    tallies = _tallies(before, after)
    verdicts = tuple(_judge(cascade, before, after) for cascade in before.cascades)
    outcome, because = _in_sum(verdicts)
    return Verification(
        outcome=outcome,
        because=because,
        before=_side(before),
        after=_side(after),
        verdicts=verdicts,
        tallies=tallies,
        new_failures=tuple(_new_failures(after, tallies)),
        notes=tuple(_notes(before, after)),
    )


def _judge(cascade: Cascade, before: Analysis, after: Analysis) -> Verdict:
    exposure = measure_exposure(cascade, before, after)
    again = sum(each.count for each in after.cascades if _is_same(cascade, each))
    successor = None if again else _successor(cascade, before, after)
    chance: float | None = None
    if again:
        outcome = Outcome.NOT_FIXED
        because, chance = _still(cascade, again, before, after)
    elif successor is not None:
        outcome = Outcome.CHANGED
        because = f"what followed from it follows from another failure now, {successor.count} x"
    else:
        outcome, because = _quiet(exposure)
        chance = None if exposure.missing else exposure.chance
    is_open = outcome is Outcome.NOT_YET_EXERCISED
    return Verdict(
        cascade=cascade.id,
        first_failure=cascade.first_failure,
        title=cascade.title,
        outcome=outcome,
        because=because,
        before=cascade.count,
        after=again,
        expected=exposure.expected,
        p_value=chance,
        decidable=exposure.decidable if is_open and not exposure.missing else None,
        now=successor.title if successor else "",
    )


def _is_same(cascade: Cascade, other: Cascade) -> bool:
    return cascade.first_failure == other.first_failure


def _still(
    cascade: Cascade, again: int, before: Analysis, after: Analysis
) -> tuple[str, float | None]:
    """Return in words how often it comes now, and the probability of so few at the old rate."""
    old_s, new_s = span_of(before), span_of(after)
    if old_s is None or new_s is None:
        return "it is there again", None
    chance = at_most(again, cascade.count + again, new_s / (old_s + new_s))
    if again / new_s < cascade.count / old_s and chance <= QUIET_CHANCE:
        return "it comes less often than before, and it still comes", chance
    return "it comes as often as before, as far as the counts tell", chance


def _quiet(exposure: Exposure) -> tuple[Outcome, str]:
    if exposure.missing:
        return Outcome.NOT_YET_EXERCISED, exposure.missing
    chance, expected = exposure.chance, exposure.expected
    if chance is None or expected is None:
        return Outcome.NOT_YET_EXERCISED, exposure.words
    told = f"none where {expected:.1f} were to come at the old rate ({exposure.words})"
    if chance <= QUIET_CHANCE:
        return Outcome.FIXED, told
    return Outcome.NOT_YET_EXERCISED, f"{told}: chance alone makes that too often"


def _successor(cascade: Cascade, before: Analysis, after: Analysis) -> Cascade | None:
    """Return the worst cascade since with the same marks and another first failure."""
    known = {each.first_failure for each in before.cascades}
    marks = _marks(cascade, before) | {cascade.first_failure}
    for each in after.cascades:
        if each.first_failure not in known and marks & _marks(each, after):
            return each
    return None


def _marks(cascade: Cascade, analysis: Analysis) -> set[str]:
    """Return the rules of what followed in most incidents of *cascade*."""
    members = _members(cascade, analysis)
    seen = Counter(rule for each in members for rule in {symptom.rule for symptom in each.symptoms})
    return {rule for rule, count in seen.items() if count >= MAIN_SHARE * len(members)}


def _members(cascade: Cascade, analysis: Analysis) -> list[Incident]:
    ids = set(cascade.incidents)
    return [each for each in analysis.incidents if each.id in ids and not each.aftershock]


def _in_sum(verdicts: Sequence[Verdict]) -> tuple[Outcome, str]:
    """Return the verdict on the change: one that still comes decides, then the worst one."""
    if not verdicts:
        return Outcome.NOT_YET_EXERCISED, "the log before the change shows no incident"
    for outcome in (Outcome.NOT_FIXED, Outcome.CHANGED):
        found = [each for each in verdicts if each.outcome is outcome]
        if found:
            return outcome, f"{found[0].title}: {found[0].because}"
    return verdicts[0].outcome, f"{verdicts[0].title}: {verdicts[0].because}"


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


def _tallies(before: Analysis, after: Analysis) -> tuple[Tally, ...]:
    """Return how often each failure was reported, within incidents and in the background."""
    titles: dict[str, str] = {}
    old, new = _counts(before, titles), _counts(after, titles)
    rows = [Tally(rule, titles[rule], old[rule], new[rule]) for rule in titles]
    return tuple(sorted(rows, key=lambda row: (-row.before, -row.after, row.rule)))


def _counts(analysis: Analysis, titles: dict[str, str]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for incident in analysis.incidents:
        first = incident.first_failure
        counts[first.rule] += first.count
        titles.setdefault(first.rule, first.title)
        for symptom in incident.symptoms:
            counts[symptom.rule] += symptom.count
            titles.setdefault(symptom.rule, symptom.title)
    for quiet in analysis.background:
        counts[quiet.rule] += quiet.count
        titles.setdefault(quiet.rule, quiet.title)
    return counts


def _new_failures(after: Analysis, tallies: Sequence[Tally]) -> Iterator[NewFailure]:
    known = {row.rule for row in tallies if row.before}
    by_id = {incident.id: incident for incident in after.incidents}
    for cascade in after.cascades:
        if cascade.first_failure in known:
            continue
        first = by_id[cascade.incidents[0]].first_failure
        yield NewFailure(
            cascade.first_failure,
            cascade.title,
            cascade.severity,
            cascade.count,
            first.location,
            first.time,
        )


def _notes(before: Analysis, after: Analysis) -> Iterator[str]:
    if before.load and not after.load:
        yield "the log after the change does not show the load: it is taken to be the old one"
    old, new = last_time(before), first_time(after)
    if old and new and new < old:
        yield "the two logs overlap in time: what both show counts on both sides"
