"""What servers, workers and supervisors print from their start to their end.

Usage: service_lives.py SCENARIO... Prints every record as a JSON line, its prefix taken off, a mark
before each scenario. It runs under any Python from 3.8 on, so that old versions can be heard, too.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from database_faults import free_port
from spoken import play, record_of

LIMIT_S = 30

GUNICORN_HEAD = r"\[[-\d: +]+\] \[\d+\] \[(?P<level>[A-Z]+)\] "
UVICORN_HEAD = r"(?P<level>[A-Z]+): +"
CELERY_HEAD = r"\[[-\d: ,]+: (?P<level>[A-Z]+)/[\w-]+\] |(?= ?-{14} |worker: )"
SUPERVISORD_HEAD = r"[-\d]+ [\d:,]+ (?P<level>[A-Z]{4}) "
PM2_HEAD = r"[-\dT:]+: (?=PM2 (?:log|error): )"
LEVELS = {"WARN": "warning", "CRIT": "critical", "INFO": "info", "ERRO": "error"}


class Life:
    """A program that runs in a folder of its own, and all that it printed."""

    def __init__(self, folder: Path, process: subprocess.Popen[bytes], log: Path) -> None:
        self.folder = folder
        self.process = process
        self.log = log

    def printed(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def wait_for(self, text: str, times: int = 1) -> str:
        """Wait until it has printed the pattern so often; return the last match."""
        until = time.monotonic() + LIMIT_S
        while time.monotonic() < until:
            found = re.findall(text, self.printed())
            if len(found) >= times:
                return str(found[-1])
            time.sleep(0.05)
        raise TimeoutError(f"it never printed {text!r}:\n{self.printed()}")

    def also(self, *command: str) -> None:
        """Run a command that speaks to it."""
        environment = {**os.environ, "PM2_HOME": str(self.folder / "pm2")}
        subprocess.run(command, env=environment, capture_output=True, timeout=LIMIT_S, check=True)

    def stop_group(self) -> None:
        """Ask all its processes at once, as systemd does."""
        os.killpg(self.process.pid, signal.SIGTERM)

    def stop(self, number: int = signal.SIGTERM) -> None:
        """Ask it to stop, and wait until it has."""
        self.process.send_signal(number)
        self.process.wait(LIMIT_S)


@contextmanager
def run(*command: str, head: str, files: dict[str, str], log: str = "") -> Iterator[Life]:
    """Run a program on these files; print its records when it has ended."""
    folder = Path(tempfile.mkdtemp())
    for name, text in files.items():
        (folder / name).write_text(text.replace("{folder}", str(folder)))
    environment = dict(
        os.environ,
        C_FORCE_ROOT="1",
        PM2_HOME=str(folder / "pm2"),
        PM2_WORKER_INTERVAL="500",
        PYTHONPATH=str(folder),
    )
    with (folder / "printed").open("wb") as out:
        process = subprocess.Popen(
            [part.replace("{folder}", str(folder)) for part in command],
            cwd=folder,
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    life = Life(folder, process, folder / (log or "printed"))
    try:
        yield life
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # its children, too
        process.wait()
        records_of(life.printed(), re.compile(head))
        shutil.rmtree(folder, ignore_errors=True)


def records_of(printed: str, head: re.Pattern[str]) -> None:
    """Print each record: it begins where *head* matches a line and goes on to the next."""
    record: list[str] = []
    level = ""
    for line in [*printed.splitlines(), None]:
        begins = head.match(line) if line is not None else None
        if (begins or line is None) and record:
            record_of("\n".join(record).strip(), severity=level)
            record = []
        if line is not None and begins:
            word = begins.groupdict().get("level") or ""
            record, level = [line[begins.end() :]], LEVELS.get(word, word.lower())
        elif line is not None and record:
            record.append(line)


# gunicorn

GUNICORN_APP = """
import os, time

def app(environ, start_response):
    if environ["PATH_INFO"] == "/hang":
        time.sleep(30)
    start_response("200 OK", [])
    return [b"ok"]
