"""A program that ends by itself ended by the exception that it told just before."""

from dataclasses import replace

import pytest

from logcascade.incidents.grouping import LAST_WORDS_S, group_bursts
from logcascade.incidents.links import find_links
from logcascade.model.analysis import Certainty, Link
from logcascade.model.bursts import Burst
from logcascade.model.records import Severity
from logcascade.model.rules import Ended
from tests.retellings import read
from tests.support import STORY, at, make_burst, make_rule, make_run

RULES = {**STORY, "no-boot": make_rule("no-boot", explains_end=True, ended=Ended.CRASHED)}

BOOT = """\
[2025-04-17 15:51:46 +0000] [5593] [INFO] Starting gunicorn 23.0.0
[2025-04-17 15:51:46 +0000] [5593] [INFO] Listening at: http://0.0.0.0:5000 (5593)
[2025-04-17 15:51:46 +0000] [5593] [INFO] Using worker: sync
[2025-04-17 15:51:46 +0000] [5599] [INFO] Booting worker with pid: 5599
[2025-04-17 15:51:46 +0000] [5599] [ERROR] Exception in worker process
Traceback (most recent call last):
  File "/srv/app/venv/lib/python3.11/site-packages/gunicorn/arbiter.py", line 608, in spawn_worker
    worker.init_process()
  File "/srv/app/shop.py", line 3, in <module>
    settings = load()
  File "/srv/app/settings.py", line 9, in load
    return os.environ["SHOP_DSN"]
KeyError: 'SHOP_DSN'
[2025-04-17 15:51:46 +0000] [5599] [INFO] Worker exiting (pid: 5599)
[2025-04-17 15:51:46 +0000] [5593] [ERROR] Worker (pid:5599) exited with code 3
[2025-04-17 15:51:46 +0000] [5593] [ERROR] Shutting down: Master
[2025-04-17 15:51:46 +0000] [5593] [ERROR] Reason: Worker failed to boot.
"""
"""Rendered as gunicorn 23 prints a worker that cannot load its application; frames are thinned."""

UNIT = """\
Aug 09 07:07:18 host systemd[1]: Started coin.service.
Aug 09 07:07:22 host python3.7[951]: Traceback (most recent call last):
Aug 09 07:07:22 host python3.7[951]:   File "/srv/coin/main.py", line 26, in <module>
Aug 09 07:07:22 host python3.7[951]:     main()
Aug 09 07:07:22 host python3.7[951]: RuntimeError: the exchange is closed
Aug 09 07:07:22 host systemd[1]: coin.service: Main process exited, code=exited, status=1/FAILURE
Aug 09 07:07:22 host systemd[1]: coin.service: Failed with result 'exit-code'.
"""
"""Rendered as the text journal prints an exception that nothing caught."""


def traceback(seconds: float, rule: str = "unknown:a", **changes: object) -> Burst:
    burst = make_burst(rule, seconds, **changes)
    return replace(burst, first=replace(burst.first, raised=("no such key",)))


def linked(*bursts: Burst) -> dict[int, int]:
    return {index: each.cause for index, each in find_links(bursts, RULES).items()}


def test_the_last_exception_before_an_end_that_a_failure_tells_is_its_cause() -> None:
    bursts = (traceback(0), make_burst("no-boot", 1))
    (found,) = find_links(bursts, RULES).values()
    assert (found.cause, found.link) == (0, Link.EXCEPTION_CHAIN)


def test_a_report_without_a_traceback_another_process_or_an_earlier_time_is_not() -> None:
    end = make_burst("no-boot", 5)
    assert linked(make_burst("unknown:a", 4), end) == {}
    assert linked(traceback(4, component="other"), end) == {}
    assert linked(traceback(5 - LAST_WORDS_S - 0.1), end) == {}
    assert linked(traceback(4), make_burst("no-boot", 5)) == {1: 0}


def test_the_end_of_a_worker_follows_from_the_exception_of_the_pid_that_it_names() -> None:
    told = make_burst("lock", 1)
    told = replace(told, first=replace(told.first, values={"worker": "77"}))
    of_worker = traceback(0)
    of_worker = replace(of_worker, first=replace(of_worker.first, pid=77))
    assert linked(of_worker, told) == {1: 0}
    of_another = replace(of_worker, first=replace(of_worker.first, pid=78))
    assert linked(of_another, told) == {}


def test_a_kill_is_not_caused_by_the_exception_before_it() -> None:
    assert linked(traceback(4), make_burst("oom", 5)) == {}


@pytest.mark.parametrize(
    ("seconds", "ended", "severity", "belongs"),
    [
        (9, Ended.CRASHED, Severity.ERROR, True),
        (10 - LAST_WORDS_S - 0.1, Ended.CRASHED, Severity.ERROR, False),
        (9, Ended.KILLED, Severity.ERROR, False),
        (9, Ended.CRASHED, Severity.WARNING, False),
    ],
)
def test_a_run_that_crashed_right_after_a_logged_exception_ended_by_it(
    seconds: float, ended: Ended, severity: Severity, belongs: bool
) -> None:
    burst = traceback(seconds)
    burst = replace(burst, first=replace(burst.first, severity=severity))
    run = make_run("r1", end=at(10), ended=ended)
    (group,) = group_bursts((burst,), {}, [run], RULES)
    assert bool(group.ends) is belongs


@pytest.mark.parametrize(("log", "line"), [(BOOT, 13), (UNIT, 5)])
def test_an_end_with_its_exception_above_it_is_one_incident_that_begins_there(
    log: str, line: int
) -> None:
    (incident,) = read({"app.log": log}).incidents
    assert incident.first_failure.location.line == line
    assert incident.first_failure.certainty is not Certainty.NOT_IN_LOG


def test_two_units_that_end_after_one_programs_tracebacks_leave_its_name_alone() -> None:
    other = UNIT.replace("coin", "mint").replace("951", "952").replace("07:07", "07:30")
    assert len({each.component for each in read({"app.log": UNIT + other}).incidents}) > 1
