"""What short transactions change on a real SQLite file."""

import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiosqlite

from tests.remedies.code import load_code
from tests.remedies.trials import Figures, Trial

database = load_code("sqlite-short-transactions", "database.py")

HANDLERS = 40
TELEGRAM_S = 0.05
BUSY_TIMEOUT_S = 0.5
"""Scaled, on both sides: Python's default is 5 s, and a call to Telegram takes longer than here."""
ADD = "INSERT INTO users VALUES (?)"


async def _held(path: Path, user: int) -> None:
    async with aiosqlite.connect(path, timeout=BUSY_TIMEOUT_S) as connection:
        await connection.execute(ADD, (user,))
        await asyncio.sleep(TELEGRAM_S)
        await connection.commit()


async def _run(handle: Callable[[int], Awaitable[None]]) -> Figures:
    begun = time.monotonic()
    ends = await asyncio.gather(*map(handle, range(HANDLERS)), return_exceptions=True)
    return {
        "database locks": sum(isinstance(end, sqlite3.OperationalError) for end in ends),
        "rows written": sum(end is None for end in ends),
        "last after s": round(time.monotonic() - begun, 1),
    }


async def _burst(path: Path, *, short: bool) -> Figures:
    if not short:
        return await _run(lambda user: _held(path, user))
    async with (
        database.Database(path, busy_timeout_s=BUSY_TIMEOUT_S) as one,
        database.Database(path, busy_timeout_s=BUSY_TIMEOUT_S) as other,
    ):

        async def handle(user: int) -> None:
            await asyncio.sleep(TELEGRAM_S)
            await (one, other)[user % 2].write((ADD, (user,)))

        return await _run(handle)


def _handlers(short: bool) -> Figures:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bot.db"
        with sqlite3.connect(path) as connection:
            connection.execute("CREATE TABLE users (id INTEGER PRIMARY KEY)")
        connection.close()
        return asyncio.run(_burst(path, short=short))


TRIALS = [
    Trial(
        "held-across-a-send",
        f"{HANDLERS} handlers at once, {TELEGRAM_S:g} s for a call to Telegram, a busy timeout of "
        f"{BUSY_TIMEOUT_S:g} s",
        ("aiosqlite",),
        _handlers,
        lambda without, with_it: with_it["database locks"] == 0 < without["database locks"],
    ),
]
