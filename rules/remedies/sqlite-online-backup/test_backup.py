"""The copy is whole while the original is written, and a report locks nobody out."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from backup import back_up, read_only


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(tmp_path / "bot.db", timeout=0, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("CREATE TABLE users (id INTEGER PRIMARY KEY)")
        writer.executemany("INSERT INTO users VALUES (?)", [(number,) for number in range(100)])
        yield writer


def test_the_copy_has_what_still_stands_in_the_write_ahead_log(
    tmp_path: Path, writer: sqlite3.Connection
) -> None:
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("INSERT INTO users VALUES (1000)")  # not committed: not part of the copy
    back_up(tmp_path / "bot.db", tmp_path / "copy.db")
    writer.execute("COMMIT")
    assert sorted(path.name for path in tmp_path.glob("copy*")) == ["copy.db"]
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        assert copy.execute("SELECT count(*) FROM users").fetchone() == (100,)


def test_a_writer_goes_on_during_a_report(tmp_path: Path, writer: sqlite3.Connection) -> None:
    with read_only(tmp_path / "bot.db") as report:
        report.execute("BEGIN")
        assert report.execute("SELECT count(*) FROM users").fetchone() == (100,)
        writer.execute("INSERT INTO users VALUES (1000)")  # would raise at once if it had to wait
        assert report.execute("SELECT count(*) FROM users").fetchone() == (100,)
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            report.execute("DELETE FROM users")


def test_a_file_without_write_ahead_log_is_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "old.db")) as old:
        old.execute("CREATE TABLE users (id)")
    with pytest.raises(sqlite3.OperationalError, match="the journal mode is delete"):
        back_up(tmp_path / "old.db", tmp_path / "copy.db")
