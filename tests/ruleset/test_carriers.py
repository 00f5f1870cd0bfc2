"""A record that only tells of an exception is named after that exception, and may be late."""

from dataclasses import replace

import pytest

from logcascade.ruleset.match import Matcher

CARRIER = """
schema = 1
id = "task-lost"
title = "A task failed and nobody looked"
role = "failure"
severity = "error"
summary = "A task ended with an exception that nothing awaited."

[match]
carrier = true
literals = ["exception was never retrieved"]
any = ["Task exception was never retrieved"]

[occurred]
late = "run"

[[example]]
from = "a test"
text = "Task exception was never retrieved"
"""
TOLD = "Task exception was never retrieved"
LOCKED = "sqlite3.OperationalError: database is locked"


@pytest.fixture
def matcher(rules):
    return Matcher(rules(CARRIER))


def told(matcher, record):
    return [(one.rule.partition(":")[0], one.title) for one in matcher.detect(record, 0)]


def test_an_exception_that_no_rule_knows_names_what_a_carrier_tells(matcher, record, exception):
    lost = exception("KeyError: 'rate'", file="/opt/bot/shop.py", function="rate")
    (found,) = matcher.detect(record(TOLD, lost), 0)
    assert found.title == "KeyError in rate (shop.py)"
    assert found.text == "Task exception was never retrieved\nKeyError: 'rate'"
    assert found.occurred_from is None


def test_the_first_raised_of_a_group_names_it_however_deep(matcher, record, exception):
    first = exception("KeyError: 'rate'", line=9, file="/opt/bot/shop.py", function="rate")
    price = exception("shop.PriceError: none", line=14, cause=first, file="shop.py", function="p")
    inner = exception("ExceptionGroup: x (1 sub-exception)", line=5, group=(price,))
    outer = exception("ExceptionGroup: y (1 sub-exception)", line=2, group=(inner,))
    (found,) = matcher.detect(record(TOLD, outer), 0)
    assert (found.title, found.location.line) == ("KeyError in rate (shop.py)", 9)


def test_an_exception_that_a_rule_knows_is_as_late_as_what_tells_of_it(matcher, record, exception):
    (found,) = matcher.detect(record(TOLD, exception(LOCKED)), 0)
    assert (found.rule, found.occurred_from) == ("sqlite-database-locked", None)


@pytest.mark.parametrize("has_level", [True, False])
def test_an_exception_without_a_traceback_names_it_too(matcher, record, has_level):
    message = f"{TOLD}\nfuture: <Future finished exception=RuntimeError('x')>\nRuntimeError: x"
    made = record(message)
    made = made if has_level else replace(made, severity=None)
    assert told(matcher, made) == [("unknown", "RuntimeError: x")]


def test_a_carrier_that_prints_no_exception_stands_for_itself(matcher, record):
    (found,) = matcher.detect(record(TOLD), 0)
    assert (found.rule, found.occurred_from) == ("task-lost", None)


def test_a_cancelled_task_that_nobody_awaited_is_no_failure(matcher, record, exception):
    lost = exception("asyncio.exceptions.CancelledError")
    assert all(one.rule == "asyncio-cancelled" for one in matcher.detect(record(TOLD, lost), 0))
