"""``logcascade rules lint``, ``explain`` and ``coverage``."""

import pytest

from tests.cli.own_rule import OWN_RULE
from tests.conftest import SAMPLES

BUGS = SAMPLES / "outage-among-bugs" / "bot.log"
CONFLICT = "Telegram server says - Conflict: terminated by other getUpdates request"
HEAD = "2026-05-19 10:00:00,000 - aiogram.dispatcher - ERROR - "

RULE = (
    OWN_RULE
    + r"""
[[example]]
from = "a real run"
text = '''it broke at home'''
expect = { place = "home" }
"""
)


@pytest.fixture
def own_rules(tmp_path):
    def write(text: str) -> object:
        folder = tmp_path / "own"
        folder.mkdir(exist_ok=True)
        (folder / "own-broken.toml").write_text(text)
        return folder

    return write


def test_the_shipped_rules_have_nothing_to_mend(run):
    ran = run("rules", "lint")
    assert ran.status == 0, ran.err
    assert "nothing to mend" in ran.out


def test_a_rule_without_a_near_miss_is_named_with_its_file(run, own_rules):
    ran = run("rules", "lint", own_rules(RULE))
    assert ran.status == 1
    assert 'rule "own-broken": it has no near miss' in ran.err
    assert "own-broken.toml" in ran.err


def test_a_pattern_that_is_slow_on_a_hostile_line_is_named(run, own_rules):
    slow = RULE.replace(r"it broke at (?P<place>\w+)", r"it broke at (?P<place>\w+)(?:\s*\w+)*!")
    ran = run("rules", "lint", own_rules(slow))
    assert ran.status == 1
    assert "takes too long on a hostile line" in ran.err


def test_a_line_is_explained_by_the_rule_that_knows_it(run):
    ran = run(
        "rules",
        "explain",
        f"{HEAD}Failed to fetch updates - TelegramConflictError: {CONFLICT}",
    )
    assert ran.status == 0
    assert "known as  telegram-conflict" in ran.out
    assert "level     error;  logger aiogram.dispatcher" in ran.out


def test_a_line_that_a_rule_nearly_knows_shows_where_it_stopped(run):
    ran = run("rules", "explain", f"{HEAD}{CONFLICT.replace('Conflict', 'Quarrel')}")
    assert "known as  unknown:" in ran.out
    nearly = ran.out.split("nearly    telegram-conflict", 1)[1].split("nearly", 1)[0]
    assert "^ matched up to here" in nearly


def test_the_record_of_a_file_is_explained_by_any_of_its_lines(run):
    ran = run("rules", "explain", f"{BUGS}:67")
    assert "KeyError in on_ok (shop.py)" in ran.out


def test_control_codes_in_an_explained_line_cannot_act(run):
    ran = run("rules", "explain", f"{HEAD}broken \x1b[2J here")
    assert "\x1b" not in ran.out


def test_coverage_counts_what_rules_know_and_lists_what_none_knows(run):
    ran = run("rules", "coverage", BUGS)
    known, unknown = ran.out.split("no rule knows", 1)
    assert "rules know 370, 95%" in known
    assert "185 x  telegram-network-error" in known
    assert " ".join(unknown.split()) == "19 x KeyError in on_ok (shop.py) line 67"
