"""What one writer changes for handlers that write at once, and that it is one writer a process."""

import asyncio
import sqlite3
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiosqlite

from tests.remedies.code import load_code
from tests.remedies.trials import Figures, Trial

writer = load_code("single-writer-task", "writer.py")

HANDLERS = 40
THINKS_S = 0.02
"""A handler between its two statements, the lock in its hands: it asks another service."""
BUSY_TIMEOUT_S = 0.1
SEEN = "UPDATE users SET seen = seen + 1 WHERE id = 1"

Write = Callable[[], Awaitable[None]]


def _make(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, seen INTEGER NOT NULL)")
    db.execute("INSERT INTO users VALUES (1, 0)")
    db.commit()
    db.close()


def _seen(path: Path) -> int:
    db = sqlite3.connect(path)
    try:
        return int(db.execute("SELECT seen FROM users").fetchone()[0])
    finally:
        db.close()


async def _own_connection(path: Path) -> None:
    """Write as a handler does that opens the database for itself, and thinks in between."""
    async with aiosqlite.connect(path, timeout=BUSY_TIMEOUT_S) as db:
        await db.execute(SEEN)
        await asyncio.sleep(THINKS_S)
        await db.execute(SEEN)
        await db.commit()


async def _locks(write: Write) -> int:
    ends = await asyncio.gather(*(write() for _ in range(HANDLERS)), return_exceptions=True)
    for end in ends:
        if isinstance(end, BaseException) and "locked" not in str(end):
            raise end
    return sum(isinstance(end, sqlite3.OperationalError) for end in ends)


async def _handle(path: Path, *, one_writer: bool) -> int:
    if not one_writer:
        return await _locks(lambda: _own_connection(path))
    async with writer.Writer(str(path), busy_timeout_s=BUSY_TIMEOUT_S) as shared:

        async def hand_over() -> None:
            await asyncio.sleep(THINKS_S)
            await shared.write((SEEN, ()), (SEEN, ()))

        return await _locks(hand_over)


def _one_process(one_writer: bool) -> Figures:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bot.sqlite3"
        _make(path)
        locks = asyncio.run(_handle(path, one_writer=one_writer))
        return {"locked out": locks, "statements written": _seen(path)}


def _other_process(one_writer: bool) -> Figures:
    """A transaction of a connection that is not the writer's lasts as long as the handlers do."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bot.sqlite3"
        _make(path)
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("BEGIN IMMEDIATE")
        try:
            locks = asyncio.run(_handle(path, one_writer=one_writer))
        finally:
            other.close()
        return {"locked out": locks, "statements written": _seen(path)}


def _fewer_locks(without: Figures, with_it: Figures) -> bool:
    return with_it["locked out"] < without["locked out"] / 2


TRIALS = [
    Trial(
        "many-writers",
        "40 handlers write at once; without it each holds its transaction for 20 ms",
        ("aiosqlite",),
        _one_process,
        _fewer_locks,
    ),
    Trial(
        "another-process",
        "the same while another process holds the lock for longer than the busy timeout",
        ("aiosqlite",),
        _other_process,
        _fewer_locks,
        helps=False,
    ),
]
