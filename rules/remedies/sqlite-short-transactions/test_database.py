"""Tests of database.py on a real file: python -m pytest test_database.py."""

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from database import Database

CREATE = ("CREATE TABLE seen (id INTEGER PRIMARY KEY, times INTEGER)", ())
ADD = "INSERT INTO seen VALUES (?, 1)"


def test_what_was_written_is_read(tmp_path: Path) -> None:
    async def run() -> list[tuple[Any, ...]]:
        async with Database(tmp_path / "bot.db") as database:
            await database.write(CREATE)
            await database.write((ADD, (7,)), (ADD, (8,)))
            return await database.read("SELECT id FROM seen ORDER BY id")

    assert asyncio.run(run()) == [(7,), (8,)]


def test_the_file_has_a_write_ahead_log(tmp_path: Path) -> None:
    async def run() -> list[tuple[Any, ...]]:
        async with Database(tmp_path / "bot.db") as database:
            return await database.read("PRAGMA journal_mode")

    assert asyncio.run(run()) == [("wal",)]


def test_of_a_transaction_that_fails_nothing_is_kept(tmp_path: Path) -> None:
    async def run() -> list[tuple[Any, ...]]:
        async with Database(tmp_path / "bot.db") as database:
            await database.write(CREATE)
            with pytest.raises(sqlite3.IntegrityError):
                await database.write((ADD, (7,)), (ADD, (7,)))
            return await database.read("SELECT id FROM seen")

    assert asyncio.run(run()) == []


def test_many_handlers_write_at_once_without_a_lock(tmp_path: Path) -> None:
    async def run() -> list[tuple[Any, ...]]:
        async with (
            Database(tmp_path / "bot.db") as first,
            Database(tmp_path / "bot.db") as second,
        ):
            await first.write(CREATE)
            writes = [(first, second)[user % 2].write((ADD, (user,))) for user in range(40)]
            await asyncio.gather(*writes)
            return await first.read("SELECT count(*) FROM seen")

    assert asyncio.run(run()) == [(40,)]


def test_a_cancelled_write_leaves_no_transaction_open(tmp_path: Path) -> None:
    async def run() -> list[tuple[Any, ...]]:
        async with Database(tmp_path / "bot.db") as database:
            await database.write(CREATE)
            writing = asyncio.create_task(database.write((ADD, (7,)), (ADD, (8,))))
            await asyncio.sleep(0)
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)
            await database.write((ADD, (9,)))
            return await database.read("SELECT id FROM seen")

    assert (9,) in asyncio.run(run())
