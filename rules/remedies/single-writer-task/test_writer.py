"""Tests of writer.py: python -m pytest test_writer.py."""

import asyncio
import sqlite3
from pathlib import Path

import pytest
from writer import Writer

ADD = "INSERT INTO users VALUES (?)"


@pytest.fixture
def path(tmp_path: Path) -> str:
    """A database with one table."""
    name = str(tmp_path / "bot.sqlite3")
    db = sqlite3.connect(name)
    db.execute("CREATE TABLE users (id INTEGER PRIMARY KEY)")
    db.commit()
    db.close()
    return name


def users_in(path: str) -> list[int]:
    db = sqlite3.connect(path)
    try:
        return [row[0] for row in db.execute("SELECT id FROM users ORDER BY id")]
    finally:
        db.close()


def test_writes_of_many_are_all_written(path: str) -> None:
    async def run() -> None:
        async with Writer(path, batch=7) as writer:
            await asyncio.gather(*(writer.write((ADD, (user,))) for user in range(30)))

    asyncio.run(run())
    assert users_in(path) == list(range(30))


def test_a_unit_that_fails_is_not_written_and_harms_no_other(path: str) -> None:
    async def run() -> list[BaseException | None]:
        async with Writer(path) as writer:
            units = [
                writer.write((ADD, (1,))),
                writer.write((ADD, (2,)), (ADD, (1,))),
                writer.write((ADD, (2**64,))),
                writer.write((ADD, (3,))),
            ]
            return await asyncio.gather(*units, return_exceptions=True)

    one, two, three, four = asyncio.run(run())
    assert one is None
    assert isinstance(two, sqlite3.IntegrityError)
    assert isinstance(three, OverflowError)
    assert four is None
    assert users_in(path) == [1, 3]


def test_what_waits_at_the_end_is_written(path: str) -> None:
    async def run() -> None:
        async with Writer(path) as writer:
            waiting = [asyncio.create_task(writer.write((ADD, (user,)))) for user in range(5)]
            await asyncio.sleep(0)
        await asyncio.gather(*waiting)

    asyncio.run(run())
    assert users_in(path) == list(range(5))


def test_who_comes_too_late_is_told_and_does_not_wait_for_ever(path: str) -> None:
    async def run() -> None:
        async with Writer(path) as writer:
            await writer.write((ADD, (1,)))
        with pytest.raises(RuntimeError, match="closed"):
            await writer.write((ADD, (2,)))

    asyncio.run(run())
    assert users_in(path) == [1]


def test_a_lock_of_another_program_is_told_and_the_writer_goes_on(path: str) -> None:
    async def run() -> None:
        other = sqlite3.connect(path, isolation_level=None)
        async with Writer(path, busy_timeout_s=0.01) as writer:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                await writer.write((ADD, (1,)))
            other.close()
            await writer.write((ADD, (2,)))

    asyncio.run(run())
    assert users_in(path) == [2]
