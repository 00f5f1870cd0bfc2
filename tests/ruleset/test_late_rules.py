"""What the shipped rules say of lines that are late: by the log's own figure where it has one."""

from functools import cache
from pathlib import Path

import pytest

from logcascade.model.rules import Role
from logcascade.ruleset.fields import parse_span
from logcascade.ruleset.load import load_rules

WAITS = {"waited", "took", "blocked"}
"""The names that rules give to a time which is over when the line is written."""


@cache
def shipped():
    """Load the rules of the repository once."""
    return load_rules([Path(__file__).parents[2] / "rules"]).rules


def late_rules():
    return {name: rule.late for name, rule in shipped().items() if rule.late != "none"}


def test_a_rule_that_reads_how_long_something_waited_says_that_its_line_is_late_by_it():
    reads = {
        name: WAITS & rule.units.keys()
        for name, rule in shipped().items()
        if rule.role is Role.FAILURE and WAITS & rule.units.keys()
    }
    assert len(reads) >= 4
    for name, values in reads.items():
        assert shipped()[name].late in values, name


@pytest.mark.parametrize("rule_id", sorted(late_rules()))
def test_an_example_of_a_rule_that_is_late_by_a_value_has_that_value(rule_id):
    rule = shipped()[rule_id]
    if rule.late == "run" or parse_span(rule.late) is not None:
        return
    assert any(isinstance(each.expect.get(rule.late), int | float) for each in rule.examples)


def test_what_is_told_at_garbage_collection_can_have_happened_at_any_time_of_the_run():
    at_any_time = {name for name, late in late_rules().items() if late == "run"}
    assert at_any_time >= {
        "asyncio-task-exception-unretrieved",
        "asyncio-task-destroyed-pending",
        "aiohttp-unclosed-session",
        "aiohttp-unclosed-connector",
    }


def test_a_wait_whose_length_no_line_tells_is_as_long_as_the_default():
    assert late_rules()["sqlite-database-locked"] == "5s"
    assert late_rules()["gunicorn-worker-timeout"] == "30s"
    assert late_rules()["celery-task-time-limit"] == "limit"
