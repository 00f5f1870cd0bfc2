"""The versions that are played by hand: their table and the scenarios fit together."""

import tomllib

from tests.rules_made.environments import VERSIONS, load_environments
from tests.rules_made.scenarios import SCENARIOS


def test_every_scenario_is_played_with_the_oldest_and_the_newest_version_of_a_library() -> None:
    played = {
        version: {
            key for each in load_environments() if each.version == version for key in each.expected
        }
        for version in ("oldest", "newest")
    }
    cannot_be = {
        mark
        for table in tomllib.loads(VERSIONS.read_text(encoding="utf-8")).values()
        for differs in table.get("differs", [])
        if "prints" not in differs
        for mark in differs["marks"]
    }
    assert {key for key in SCENARIOS if key[2] not in cannot_be} <= played["oldest"]
    assert set(SCENARIOS) == played["newest"]


def test_what_a_version_prints_otherwise_is_of_its_scenarios_and_says_why() -> None:
    for library, table in tomllib.loads(VERSIONS.read_text(encoding="utf-8")).items():
        plays = {tuple(each.split()) for each in table["plays"]}
        marks = {mark for script, scenario, mark in SCENARIOS if (script, scenario) in plays}
        for differs in table.get("differs", []):
            assert set(differs["marks"]) <= marks, library
            assert differs["why"], library
