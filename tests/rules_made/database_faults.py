"""Faults of databases and of what speaks to them, triggered on purpose.

Usage: database_faults.py SCENARIO... Prints every record as a JSON line, a mark before each
scenario. `postgres_*` start a real PostgreSQL of their own, `redis_*` a real Redis.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from spoken import play, record_of, speak

LOG = logging.getLogger("bot")
OWNER = "nobody"
"""Who runs the servers where this script is root: PostgreSQL refuses to."""
QUIET: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def report(error: Exception) -> None:
    """Log the error in the two spellings that real bots use. Call it while it is handled."""
    LOG.exception("cannot save")  # noqa: LOG004 - called while the error is handled
    LOG.error("Failed to save: %s", error)


def attempt(work: Callable[[], Any]) -> None:
    try:
        work()
    except Exception as error:  # noqa: BLE001 - each library has its own
        report(error)


async def attempt_async(work: Coroutine[Any, Any, Any]) -> None:
    try:
        await work
    except Exception as error:  # noqa: BLE001
        report(error)


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def as_owner() -> dict[str, Any]:
    return {"user": OWNER} if os.getuid() == 0 else {}


def owned_folder() -> Path:
    folder = Path(tempfile.mkdtemp())
    if os.getuid() == 0:
        shutil.chown(folder, OWNER)
    return folder


# SQLite


def sqlite_constraint() -> None:
    db = sqlite3.connect(":memory:")
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, CHECK (id < 9))")
    db.execute("CREATE TABLE orders (user_id INTEGER REFERENCES users)")
    db.execute("INSERT INTO users VALUES (1, 'a')")
    attempt(lambda: db.execute("INSERT INTO users VALUES (1, 'b')"))
    attempt(lambda: db.execute("INSERT INTO users VALUES (2, NULL)"))
    attempt(lambda: db.execute("INSERT INTO orders VALUES (7)"))
    attempt(lambda: db.execute("INSERT INTO users VALUES (10, 'a')"))


def sqlite_thread() -> None:
    db = sqlite3.connect(":memory:")
    thread = threading.Thread(target=attempt, args=(lambda: db.execute("SELECT 1"),))
    thread.start()
    thread.join()


def sqlite_closed() -> None:
    db = sqlite3.connect(":memory:")
    db.close()
    attempt(lambda: db.execute("SELECT 1"))


def sqlite_table_locked() -> None:
    name = "file:shared?mode=memory&cache=shared"
    one, two = sqlite3.connect(name, uri=True), sqlite3.connect(name, uri=True)
    one.execute("CREATE TABLE users (id INTEGER)")
    one.commit()
    one.execute("INSERT INTO users VALUES (1)")
    attempt(lambda: two.execute("SELECT * FROM users").fetchall())


async def aiosqlite_closed() -> None:
    import aiosqlite

    db = await aiosqlite.connect(":memory:")
    await db.close()

    async def late() -> None:
        await db.execute("SELECT 1")

    await attempt_async(late())


# SQLAlchemy


def users() -> tuple[Any, Any]:
    """Return an engine with one user in it, and the class of its rows."""
    import sqlalchemy as sa
    from sqlalchemy.orm import declarative_base, relationship

    base = declarative_base()
    fields = {
        "__tablename__": "users",
        "id": sa.Column(sa.Integer, primary_key=True),
        "name": sa.Column(sa.String),
        "friend_id": sa.Column(sa.ForeignKey("users.id")),
    }
    user: Any = type("User", (base,), fields)
    user.friend = relationship(user, remote_side=user.id)
    path = Path(tempfile.mkdtemp()) / "bot.db"
    engine = sa.create_engine(f"sqlite:///{path}")
    base.metadata.create_all(engine)
    with engine.begin() as db:
        db.execute(sa.insert(user), {"id": 1, "name": "bob"})
    return engine, user


def sqlalchemy_pending() -> None:
    from sqlalchemy.orm import Session

    engine, user = users()
    session = Session(engine)
    session.add(user(id=1))
    attempt(session.flush)
    attempt(lambda: session.get(user, 1))


def sqlalchemy_detached() -> None:
    from sqlalchemy.orm import Session

    engine, user = users()
    with Session(engine) as session:
        found = session.get(user, 1)
        session.commit()
    attempt(lambda: found.name)
    with Session(engine) as session:
        found = session.get(user, 1)
    attempt(lambda: found.friend)


def sqlalchemy_stale() -> None:
    import sqlalchemy as sa
    from sqlalchemy.orm import Session

    engine, user = users()
    session = Session(engine)
    found = session.get(user, 1)
    found.name = "alice"
    with engine.begin() as db:
        db.execute(sa.delete(user))
    attempt(session.flush)


async def sqlalchemy_greenlet() -> None:
    from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

    engine, user = users()
    other = create_async_engine(str(engine.url).replace("sqlite:", "sqlite+aiosqlite:"))
    async with AsyncSession(other) as session:
        found = await session.get(user, 1)
        await session.commit()
        attempt(lambda: found.name)
    await other.dispose()


async def sqlalchemy_collected() -> None:
    from sqlalchemy.ext.asyncio import create_async_engine

    path = Path(tempfile.mkdtemp()) / "bot.db"
    engine = create_async_engine(f"sqlite+aiosqlite:///{path}")
    await engine.connect()
    gc.collect()
    await asyncio.sleep(0.1)
    await engine.dispose()


def sqlalchemy_pool() -> None:
    import sqlalchemy as sa

    path = Path(tempfile.mkdtemp()) / "bot.db"
    options: Any = {"pool_size": 1, "max_overflow": 0, "pool_timeout": 0.1}
    engine = sa.create_engine(f"sqlite:///{path}", poolclass=sa.pool.QueuePool, **options)
    with engine.connect():
        attempt(engine.connect)


# PostgreSQL


@dataclass(frozen=True)
class Postgres:
    """A server that runs."""

    port: int
    data: Path
    log: Path

    @property
    def pid(self) -> int:
        return int((self.data / "postmaster.pid").read_text().split()[0])


@contextmanager
def postgres() -> Iterator[Postgres]:
    """Run a PostgreSQL with a superuser, and a user who needs a password."""
    folder, port = owned_folder(), free_port()
    data = folder / "data"
    how: dict[str, Any] = {**QUIET, **as_owner(), "check": True, "cwd": folder}
    subprocess.run(["initdb", "-D", data, "-U", "root", "-A", "trust", "--no-sync"], **how)
    (data / "pg_hba.conf").write_text(
        "host all bot 127.0.0.1/32 scram-sha-256\nhost all root 127.0.0.1/32 trust\n"
    )
    options = f"-p {port} -k {folder} -c max_connections=4 -c superuser_reserved_connections=1"
    options += " -c fsync=off -c listen_addresses=127.0.0.1 -c deadlock_timeout=100ms"
    log = folder / "log"
    subprocess.run(["pg_ctl", "-D", data, "-w", "-o", options, "-l", log, "start"], **how)
    try:
        yield Postgres(port, data, log)
    finally:
        subprocess.run(["pg_ctl", "-D", data, "-m", "immediate", "stop"], **how)
        shutil.rmtree(folder, ignore_errors=True)


def faults_of_postgres(driver: Any) -> None:
    attempt(lambda: driver.connect(f"host=127.0.0.1 port={free_port()} dbname=shop user=root"))
    attempt(lambda: driver.connect("host=db.invalid dbname=shop user=root"))
    with postgres() as server:
        where = f"host=127.0.0.1 port={server.port}"
        as_root = f"{where} dbname=postgres user=root"
        first = driver.connect(as_root)
        first.autocommit = True
        run_sql(first, "CREATE ROLE bot LOGIN PASSWORD 'secret'")
        run_sql(first, "CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL)")
        run_sql(first, "INSERT INTO users VALUES (1, 'a'), (2, 'b')")
        attempt(lambda: driver.connect(f"{where} dbname=postgres user=bot password=wrong"))
        attempt(lambda: driver.connect(f"{where} dbname=shop user=root"))
        attempt(lambda: driver.connect(f"{where} dbname=postgres user=ghost"))
        attempt(lambda: run_sql(first, "SELECT * FROM orders"))
        attempt(lambda: run_sql(first, "SELECT email FROM users"))
        attempt(lambda: run_sql(first, "INSERT INTO users VALUES (1, 'a')"))
        attempt(lambda: run_sql(first, "INSERT INTO users VALUES (3, NULL)"))
        attempt(lambda: run_sql(first, "SET statement_timeout = '50ms'; SELECT pg_sleep(2)"))
        run_sql(first, "SET statement_timeout = 0")
        held = [driver.connect(as_root) for _ in range(3)]
        attempt(lambda: driver.connect(as_root))
        faults_between(*held[:2])
        run_sql(first, f"SELECT pg_terminate_backend({pid_of(held[2])})")
        time.sleep(0.2)
        attempt(lambda: run_sql(held[2], "SELECT 1"))
        attempt(lambda: run_sql(held[2], "SELECT 1"))
        os.kill(server.pid, signal.SIGTERM)  # it ends when its last client has gone
        time.sleep(0.3)
        attempt(lambda: driver.connect(as_root))


def faults_between(one: Any, two: Any) -> None:
    deadlock(one, two)
    serialize(one, two)
    attempt(lambda: run_sql(one, "SELECT * FROM orders"))
    attempt(lambda: run_sql(one, "SELECT 1"))


def run_sql(connection: Any, sql: str) -> None:
    with connection.cursor() as cursor:
        for each in sql.split("; "):
            cursor.execute(each)


def pid_of(connection: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def rename(user: int) -> str:
    return f"UPDATE users SET name = name || 'x' WHERE id = {user:d}"  # noqa: S608 - a number


def deadlock(one: Any, two: Any) -> None:
    run_sql(one, rename(1))
    run_sql(two, rename(2))
    other = threading.Thread(target=attempt, args=(lambda: run_sql(one, rename(2)),))
    other.start()
    time.sleep(0.2)
    attempt(lambda: run_sql(two, rename(1)))
    other.join()
    one.rollback()
    two.rollback()


def serialize(one: Any, two: Any) -> None:
    for each in (one, two):
        run_sql(each, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SELECT * FROM users")
    run_sql(one, rename(1))
    one.commit()
    attempt(lambda: run_sql(two, rename(1)))
    two.rollback()


POSTGRES_HEAD = re.compile(r"[-\d]{10} [\d:.]{12} \w+ \[\d+\] (?P<level>[A-Z]+):  ")


def postgres_killed() -> None:
    """Kill a process of the server, and print what the server itself writes of it."""
    with postgres() as server:
        where = f"host=127.0.0.1 port={server.port} dbname=postgres user=root"
        client = subprocess.Popen(["psql", where, "-c", "SELECT pg_sleep(30)"], **QUIET)
        time.sleep(0.5)
        pids = ["psql", where, "-Atc", "SELECT pid FROM pg_stat_activity WHERE query ~ '[3]0'"]
        pid = subprocess.run(pids, capture_output=True, text=True, check=True).stdout
        os.kill(int(pid), signal.SIGKILL)
        client.wait()
        time.sleep(0.5)
        logged = server.log.read_text()
    for line in logged.splitlines():
        begins = POSTGRES_HEAD.match(line)
        if begins:
            level = "error" if begins["level"] in {"ERROR", "FATAL", "PANIC"} else "info"
            record_of(line[begins.end() :], level, program="postgres")


def postgres_psycopg() -> None:
    import psycopg

    faults_of_postgres(psycopg)


def postgres_psycopg2() -> None:
    import psycopg2

    faults_of_postgres(psycopg2)


async def postgres_asyncpg() -> None:
    import asyncpg

    await attempt_async(asyncpg.connect(host="127.0.0.1", port=free_port(), user="root"))
    with postgres() as server:
        where: dict[str, Any] = {"host": "127.0.0.1", "port": server.port}
        as_root = {**where, "user": "root", "database": "postgres"}
        first, second, third = [await asyncpg.connect(**as_root) for _ in range(3)]
        await first.execute("CREATE ROLE bot LOGIN PASSWORD 'secret'")
        await first.execute("CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL)")
        await first.execute("INSERT INTO users VALUES (1, 'a'), (2, 'b')")
        as_bot = {**where, "user": "bot", "database": "postgres", "password": "wrong"}
        await attempt_async(asyncpg.connect(**as_bot))
        await attempt_async(asyncpg.connect(**where, user="root", database="shop"))
        await attempt_async(first.execute("SELECT * FROM orders"))
        await attempt_async(first.execute("SELECT email FROM users"))
        await attempt_async(first.execute("INSERT INTO users VALUES (1, 'a')"))
        await first.execute("SET statement_timeout = '50ms'")
        await attempt_async(first.execute("SELECT pg_sleep(2)"))
        await first.execute("SET statement_timeout = 0")
        await asyncio.gather(*[attempt_async(first.fetch("SELECT pg_sleep(0.1)")) for _ in "ab"])
        await asyncio.gather(attempt_async(cross(second, 1, 2)), attempt_async(cross(third, 2, 1)))
        held = await asyncpg.connect(**as_root)
        await attempt_async(asyncpg.connect(**as_root))
        await held.close()
        sleeping = asyncio.create_task(attempt_async(third.execute("SELECT pg_sleep(5)")))
        await asyncio.sleep(0.1)
        await first.execute(f"SELECT pg_terminate_backend({third.get_server_pid()})")
        await sleeping
        await attempt_async(third.execute("SELECT 1"))


async def cross(connection: Any, first: int, last: int) -> None:
    async with connection.transaction():
        await connection.execute(rename(first))
        await asyncio.sleep(0.1)
        await connection.execute(rename(last))


# Redis


@contextmanager
def redis_server(*options: str) -> Iterator[int]:
    folder, port = owned_folder(), free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)]
    server = subprocess.Popen([*command, *options], cwd=folder, **QUIET, **as_owner())
    try:
        wait_for(port)
        yield port
    finally:
        server.kill()
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def wait_for(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)


def redis_unreachable() -> None:
    import redis.asyncio

    attempt(redis.Redis(port=free_port()).ping)
    attempt(redis.Redis(host="redis.invalid").ping)

    async def async_too() -> None:
        await attempt_async(redis.asyncio.Redis(port=free_port()).ping())

    asyncio.run(async_too())


def redis_faults() -> None:
    import redis

    with redis_server("--maxclients", "3", "--enable-protected-configs", "yes") as port:
        client = redis.Redis(port=port)
        client.config_set("maxmemory", "1")
        attempt(lambda: client.set("k", "x" * 100))
        client.config_set("maxmemory", "0")
        cannot_persist(client)
        client.config_set("stop-writes-on-bgsave-error", "no")
        client.replicaof("127.0.0.1", free_port())
        attempt(lambda: client.set("k", "v"))
        for each in [redis.Redis(port=port) for _ in range(3)]:
            attempt(each.ping)
    attempt(client.ping)


def cannot_persist(client: Any) -> None:
    client.config_set("dir", "/")
    client.config_set("save", "1 1")
    client.set("k", "v")
    client.bgsave()
    for _ in range(40):
        if client.info("persistence")["rdb_last_bgsave_status"] != "ok":
            break
        time.sleep(0.1)
    attempt(lambda: client.set("k", "v"))


def redis_loading() -> None:
    """Ask a Redis that still reads its data: a second a key."""
    import redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    with redis_server() as port:
        client = redis.Redis(port=port)
        client.mset({f"k{number}": os.urandom(2048) for number in range(20)})
        client.save()
        [folder] = client.config_get("dir").values()
        data = (Path(folder) / "dump.rdb").read_bytes()
    folder = owned_folder()
    (folder / "dump.rdb").write_bytes(data)
    shutil.chown(folder / "dump.rdb", OWNER if os.getuid() == 0 else None)
    slow = ["--key-load-delay", "1000000", "--loading-process-events-interval-bytes", "1024"]
    with redis_server("--dir", str(folder), *slow) as port:
        attempt(redis.Redis(port=port, retry=Retry(NoBackoff(), 0)).ping)
    shutil.rmtree(folder, ignore_errors=True)


REDIS_HEAD = re.compile(r"\d+:[A-Z] \d{1,2} \w{3} \d{4} [\d:.]{12} (?P<sign>[.*#-]) ")


def redis_log() -> None:
    """Print what a Redis writes of itself that can save nothing: its folder is another's."""
    import redis

    folder = owned_folder()
    log = folder / "log"
    with redis_server("--logfile", str(log), "--enable-protected-configs", "yes") as port:
        client = redis.Redis(port=port)
        client.config_set("stop-writes-on-bgsave-error", "no")
        cannot_persist(client)
    for line in log.read_text().splitlines():
        begins = REDIS_HEAD.match(line)
        if begins:
            level = "warning" if begins["sign"] == "#" else "info"
            record_of(line[begins.end() :], level, program="redis")
    shutil.rmtree(folder, ignore_errors=True)


def redis_password() -> None:
    import redis

    with redis_server("--requirepass", "secret") as port:
        attempt(redis.Redis(port=port).ping)
        attempt(redis.Redis(port=port, password="wrong").ping)  # noqa: S106


def redis_pool() -> None:
    import redis

    with redis_server() as port:
        pool = redis.ConnectionPool(port=port, max_connections=1)
        held = pool.get_connection("PING")
        attempt(redis.Redis(connection_pool=pool).ping)
        pool.release(held)


# MongoDB


def mongo_unreachable() -> None:
    import pymongo

    where = f"mongodb://127.0.0.1:{free_port()}"
    client: Any = pymongo.MongoClient(where, serverSelectionTimeoutMS=300)
    attempt(lambda: client.shop.users.find_one({}))
    client.close()


if __name__ == "__main__":
    speak()
    play(globals(), sys.argv[1:])
