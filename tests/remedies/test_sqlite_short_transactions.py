"""What short transactions change with a real SQLite file and real threads."""

import asyncio
import sqlite3
import time

import aiosqlite
import pytest

from tests.remedies.code import load_code

pytestmark = pytest.mark.remedies
database = load_code("sqlite-short-transactions", "database.py")

TELEGRAM_S = 0.05
"""How long a call to Telegram takes here."""
SHORT_TIMEOUT_S = 0.3
"""Scaled: SQLite's busy timeout is 5 s by default in Python; a queue of 20 needs 1 s here."""
HANDLERS = 20
SEEN = (
    "INSERT INTO users (id, messages) VALUES (?, 1) "
    "ON CONFLICT (id) DO UPDATE SET messages = messages + 1"
)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "bot.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, messages INTEGER)")
    connection.close()
    return path


def messages_in(path):
    connection = sqlite3.connect(path)
    try:
        return connection.execute("SELECT total(messages) FROM users").fetchone()[0]
    finally:
        connection.close()


async def held_across_the_send(path, user):
    """Handle a message as bots are often written: the send is inside the transaction."""
    async with aiosqlite.connect(path, timeout=SHORT_TIMEOUT_S) as connection:
        await connection.execute(SEEN, (user,))
        await asyncio.sleep(TELEGRAM_S)
        await connection.commit()


async def short(store, user):
    """Handle a message with the remedy: read, send, write."""
    await store.read("SELECT messages FROM users WHERE id = ?", (user,))
    await asyncio.sleep(TELEGRAM_S)
    await store.write((SEEN, (user,)))


async def locked(handlers):
    """Run *handlers* at once; return how many found the database locked."""
    ends = await asyncio.gather(*handlers, return_exceptions=True)
    errors = [end for end in ends if end is not None]
    assert all("database is locked" in str(error) for error in errors)
    return len(errors)


def test_a_transaction_held_across_a_send_locks_the_others_out(path):
    count = asyncio.run(locked(held_across_the_send(path, user) for user in range(HANDLERS)))
    assert count > 0
    assert messages_in(path) == HANDLERS - count


def test_short_transactions_lock_nobody_out_with_the_same_timeout(path):
    """Two objects stand for two processes: they share nothing but the file."""

    async def run():
        async with (
            database.Database(path, busy_timeout_s=SHORT_TIMEOUT_S) as one,
            database.Database(path, busy_timeout_s=SHORT_TIMEOUT_S) as other,
        ):
            stores = [one, other] * (HANDLERS // 2)
            return await locked(short(store, user) for user, store in enumerate(stores))

    assert asyncio.run(run()) == 0
    assert messages_in(path) == HANDLERS


def test_a_longer_timeout_does_not_help_who_read_before_writing(path):
    """Why the remedy says BEGIN IMMEDIATE: this failure comes at once, whatever the timeout."""
    reader = sqlite3.connect(path, timeout=30, isolation_level=None)
    writer = sqlite3.connect(path, timeout=30, isolation_level=None)
    try:
        reader.execute("PRAGMA journal_mode = WAL")
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM users").fetchall()
        writer.execute(SEEN, (1,))
        begun = time.monotonic()
        with pytest.raises(sqlite3.OperationalError, match="database is locked"):
            reader.execute(SEEN, (2,))
        assert time.monotonic() - begun < 15
    finally:
        reader.close()
        writer.close()


def test_who_reads_and_then_writes_is_not_locked_out_with_the_remedy(path):
    async def run():
        async with database.Database(path) as one, database.Database(path) as other:
            await one.read("SELECT messages FROM users")
            await other.write((SEEN, (1,)))
            await one.write((SEEN, (2,)))
            return await one.read("SELECT id, messages FROM users ORDER BY id")

    assert asyncio.run(run()) == [(1, 1), (2, 1)]


def test_a_transaction_that_fails_leaves_nothing_and_locks_nobody(path):
    async def run():
        async with (
            database.Database(path) as one,
            database.Database(path, busy_timeout_s=SHORT_TIMEOUT_S) as other,
        ):
            with pytest.raises(sqlite3.OperationalError, match="no such table"):
                await one.write((SEEN, (1,)), ("INSERT INTO nowhere VALUES (1)", ()))
            await other.write((SEEN, (2,)))
            return await one.read("SELECT id FROM users")

    assert asyncio.run(run()) == [(2,)]


def test_a_cancelled_write_does_not_leave_its_transaction_open(path):
    async def run():
        async with (
            database.Database(path) as one,
            database.Database(path, busy_timeout_s=SHORT_TIMEOUT_S) as other,
        ):
            for pauses in range(8):  # cancelled at its first await, at its second, ...
                task = asyncio.create_task(one.write((SEEN, (1,)), (SEEN, (2,))))
                for _ in range(pauses):
                    await asyncio.sleep(0.0005)
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
                await other.write((SEEN, (3,)))
            return await other.read("SELECT messages FROM users WHERE id = 3")

    assert asyncio.run(run()) == [(8,)]


def test_a_file_without_write_ahead_log_is_refused_and_closed():
    """A connection that stays open keeps the process from ending."""

    async def run():
        async with database.Database(":memory:"):
            pass

    with pytest.raises(sqlite3.OperationalError, match="no write-ahead log"):
        asyncio.run(run())
