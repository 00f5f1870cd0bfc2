"""Writes what `comparison.py` counted where people read it: `docs/remedies.md`, `measured.toml`.

Whether a remedy helped is decided here, from its own `cures`.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from laboratory.comparison import RESULTS
from laboratory.remedy_stories import ROWS
from tests.remedies.code import REMEDIES
from tests.remedies.trials import Record, keep

PAGE = Path(__file__).parent.parent / "docs" / "remedies.md"
BEGIN, END = "<!-- {name}: python -m laboratory remedies -->", "<!-- end of {name} -->"
SHORT = ("sqlite", "limiter-sqlite")
TABLES = {
    "transaction in the handler": tuple(
        row.id for row in ROWS.values() if row.transaction == "handler"
    ),
    "transaction before the handler": (
        *(row.id for row in ROWS.values() if row.transaction == "middleware"),
        *SHORT,
    ),
}
"""Name -> rows. With short transactions no middleware opens one, so that those rows are in both."""
UNANSWERED = "questions unanswered"
"""What people feel in the end."""
COLUMNS = {
    "refused calls": "refused calls (429)",
    "database locks": "database locks",
    "handler timeouts": "handler timeouts",
    "unclosed sessions": "unclosed sessions",
    "handlers at once": "handlers at once",
    "peak memory in MB": "peak memory, MB",
    "kills": "kills",
    "restarts": "restarts",
    UNANSWERED: "questions unanswered",
    "slowest answer in s": "slowest answer, s",
}
SHOWN_OF = {
    "telegram-flood-control": "refused calls",
    "sqlite-database-locked": "database locks",
    "asyncio-handler-timeout": "handler timeouts",
    "aiohttp-unclosed-session": "unclosed sessions",
    "process-oom-killed": "kills",
}
"""Rule that a remedy says it cures -> the figure that shows it."""
NAMES = {"sqlite": "SQLite", "python": "Python"}
WORSE = 1.5
"""What became this many times as frequent was made worse; less is chance between two runs."""


@dataclass(frozen=True)
class Comparison:
    """Two rows that differ by one remedy."""

    remedy: str
    trial: str
    """The id in `measured.toml`; it begins with `story`."""
    without: str
    with_it: str
    also: str = ""
    """What is the same in both, in words."""


LIMITED = ", the outbound limiter in place"
LOCKED_FIRST = ", a transaction opened before each handler"
COMPARISONS = (
    Comparison("outbound-limiter", "story", "none", "limiter"),
    Comparison(
        "outbound-limiter",
        "story-short-transactions",
        "sqlite",
        "limiter-sqlite",
        ", short transactions in place",
    ),
    Comparison("outbound-limiter", "story-lock-first", "first-none", "first-limiter", LOCKED_FIRST),
    Comparison("throttle-middleware", "story", "none", "throttle"),
    Comparison(
        "honour-retry-after", "story", "none", "retry", ", a handler has 150 s with it, else 60 s"
    ),
    Comparison("bounded-handler-concurrency", "story", "none", "handlers"),
    Comparison("sqlite-short-transactions", "story", "none", "sqlite"),
    Comparison(
        "sqlite-short-transactions", "story-after-limiter", "limiter", "limiter-sqlite", LIMITED
    ),
    Comparison(
        "sqlite-short-transactions", "story-lock-first", "first-none", "sqlite", LOCKED_FIRST
    ),
    Comparison("close-bot-session", "story", "none", "session"),
    Comparison("close-bot-session", "story-after-limiter", "limiter", "limiter-session", LIMITED),
)


def write() -> None:
    """Write the tables and the trials from `remedies.json`."""
    results = json.loads(RESULTS.read_text())
    PAGE.write_text(page(PAGE.read_text(), results))
    for remedy in dict.fromkeys(one.remedy for one in COMPARISONS):
        if found := records(remedy, results):
            keep(remedy, found)


def page(text: str, results: Mapping[str, Any]) -> str:
    """Return the page with its tables written anew."""
    for name, rows in TABLES.items():
        begin, end = BEGIN.format(name=name), END.format(name=name)
        before, _, rest = text.partition(begin)
        after = rest.partition(end)[2]
        text = "\n".join([before + begin, *table(rows, results["rows"]), end + after])
    return text


def table(rows: Iterable[str], measured: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    """Return the lines of one table in Markdown; rows that were never run are left out."""
    yield ""
    yield f"| remedy | {' | '.join(COLUMNS.values())} |"
    yield f"|---|{'---:|' * len(COLUMNS)}"
    for name in rows:
        if name in measured:
            told = story_figures(measured[name])
            cells = (f"{told[column]:g}" for column in COLUMNS)
            yield f"| {ROWS[name].title} | {' | '.join(cells)} |"
    yield ""


def story_figures(figures: Mapping[str, float]) -> dict[str, float]:
    """Return the figures that are shown of a row."""
    told = {**figures, UNANSWERED: figures["questions"] - figures["answered"]}
    return {name: told[name] for name in COLUMNS}


def records(remedy: str, results: Mapping[str, Any]) -> list[Record]:
    """Return what `measured.toml` says of the stories with and without a remedy."""
    rows, load, versions = results["rows"], results["load"], results["versions"].items()
    low, high = load["users in a burst"]
    found = []
    for one in COMPARISONS:
        if one.remedy != remedy or not {one.without, one.with_it} <= rows.keys():
            continue
        without, with_it = story_figures(rows[one.without]), story_figures(rows[one.with_it])
        words = (
            f"a bot in {rows[one.without]['bursts']} bursts of {low} to {high} users, one message "
            f"each, in {load['hours']:g} hours{one.also}"
        )
        record = {
            "id": one.trial,
            "load": words,
            "on": ", ".join(f"{NAMES.get(name, name)} {version}" for name, version in versions),
            "helped": helped(remedy, without, with_it),
            "without": without,
            "with": with_it,
        }
        found.append(record)
    return found


def helped(remedy: str, without: Mapping[str, float], with_it: Mapping[str, float]) -> bool:
    """Say whether what a remedy says it cures was at least halved, and nothing else made worse.

    Another failure may rise where people are much better off: once nobody waits for a lock, more
    is sent and more is refused.
    """
    sheet = tomllib.loads((REMEDIES / remedy / "remedy.toml").read_text("utf-8"))
    cured = [SHOWN_OF[rule] for rule in sheet["cures"] if rule in SHOWN_OF]
    there = [name for name in cured if without[name]]
    if not there or any(with_it[name] > without[name] / 2 for name in there):
        return False
    others = {*SHOWN_OF.values(), UNANSWERED}.difference(cured)
    made_worse = any(with_it[name] > without[name] * WORSE for name in others)
    return not made_worse or with_it[UNANSWERED] <= without[UNANSWERED] / 2
