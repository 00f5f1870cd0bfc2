from collections.abc import Sequence

import pytest

from logcascade.model.analysis import Run
from logcascade.model.rules import Ended
from logcascade.timeline.bursts import BurstCollector
from logcascade.timeline.runs import SUPERVISOR_PID, RunFinder, RunIndex
from tests.support import STORY, at, make_detection


def find(*detections: tuple[str, float] | tuple[str, float, dict[str, object]]) -> Sequence[Run]:
    collector = BurstCollector("bot")
    for rule, seconds, *changes in detections:
        collector.add(make_detection(rule, seconds, **(changes[0] if changes else {})))  # type: ignore[arg-type]
    return RunFinder(STORY).find(collector.marks(), collector.bursts())[0]


def test_two_different_start_lines_of_one_start_are_one_run() -> None:
    runs = find(("started", 0), ("polling", 2), ("flood", 100))
    assert [(run.start, run.ended) for run in runs] == [(at(0), Ended.RUNNING)]


def test_a_start_line_that_repeats_begins_a_new_run_and_the_old_end_is_unknown() -> None:
    runs = find(("polling", 0), ("flood", 50), ("polling", 100))
    assert [run.ended for run in runs] == [Ended.UNKNOWN, Ended.RUNNING]
    assert "no line tells" in runs[0].because


def test_a_requested_stop_makes_an_exit_orderly() -> None:
    runs = find(("started", 0), ("asked", 10), ("exited", 11), ("started", 20))
    assert [run.ended for run in runs] == [Ended.ORDERLY, Ended.RUNNING]


def test_a_kill_after_a_requested_stop_is_still_a_kill() -> None:
    runs = find(("started", 0), ("asked", 10), ("killed", 100))
    assert runs[0].ended is Ended.KILLED


def test_the_kernel_makes_a_kill_an_out_of_memory_kill_whichever_line_comes_first() -> None:
    for first, second in (("oom", "killed"), ("killed", "oom")):
        runs = find(("started", 0), (first, 10), (second, 10.1), ("started", 12))
        assert [run.ended for run in runs] == [Ended.OOM_KILLED, Ended.RUNNING]


def test_kills_of_one_process_after_another_are_ends_of_several_runs_without_any_start() -> None:
    runs = find(*(("oom", at, {"values": {"pid": pid}}) for at, pid in ((0, "1"), (900, "2"))))
    assert [run.ended for run in runs] == [Ended.OOM_KILLED, Ended.OOM_KILLED]
    for others in (
        (("oom", 900, {"values": {"pid": "1"}}),),
        (("oom", 9, {"values": {"pid": "2"}}),),
    ):
        assert len(find(("oom", 0, {"values": {"pid": "1"}}), *others)) == 1


def test_a_traceback_that_nothing_caught_as_last_word_is_a_crash() -> None:
    runs = find(("started", 0), ("unknown:1", 5, {"uncaught": True}), ("started", 8))
    assert runs[0].ended is Ended.CRASHED


def test_a_traceback_that_nothing_caught_is_no_end_when_the_run_goes_on() -> None:
    runs = find(("started", 0), ("unknown:1", 5, {"uncaught": True}), ("flood", 60))
    assert [run.ended for run in runs] == [Ended.RUNNING]


def test_a_stop_line_before_a_crash_traceback_does_not_make_it_orderly() -> None:
    """aiogram prints "Polling stopped" before the traceback of a failed start."""
    runs = find(("polling", 0), ("stopped", 1), ("unknown:1", 1.5, {"uncaught": True}))
    assert [run.ended for run in runs] == [Ended.CRASHED]


LOADING: dict[str, object] = {"uncaught": True, "while_loading": True}


def test_each_failure_to_load_the_program_is_the_end_of_a_run_without_any_start_line() -> None:
    lines = [100_104, 100_108, 100_112]
    failures = [("unknown:1", 10, {**LOADING, "line": line}) for line in lines]
    runs = find(("polling", 0), ("stopped", 10), *failures, ("polling", 700))
    assert [run.ended for run in runs] == [
        Ended.ORDERLY,
        *[Ended.CRASHED] * 3,
        Ended.RUNNING,
    ]
    assert [run.end_location and run.end_location.line for run in runs[1:4]] == lines


def test_a_log_of_nothing_but_failures_to_load_has_a_run_for_each() -> None:
    runs = find(*(("unknown:1", None, {**LOADING, "line": line}) for line in (4, 8, 12)))
    assert [run.ended for run in runs] == [Ended.CRASHED] * 3


def test_a_failure_to_load_and_what_the_supervisor_says_of_it_are_one_end() -> None:
    runs = find(("started", 0), ("unknown:1", 1, LOADING), ("exited", 1.1), ("started", 6))
    assert [run.ended for run in runs] == [Ended.CRASHED, Ended.RUNNING]


def test_a_failure_to_load_that_comes_below_the_supervisors_word_is_of_the_same_process() -> None:
    of_pid = {"program": "bot", "pid": 7}
    runs = find(("started", 0, of_pid), ("exited", 1), ("unknown:1", 1.1, {**LOADING, **of_pid}))
    assert [run.ended for run in runs] == [Ended.CRASHED]


@pytest.mark.parametrize("key", ["a", "b"])
def test_a_new_invocation_is_a_new_run_without_any_start_line(key: str) -> None:
    runs = find(("flood", 0, {"run_key": "a"}), ("flood", 100, {"run_key": key}), ("lock", 130))
    assert len(runs) == (1 if key == "a" else 2)


