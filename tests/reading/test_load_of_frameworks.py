"""
What the frameworks log of healthy work is counted as load.

The messages are those that aiohttp 3.14, uvicorn 0.54, gunicorn 27.0, Werkzeug 3.1, Django 5.2,
Celery 5.7 and APScheduler 3.11 printed when they were run for this test; python-telegram-bot's is
from a published log. Each is told three times here, a second apart, behind a usual prefix.
"""

import pytest

from logcascade.model.analysis import Analysis
from tests.retellings import read

CLF = '"GET /ok?q=1 HTTP/1.1" 200 2 "-" "curl/7.88.1"'

MESSAGES = {
    "aiohttp": f"aiohttp.access - INFO - 127.0.0.1 [25/Nov/2026:21:35:17 +0000] {CLF}",
    "uvicorn": 'uvicorn.access - INFO - 127.0.0.1:33712 - "GET /ok?q=1 HTTP/1.1" 200 OK',
    "gunicorn": f"gunicorn.access - INFO - 127.0.0.1 - - [25/Nov/2026:21:35:17 +0000] {CLF}",
    "apscheduler": (
        'apscheduler.executors.default - INFO - Job "send_report (trigger: interval[0:00:01], '
        'next run at: 2026-11-25 21:35:16 UTC)" executed successfully'
    ),
    "python-telegram-bot": (
        "httpx - INFO - HTTP Request: POST https://api.telegram.org/bot123456:replaced/sendMessage "
        '"HTTP/1.1 200 OK"'
    ),
    "celery": (
        "celery.app.trace - INFO - Task tasks.ok[a46b0efd-4903-4e2a-907d-ef2a2d7c248a] "
        "succeeded in 1.5002269260003231s: 1"
    ),
}

PREFIXED = {name: f"2026-11-25 21:35:1{{}},533 - {text}" for name, text in MESSAGES.items()}

BARE = {
    "nginx": f"127.0.0.1 - - [25/Nov/2026:21:35:1{{}} +0000] {CLF}",
    "werkzeug": '127.0.0.1 - - [25/Nov/2026 21:35:1{}] "GET /ok?q=1 HTTP/1.1" 200 -',
    "django": '[25/Nov/2026 21:35:1{}] "GET /ok?q=1 HTTP/1.1" 200 2',
}


def analysed(line: str) -> Analysis:
    text = "".join(line.format(second) + "\n" for second in (1, 2, 3))
    return read({"app.log": text})


@pytest.mark.parametrize("name", [*PREFIXED, *BARE])
def test_each_line_of_healthy_work_is_one_event(name: str) -> None:
    load = analysed({**PREFIXED, **BARE}[name]).load
    assert load is not None
    assert (load.events, load.peak_1s) == (3, 1)
    assert load.mean_per_s == pytest.approx(1.5)


def test_a_line_that_tells_what_it_took_gives_durations() -> None:
    load = analysed(PREFIXED["celery"]).load
    assert load is not None
    assert load.durations is not None
    assert (load.durations.mean_s, load.durations.slowest_s) == (1.5, 1.5)
    assert load.durations.mean_concurrency == pytest.approx(2.25)
    assert load.peak_concurrency == 2


@pytest.mark.parametrize("name", ["uvicorn", "nginx", "apscheduler"])
def test_a_line_that_does_not_tell_it_gives_none(name: str) -> None:
    load = analysed({**PREFIXED, **BARE}[name]).load
    assert load is not None
    assert load.durations is None


def test_polling_is_no_load_whether_anybody_writes_or_not() -> None:
    assert (
        analysed(PREFIXED["python-telegram-bot"].replace("sendMessage", "getUpdates")).load is None
    )
