"""What the installed libraries print when things go wrong is what the rules recognise.

What is not installed here cannot print its own lines: its scenarios are skipped, and say so. Other
versions are played by hand, `python -m tests.rules_made`.
"""

import importlib.util
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from logcascade.model.records import Record
from logcascade.ruleset.load import load_rules
from logcascade.ruleset.match import Matcher
from tests.rules_made.playing import play, recognised, without_tracebacks
from tests.rules_made.scenarios import BOT, CARRIERS, NEEDS, PROGRAMS, SCENARIOS

RULES = Path(__file__).parents[2] / "rules"


def missing(script: str, scenario: str) -> list[str]:
    """Return the modules and programs of a scenario that are not here."""
    find: Callable[[str], object]
    absent = []
    for each in [*NEEDS.get(script, []), *NEEDS.get(scenario, [])]:
        find = shutil.which if each in PROGRAMS else importlib.util.find_spec
        if find(each) is None:
            absent.append(each)
    return absent


def lived(script: str, scenario: str) -> dict[str, list[Record]]:
    absent = missing(script, scenario)
    if absent:
        pytest.skip(f"{', '.join(absent)} not installed, so it cannot print its own lines")
    return play(sys.executable, script, scenario)


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(load_rules([RULES]))


@pytest.mark.parametrize(
    ("script", "scenario", "mark"), SCENARIOS, ids=[mark for _, _, mark in SCENARIOS]
)
def test_a_real_fault_prints_what_the_rules_recognise_and_nothing_unknown(
    script: str, scenario: str, mark: str, matcher: Matcher
) -> None:
    expected = SCENARIOS[script, scenario, mark]
    assert recognised(matcher, lived(script, scenario)[mark], expected) == expected


@pytest.mark.parametrize(
    ("script", "scenario", "mark"), CARRIERS, ids=[mark for _, _, mark in CARRIERS]
)
def test_without_a_traceback_what_carried_it_is_recognised(
    script: str, scenario: str, mark: str, matcher: Matcher
) -> None:
    expected = CARRIERS[script, scenario, mark]
    records = without_tracebacks(lived(script, scenario)[mark])
    assert recognised(matcher, records, expected) == expected


@pytest.mark.parametrize("mark", BOT)
def test_the_start_and_the_end_of_a_real_bot_are_marks_of_a_run(
    mark: str, matcher: Matcher
) -> None:
    ends = {"bot-polling-started", "bot-polling-stopped"}
    assert recognised(matcher, lived("aiogram_bot.py", "all")[mark], ends) >= ends


def test_a_refused_call_names_method_chat_and_wait(matcher: Matcher) -> None:
    lives = lived("aiogram_bot.py", "all")
    values = {
        mark: found.values
        for mark in ("flood", "flood-group", "flood-returned", "flood-polling")
        for record in lives[mark]
        for found in matcher.detect(record, 0)
        if found.rule == "telegram-flood-control"
    }
    sent = {"method": "SendMessage", "retry_after": 28.0}
    assert values == {
        "flood": {**sent, "chat": "5551234"},
        "flood-group": {**sent, "chat": "-1001234567890"},
        "flood-returned": {**sent, "chat": "5551234"},
        "flood-polling": {"method": "GetUpdates", "retry_after": 28.0},
    }


def test_each_update_of_a_real_bot_is_counted_as_load(matcher: Matcher) -> None:
    records = lived("aiogram_bot.py", "all")["ok"]
    found = [one for record in records for one in matcher.detect(record, 0)]
    handled = [one for one in found if one.rule == "aiogram-update-handled"]
    assert len(handled) == 1
    assert isinstance(handled[0].values["duration"], float)
