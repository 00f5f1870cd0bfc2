"""What web servers, schedulers and workers print when an application of theirs fails.

Usage: server_faults.py SCENARIO... Prints every record as a JSON line, a mark before each scenario.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from database_faults import free_port, redis_server, wait_for
from spoken import play, record_of, speak

LOG = logging.getLogger("bot")


def ask(port: int, path: str = "/") -> None:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10).read()
    except OSError:
        return


# Web servers


async def aiohttp_server() -> None:
    from aiohttp import web

    async def broken(_: web.Request) -> web.Response:
        raise KeyError("rate")

    app = web.Application()
    app.router.add_get("/", broken)
    runner = web.AppRunner(app)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.to_thread(ask, port)
    await runner.cleanup()


def uvicorn_server() -> None:
    import uvicorn
    from starlette.applications import Starlette
    from starlette.routing import Route

    async def broken(_: Any) -> Any:
        raise KeyError("rate")

    port = free_port()
    app = Starlette(routes=[Route("/", broken)])
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None))
    thread = threading.Thread(target=server.run)
    thread.start()
    wait_for(port)
    ask(port)
    server.should_exit = True
    thread.join()


def uvicorn_startup() -> None:
    import uvicorn
    from starlette.applications import Starlette

    class Broken:
        async def __aenter__(self) -> None:
            raise KeyError("rate")

        async def __aexit__(self, *_: object) -> None:
            """Have nothing to undo."""

    app = Starlette(lifespan=lambda _: Broken())
    try:
        uvicorn.run(app, port=free_port(), log_config=None)
    except SystemExit:
        LOG.info("ended")


async def port_in_use() -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        try:
            await asyncio.start_server(lambda _r, _w: None, "127.0.0.1", held.getsockname()[1])
        except OSError as error:
            LOG.exception("cannot start")
            LOG.error("Failed to start: %s", error)  # noqa: TRY400 - both spellings are in logs


def flask_server() -> None:
    import flask

    app = flask.Flask("shop")

    @app.route("/")
    def broken() -> str:
        raise KeyError("rate")

    app.test_client().get("/")


def django_server() -> None:
    import django
    from django.conf import settings
    from django.core.handlers.wsgi import WSGIHandler
    from django.test import RequestFactory
    from django.urls import path

    def broken(_: Any) -> Any:
        raise KeyError("rate")

    urls: Any = type(sys)("shop_urls")
    urls.urlpatterns = [path("", broken)]
    sys.modules["shop_urls"] = urls
    hosts = ["testserver"]
    settings.configure(ROOT_URLCONF="shop_urls", ALLOWED_HOSTS=hosts, LOGGING_CONFIG=None)
    django.setup()
    WSGIHandler()(RequestFactory().get("/").environ, lambda *_: None)
    strange = RequestFactory().get("/", HTTP_HOST="evil.example").environ
    WSGIHandler()(strange, lambda *_: None)


GUNICORN_APP = """
import os, time

def app(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/hang":
        time.sleep(30)
    if path == "/exit":
        os._exit(1)
    if path == "/broken":
        raise KeyError("rate")
    start_response("200 OK", [])
    return [b"ok"]
"""


def run_gunicorn(source: str, *paths: str, options: tuple[str, ...] = ()) -> None:
    folder, port = Path(tempfile.mkdtemp()), free_port()
    (folder / "shop.py").write_text(source)
    command = [sys.executable, "-m", "gunicorn.app.wsgiapp", "shop:app", *options]
    command += ["-b", f"127.0.0.1:{port}"]
    server = subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True)
    if paths:
        wait_for(port)
    for path in paths:
        ask(port, path)
        time.sleep(0.5)
    if paths:
        server.send_signal(signal.SIGTERM)
    _, printed = server.communicate(timeout=30)
    shutil.rmtree(folder)
    records_of(printed, GUNICORN_HEAD)


GUNICORN_HEAD = re.compile(r"\[[-\d: +]+\] \[\d+\] \[(?P<level>[A-Z]+)\] ")
CELERY_HEAD = re.compile(r"\[[-\d: ,]+: (?P<level>[A-Z]+)/[\w-]+\] ")


def records_of(printed: str, head: re.Pattern[str]) -> None:
    """Print each record of a server's own format, its prefix taken off."""
    record: list[str] = []
    level = ""
    for line in [*printed.splitlines(), ""]:
        begins = head.match(line)
        if begins:
            if record:
                record_of("\n".join(record).rstrip(), severity=level)
            record, level = [line[begins.end() :]], begins["level"].lower()
        elif record:
            record.append(line)
    if record:
        record_of("\n".join(record).rstrip(), severity=level)


def gunicorn_timeout() -> None:
    run_gunicorn(GUNICORN_APP, "/hang", options=("--timeout", "1"))


def gunicorn_exit() -> None:
    run_gunicorn(GUNICORN_APP, "/exit")


def gunicorn_broken() -> None:
    run_gunicorn(GUNICORN_APP, "/broken")


def gunicorn_boot() -> None:
    run_gunicorn("import shop_missing\n")


# Schedulers and workers


def apscheduler_jobs() -> None:
    from apscheduler.schedulers.background import BackgroundScheduler

    def send_report() -> None:
        raise KeyError("rate")

    def slow() -> None:
        time.sleep(1.5)

    scheduler = BackgroundScheduler(timezone="UTC")
    scheduler.start()
    scheduler.add_job(slow, "interval", seconds=1)
    scheduler.add_job(send_report, "interval", seconds=1)
    time.sleep(2.2)
    scheduler.pause()
    time.sleep(2.2)
    scheduler.resume()
    time.sleep(0.2)
    scheduler.shutdown(wait=True)


CELERY_APP = """
import os, time
from celery import Celery

app = Celery("shop", broker=os.environ["BROKER"])
app.conf.task_ignore_result = True
app.conf.broker_connection_retry_on_startup = True

@app.task
def done():
    return 1

@app.task
def broken():
    raise KeyError("rate")

@app.task(bind=True, max_retries=1)
def retried(self):
    raise self.retry(countdown=0.1, exc=ValueError("no"))

@app.task(soft_time_limit=1, time_limit=60)
def slow():
    time.sleep(30)
"""


def run_celery(
    broker: str,
    *tasks: str,
    until: str,
    act: Callable[[], None] = lambda: None,
    ready: str = " ready.",
) -> None:
    """Run a worker, send it the tasks and act when it is ready; stop it once it says *until*."""
    folder = Path(tempfile.mkdtemp())
    (folder / "shop.py").write_text(CELERY_APP)
    environment = {**os.environ, "BROKER": broker, "C_FORCE_ROOT": "1", "PYTHONPATH": str(folder)}
    command = [sys.executable, "-m", "celery", "-A", "shop", "worker", "-c", "1", "-l", "INFO"]
    log = folder / "log"
    where: Any = {"cwd": folder, "env": environment}
    with log.open("w") as out:
        worker = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, **where)
    wait_until(log, ready)
    for task in tasks:
        send = f"import shop; shop.{task}.delay()"
        subprocess.run([sys.executable, "-c", send], check=True, **where)
    act()
    wait_until(log, until)
    worker.send_signal(signal.SIGTERM)
    try:
        worker.wait(timeout=15)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()
    records_of(log.read_text(), CELERY_HEAD)
    shutil.rmtree(folder, ignore_errors=True)


