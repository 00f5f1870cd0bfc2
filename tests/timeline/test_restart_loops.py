"""
Programs that end in order soon after each start, as supervisors tell of them.

The lines are those that supervisor 4.3 and systemd 252 print, with other names and times.
"""

import io

import pytest

from logcascade.bundled import rules_folder
from logcascade.model.analysis import Analysis
from logcascade.model.rules import RESTART_LOOP, Ended
from logcascade.pipeline import analyze
from logcascade.reading.formats.line_format import load_formats
from logcascade.ruleset.load import load_rules
from logcascade.sources.source import Source

FINISHED = "exited: feed (exit status 0; expected)"
STOPPED = "stopped: feed (terminated by SIGTERM)"


def supervised(starts: int, life_s: float, pause_s: float, end: str = FINISHED) -> str:
    lines = []
    for number in range(starts):
        begun = number * (life_s + pause_s)
        lines += [(begun, f"spawned: 'feed' with pid {300 + number}"), (begun + life_s, end)]
    return "".join(
        f"2026-02-03 {10 + int(at) // 3600:02}:{int(at) // 60 % 60:02}:{int(at) % 60:02},500"
        f" INFO {text}\n"
        for at, text in lines
    )


def of_systemd(starts: int, *, gives_up: bool = False, asked: bool = False) -> str:
    lines, at = [], 0
    for number in range(starts):
        lines.append((at, "Started tidy.service - Tidy."))
        lines += [(at + 1, "Stopping tidy.service - Tidy...")] * asked
        lines.append((at + 1, "tidy.service: Deactivated successfully."))
        at += 30
        count = f"tidy.service: Scheduled restart job, restart counter is at {number + 1}."
        lines += [(at, count)] * (not asked)
    lines += [(at, "tidy.service: Start request repeated too quickly.")] * gives_up
    return "".join(
        f"Feb 03 10:{at // 60:02}:{at % 60:02} host systemd[1]: {text}\n" for at, text in lines
    )


def analysis_of(text: str) -> Analysis:
    source = Source("supervisor.log", io.BytesIO(text.encode()), None)
    return analyze([source], load_rules([rules_folder()]), load_formats())


def first_failures(text: str) -> list[tuple[str, int]]:
    failures = [incident.first_failure for incident in analysis_of(text).incidents]
    return [(failure.rule, failure.location.line) for failure in failures]


@pytest.mark.parametrize("starts", [3, 4, 20])
def test_a_program_that_finishes_at_each_start_is_a_failure_from_its_first_end_on(
    starts: int,
) -> None:
    found = analysis_of(supervised(starts, 4, 1))
    assert first_failures(supervised(starts, 4, 1)) == [(RESTART_LOOP, 2)]
    assert {run.ended for run in found.runs} == {Ended.UNKNOWN}
    assert (found.restarts.count, found.restarts.orderly) == (starts - 1, 0)


def test_two_short_lives_are_a_try_and_no_loop() -> None:
    assert first_failures(supervised(2, 4, 1)) == []


def test_a_program_that_works_for_minutes_and_finishes_is_in_order() -> None:
    assert first_failures(supervised(12, 400, 1)) == []


def test_a_job_that_a_timer_starts_each_minute_is_in_order() -> None:
    assert first_failures(supervised(12, 4, 56)) == []


def test_restarts_that_somebody_orders_are_no_loop_however_fast() -> None:
    assert first_failures(supervised(12, 4, 1, STOPPED)) == []
    assert first_failures(of_systemd(6, asked=True)) == []


def test_a_restart_that_is_told_to_be_scheduled_may_come_later() -> None:
    assert first_failures(of_systemd(5)) == [(RESTART_LOOP, 2)]


def test_that_the_supervisor_gives_up_follows_from_the_loop_and_nothing_runs_then() -> None:
    found = analysis_of(of_systemd(4, gives_up=True))
    (incident,) = found.incidents
    assert incident.first_failure.rule == RESTART_LOOP
    assert "service-start-limit-hit" in {symptom.rule for symptom in incident.symptoms}
    assert Ended.RUNNING not in {run.ended for run in found.runs}
