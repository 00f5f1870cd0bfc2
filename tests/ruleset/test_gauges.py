from dataclasses import replace
from pathlib import Path

import pytest

from logcascade.model.rules import Role
from logcascade.reading.reader import make_record
from logcascade.ruleset.load import load_rules
from logcascade.ruleset.match import Matcher

SHIPPED = Path(__file__).resolve().parents[2] / "rules"


@pytest.fixture(scope="module")
def matcher():
    return Matcher(load_rules([SHIPPED]))


def told(matcher, message, details=""):
    record = replace(make_record(message), details=details, text=f"{message}\n{details}".strip())
    found = matcher.detect(record, 0)
    assert {one.role for one in found} <= {Role.GAUGE}
    return {f"{one.rule}.{name}": value for one in found for name, value in one.values.items()}


def test_a_field_that_repeats_the_message_is_no_second_number(matcher):
    values = told(matcher, "Health: rss 178.9 MB", "logger=shop rss_mb=178.9 pictures=3")
    assert values == {"program-memory-told.in_use": pytest.approx(178.9 * 2**20)}


def test_a_number_that_only_a_field_tells_is_read(matcher):
    values = told(matcher, "health", "rss_mb=178.9 queue_size=4 num_fds=31")
    assert values == {
        "program-memory-told.in_megabytes": pytest.approx(178.9 * 2**20),
        "program-waiting-told.number": 4,
        "program-open-told.files": 31,
    }


@pytest.mark.parametrize(
    "message",
    [
        "connection 4711 opened",
        "session=17 closed",
        "Listening on port 8080 with threads=yes",
        "progress 5 MB of 20 MB",
        "queue size: 10%",
        "grss 12 MB",
        "active connections: 10.0.0.5",
    ],
)
def test_names_shares_and_addresses_are_no_gauges(matcher, message):
    assert told(matcher, message) == {}


def test_words_deep_in_a_long_message_are_not_looked_at(matcher):
    assert told(matcher, "a " * 400 + "rss 12 MB") == {}