def wait_until(log: Path, text: str) -> None:
    for _ in range(300):
        if text in log.read_text():
            return
        time.sleep(0.1)


def celery_refused() -> None:
    retry = "Trying again in"
    for broker in ("redis://127.0.0.1:{}/0", "amqp://guest:guest@127.0.0.1:{}//"):
        run_celery(broker.format(free_port()), ready=retry, until=retry)


def celery_tasks() -> None:
    with redis_server() as port:
        where = f"redis://127.0.0.1:{port}/0"
        run_celery(where, "done", "broken", "retried", "slow", until="SoftTimeLimitExceeded()")


def celery_broker_lost() -> None:
    import redis

    with redis_server() as port:
        stop = redis.Redis(port=port).shutdown
        where = f"redis://127.0.0.1:{port}/0"
        run_celery(where, until="Trying again in", act=lambda: stop(nosave=True))


def celery_drift() -> None:
    """Let a worker hear of another whose clock is behind: the event is what such a one sends."""
    from celery.events.state import State

    now = time.time()
    event = {"hostname": "celery@w", "timestamp": now - 41, "local_received": now, "freq": 2}
    State().event({**event, "type": "worker-heartbeat", "clock": 1, "utcoffset": 0, "pid": 7})


def pika_refused() -> None:
    import pika

    try:
        pika.BlockingConnection(pika.ConnectionParameters("127.0.0.1", free_port()))
    except Exception:
        LOG.exception("cannot publish")


def kombu_refused() -> None:
    import kombu

    try:
        kombu.Connection(f"amqp://guest@127.0.0.1:{free_port()}//").connect()
    except Exception as error:
        LOG.exception("cannot publish")
        LOG.error("Failed to publish: %s", error)  # noqa: TRY400


# asyncio


async def other_loop() -> None:
    other = asyncio.new_event_loop()
    waiting = other.create_future()

    async def wait() -> None:
        await waiting

    try:
        await asyncio.create_task(wait(), name="worker-7")
    except RuntimeError:
        LOG.exception("cannot wait")
    other.close()


async def nested_loop() -> None:
    async def nothing() -> None:
        """End at once."""

    for run in (asyncio.run, asyncio.get_running_loop().run_until_complete):
        work = nothing()
        try:
            run(work)
        except RuntimeError:
            LOG.exception("cannot run")
        work.close()


def no_loop() -> None:
    def work() -> None:
        try:
            asyncio.get_event_loop()
        except RuntimeError:
            LOG.exception("cannot run")

    thread = threading.Thread(target=work, name="Thread-1 (work)")
    thread.start()
    thread.join()


async def failed_callback() -> None:
    def send_report() -> None:
        raise KeyError("rate")

    asyncio.get_running_loop().call_soon(send_report)
    await asyncio.sleep(0.05)


async def full_queue() -> None:
    queue: asyncio.Queue[int] = asyncio.Queue(maxsize=1)
    try:
        queue.put_nowait(1)
        queue.put_nowait(2)
    except asyncio.QueueFull:
        LOG.exception("cannot queue")


async def lost_peer() -> None:
    peers: list[asyncio.StreamWriter] = []

    async def take(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peers.append(writer)

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    _, writer = await asyncio.open_connection("127.0.0.1", server.sockets[0].getsockname()[1])
    await asyncio.sleep(0.05)
    peers[0].transport.abort()
    await asyncio.sleep(0.05)
    for _ in range(20):
        writer.write(b"x")
    server.close()


if __name__ == "__main__":
    speak()
    play(globals(), sys.argv[1:])