def test_runs_of_two_components_do_not_cut_each_other() -> None:
    runs = find(
        ("started", 0, {"component": "bot"}),
        ("started", 5, {"component": "web"}),
        ("exited", 9, {"component": "web"}),
        ("flood", 10, {"component": "bot"}),
    )
    assert [(run.component, run.ended) for run in runs] == [
        ("bot", Ended.RUNNING),
        ("web", Ended.CRASHED),
    ]


def by(pid: int) -> dict[str, object]:
    return {"program": "bot", "pid": pid}


def test_a_stop_by_another_process_than_the_one_that_started_is_of_another_run() -> None:
    """Lines are missing: the end of the one and the start of the other."""
    runs = find(("polling", 0, by(7)), ("asked", 900, by(9)), ("stopped", 901, by(9)))
    assert [(run.pid, run.start, run.ended) for run in runs] == [
        (7, at(0), Ended.UNKNOWN),
        (9, None, Ended.ORDERLY),
    ]


def test_a_stop_by_a_child_of_a_process_that_is_seen_later_cuts_nothing() -> None:
    runs = find(("polling", 0, by(7)), ("stopped", 900, by(9)), ("flood", 901, by(7)))
    assert [(run.pid, run.ended) for run in runs] == [(7, Ended.ORDERLY)]


def test_an_end_that_the_supervisor_tells_is_of_the_process_that_started() -> None:
    runs = find(
        ("polling", 0, by(7)), ("killed", 900, {"program": "systemd", "pid": SUPERVISOR_PID})
    )
    assert [(run.pid, run.ended) for run in runs] == [(7, Ended.KILLED)]


def test_an_error_between_an_end_and_a_start_line_is_of_the_run_it_is_nearer_to() -> None:
    for seconds, run in ((11, "r1"), (19, "r2")):
        lines = (("polling", 0), ("stopped", 10), ("lock", seconds), ("polling", 20))
        assert placed("lock", *lines) == [run]


def test_an_error_at_the_moment_of_a_start_line_is_of_that_start() -> None:
    lines = [("polling", 0), ("lock", 19.98), ("polling", 20.01)]
    assert placed("lock", *lines) == ["r2"]
    assert [run.start for run in find(*lines)] == [at(0), at(20.01)]
    assert placed("lock", ("polling", 0), ("lock", 19), ("polling", 20.01)) == ["r1"]


def test_an_error_in_the_second_of_a_start_line_may_be_what_ended_the_run_before() -> None:
    """Stamps of whole seconds do not tell which."""
    above: dict[str, object] = {"line": 100_199}
    assert placed("lock", ("polling", 0), ("lock", 20, above), ("polling", 20)) == ["r1"]


def test_an_error_right_before_the_first_start_line_makes_no_run_of_its_own() -> None:
    assert placed("lock", ("lock", 19.98), ("polling", 20.01)) == ["r1"]


def test_a_pid_tells_of_which_process_an_error_before_a_start_line_is() -> None:
    for pid, run in ((7, "r1"), (9, "r2")):
        lines = (("polling", 0, by(7)), ("stopped", 10), ("lock", 15, by(pid)))
        assert placed("lock", *lines, ("polling", 20, by(9))) == [run]


def placed(
    rule: str, *detections: tuple[str, float] | tuple[str, float, dict[str, object]]
) -> list[str]:
    """Return the runs to which the failures of *rule* are counted."""
    collector = BurstCollector("bot")
    for name, seconds, *changes in detections:
        collector.add(make_detection(name, seconds, **(changes[0] if changes else {})))  # type: ignore[arg-type]
    bursts = collector.bursts()
    index = RunIndex(*RunFinder(STORY).find(collector.marks(), bursts)[:2])
    return [index.place(burst).run for burst in bursts if burst.rule == rule]


def test_a_boot_ends_each_run_that_had_not_ended() -> None:
    runs = find(
        ("polling", 0, {"component": "bot"}),
        ("polling", 1, {"component": "shop"}),
        ("stopped", 5, {"component": "shop"}),
        ("boot", 900, {"component": "machine"}),
        ("flood", 950, {"component": "bot"}),
    )
    assert [(run.component, run.ended) for run in runs] == [
        ("bot", Ended.UNKNOWN),
        ("shop", Ended.ORDERLY),
        ("bot", Ended.RUNNING),
    ]
    assert runs[0].end == at(900)


def test_a_log_that_begins_with_a_boot_has_no_run_before_it() -> None:
    assert [run.ended for run in find(("boot", 0), ("polling", 5))] == [Ended.RUNNING]


def test_a_run_that_was_asked_to_stop_before_a_boot_stopped() -> None:
    runs = find(("polling", 0), ("asked", 10), ("boot", 60), ("polling", 90))
    assert [run.ended for run in runs] == [Ended.ORDERLY, Ended.RUNNING]


def test_an_end_after_a_scheduled_restart_is_that_of_a_run_whose_start_is_not_told() -> None:
    runs = find(("started", 0), ("exited", 10), ("again", 15), ("exited", 17), ("again", 22))
    assert [run.ended for run in runs] == [Ended.CRASHED, Ended.CRASHED]
    assert [(run.start, run.end) for run in runs] == [(at(0), at(10)), (at(15), at(17))]


def test_a_scheduled_restart_and_the_start_that_follows_are_one_start() -> None:
    runs = find(("started", 0), ("exited", 10), ("again", 15), ("started", 15.1), ("exited", 17))
    assert [(run.start, run.end) for run in runs] == [(at(0), at(10)), (at(15.1), at(17))]


def test_a_second_word_on_one_end_at_the_moment_of_the_restart_is_no_end_of_its_own() -> None:
    assert len(find(("started", 0), ("exited", 10), ("again", 15), ("exited", 15))) == 1
