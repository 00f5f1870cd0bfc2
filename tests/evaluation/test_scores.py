"""What the program must say of the sample logs, story by story."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.evaluation.samples import cases, report, scored
from tests.evaluation.scores import offers

FLOOD = "telegram-flood-control"
LOCK = "sqlite-database-locked"
KILLED = "process-oom-killed"

PRESSURE_REMEDIES = {"throttle-middleware", "outbound-limiter", "honour-retry-after"}
"""Remedies against too many calls."""

ARTICLE_PERIOD_S = 140 * 60


def logs(*stories: str) -> pytest.MarkDecorator:
    """Run a test on each log of the stories."""
    names = [name for name in sorted(cases()) if name.split("/")[0] in stories]
    return pytest.mark.parametrize("name", names)


def failures(said: Any) -> Iterator[Any]:
    """Yield all failures that incidents of a report name."""
    for incident in said["incidents"]:
        yield incident["first_failure"]
        yield from incident["symptoms"]
        yield from incident["coinciding"]


def worst(name: str) -> Any:
    return report(name)["cascades"][0]


@logs("flood-control-cascade")
def test_flood_control_is_first_in_every_cycle_at_the_exact_line(name: str) -> None:
    first = [incident["first_failure"] for incident in report(name)["incidents"]]
    flood = [one["line"] for one in first if one["rule"] == FLOOD]
    echoes = cases()[name].echoes
    assert [line for line in flood if line not in echoes] == [
        root.line for root in cases()[name].roots
    ]
    assert worst(name)["first_failure"] == FLOOD


@logs("flood-control-cascade")
def test_what_followed_is_a_tree_of_symptoms_with_delays(name: str) -> None:
    for incident in report(name)["incidents"]:
        rules = {incident["first_failure"]["rule"]}
        for symptom in incident["symptoms"]:
            assert symptom["because_of"] in rules, "a parent comes before its children"
            assert symptom["delay_s"] is not None
            rules.add(symptom["rule"])
    named = {one["rule"] for one in failures(report(name))}
    assert {LOCK, "asyncio-handler-timeout", "aiohttp-unclosed-session"} <= named


@logs("flood-control-cascade")
def test_the_story_recurs_by_uptime_with_the_true_period(name: str) -> None:
    assert scored(name).checks["period"], scored(name).period_s
    assert scored(name).driver == "uptime"


@logs("flood-control-cascade")
def test_sqlite_is_ruled_out_with_numbers(name: str) -> None:
    because = {one["what"]: one["because"] for one in worst(name)["ruled_out"]}
    assert "sqlite" in because
    assert len(re.findall(r"\d+", because["sqlite"])) >= 2


@logs("flood-control-cascade", "after-throttle-alone")
def test_remedies_fit_what_was_injected(name: str) -> None:
    assert offers(scored(name).remedies, cases()[name].remedies)
    assert scored(name).remedies[0] != "throttle-middleware", "many users made the burst, not one"


@logs("after-whole-fix", "healthy-day")
def test_nothing_is_reported_where_nothing_is_wrong(name: str) -> None:
    assert report(name)["incidents"] == []
    assert report(name)["cascades"] == []


@logs("after-throttle-alone")
def test_the_cascade_is_still_named_with_the_throttle_alone(name: str) -> None:
    assert worst(name)["first_failure"] == FLOOD
    assert all(found.incident for found in scored(name).found)


@logs("database-lock-root")
def test_the_lock_is_first_where_another_process_holds_it(name: str) -> None:
    assert worst(name)["first_failure"] == LOCK
    assert all(found.incident and found.kind for found in scored(name).found)


@logs("database-lock-root")
def test_nothing_is_said_about_throttling_where_the_lock_is_the_root(name: str) -> None:
    cascades = report(name)["cascades"]
    offered = {remedy["id"] for cascade in cascades for remedy in cascade["remedies"]}
    assert not offered & PRESSURE_REMEDIES
    assert "throttl" not in json.dumps(cascades).casefold()


@logs("slow-leak")
def test_the_kill_of_a_slow_leak_has_no_cause_of_telegram_invented(name: str) -> None:
    said = report(name)
    assert not [one["rule"] for one in failures(said) if one["rule"].startswith("telegram-")]


@logs("slow-leak")
def test_each_kill_of_a_slow_leak_is_first_where_the_log_shows_it(name: str) -> None:
    """The bot's own log shows only starts, at a rhythm: an end without a word, and no cause."""
    firsts = {cascade["first_failure"] for cascade in report(name)["cascades"]}
    assert firsts == ({"run-ended-without-a-word"} if "bot.log" in name else {KILLED})
    said = {incident["first_failure"]["certainty"] for incident in report(name)["incidents"]}
    assert said == {"not-in-log"}
    assert all(found.incident and found.kind for found in scored(name).found)


@logs("network-outage")
def test_an_outage_is_one_incident_that_recovered_without_a_period(name: str) -> None:
    said = report(name)
    assert len(said["incidents"]) == 1
    assert said["incidents"][0]["recovered"] is True
    assert all(found.incident for found in scored(name).found)
    assert said["cascades"][0]["recurrence"]["period_s"] is None
    assert said["restarts"]["period_s"] is None


@logs("flood-control-cascade", "after-throttle-alone", "slow-leak", "healthy-day")
def test_ends_of_runs_are_classified_as_they_were(name: str) -> None:
    ends = scored(name).ends
    assert ends is None or ends[0] == ends[1]


def test_the_articles_seven_lines_give_flood_control_first_and_all_else_after_it() -> None:
    said = report("article/seven-lines.log")
    (incident,) = said["incidents"]
    assert incident["first_failure"]["rule"] == FLOOD
    assert incident["first_failure"]["line"] == 1
    followed = sorted(incident["symptoms"], key=lambda symptom: symptom["delay_s"])
    assert [(symptom["rule"], symptom["delay_s"]) for symptom in followed] == [
        ("asyncio-handler-timeout", 2.0),
        ("aiohttp-unclosed-session", 4.0),
        (LOCK, 7.0),
        (KILLED, 19.0),
        ("service-restarted", 20.0),
    ]


def test_the_articles_seven_lines_have_one_restart_and_no_period() -> None:
    said = report("article/seven-lines.log")
    assert said["restarts"]["count"] == 1
    assert said["restarts"]["period_s"] is None
    assert [cascade["recurrence"]["period_s"] for cascade in said["cascades"]] == [None]


def test_the_article_over_several_cycles_gives_140_minutes() -> None:
    name = "article/several-cycles.log"
    assert worst(name)["first_failure"] == FLOOD
    assert all(found.incident for found in scored(name).found)
    assert scored(name).period_s == pytest.approx(ARTICLE_PERIOD_S, rel=0.02)
    assert scored(name).driver == "uptime"
