"""Runs the rows of `remedy_stories.py` and counts what each shows.

Counts come from what server and supervisor recorded, from the kernel, and from lines of the bot's
own log, found by three patterns. logcascade is not asked.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from laboratory.remedy_stories import BURST_USERS, HOURS, PREFIX, ROWS
from laboratory.run import run

RESULTS = Path(__file__).with_name("remedies.json")
ANSWER_WITHIN_S = 600.0
"""Who has no card by then has none: a person asks again after minutes, not after hours."""
LINES = {
    "database locks": re.compile(rb"sqlite3\.OperationalError: database is locked$"),
    "handler timeouts": re.compile(rb"TimeoutError$"),
    "unclosed sessions": re.compile(rb".* Unclosed client session$"),
}
"""Which line of the bot's log tells of a failure: the last of a traceback, or aiohttp's report."""
VERSIONS = ("aiogram", "aiohttp", "aiosqlite", "sqlite", "python")

Figures = dict[str, float]
Fact = Mapping[str, Any]


def compare(rows: Iterable[str], hours: float) -> None:
    """Run the rows and keep their figures; those of a shorter run are only told."""
    for row in rows:
        folder = run(PREFIX + row if hours == HOURS else f"{PREFIX}{row}@{hours:g}")
        if hours == HOURS:
            keep(row, figures(folder), json.loads((folder / "manifest.json").read_text()))
        sys.stdout.write(f"{row}: {json.dumps(figures(folder))}\n")


def keep(row: str, found: Figures, manifest: Mapping[str, Any]) -> None:
    """Write a row's figures; rows of another load or of other versions are no company for it."""
    ground = {
        "load": {
            "hours": HOURS,
            "users in a burst": list(BURST_USERS),
            "seed": manifest["seed"],
            "messages a day beside": manifest["server_settings"]["per_day"],
            "memory limit in MB": manifest["memory"]["limit_mb"],
        },
        "versions": {name: manifest["versions"][name] for name in VERSIONS},
    }
    kept = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    same = all(kept.get(key) == value for key, value in ground.items())
    rows = {**(kept["rows"] if same else {}), row: found}
    ordered = {name: rows[name] for name in ROWS if name in rows}
    RESULTS.write_text(json.dumps({**ground, "rows": ordered}, indent=1) + "\n")


def figures(folder: Path) -> Figures:
    """Return what a run shows, from its working folder."""
    injected, supervised = facts(folder / "injected.jsonl"), facts(folder / "supervisor.jsonl")
    server = Counter(fact["what"] for fact in injected)
    ends = Counter(fact["what"] for fact in supervised)
    with (folder / "bot.log").open("rb") as log:
        lines = Counter(
            name for line in log for name, pattern in LINES.items() if pattern.match(line)
        )
    asked, answers = waits(injected, supervised[-1]["t"])
    return {
        "bursts": server["burst"],
        "refused calls": server["refused"],
        **{name: lines[name] for name in LINES},
        "handlers at once": int((folder / "var" / "bot.peak").read_text()),
        "peak memory in MB": round(int((folder / "peak-memory").read_text()) / 2**20),
        "kills": ends["oom-killed"],
        "restarts": ends["start"] - 1,
        "questions": asked,
        "answered": len(answers),
        "slowest answer in s": round(max(answers, default=0.0), 1),
    }


def facts(path: Path) -> list[Fact]:
    """Return the facts of a record."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def waits(injected: Iterable[Fact], end: float) -> tuple[int, list[float]]:
    """Return how many questions were asked, and how long each waited that was answered in time.

    A question is what a person writes until a card comes: one message, or more and more of them.
    Those are left out that came too late to be answered in time before the *end* of the run.
    """
    asked = 0
    answers: list[float] = []
    since: dict[int, float] = {}
    for fact in injected:
        if fact["what"] not in {"asked", "answered"}:
            continue
        waits_since = since.get(fact["chat"])
        waits_now = waits_since is not None and fact["t"] - waits_since <= ANSWER_WITHIN_S
        if fact["what"] == "answered":
            since.pop(fact["chat"], None)
            if waits_since is not None and waits_now:
                answers.append(fact["t"] - waits_since)
        elif not waits_now and fact["t"] <= end - ANSWER_WITHIN_S:
            since[fact["chat"]] = fact["t"]
            asked += 1
    return asked, answers
