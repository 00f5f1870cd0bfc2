"""Faults of asyncio, aiohttp, sqlite3 and the machine, triggered on purpose.

Usage: library_faults.py SCENARIO. Prints every record as a JSON line; what the interpreter prints
itself goes to standard error.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import resource
import socket
import sqlite3
import sys
import tempfile
import threading
import warnings
from pathlib import Path
from typing import BinaryIO

import aiohttp
from aiohttp import web
from spoken import speak

LOG = logging.getLogger("bot")
MEGABYTE = 1024 * 1024


def database() -> Path:
    path = Path(tempfile.mkdtemp()) / "bot.db"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)")
    return path


async def local_server() -> tuple[web.AppRunner, str]:
    app = web.Application()

    async def answer(_: web.Request) -> web.Response:
        return web.Response(text="ok")

    async def hang(_: web.Request) -> web.Response:
        await asyncio.sleep(30)
        return web.Response()

    app.router.add_get("/", answer)
    app.router.add_get("/hang", hang)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, shutdown_timeout=0.1).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}"


async def unclosed_session() -> None:
    runner, url = await local_server()
    session = aiohttp.ClientSession()
    response = await session.get(url)
    await response.text()
    del session, response
    gc.collect()
    await runner.cleanup()


async def total_timeout() -> None:
    runner, url = await local_server()
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=0.1)) as session:
        try:
            await session.get(url + "/hang")
        except asyncio.TimeoutError:  # noqa: UP041 - another class before Python 3.11
            LOG.exception("request failed")
    await runner.cleanup()


async def refused() -> None:
    async with aiohttp.ClientSession() as session:
        try:
            await session.get("http://127.0.0.1:1/")
        except aiohttp.ClientError:
            LOG.exception("request failed")


async def refused_plain() -> None:
    try:
        await asyncio.open_connection("127.0.0.1", 1)
    except OSError:
        LOG.exception("cannot reach the queue")


async def no_such_host() -> None:
    async with aiohttp.ClientSession() as session:
        try:
            await session.get("http://host.invalid/")
        except aiohttp.ClientError:
            LOG.exception("request failed")


def no_such_host_plain() -> None:
    try:
        socket.getaddrinfo("host.invalid", 443)
    except OSError:
        LOG.exception("lookup failed")


async def reset() -> None:
    async def slam(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = writer.get_extra_info("socket")
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        writer.transport.abort()

    server = await asyncio.start_server(slam, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"x")
        await asyncio.sleep(0.05)
        await reader.read(1)
    except OSError:
        LOG.exception("peer went away")
    server.close()


async def never_retrieved() -> None:
    async def save() -> None:
        with sqlite3.connect(PATH, timeout=0.01) as db:
            db.execute("INSERT INTO users (name) VALUES ('a')")

    async def broken() -> None:
        raise ValueError("kaboom")

    blocker = sqlite3.connect(PATH, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    tasks = [asyncio.create_task(save()), asyncio.create_task(broken(), name="worker-7")]
    await asyncio.sleep(0.2)
    tasks.clear()
    gc.collect()
    future = asyncio.get_running_loop().create_future()
    future.set_exception(RuntimeError("x"))
    del future
    gc.collect()
    blocker.close()


def never_awaited() -> None:
    async def send() -> None:
        """Do nothing: nobody waits for it."""

    warnings.simplefilter("always")
    send()
    gc.collect()


async def destroyed_pending() -> None:
    async def waits() -> None:
        await asyncio.get_running_loop().create_future()

    asyncio.create_task(waits(), name="orphan")  # noqa: RUF006 - losing it is the point
    await asyncio.sleep(0.05)
    gc.collect()
    await asyncio.sleep(0.05)


async def slow_callback() -> None:
    asyncio.get_running_loop().set_debug(True)

    async def slow() -> None:
        threading.Event().wait(0.3)

    await asyncio.create_task(slow(), name="slow-task")


def closed_loop() -> None:
    loop = asyncio.new_event_loop()
    loop.close()
    try:
        loop.call_soon(print)
    except RuntimeError:
        LOG.exception("late callback")


async def cancelled() -> None:
    async def forever() -> None:
        await asyncio.sleep(60)

    task = asyncio.create_task(forever())
    await asyncio.sleep(0.01)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        LOG.warning("worker stopped", exc_info=True)


async def descriptors() -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40))
    path = database()
    held = []
    try:
        while True:
            held.append(path.open("rb"))
    except OSError:
        LOG.exception("cannot open the file")
    gc.collect()  # what is collected later would give a descriptor back
    held += hold_all_descriptors()
    try:
        sqlite3.connect(path).execute("SELECT 1")
    except sqlite3.OperationalError:
        LOG.exception("cannot save")
    async with aiohttp.ClientSession() as session:
        gc.collect()
        held += hold_all_descriptors()
        try:
            await session.get("http://127.0.0.1:9/")
        except aiohttp.ClientError:
            LOG.exception("request failed")


def hold_all_descriptors() -> list[BinaryIO]:
    held: list[BinaryIO] = []
    try:
        while True:
            held.append(Path("/dev/null").open("rb"))  # noqa: SIM115 - held on purpose
    except OSError:
        return held


async def accept_storm() -> None:
    server = await asyncio.start_server(lambda _r, _w: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    client = socket.socket()
    client.setblocking(False)
    resource.setrlimit(resource.RLIMIT_NOFILE, (30, 30))
    held = hold_all_descriptors()
    client.connect_ex(("127.0.0.1", port))
    await asyncio.sleep(0.2)
    server.close()
    for each in held:
        each.close()


def memory() -> None:
    used = 400 * MEGABYTE
    resource.setrlimit(resource.RLIMIT_AS, (used, used))
    try:
        bytearray(1024 * MEGABYTE)
    except MemoryError:
        LOG.exception("report failed")


def recursion() -> None:
    def again(depth: int) -> int:
        return again(depth + 1)

    try:
        again(0)
    except RecursionError:
        LOG.exception("cannot render")


def no_thread() -> None:
    used = 300 * MEGABYTE
    resource.setrlimit(resource.RLIMIT_AS, (used, used))
    done = threading.Event()
    try:
        for _ in range(1000):
            threading.Thread(target=done.wait, daemon=True).start()
    except RuntimeError:
        LOG.exception("cannot start")
    done.set()


def sqlite_faults() -> None:
    path = database()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    attempt(path, "INSERT INTO users (name) VALUES ('a')")
    other.close()
    attempt(path, "SELECT * FROM orders")
    attempt(path, "SELECT email FROM users")
    path.chmod(0o444)
    read_only = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    attempt(path, "INSERT INTO users (name) VALUES ('a')", read_only)
    small = sqlite3.connect(database())
    small.execute("PRAGMA max_page_count = 2")
    attempt(path, f"INSERT INTO users (name) VALUES ('{'x' * 20000}')", small)  # noqa: S608
    try:
        sqlite3.connect("/nonexistent/bot.db")
    except sqlite3.Error:
        LOG.exception("cannot save")
    damaged = database()
    with sqlite3.connect(damaged) as db:
        db.executemany("INSERT INTO users (name) VALUES (?)", [("x" * 500,)] * 500)
    data = bytearray(damaged.read_bytes())
    data[4096:40960] = b"\xff" * (40960 - 4096)
    damaged.write_bytes(data)
    attempt(damaged, "SELECT * FROM users")
    wrong = Path(tempfile.mkdtemp()) / "bot.db"
    wrong.write_bytes(b"not a database, surely" * 300)
    attempt(wrong, "SELECT * FROM users")


def attempt(path: Path, sql: str, db: sqlite3.Connection | None = None) -> None:
    try:
        (db or sqlite3.connect(path, timeout=0.05)).execute(sql).fetchall()
    except sqlite3.Error:
        LOG.exception("cannot save")


async def aiosqlite_locked() -> None:
    import aiosqlite

    path = database()
    async with aiosqlite.connect(path) as one, aiosqlite.connect(path, timeout=0.05) as two:
        await one.execute("BEGIN IMMEDIATE")
        try:
            await two.execute("INSERT INTO users (name) VALUES ('a')")
        except sqlite3.OperationalError:
            LOG.exception("cannot save")


def sqlalchemy_locked() -> None:
    import sqlalchemy

    path = database()
    blocker = sqlite3.connect(path, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    engine = sqlalchemy.create_engine(f"sqlite:///{path}", connect_args={"timeout": 0.05})
    try:
        with engine.begin() as db:
            db.execute(sqlalchemy.text("INSERT INTO users (name) VALUES (:n)"), {"n": "bob"})
    except sqlalchemy.exc.OperationalError as error:
        LOG.exception("cannot save")
        LOG.error("cannot save: %s", error)  # noqa: TRY400 - both spellings are in real logs


def disk_full() -> None:
    try:
        with Path("/dev/full").open("w") as full:
            full.write("x")
    except OSError:
        LOG.exception("cannot write the backup")


def logging_error() -> None:
    stream = Path("/dev/full").open("w")  # noqa: SIM115 - closed by nobody: the disk is full
    logging.getLogger("bot").addHandler(logging.StreamHandler(stream))
    LOG.warning("hello there %s", "friend")


def bad_module() -> None:
    import aiogram_contrib_missing  # noqa: F401


def bad_syntax() -> None:
    path = Path(tempfile.mkdtemp()) / "bot.py"
    path.write_text("def main(:\n    pass\n")
    compile(path.read_text(), str(path), "exec")


def fatal() -> None:
    import faulthandler

    faulthandler.enable()
    faulthandler._sigsegv()


PATH = database()
SCENARIOS = {
    name: function
    for name, function in list(globals().items())
    if callable(function) and getattr(function, "__module__", "") == "__main__"
}

if __name__ == "__main__":
    speak()
    wanted = SCENARIOS[sys.argv[1]]
    if asyncio.iscoroutinefunction(wanted):
        asyncio.run(wanted())
    else:
        wanted()