"""


def gunicorn(*options: str, port: int) -> tuple[str, ...]:
    run_it = (sys.executable, "-m", "gunicorn.app.wsgiapp")  # gunicorn 20 has no __main__
    return (*run_it, "shop:app", "-b", f"127.0.0.1:{port}", *options)


BOOTED = r"Booting worker with pid: (\d+)"


def gunicorn_killed() -> None:
    command = gunicorn(port=free_port())
    with run(*command, head=GUNICORN_HEAD, files={"shop.py": GUNICORN_APP}) as life:
        os.kill(int(life.wait_for(BOOTED)), signal.SIGKILL)
        life.wait_for(BOOTED, times=2)
        os.kill(int(life.wait_for(BOOTED)), signal.SIGTERM)
        life.wait_for(BOOTED, times=3)
        life.stop()


def gunicorn_hung() -> None:
    port = free_port()
    command = gunicorn("--timeout", "1", port=port)
    with run(*command, head=GUNICORN_HEAD, files={"shop.py": GUNICORN_APP}) as life:
        life.wait_for(BOOTED)
        ask(port, "/hang")
        life.wait_for(BOOTED, times=2)
        life.stop(signal.SIGINT)


def gunicorn_reloaded() -> None:
    with run(
        *gunicorn(port=free_port()), head=GUNICORN_HEAD, files={"shop.py": GUNICORN_APP}
    ) as life:
        life.wait_for(BOOTED)
        life.process.send_signal(signal.SIGHUP)
        life.wait_for(BOOTED, times=2)
        time.sleep(0.5)
        life.stop(signal.SIGQUIT)


def gunicorn_port_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        command = gunicorn(port=held.getsockname()[1])
        with run(*command, head=GUNICORN_HEAD, files={"shop.py": GUNICORN_APP}) as life:
            life.wait_for("(?i)already in use|Connection in use")
            time.sleep(1.5)  # it tries once more after a second
            life.process.terminate()


def gunicorn_no_app() -> None:
    files = {"shop.py": "import shop_missing\n"}
    with run(*gunicorn(port=free_port()), head=GUNICORN_HEAD, files=files) as life:
        life.process.wait(LIMIT_S)


def ask(port: int, path: str) -> None:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10).read()
    except OSError:
        return


# uvicorn

UVICORN_APP = """
async def app(scope, receive, send):
    if scope["type"] != "http":
        raise AssertionError
"""


UVICORN_BROKEN = """
async def app(scope, receive, send):
    await receive()
    raise RuntimeError("no database")
"""


def uvicorn(*options: str, port: int) -> tuple[str, ...]:
    return (sys.executable, "-m", "uvicorn", "shop:app", "--port", str(port), *options)


def uvicorn_stopped() -> None:
    command = uvicorn(port=free_port())
    with run(*command, head=UVICORN_HEAD, files={"shop.py": UVICORN_APP}) as life:
        life.wait_for("Uvicorn running on")
        life.stop()


def uvicorn_workers() -> None:
    command = uvicorn("--workers", "2", port=free_port())
    with run(*command, head=UVICORN_HEAD, files={"shop.py": UVICORN_APP}) as life:
        life.wait_for(r"Application startup complete|ASGI 'lifespan'", times=2)
        life.wait_for(r"Started server process \[(\d+)\]", times=2)
        time.sleep(0.5)
        life.stop()


def uvicorn_killed() -> None:
    command = uvicorn("--workers", "2", port=free_port())
    started = r"Started server process \[(\d+)\]"
    with run(*command, head=UVICORN_HEAD, files={"shop.py": UVICORN_APP}) as life:
        life.wait_for(started, times=2)
        time.sleep(1)
        os.kill(int(life.wait_for(started, times=2)), signal.SIGKILL)
        life.wait_for(started, times=3)
        life.stop()


def uvicorn_no_start() -> None:
    command = uvicorn("--workers", "2", "--lifespan", "on", port=free_port())
    with run(*command, head=UVICORN_HEAD, files={"shop.py": UVICORN_BROKEN}) as life:
        life.process.wait(LIMIT_S)


def uvicorn_reload() -> None:
    command = uvicorn("--reload", port=free_port())
    with run(*command, head=UVICORN_HEAD, files={"shop.py": UVICORN_APP}) as life:
        life.wait_for("Started server process")
        time.sleep(0.5)
        life.stop()


def uvicorn_port_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        command = uvicorn(port=held.getsockname()[1])
        with run(*command, head=UVICORN_HEAD, files={"shop.py": UVICORN_APP}) as life:
            life.process.wait(LIMIT_S)


# FastAPI

FASTAPI_APP = """
import asyncio
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()

class Amount(BaseModel):
    amount: int

@app.get("/bad", response_model=Amount)
async def bad():
    return {"amount": "x"}

@app.get("/slow")
async def slow():
    await asyncio.sleep(30)
"""


def fastapi_served() -> None:
    port = free_port()
    command = uvicorn("--timeout-graceful-shutdown", "1", port=port)
    with run(*command, head=UVICORN_HEAD, files={"shop.py": FASTAPI_APP}) as life:
        life.wait_for("Uvicorn running on")
        ask(port, "/bad")
        with socket.create_connection(("127.0.0.1", port)) as stranger:
            stranger.sendall(b"\x16\x03\x01\r\n\r\n")
            stranger.recv(1)
        with socket.create_connection(("127.0.0.1", port)) as waiting:
            waiting.sendall(b"GET /slow HTTP/1.1\r\nHost: shop\r\n\r\n")
            time.sleep(0.5)
            life.stop()


# celery

CELERY_APP = """
from celery import Celery

