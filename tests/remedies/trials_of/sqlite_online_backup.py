"""What reading only, and the backup interface, change for a database that is written meanwhile."""

import shutil
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.remedies.code import load_code
from tests.remedies.trials import Figures, Trial

code = load_code("sqlite-online-backup", "backup.py")
BUSY_S = 0.1
JOB_S = 0.6
"""Scaled: Python's busy timeout is 5 s, and the job of the story takes half a minute."""
WRITES = 20
PAUSE_S = 0.03


@contextmanager
def _database() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "bot.db"
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("CREATE TABLE messages (id INTEGER PRIMARY KEY, text TEXT)")
        yield path


def _locked_out(path: Path, job: Callable[[], None]) -> Figures:
    """Run a job beside a bot that writes; return how many of its writes found it locked."""
    running = threading.Thread(target=job)
    running.start()
    time.sleep(0.05)
    locked = 0
    with closing(sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)) as bot:
        for _ in range(WRITES):
            try:
                bot.execute("INSERT INTO messages (text) VALUES ('hello')")
            except sqlite3.OperationalError:
                locked += 1
            time.sleep(PAUSE_S)
    running.join()
    return {"writes": WRITES, "database is locked": locked}


def _in_a_transaction(path: Path, statement: str) -> None:
    """Do a job as it is often written: one transaction around everything."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(statement)
        time.sleep(JOB_S)
        connection.execute("COMMIT")


def _read_only(path: Path) -> None:
    with code.read_only(path) as connection:
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM messages").fetchone()
        time.sleep(JOB_S)


def _report(reads_only: bool) -> Figures:
    with _database() as path:
        if reads_only:
            return _locked_out(path, lambda: _read_only(path))
        count = "SELECT count(*) FROM messages"
        return _locked_out(path, lambda: _in_a_transaction(path, count))


def _cleaning(_with_remedy: bool) -> Figures:
    """A job that writes cannot read only: it is the same with the remedy."""
    with _database() as path:
        return _locked_out(path, lambda: _in_a_transaction(path, "DELETE FROM messages"))


def _copy(backed_up: bool) -> Figures:
    with _database() as path, closing(sqlite3.connect(path)) as bot:
        bot.executemany("INSERT INTO messages (text) VALUES (?)", [("hello",)] * 500)
        bot.commit()
        target = path.with_name("copy.db")
        if backed_up:
            code.back_up(path, target)
        else:
            shutil.copy(path, target)
        with closing(sqlite3.connect(target)) as copy:
            (rows,) = copy.execute("SELECT count(*) FROM messages").fetchone()
    return {"rows": 500, "rows in the copy": rows}


def _none_locked(without: Figures, with_it: Figures) -> bool:
    return without["database is locked"] > 0 == with_it["database is locked"]


TRIALS = [
    Trial(
        "report",
        "a report that takes 0.6 s beside a bot that writes and waits up to 0.1 s for the lock",
        (),
        _report,
        _none_locked,
    ),
    Trial(
        "copy",
        "500 rows written by a bot that is still running, then a copy of the file",
        (),
        _copy,
        lambda without, with_it: with_it["rows in the copy"] > without["rows in the copy"],
    ),
    Trial(
        "cleaning",
        "a job that deletes, in one transaction of 0.6 s, beside the same bot",
        (),
        _cleaning,
        _none_locked,
        helps=False,
    ),
]
