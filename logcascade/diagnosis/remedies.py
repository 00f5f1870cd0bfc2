"""Which remedies fit the evidence: most upstream first, none without a reason."""

from collections import Counter
from collections.abc import Mapping, Sequence

from logcascade.model.analysis import NotYetChoice, RemedyChoice
from logcascade.model.bursts import GroupedIncident
from logcascade.model.recurrence import Rhythm
from logcascade.model.rules import Condition, Remedy, RemedyUse, Rule, Suspect


def choose_remedies(
    items: Sequence[GroupedIncident],
    rules: Mapping[str, Rule],
    remedies: Mapping[str, Remedy],
    rhythm: Rhythm | None = None,
) -> tuple[RemedyChoice, ...]:
    """Return the remedies of one cascade: the first failure's own before those of its symptoms."""
    chosen: dict[str, RemedyUse] = {}
    against: dict[str, str] = {}
    kinds = _kinds(items)
    for kind in kinds:
        rule = rules.get(kind)
        for use in rule.remedies if rule else ():
            if use.id not in chosen and _fits(use.when, kind, items, kinds, rhythm):
                chosen[use.id] = use
                against[use.id] = kind
    ordered = sorted(
        (remedies[name] for name in chosen if name in remedies),
        key=lambda remedy: (against[remedy.id] != kinds[0], remedy.upstream, remedy.id),
    )
    return tuple(
        RemedyChoice(
            remedy.id,
            remedy.title,
            rank,
            chosen[remedy.id].because or remedy.fits,
            remedy.does_not_cure,
            against[remedy.id],
        )
        for rank, remedy in enumerate(ordered, start=1)
    )


def choose_not_yet(
    items: Sequence[GroupedIncident],
    rules: Mapping[str, Rule],
    cleared: Sequence[Suspect] = (),
    rhythm: Rhythm | None = None,
) -> tuple[NotYetChoice, ...]:
    """Return what not to do yet: what the first failure's rule says, and what is not to blame."""
    rule = rules.get(items[0].incident.first_failure.rule)
    kinds = _kinds(items)
    said = [
        item
        for item in (rule.not_yet if rule else ())
        if _fits(item.when, kinds[0], items, kinds, rhythm)
    ]
    said += [suspect.not_yet for suspect in cleared if suspect.not_yet]
    because = {item.what: item.because for item in reversed(said)}
    return tuple(NotYetChoice(what, because[what]) for what in dict.fromkeys(i.what for i in said))


def _kinds(items: Sequence[GroupedIncident]) -> list[str]:
    seen: dict[str, None] = {items[0].incident.first_failure.rule: None}
    for item in items:
        for symptom in item.incident.symptoms:
            seen.setdefault(symptom.rule)
    return list(seen)


def _fits(
    when: Sequence[Condition],
    rule: str,
    items: Sequence[GroupedIncident],
    kinds: Sequence[str],
    rhythm: Rhythm | None,
) -> bool:
    return all(
        condition.rhythm in ("", rhythm) and _is_met(condition, rule, items, kinds)
        for condition in when
    )


def _is_met(
    condition: Condition, rule: str, items: Sequence[GroupedIncident], kinds: Sequence[str]
) -> bool:
    if condition.first and rule != kinds[0]:
        return False
    if condition.symptom and condition.symptom not in kinds:
        return False
    return not condition.field or _holds(condition, rule, items)


def _holds(condition: Condition, rule: str, items: Sequence[GroupedIncident]) -> bool:
    """Tell whether *condition* holds of what the bursts of *rule* carry."""
    counts, most_distinct = _values(condition.field, rule, items)
    total = sum(counts.values())
    if condition.is_not and counts[condition.is_not] * 2 > total:
        return False
    if not counts:
        return bool(condition.is_not)
    if condition.equals and counts[condition.equals] * 2 <= total:
        return False
    if condition.distinct_at_least and most_distinct < condition.distinct_at_least:
        return False
    if condition.distinct_at_most and most_distinct > condition.distinct_at_most:
        return False
    if condition.negative is not None:
        negative = sum(n for value, n in counts.items() if value.startswith("-"))
        return (negative * 2 > total) is condition.negative
    return True


def _values(field: str, rule: str, items: Sequence[GroupedIncident]) -> tuple[Counter[str], int]:
    """Return how often each value was seen, and the most different ones in one incident."""
    counts: Counter[str] = Counter()
    most = 0
    for item in items:
        within: set[str] = set()
        for burst in item.bursts:
            values = burst.values.get(field) if burst.rule == rule else None
            if values:
                counts.update(values.counts)
                within.update(values.counts)
        most = max(most, len(within))
    return counts, most
