"""What no report may say of any log: times and runs that cannot be."""

from collections import defaultdict
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest

from tests.evaluation.samples import cases, report

NAMES = sorted(cases())


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize("name", NAMES)
def test_no_time_to_a_failure_is_longer_than_the_life_it_stands_in(name: str) -> None:
    for cascade in report(name)["cascades"]:
        found = cascade["recurrence"]
        waited, uptime = found["time_to_first_failure_s"], found["uptime_s"]
        assert waited is None or waited >= 0
        assert uptime is None or waited is None or waited <= uptime


@pytest.mark.parametrize("name", NAMES)
def test_no_length_is_negative(name: str) -> None:
    for cascade in report(name)["cascades"]:
        for part in ("uptime_s", "cascade_s", "down_s", "period_s", "spread_s"):
            assert (cascade["recurrence"][part] or 0) >= 0, part


@pytest.mark.parametrize("name", NAMES)
def test_a_run_ends_after_its_start_and_the_next_of_its_component_begins_after_that(
    name: str,
) -> None:
    lives: dict[str, list[Any]] = defaultdict(list)
    for run in report(name)["runs"]:
        lives[run["component"]].append(run)
        if run["start"] and run["end"]:
            assert moment(run["start"]) <= moment(run["end"])
    for earlier, later in (pair for own in lives.values() for pair in pairwise(own)):
        if earlier["end"] and later["start"]:
            assert moment(earlier["end"]) <= moment(later["start"]), (earlier, later)
        assert earlier["ended"] != "running", "another run of the component follows"


@pytest.mark.parametrize("name", NAMES)
def test_restarts_are_as_many_as_the_runs_that_follow_others(name: str) -> None:
    said = report(name)
    components = {run["component"] for run in said["runs"]}
    restarts = said["restarts"]
    assert 0 <= restarts["orderly"] <= restarts["count"]
    assert len(restarts["times"]) <= restarts["count"] <= len(said["runs"]) - len(components)
