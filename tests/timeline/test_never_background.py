"""
Logs that are nothing but a failure are not called healthy.

Rendered line by line as gunicorn 23, systemd 252 and a bot with a format of its own print them.
"""

from datetime import timedelta

from tests.retellings import read
from tests.support import at


def hung_workers(times: int) -> str:
    """Return the log of a gunicorn whose only worker hangs again and again."""
    lines = [
        "[2026-05-19 12:00:00 +0000] [11] [INFO] Starting gunicorn 23.0.0",
        "[2026-05-19 12:00:00 +0000] [11] [INFO] Using worker: sync",
        "[2026-05-19 12:00:00 +0000] [12] [INFO] Booting worker with pid: 12",
    ]
    for number in range(times):
        now, pid = at(31.0 + 37 * number), 12 + number
        stamp = f"{now:%Y-%m-%d %H:%M:%S} +0000"
        lines.append(f"[{stamp}] [11] [CRITICAL] WORKER TIMEOUT (pid:{pid})")
        lines.append(f"[{stamp}] [{pid}] [INFO] Worker exiting (pid: {pid})")
        later = f"{now + timedelta(seconds=1):%Y-%m-%d %H:%M:%S} +0000"
        lines.append(f"[{later}] [{pid + 1}] [INFO] Booting worker with pid: {pid + 1}")
    return "\n".join(lines) + "\n"


def test_workers_that_hang_at_a_usual_rate_are_an_incident():
    analysis = read({"gunicorn.log": hung_workers(12)})
    first = {incident.first_failure.rule for incident in analysis.incidents}
    assert first == {"gunicorn-worker-timeout"}
    assert analysis.background == ()


GIVEN_UP = """\
May 19 12:00:00 host systemd[1]: Started bot.service - Bot.
May 19 12:00:01 host systemd[1]: bot.service: Deactivated successfully.
May 19 12:00:02 host systemd[1]: bot.service: Scheduled restart job, restart counter is at 5.
May 19 12:00:02 host systemd[1]: Stopped bot.service - Bot.
May 19 12:00:02 host systemd[1]: bot.service: Start request repeated too quickly.
May 19 12:00:02 host systemd[1]: bot.service: Failed with result 'start-limit-hit'.
"""


def test_a_service_that_systemd_gave_up_is_an_incident_although_each_run_ended_in_order():
    analysis = read({"journal.txt": GIVEN_UP})
    assert analysis.incidents
    assert analysis.background == ()


def refusals(text: str, count: int) -> str:
    """Return the log of a bot that works each minute, and fails at *text* in *count* of them."""
    lines = []
    for number in range(60):
        lines.append(f"{at(60 * number):%Y-%m-%d %H:%M:%S},000 | INFO | order {number} stored")
        if number % (60 // count) == 0:
            lines.append(f"{at(60 * number + 1):%Y-%m-%d %H:%M:%S},000 | ERROR | {text}")
    return "\n".join(lines) + "\n"


def test_a_refusal_known_as_harmless_that_the_program_calls_an_error_stands_as_a_fault():
    text = "could not tell the owner: Telegram server says - Bad Request: chat not found"
    analysis = read({"bot.log": refusals(text, 6)})
    (item,) = analysis.background
    assert (analysis.incidents, item.rule, item.standing) == ((), "telegram-chat-not-found", True)


def test_an_unknown_error_beside_work_all_the_time_stands_as_a_fault():
    analysis = read({"bot.log": refusals("the lamp takes no brightness of ''", 12)})
    (item,) = analysis.background
    assert (analysis.incidents, item.count, item.standing) == ((), 12, True)


def test_an_error_that_is_tried_again_passes_where_work_follows_and_not_at_the_end():
    text = "the lamp at the door does not answer, retrying in 5.0s"
    log = refusals(text, 1)
    assert read({"bot.log": log}).incidents == ()
    last = log.splitlines()[-1].split(",")[0]
    at_the_end = f"{log.splitlines()[0]}\n{last},500 | ERROR | {text}\n"
    (incident,) = read({"bot.log": at_the_end}).incidents
    assert incident.first_failure.location.line == 2
