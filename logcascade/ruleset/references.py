"""Names in rule files that nothing has: rules, remedies, suspects, values."""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from logcascade.model.rules import Condition, Remedy, Rule
from logcascade.ruleset.fields import suggest
from logcascade.ruleset.schema import SAME_KEYS
from logcascade.ruleset.sheet import Sheet

_Place = tuple[str, int]
"""Name and number of the section that holds a name."""


@dataclass(frozen=True, slots=True)
class Known:
    """What there is. A file that is wrong counts as there: it is a problem of its own."""

    rules: AbstractSet[str]
    remedies: AbstractSet[str]
    suspects: AbstractSet[str]
    values: AbstractSet[str] | None
    """Names of groups; None where a wrong file may hold any."""


def groups_of(rules: Iterable[Rule]) -> set[str]:
    """Return the names of all values that rules extract."""
    return {name for rule in rules for pattern in rule.patterns for name in pattern.groups}


def check_rule_names(sheet: Sheet, rule: Rule, known: Known, rules: Mapping[str, Rule]) -> None:
    """Note every name in a rule that nothing has; *rules* are those that could be read."""
    for name in rule.speaks_for:
        _check(sheet, ("", 0), "suspect", "speaks_for", name, known.suspects)
    for name in rule.mistaken_for:
        _check(sheet, ("mistaken_for", 0), "suspect", "mistaken_for", name, known.suspects)
    for index, use in enumerate(rule.remedies):
        _check(sheet, ("remedies", index), "remedy", "id", use.id, known.remedies)
    for at, condition in _conditions(rule):
        if condition.symptom:
            _check(sheet, at, "rule", "symptom", condition.symptom, known.rules)
        if condition.field and known.values is not None:
            _check(sheet, at, "value", "field", condition.field, known.values)
    _check_causes(sheet, rule, known, rules)


def _conditions(rule: Rule) -> Iterator[tuple[_Place, Condition]]:
    for index, use in enumerate(rule.remedies):
        yield from ((("remedies", index), condition) for condition in use.when)
    for index, item in enumerate(rule.not_yet):
        yield from ((("not_yet", index), condition) for condition in item.when)


def _check_causes(sheet: Sheet, rule: Rule, known: Known, rules: Mapping[str, Rule]) -> None:
    for index, cause in enumerate(rule.causes):
        at = ("causes", index)
        _check(sheet, at, "rule", "rule", cause.rule, known.rules)
        target = rules.get(cause.rule)
        if target is None:
            continue
        shared = groups_of([rule]) & groups_of([target])
        for key in cause.same:
            if key not in SAME_KEYS:
                _check(sheet, at, "value of both rules", "same", key, shared)


def check_remedy_names(sheet: Sheet, remedy: Remedy, known: Known) -> None:
    """Note every rule that a remedy names and that is not there."""
    for key, names in (("cures", remedy.cures), ("watch", remedy.watch)):
        for name in names:
            _check(sheet, ("", 0), "rule", key, name, known.rules)


def _check(
    sheet: Sheet, at: _Place, kind: str, key: str, name: str, known: AbstractSet[str]
) -> None:
    if name in known:
        return
    span = sheet.section(*at)
    line = sheet.line_of_value(f'"{name}"', span)
    line = line or sheet.line_of_key(name, span) or sheet.line_of_key(key, span)
    sheet.problem(
        f'"{key}" names an unknown {kind}: "{name}"', line=line, help=suggest(name, known)
    )
