"""Processes that a service starts by itself: their lives are no runs of the service."""

from collections.abc import Sequence

from logcascade.model.analysis import Run
from logcascade.model.records import Severity
from logcascade.model.rules import Ended, Marks, Role
from logcascade.timeline.bursts import BurstCollector
from logcascade.timeline.runs import RunFinder
from tests.support import STORY, at, make_detection, make_rule, rules_of

RULES = {
    **STORY,
    **rules_of(
        make_rule("worker", role=Role.LIFECYCLE, marks=Marks.WORKER_START),
        make_rule("left", role=Role.LIFECYCLE, marks=Marks.WORKER_END, ended=Ended.ORDERLY),
        make_rule("hung", marks=Marks.WORKER_END, ended=Ended.KILLED, severity=Severity.ERROR),
    ),
}


def find(*lines: tuple[str, float, str]) -> tuple[Sequence[Run], Sequence[Run]]:
    """Return the service's runs and its workers'; each line is a rule, seconds and a pid."""
    collector = BurstCollector("web")
    for rule, seconds, pid in lines:
        values = {"pid": pid} if pid else {}
        detection = make_detection(rule, seconds, rules=RULES, component="web", values=values)
        collector.add(detection)
    runs, _, workers = RunFinder(RULES).find(collector.marks(), collector.bursts())
    return runs, workers


def told(runs: Sequence[Run]) -> list[tuple[int | None, Ended, str]]:
    return [(run.pid, run.ended, run.parent) for run in runs]


def test_a_worker_that_is_replaced_is_no_restart_of_the_service() -> None:
    runs, workers = find(
        ("started", 0, ""),
        ("worker", 1, "11"),
        ("worker", 1, "12"),
        ("hung", 60, "11"),
        ("left", 60.1, "11"),
        ("worker", 61, "13"),
    )
    assert [(run.start, run.ended) for run in runs] == [(at(0), Ended.RUNNING)]
    assert told(workers) == [
        (11, Ended.KILLED, "r1"),
        (12, Ended.RUNNING, "r1"),
        (13, Ended.RUNNING, "r1"),
    ]
    assert (workers[0].start, workers[0].end) == (at(1), at(60))


def test_workers_end_with_the_service_in_an_orderly_stop() -> None:
    runs, workers = find(
        ("started", 0, ""), ("worker", 1, "11"), ("asked", 60, ""), ("stopped", 61, "")
    )
    assert [run.ended for run in runs] == [Ended.ORDERLY]
    assert told(workers) == [(11, Ended.ORDERLY, "r1")]


def test_it_is_not_known_how_a_worker_ended_whose_service_was_killed() -> None:
    _, workers = find(("started", 0, ""), ("worker", 1, "11"), ("killed", 61, ""))
    assert told(workers) == [(11, Ended.UNKNOWN, "r1")]


def test_a_worker_whose_start_the_log_does_not_show_has_an_end() -> None:
    runs, workers = find(("hung", 60, "11"), ("worker", 61, "12"))
    assert [run.ended for run in runs] == [Ended.RUNNING]
    assert told(workers) == [(11, Ended.KILLED, "r1"), (12, Ended.RUNNING, "r1")]
    assert workers[0].start is None


def test_a_pid_that_comes_again_is_another_worker() -> None:
    _, workers = find(
        ("started", 0, ""), ("worker", 1, "11"), ("left", 60, "11"), ("worker", 900, "11")
    )
    assert told(workers) == [(11, Ended.ORDERLY, "r1"), (11, Ended.RUNNING, "r1")]


def test_a_start_line_that_names_another_pid_than_the_services_is_a_workers() -> None:
    """A server with workers and one without use the same words for who serves."""
    with_parent = find(("started", 0, "7"), ("polling", 1, "8"), ("polling", 1, "9"))
    assert [run.ended for run in with_parent[0]] == [Ended.RUNNING]
    assert told(with_parent[1]) == [(8, Ended.RUNNING, "r1"), (9, Ended.RUNNING, "r1")]
    alone = find(("polling", 1, "8"), ("polling", 50, "9"))
    assert [run.ended for run in alone[0]] == [Ended.UNKNOWN, Ended.RUNNING]
    assert alone[1] == []


def test_the_end_of_a_worker_that_has_the_words_of_a_server_is_not_the_services() -> None:
    runs, workers = find(
        ("started", 0, "7"), ("polling", 1, "8"), ("stopped", 60, "8"), ("polling", 61, "9")
    )
    assert [run.ended for run in runs] == [Ended.RUNNING]
    assert told(workers) == [(8, Ended.ORDERLY, "r1"), (9, Ended.RUNNING, "r1")]
