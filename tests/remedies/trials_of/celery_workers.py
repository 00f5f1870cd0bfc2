"""What the settings change for tasks whose worker is killed: a real Celery, a real Redis."""

import shutil
import sys
import tempfile
import time
from pathlib import Path

from tests.remedies.code import REMEDIES
from tests.remedies.processes import free_port, module, running
from tests.remedies.trials import Figures, Trial

if not shutil.which("redis-server"):
    raise ImportError("no redis-server", name="redis-server")

SETTINGS = REMEDIES / "celery-workers" / "celeryconfig.py"
WATCHED_S = 12.0
"""Celery needs some seconds for its start."""
APPLICATION = """
import os, pathlib, signal

from celery import Celery

app = Celery("shop", broker="redis://127.0.0.1:{port}/0")
if {set_up}:
    app.config_from_object("celeryconfig")
app.conf.worker_hijack_root_logger = False
here = pathlib.Path(__file__).parent

def begun(name):
    with (here / name).open("a") as file:
        file.write("x")
    return (here / name).stat().st_size

@app.task
def killed_once(number):
    if begun(f"begun-{{number}}") == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    (here / f"done-{{number}}").touch()

@app.task
def kills_always():
    begun("begun")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def _worked(send: str, *, set_up: bool) -> tuple[int, int]:
    """Send tasks to a worker; return how often one was begun and how many were done."""
    port = free_port()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(SETTINGS, folder)
        text = APPLICATION.format(port=port, set_up=set_up)
        (folder / "application.py").write_text(text, "utf-8")
        server = ["redis-server", "--port", str(port), "--save", ""]
        options = ["--concurrency", "2", "--without-gossip", "--without-mingle", "--loglevel=error"]
        worker = module("celery", "--app", "application", "worker", *options)
        client = [sys.executable, "-c", f"from application import *; {send}"]
        with running(server, folder, port), running(client, folder), running(worker, folder):
            time.sleep(WATCHED_S)
            begun = sum(path.stat().st_size for path in folder.glob("begun*"))
            return begun, len(list(folder.glob("done*")))


def _killed_once(set_up: bool) -> Figures:
    begun, done = _worked("[killed_once.delay(n) for n in range(4)]", set_up=set_up)
    return {"tasks begun": begun, "of 4 done": done}


def _kills_always(set_up: bool) -> Figures:
    begun, done = _worked("kills_always.delay()", set_up=set_up)
    return {"workers killed within 12 s": begun, "done": done}


TRIALS = [
    Trial(
        "killed-once",
        "four tasks, each killed by SIGKILL the first time it runs",
        ("celery", "redis"),
        _killed_once,
        lambda without, with_it: with_it["of 4 done"] > without["of 4 done"],
    ),
    Trial(
        "kills-always",
        "one task that kills its worker each time it runs",
        ("celery", "redis"),
        _kills_always,
        lambda without, with_it: (
            with_it["workers killed within 12 s"] <= without["workers killed within 12 s"]
        ),
        helps=False,
    ),
]
