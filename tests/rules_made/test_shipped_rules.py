"""The shipped rules prove themselves, and leave no question of their own open."""

from pathlib import Path

import pytest

from logcascade.model.rules import NOT_ORDERLY, Role
from logcascade.reading.reader import make_record
from logcascade.ruleset.check import check_rules
from logcascade.ruleset.collection import Ruleset
from logcascade.ruleset.load import load_rules
from logcascade.ruleset.match import Matcher
from logcascade.ruleset.selftest import test_rules as failed_examples

RULES = Path(__file__).parent.parent.parent / "rules"

STORY = {
    "aiogram.TelegramRetryAfter: flood control, retry in 28s": "telegram-flood-control",
    "asyncio.TimeoutError in update handler": "asyncio-handler-timeout",
    "bot.session not closed (47 active)": "aiohttp-unclosed-session",
    "sqlite3.OperationalError: database is locked": "sqlite-database-locked",
    "process killed by OOM": "process-oom-killed",
    "systemd: restarted": "service-restarted",
}
"""The lines of a published account, as its author shortened them."""


@pytest.fixture(scope="module")
def rules() -> Ruleset:
    return load_rules([RULES])


def test_every_example_of_a_shipped_rule_behaves_as_it_says(rules: Ruleset) -> None:
    assert [str(failure) for failure in failed_examples(rules, make_record)] == []


def test_an_expert_has_nothing_to_object_to_in_the_shipped_rules(rules: Ruleset) -> None:
    assert [str(issue) for issue in check_rules(rules, make_record)] == []


def test_every_shipped_rule_has_a_near_miss_with_its_reason(rules: Ruleset) -> None:
    without = [
        rule.id
        for rule in rules.rules.values()
        if not any(not example.matches and example.why for example in rule.examples)
    ]
    assert without == []


def test_failures_are_declared_to_follow_from_failures_and_from_unorderly_ends_only(
    rules: Ruleset,
) -> None:
    others = [
        rule.id
        for rule in rules.rules.values()
        if rule.causes
        and rule.role is not Role.FAILURE
        and rule.ended not in NOT_ORDERLY
        and not rule.unasked  # its causes are those of the loop that such ends make
    ]
    assert others == []


@pytest.mark.parametrize(("line", "rule"), STORY.items(), ids=STORY.values())
def test_the_short_forms_that_people_write_are_recognised(
    line: str, rule: str, rules: Ruleset
) -> None:
    found = Matcher(rules).detect(make_record(line), 0)
    assert [one.rule for one in found] == [rule]
