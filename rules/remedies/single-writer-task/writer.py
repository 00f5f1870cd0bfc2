"""One task that writes to SQLite for all; the others hand it their statements. Needs aiosqlite.

    async with Writer("bot.sqlite3") as writer:
        await writer.write(("UPDATE users SET seen = seen + 1 WHERE id = ?", (user,)))

One connection writes, so that no two writers of this process wait for each other's lock, and what
has gathered meanwhile is committed at once. Read through connections of your own: in write-ahead
log mode, which is set here, readers wait for nobody. Needs Python 3.11 or later.
"""

import asyncio
from collections.abc import Sequence
from typing import Any, Self

import aiosqlite

Statement = tuple[str, Sequence[Any]]
"""SQL and its parameters."""
Unit = tuple[tuple[Statement, ...], asyncio.Future[None]]
"""What is written whole or not, and how its caller is told."""


class Writer:
    """Takes units of statements and writes them in order; each unit is written whole or not."""

    def __init__(
        self, path: str, *, max_waiting: int = 1000, batch: int = 100, busy_timeout_s: float = 10.0
    ) -> None:
        self._path = path
        self._batch = batch
        self._busy_timeout_s = busy_timeout_s
        self._queue: asyncio.Queue[Unit | None] = asyncio.Queue(max_waiting)
        self._is_closed = False

    async def write(self, *statements: Statement) -> None:
        """Return when the statements are committed; raise the error of the first that failed.

        Waits where `max_waiting` units wait already. A caller that is cancelled may find its unit
        written all the same. Raises RuntimeError once the writer is closed.
        """
        if self._is_closed:
            raise RuntimeError("the writer is closed: nothing would write this")
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        await self._queue.put((statements, done))
        await done

    async def __aenter__(self) -> Self:
        # No implicit BEGIN: a transaction begins with the lock that it needs, in _commit.
        self._db = await aiosqlite.connect(
            self._path, timeout=self._busy_timeout_s, isolation_level=None
        )
        # An answer that nobody fetches would keep a lock of its own.
        async with self._db.execute("PRAGMA journal_mode = WAL") as answer:
            await answer.fetchall()
        self._task = asyncio.create_task(self._run(), name="writer")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Write what waits, then close."""
        self._is_closed = True
        await self._queue.put(None)
        await self._task
        await self._db.close()

    async def _run(self) -> None:
        while (first := await self._queue.get()) is not None:
            units = [first]
            ended = False
            while not (ended or self._queue.empty() or len(units) >= self._batch):
                following = self._queue.get_nowait()
                ended = following is None
                units += [] if following is None else [following]
            await self._commit(units)
            if ended:
                return

    async def _commit(self, units: list[Unit]) -> None:
        """Write the units in one transaction, and tell each caller how its own ended."""
        ends: list[Exception | None] = []
        try:
            await self._db.execute("BEGIN IMMEDIATE")
            for statements, _ in units:
                ends.append(await self._unit(statements))
            await self._db.execute("COMMIT")
        except aiosqlite.Error as error:  # locked by another process, the disk is full
            if self._db.in_transaction:
                await self._db.execute("ROLLBACK")
            ends = [error] * len(units)
        for (_, done), end in zip(units, ends, strict=True):
            if done.done():  # cancelled by its caller
                continue
            if end is None:
                done.set_result(None)
            else:
                done.set_exception(end)

    async def _unit(self, statements: tuple[Statement, ...]) -> Exception | None:
        await self._db.execute("SAVEPOINT unit")
        try:
            for sql, parameters in statements:
                await self._db.execute(sql, parameters)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the caller's
            await self._db.execute("ROLLBACK TO unit")
            return error
        finally:
            await self._db.execute("RELEASE unit")
        return None
