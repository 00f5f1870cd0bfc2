"""Copies a SQLite database that is in use, and reads reports from it, without locking writers out.

    python backup.py /var/lib/bot/bot.db /var/backups/bot.db

Both need the write-ahead log (PRAGMA journal_mode = WAL, once): with the older journal every reader
keeps writers from finishing.
"""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

BUSY_TIMEOUT_S = 30.0


@contextmanager
def read_only(database: Path) -> Iterator[sqlite3.Connection]:
    """Open a database for a report: it sees one moment, and can take no lock that stops a writer.

    Raises:
        sqlite3.OperationalError: There is no such file, or it has no write-ahead log.
    """
    address = f"{database.absolute().as_uri()}?mode=ro"
    connection = sqlite3.connect(address, uri=True, timeout=BUSY_TIMEOUT_S, isolation_level=None)
    with closing(connection):
        (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
        if mode != "wal":
            raise sqlite3.OperationalError(f"no write-ahead log: the journal mode is {mode}")
        yield connection


def back_up(database: Path, target: Path) -> None:
    """Write a whole, checked copy to *target*; an older one is replaced only when it is complete.

    `cp` is no substitute: it misses what still stands in the write-ahead log, and can catch a page
    in the middle of a change.
    """
    unfinished = target.with_name(f"{target.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    with read_only(database) as source, closing(sqlite3.connect(unfinished)) as copy:
        source.backup(copy)  # in one step: it neither waits for writers nor begins anew after them
        (verdict,) = copy.execute("PRAGMA quick_check").fetchone()
        if verdict != "ok":
            raise sqlite3.DatabaseError(f"the copy is damaged: {verdict}")
        copy.execute("PRAGMA journal_mode = DELETE")  # one file, no -wal beside it
    unfinished.replace(target)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: backup.py DATABASE TARGET")
    back_up(Path(sys.argv[1]), Path(sys.argv[2]))
