"""SQLite for an asyncio bot: write-ahead log, a patient busy timeout, short transactions.

One object for the whole process. A handler reads, sends, then writes:

    rows = await database.read("SELECT name FROM users WHERE id = ?", (user_id,))
    await message.answer(f"Hello {rows[0][0]}")  # nothing is open while Telegram answers
    await database.write(("UPDATE users SET greeted = 1 WHERE id = ?", (user_id,)))

`write` takes all statements of a transaction at once, so that no await on the network can get
between BEGIN and COMMIT.
"""

import asyncio
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiosqlite

BUSY_TIMEOUT_S = 30.0  # how long a statement waits for another process's write
Statement = tuple[str, Sequence[Any]]


class Database:
    """One connection and one lock: nobody sees, or waits inside, a half-made transaction."""

    def __init__(self, path: Path | str, busy_timeout_s: float = BUSY_TIMEOUT_S) -> None:
        self._path = path
        self._busy_timeout_s = busy_timeout_s
        self._lock = asyncio.Lock()
        self._connection: aiosqlite.Connection | None = None

    async def __aenter__(self) -> Self:
        """Open the file; fail where the write-ahead log does not work."""
        # isolation_level=None: transactions begin where this file says BEGIN, and nowhere else
        connection = await aiosqlite.connect(
            self._path, timeout=self._busy_timeout_s, isolation_level=None
        )
        try:
            await _use_write_ahead_log(connection)
        except BaseException:
            await connection.close()
            raise
        self._connection = connection
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the connection: its thread would keep the process from ending."""
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    async def read(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return all rows; no read transaction stays open behind them."""
        async with self._lock:
            rows = await self._open().execute_fetchall(sql, values)
        return [tuple(row) for row in rows]

    async def write(self, *statements: Statement) -> None:
        """Run the statements in one transaction: all of them, or none."""
        async with self._lock:
            connection = self._open()
            try:
                # IMMEDIATE waits for other writers here. A plain BEGIN takes the write lock at
                # its first write and then fails at once if somebody has written since it read.
                await connection.execute("BEGIN IMMEDIATE")
                for sql, values in statements:
                    await connection.execute_fetchall(sql, values)
                await connection.commit()
            except BaseException:  # a cancelled handler must not leave the transaction open
                await connection.rollback()
                raise

    def _open(self) -> aiosqlite.Connection:
        if self._connection is None:
            raise RuntimeError("use the database within `async with`")
        return self._connection


async def _use_write_ahead_log(connection: aiosqlite.Connection) -> None:
    rows = await connection.execute_fetchall("PRAGMA journal_mode = WAL")
    modes = [row[0] for row in rows]
    if modes != ["wal"]:  # a network file system, for one
        raise sqlite3.OperationalError(f"no write-ahead log here: the journal mode is {modes}")
    await connection.execute_fetchall("PRAGMA synchronous = NORMAL")
