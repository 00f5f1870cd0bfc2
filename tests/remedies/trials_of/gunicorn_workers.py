"""What the settings change for a real gunicorn: hung calls, and a leak."""

import tempfile
import time
import urllib.request
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from tests.remedies.code import REMEDIES
from tests.remedies.processes import free_port, module, running
from tests.remedies.trials import Figures, Trial

HUNG = 32
"""Twice as many as the two workers have threads."""
SETTINGS = REMEDIES / "gunicorn-workers" / "gunicorn.conf.py"
APPLICATION = """
import os, time

held = []

def app(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/hang":
        time.sleep(60)              # a call without a limit
    if path == "/leak":
        held.append(bytearray(500_000))
    start_response("200 OK", [("Content-Type", "text/plain")])
    pages = int(open("/proc/self/statm").read().split()[1])
    return [str(pages * os.sysconf("SC_PAGE_SIZE")).encode()]
"""


def _get(port: int, path: str) -> int:
    """Return the memory of the worker that answered, 0 if none did within a second."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=1) as answer:
            return int(answer.read())
    except OSError:
        return 0


def _served(
    paths: Sequence[str], *, set_up: bool, more: Sequence[str] = (), apart_s: float = 0.0
) -> tuple[list[int], str]:
    """Ask for each path in turn; return the answers and what gunicorn wrote."""
    port = free_port()
    arguments = ["--bind", f"127.0.0.1:{port}", "--workers", "2", "--timeout", "2", *more]
    if set_up:
        arguments = ["--config", str(SETTINGS), *arguments]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "application.py").write_text(APPLICATION, "utf-8")
        command = module("gunicorn", *arguments, "application:app")
        with running(command, folder, port) as output, ThreadPoolExecutor(len(paths)) as pool:
            answers: list[Future[int]] = []
            for path in paths:
                answers.append(pool.submit(_get, port, path))
                if apart_s:
                    time.sleep(apart_s)
                else:
                    answers[-1].result()
            asked = [answer.result() for answer in answers]
            time.sleep(2.5 if "/hang" in paths else 0)  # longer than the timeout
            return asked, output.read_text("utf-8")


def _hung(set_up: bool) -> Figures:
    asked, said = _served(["/hang", "/hang", *["/"] * 20], set_up=set_up, apart_s=0.05)
    return {
        "of 20 answered within 1 s": sum(map(bool, asked[2:])),
        "workers killed for the timeout": said.count("WORKER TIMEOUT"),
    }


def _leak(set_up: bool) -> Figures:
    scaled = ["--max-requests", "40", "--max-requests-jitter", "0"] if set_up else []
    asked, _ = _served(["/leak"] * 200, set_up=set_up, more=scaled)
    return {
        "MB of a worker at most": round(max(asked) / 1e6),
        "of 200 answered": sum(map(bool, asked)),
    }


def _all_hung(set_up: bool) -> Figures:
    asked, said = _served([*["/hang"] * HUNG, *["/"] * 20], set_up=set_up, apart_s=0.05)
    return {
        "of 20 answered within 1 s": sum(map(bool, asked[HUNG:])),
        "workers killed for the timeout": said.count("WORKER TIMEOUT"),
    }


def _more_answered(without: Figures, with_it: Figures) -> bool:
    return with_it["of 20 answered within 1 s"] > without["of 20 answered within 1 s"]


TRIALS = [
    Trial(
        "hung-calls",
        "two calls that hang, two workers, a timeout of 2 s, then 20 requests",
        ("gunicorn",),
        _hung,
        _more_answered,
    ),
    Trial(
        "leak",
        "200 requests that leave 0.5 MB each; workers end after 40 requests with the remedy",
        ("gunicorn",),
        _leak,
        lambda without, with_it: (
            with_it["MB of a worker at most"] < without["MB of a worker at most"] * 0.8
        ),
    ),
    Trial(
        "more-hung-calls-than-threads",
        "32 calls that hang, two workers, a timeout of 2 s, then 20 requests",
        ("gunicorn",),
        _all_hung,
        _more_answered,
        helps=False,
    ),
]
