"""The same bot and the same bursts without remedies, with one, with several."""

from __future__ import annotations

from dataclasses import dataclass

from laboratory.story import Story

HOURS = 15.0
"""Six bursts, 140 minutes apart."""
BURST_USERS = (72, 82)
PREFIX = "remedies-"


@dataclass(frozen=True)
class Row:
    """One run of a comparison."""

    id: str
    title: str
    remedies: str
    """Words of `BOT_REMEDY`."""
    transaction: str = "handler"
    """Who opens the transaction of a message: the handler, or a middleware before it."""


ROWS = {
    row.id: row
    for row in (
        Row("none", "none", "none"),
        Row("throttle", "throttle alone", "throttle"),
        Row("retry", "`retry_after` honoured by all calls, alone; a handler has 150 s", "retry"),
        Row("limiter", "limiter alone", "limiter"),
        Row("handlers", "bounded handlers alone", "handlers"),
        Row("wal", "WAL and 30 s alone, transactions as long as before", "wal"),
        Row("sqlite", "WAL and short transactions alone", "sqlite"),
        Row("session", "one session alone", "session"),
        Row("throttle-limiter", "throttle and limiter", "throttle limiter"),
        Row("limiter-session", "limiter and one session", "limiter session"),
        Row("limiter-sqlite", "limiter, WAL and short transactions", "limiter sqlite"),
        Row("all", "all together", "throttle limiter retry handlers sqlite session"),
        Row("first-none", "none", "none", "middleware"),
        Row("first-limiter", "limiter alone", "limiter", "middleware"),
        Row("first-wal", "WAL and 30 s alone, transactions as long as before", "wal", "middleware"),
    )
}


def remedy_story(name: str) -> Story:
    """Return the story of `remedies-<row>`, or of `remedies-<row>@<hours>` for a shorter one."""
    row, _, hours = name.removeprefix(PREFIX).partition("@")
    return Story(
        name,
        f"the bursts with: {ROWS[row].title}",
        hours=float(hours or HOURS),
        seed=11,
        bot={
            "BOT_QUIZ_EVERY": "8400",
            "BOT_REMEDY": ROWS[row].remedies,
            "BOT_TRANSACTION": ROWS[row].transaction,
        },
        api={"burst": list(BURST_USERS), "keep_answers": True},
    )
