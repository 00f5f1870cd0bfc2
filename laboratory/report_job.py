"""A second program on the bot's database: it holds the write lock while it counts (story 4)."""

import sqlite3
import sys
import time


def main() -> None:
    """Hold the lock: report_job.py SECONDS TABLE."""
    connection = sqlite3.connect("/var/lib/bot/bot.db", timeout=60, isolation_level=None)
    connection.execute("CREATE TABLE IF NOT EXISTS report (day TEXT, users INTEGER)")
    connection.execute("BEGIN EXCLUSIVE")
    count = connection.execute(f"SELECT count(*) FROM {sys.argv[2]}").fetchone()[0]
    time.sleep(float(sys.argv[1]))  # the report is sent somewhere else meanwhile
    connection.execute("INSERT INTO report VALUES (datetime('now'), ?)", (count,))
    connection.execute("COMMIT")
    connection.close()


if __name__ == "__main__":
    main()
