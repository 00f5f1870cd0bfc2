"""Every shipped rule and every one of its examples."""

import functools
from pathlib import Path

import pytest

from logcascade.errors import RuleError
from logcascade.model.patterns import named_groups
from logcascade.ruleset import check, selftest
from logcascade.ruleset.load import load_rules

SHIPPED = Path(__file__).resolve().parents[2] / "rules"


@functools.cache
def shipped():
    """Load the rules; names that lead nowhere are the business of a test of their own."""
    try:
        return load_rules([SHIPPED], check_references=False)
    except RuleError:
        return None


@pytest.fixture(scope="module")
def make_record():
    from logcascade.reading.reader import make_record

    return make_record


def _examples():
    return [
        pytest.param(rule.id, number, id=f"{rule.id}-{number}")
        for rule in (shipped().rules.values() if shipped() else ())
        for number in range(1, len(rule.examples) + 1)
    ]


def test_the_shipped_rules_load_and_refer_to_what_is_there():
    assert load_rules([SHIPPED]).rules


def test_the_groups_of_a_shipped_pattern_can_be_read_from_its_text():
    """They are read so at each start, and the patterns compiled only when they are needed."""
    for rule in shipped().rules.values():
        for pattern in rule.patterns:
            assert named_groups(pattern.text) == set(pattern.compiled().groupindex), pattern.text


@pytest.mark.parametrize(("rule_id", "number"), _examples())
def test_an_example_of_a_shipped_rule_behaves_as_it_says(rule_id, number, make_record):
    rule = shipped().rules[rule_id]
    failure = selftest.test_example(shipped(), rule, number, make_record)
    assert failure is None, str(failure)


@pytest.mark.parametrize("rule_id", sorted(shipped().rules) if shipped() else [])
def test_a_shipped_rule_has_no_issues(rule_id, make_record):
    issues = check.check_rule(shipped().rules[rule_id], make_record)
    assert not issues, "\n\n".join(map(str, issues))
