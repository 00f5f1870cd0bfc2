"""How often each failure came before a change and since, and what its silence is worth."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from logcascade.diagnosis.exposure import (
    Exposure,
    Rate,
    due_at,
    first_time,
    last_time,
    members,
)
from logcascade.model.analysis import Analysis, Cascade, Incident, Run
from logcascade.model.occurrences import Occurrences, Readings
from logcascade.model.rules import Ended
from logcascade.model.verification import NumberPair, Tally

Shape = tuple[set[str], str]
"""The rules of an incident, and the id of its run."""


@dataclass(frozen=True, slots=True)
class Dues:
    """How often each failure was due since the change, by the cascades that it was part of."""

    after: Analysis
    exposures: Sequence[tuple[Cascade, Exposure, Sequence[Shape]]]
    """Each cascade before, what it has been put to since, its incidents."""

    @classmethod
    def of(cls, before: Analysis, after: Analysis, exposures: Sequence[Exposure]) -> "Dues":
        """Return the dues by the *exposures* of the cascades of the log *before*."""
        pairs = zip(before.cascades, exposures, strict=True)
        return cls(after, [(each, exposure, _shapes(each, before)) for each, exposure in pairs])

    def settle(self, tally: Tally, has: Callable[[Shape], bool]) -> Tally:
        """Return *tally* with what its silence is worth; *has* tells which incidents bring it."""
        if tally.after or not tally.before:
            return tally
        expected, count, is_rhythm, is_long = 0.0, 0, True, True
        for cascade, exposure, shapes in self.exposures:
            with_it = sum(map(has, shapes))
            if exposure.expected is None or exposure.missing or not with_it:
                continue
            expected += exposure.expected * with_it / len(shapes)
            count += round(cascade.count * with_it / len(shapes))
            is_rhythm = is_rhythm and exposure.rate.is_rhythm
            is_long = is_long and exposure.is_long
        return _settled(tally, self.after, expected, Rate(count, is_rhythm), is_long=is_long)


def _shapes(cascade: Cascade, analysis: Analysis) -> list[Shape]:
    if not cascade.incidents:
        return [({cascade.first_failure}, "")]
    return [(rules_of(each), each.run) for each in members(cascade, analysis)]


def rules_of(incident: Incident) -> set[str]:
    """Return the rules of the first failure of *incident* and of what followed."""
    return {incident.first_failure.rule, *(symptom.rule for symptom in incident.symptoms)}


def _settled(tally: Tally, after: Analysis, expected: float, rate: Rate, *, is_long: bool) -> Tally:
    """Return *tally*, which is silent since, with what that is worth."""
    if not rate.count or not expected:
        return tally
    is_settled = is_long and expected >= rate.needed
    return replace(
        tally,
        expected=expected,
        decidable=None if is_settled else due_at(after, expected, rate.needed),
        is_settled=is_settled,
    )


def tally_each(before: Analysis, after: Analysis, dues: Dues) -> tuple[Tally, ...]:
    """Return the tally of each failure, the most frequent before the change first."""
    old = {each.rule: each for each in before.occurrences}
    new = {each.rule: each for each in after.occurrences}
    tallies = [
        _tally(rule, each.title, old.get(rule), new.get(rule), after)
        for rule, each in {**new, **old}.items()
    ]
    tallies.sort(key=lambda row: (-row.before, -row.after, row.rule))
    return tuple(dues.settle(row, partial(_has, row.rule)) for row in tallies)


def _has(rule: str, shape: Shape) -> bool:
    return rule in shape[0]


def tally_all(before: Analysis, after: Analysis, dues: Dues) -> Tally:
    """Return the tally of all failures together, what is harmless left out."""
    one, other = _together(before), _together(after)
    return dues.settle(_tally("", "any failure", one, other, after), lambda _: True)


def _together(analysis: Analysis) -> Occurrences | None:
    failures = [each for each in analysis.occurrences if not each.is_harmless]
    if not failures:
        return None
    firsts = [each.first for each in failures if each.first]
    lasts = [each.last for each in failures if each.last]
    return Occurrences(
        "",
        "",
        sum(each.count for each in failures),
        min(firsts, default=None),
        max(lasts, default=None),
    )


def _tally(
    rule: str, title: str, old: Occurrences | None, new: Occurrences | None, after: Analysis
) -> Tally:
    begin, end = first_time(after), last_time(after)
    first, last = (new.first, new.last) if new else (None, begin)
    return Tally(
        rule,
        title,
        old.count if old else 0,
        new.count if new else 0,
        first_after_s=_seconds(begin, first),
        quiet_s=_seconds(last, end),
        is_harmless=any(each.is_harmless for each in (old, new) if each),
    )


def _seconds(earlier: datetime | None, later: datetime | None) -> float | None:
    if earlier is None or later is None:
        return None
    return max((later - earlier).total_seconds(), 0.0)


def tally_restarts(before: Analysis, after: Analysis, dues: Dues) -> Tally:
    """Return the tally of the restarts that were not orderly, due by what ended runs."""
    old, new = unplanned_restarts(before), unplanned_restarts(after)
    whole = Occurrences("", "", len(new), min(new, default=None), max(new, default=None))
    tally = _tally(
        "",
        "unplanned restart",
        Occurrences("", "", len(old), None, None),
        whole if new else None,
        after,
    )
    bad = {run.id for run in before.runs if run.ended not in (Ended.ORDERLY, Ended.RUNNING)}
    return dues.settle(tally, lambda shape: shape[1] in bad)


def unplanned_restarts(analysis: Analysis) -> list[datetime]:
    """Return when a process began after one of its component that had not ended in an orderly way.

    A start without a time counts as none.
    """
    last: dict[str, Run] = {}
    times = []
    for run in analysis.runs:
        ended = last.get(run.component)
        if ended is not None and ended.ended is not Ended.ORDERLY and run.start is not None:
            times.append(run.start)
        last[run.component] = run
    return sorted(times)


def pair_numbers(before: Analysis, after: Analysis) -> tuple[NumberPair, ...]:
    """Return the numbers of both sides: what programs tell of themselves first."""
    old, new = _by_name(before.readings), _by_name(after.readings)
    either = {**old, **new}
    names = sorted(either, key=lambda name: (not either[name].is_gauge, name))
    return tuple(NumberPair(old.get(name), new.get(name)) for name in names)


def _by_name(readings: Iterable[Readings]) -> Mapping[tuple[str, str], Readings]:
    return {(each.rule, each.value): each for each in readings}


def main_rules(incidents: Sequence[Incident], share: float) -> set[str]:
    """Return the rules of what followed in at least *share* of *incidents*."""
    seen = Counter(
        rule for each in incidents for rule in {symptom.rule for symptom in each.symptoms}
    )
    return {rule for rule, count in seen.items() if count >= share * len(incidents)}
