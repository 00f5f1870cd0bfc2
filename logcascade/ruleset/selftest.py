"""Rules prove themselves: every example through the same matcher as a log."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from logcascade.errors import RuleError
from logcascade.model.detections import Detection
from logcascade.model.records import Record, Severity
from logcascade.model.rules import Example, Rule
from logcascade.ruleset.collection import Ruleset
from logcascade.ruleset.match import Matcher
from logcascade.ruleset.nearly import nearest
from logcascade.ruleset.schema import SEVERITIES
from logcascade.ruleset.sheet import Sheet

_TOLERANCE = 1e-9
"""Relative difference at which values count as equal: milliseconds become seconds by a factor."""


class MakeRecord(Protocol):
    """Makes the record that reading would make of a text behind its prefix."""

    def __call__(
        self,
        text: str,
        *,
        logger: str = "",
        severity: Severity | None = None,
        program: str = "",
    ) -> Record:
        """Return the record."""


@dataclass(frozen=True, slots=True)
class TestFailure:
    """An example that does not behave as its rule says."""

    __test__ = False

    rule: str
    example: int
    """1-based, in the order of the file."""
    reason: str
    where: str
    """File and line, and below them the pattern and the text where that helps."""
    help: str

    def __str__(self) -> str:
        """Show it as an error."""
        what = f'rule "{self.rule}" fails its own test'
        return str(RuleError(what=what, reason=self.reason, where=self.where, help=self.help))


def test_rules(ruleset: Ruleset, make_record: MakeRecord) -> list[TestFailure]:
    """Return every example that fails, in the order of rules and examples."""
    return [
        failure
        for rule in ruleset.rules.values()
        for number in range(1, len(rule.examples) + 1)
        if (failure := test_example(ruleset, rule, number, make_record)) is not None
    ]


def test_example(
    ruleset: Ruleset, rule: Rule, number: int, make_record: MakeRecord
) -> TestFailure | None:
    """Return what is wrong with one example (1-based); None where it behaves."""
    example = rule.examples[number - 1]
    record = record_of(example, make_record)
    found = Matcher(ruleset).recognise(record, 0)
    mine = next((one for one in found if rule.id in {one.rule, one.manner}), None)
    if example.matches and mine is None:
        return _missed(rule, number, record, found)
    if not example.matches and mine is not None:
        reason = f"example {number} must not match, but does: {example.why}"
        advice = "make the pattern more exact, or the example's verdict true"
        return TestFailure(rule.id, number, reason, place_of_example(rule, number), advice)
    if mine is None:
        return None
    wrong = [
        f"{name} = {expected!r}, but gives {mine.values.get(name)!r}"
        for name, expected in example.expect.items()
        if not _is_equal(expected, mine.values.get(name))
    ]
    if not wrong:
        return None
    reason = f"example {number} should give {'; '.join(wrong)}"
    return TestFailure(
        rule.id,
        number,
        reason,
        place_of_example(rule, number),
        "change the group, its unit or the example",
    )


# pytest would take them for tests of its own.
test_rules.__test__ = False  # type: ignore[attr-defined]  # for pytest
test_example.__test__ = False  # type: ignore[attr-defined]  # for pytest


def record_of(example: Example, make_record: MakeRecord) -> Record:
    """Return the record of an example, with what the carrier says of it."""
    fields = example.fields
    return make_record(
        example.text,
        logger=fields.get("logger", ""),
        severity=SEVERITIES.get(fields.get("severity", "")),
        program=fields.get("program", ""),
    )


def _missed(rule: Rule, number: int, record: Record, found: Sequence[Detection]) -> TestFailure:
    near = nearest(rule, record)
    where = place_of_example(rule, number)
    reason = f"example {number} should match, but no pattern matches it"
    advice = "change the pattern or the example; `logcascade rules test` tries it again"
    if near is None:
        reason = f"example {number} should match, but the record has nothing at {_names(rule)}"
        advice = 'change "where", or give the example as it is printed, traceback included'
    elif near.obstacle:
        reason = f"example {number} should match, but {near.obstacle}"
        advice = "change [match] or the example's text and fields"
    elif near.matches:
        others = ", ".join(f'"{one.rule}"' for one in found) or "nothing"
        reason = f"example {number} should match, but the record is recognised as {others}"
        advice = "the innermost exception counts, then the longest match: make this one more exact"
    else:
        where += "\n" + near.excerpt()
    return TestFailure(rule.id, number, reason, where, advice)


def _names(rule: Rule) -> str:
    return " or ".join(f'"{place.value}"' for place in rule.where)


def place_of_example(rule: Rule, number: int) -> str:
    """Return the file and line of an example (1-based)."""
    sheet = Sheet(rule.path, rule.id)
    sheet.read()
    return sheet.where(sheet.header_line("example", number - 1))


def _is_equal(expected: str | float, value: str | float | None) -> bool:
    if isinstance(expected, str) or not isinstance(value, (int, float)):
        return expected == value
    return abs(expected - value) <= _TOLERANCE * max(1.0, abs(expected))