app = Celery("shop", broker="memory://")
"""


def celery(*command: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "celery", "-A", "shop", *command, "-l", "INFO")


def celery_stopped() -> None:
    command = celery("worker", "-c", "1")
    with run(*command, head=CELERY_HEAD, files={"shop.py": CELERY_APP}) as life:
        life.wait_for(r" ready\.")
        life.stop_group()
        life.wait_for("exited with")  # some versions wait for the process that has ended


def celery_dropped() -> None:
    command = celery("worker", "-c", "1", "-P", "solo")
    with run(*command, head=CELERY_HEAD, files={"shop.py": CELERY_APP}) as life:
        life.wait_for(r" ready\.")
        life.stop(signal.SIGQUIT)


def celery_killed() -> None:
    command = celery("worker", "-c", "1")
    with run(*command, head=CELERY_HEAD, files={"shop.py": CELERY_APP}) as life:
        life.wait_for(r" ready\.")
        children = f"/proc/{life.process.pid}/task/{life.process.pid}/children"
        os.kill(int(Path(children).read_text().split()[0]), signal.SIGKILL)
        life.wait_for("exited with")


def celery_beat() -> None:
    with run(*celery("beat"), head=CELERY_HEAD, files={"shop.py": CELERY_APP}) as life:
        life.wait_for("beat: Starting")
        time.sleep(2)  # it makes its file of times
        life.stop()


# supervisord

SUPERVISORD = """
[unix_http_server]
file={folder}/control
[supervisord]
logfile={folder}/supervisord.log
pidfile={folder}/pid
nodaemon=true
[program:crash]
command=bash -c "exit 3"
startsecs=0
autorestart=false
[program:done]
command=bash -c "exit 0"
startsecs=0
autorestart=false
[program:killed]
command=bash -c "kill -9 $$"
startsecs=0
autorestart=false
[program:ended]
command=bash -c "kill -15 $$"
startsecs=0
autorestart=false
[program:shell]
command=bash -c "exit 143"
startsecs=0
autorestart=false
[program:quick]
command=bash -c "exit 1"
startretries=1
[program:missing]
command=/opt/bot/no-such-program
startretries=0
[program:locked]
command={folder}/supervisord.conf
startretries=0
[program:calm]
command=sleep 60
[program:stubborn]
command=bash -c "trap '' TERM; while :; do sleep 0.1; done"
stopwaitsecs=1
"""


def supervisord_all() -> None:
    command = (sys.executable, "-m", "supervisor.supervisord", "-c", "{folder}/supervisord.conf")
    files = {"supervisord.conf": SUPERVISORD}
    with run(*command, head=SUPERVISORD_HEAD, files=files, log="supervisord.log") as life:
        for text in ("gave up: quick", "gave up: missing", "success: stubborn"):
            life.wait_for(text)
        life.stop()


# PM2

PM2_PROGRAMS = {
    "crash": {"script": "crash.sh", "autorestart": False},
    "done": {"script": "done.sh", "autorestart": False},
    "killed": {"script": "killed.sh", "autorestart": False},
    "fault": {"script": "fault.sh", "autorestart": False},
    "quick": {"script": "crash.sh", "max_restarts": 2, "min_uptime": 5000},
    "stubborn": {"script": "stubborn.sh", "kill_timeout": 500},
    "large": {"script": "large.js", "max_memory_restart": "20M"},
    "calm": {"script": "calm.py"},
}
INTERPRETERS = {".sh": "bash", ".js": "node", ".py": sys.executable}
PM2_FILES = {
    "crash.sh": "exit 3\n",
    "done.sh": "exit 0\n",
    "killed.sh": "kill -9 $$\n",
    "fault.sh": "kill -SEGV $$\n",
    "stubborn.sh": "trap '' INT TERM; while :; do sleep 0.1; done\n",
    "calm.py": "import time; time.sleep(60)\n",
    "large.js": "const kept = Buffer.alloc(2e8, 1); setInterval(() => kept.length, 1000)\n",
}


def pm2_all() -> None:
    apps = [
        {
            "name": name,
            "exec_mode": "fork",
            "interpreter": INTERPRETERS[Path(str(settings["script"])).suffix],
            **settings,
        }
        for name, settings in PM2_PROGRAMS.items()
    ]
    files = {**PM2_FILES, "apps.json": json.dumps({"apps": apps})}
    pm2 = shutil.which("pm2") or ""
    with run(pm2, "start", "apps.json", head=PM2_HEAD, files=files, log="pm2/pm2.log") as life:
        try:
            life.wait_for("too many unstable restarts")
            life.wait_for("exceeds --max-memory-restart")
            life.also(pm2, "delete", "large")
            for name in ("calm", "stubborn"):
                life.also(pm2, "stop", name)
                life.wait_for(rf"App \[{name}:\d+\] exited")
        finally:
            life.also(pm2, "kill")  # its daemon is no child of this process


if __name__ == "__main__":
    play(globals(), sys.argv[1:])
