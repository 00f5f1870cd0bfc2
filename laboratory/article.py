"""The article's seven lines, and the same illustration drawn out over several cycles.

Nothing here was printed by a program: it is the form in which the story was told, without dates and
past midnight. Real logs of the same failure are in `sample_logs/flood-control-cascade/`.
"""

from __future__ import annotations

import itertools
import json
import random
import statistics
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SEVEN = """\
[14:22:01] ERROR  aiogram.TelegramRetryAfter: flood control, retry in 28s
[14:22:03] ERROR  asyncio.TimeoutError in update handler
[14:22:05] WARNING bot.session not closed (47 active)
[14:22:08] ERROR  sqlite3.OperationalError: database is locked
[14:22:14] ERROR  ...same pattern, multiplying...
[14:22:20] ERROR  process killed by OOM
[14:22:21] INFO   systemd: restarted
"""
CYCLES = 8
PERIOD_S = 8400
DOWNSTREAM = [
    "asyncio-handler-timeout",
    "aiohttp-unclosed-session",
    "sqlite-database-locked",
    "process-oom-killed",
    "service-restarted",
]
WHY = (
    "An illustration: the first line of each cycle is the refusal, the rest follows from waiting "
    "it out."
)


@dataclass
class Illustration:
    """Lines with their time in seconds since the first midnight."""

    lines: list[str] = field(default_factory=list)
    firsts: list[int] = field(default_factory=list)
    first_times: list[float] = field(default_factory=list)
    restarts: list[float] = field(default_factory=list)
    kills: list[float] = field(default_factory=list)

    def add(self, at: float, level: str, text: str) -> None:
        """One line in the article's form."""
        second = int(at) % 86400
        clock = f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
        self.lines.append(f"[{clock}] {level:<6} {text}")

    def quiet(self, rng: random.Random, start: float, end: float) -> None:
        """Ordinary lines between two failures."""
        at = start + rng.uniform(60, 240)
        while at < end:
            self.add(at, "INFO", f"update handled in {rng.randint(80, 420)} ms")
            at += rng.expovariate(1 / 300)

    def cycle(self, rng: random.Random, at: float) -> float:
        """One cascade; returns when the bot runs again."""
        self.firsts.append(len(self.lines) + 1)
        self.first_times.append(at)
        wait, sessions = rng.randint(26, 31), rng.randint(41, 52)
        self.add(at, "ERROR", f"aiogram.TelegramRetryAfter: flood control, retry in {wait}s")
        self.add(at + 2, "ERROR", "asyncio.TimeoutError in update handler")
        self.add(at + 4, "WARNING", f"bot.session not closed ({sessions} active)")
        self.add(at + 7, "ERROR", "sqlite3.OperationalError: database is locked")
        for extra in range(rng.randint(2, 4)):
            self.add(at + 9 + extra, "ERROR", "asyncio.TimeoutError in update handler")
            self.add(at + 10 + extra, "ERROR", "sqlite3.OperationalError: database is locked")
        end = at + rng.randint(17, 21)
        self.add(end, "ERROR", "process killed by OOM")
        self.add(end + 1, "INFO", "systemd: restarted")
        self.kills.append(end)
        self.restarts.append(end + 1)
        return end + 1


def several_cycles() -> Illustration:
    """Draw a day from 11:40 on, past midnight."""
    rng = random.Random(140)
    drawn = Illustration()
    at = 11 * 3600 + 40 * 60.0
    drawn.add(at, "INFO", "systemd: started")
    for _ in range(CYCLES):
        fails = at + PERIOD_S + rng.uniform(-150, 150)
        drawn.quiet(rng, at, fails)
        at = drawn.cycle(rng, fails)
    drawn.quiet(rng, at, at + 2400)
    return drawn


def label(firsts: list[int], restarts: list[str], period: float | None) -> dict[str, Any]:
    """Return what the lines say, in the form of the other truths."""
    return {
        "n_incidents": len(firsts),
        "first_failure_line": firsts,
        "accept_ranges": [[line, line] for line in firsts],
        "restart_times": restarts,
        "restart_period_s": period,
        "period_s": period,
        "driver": "uptime" if period else "too-few",
    }


def clock(at: float) -> str:
    """Time of day and, past midnight, the day's number: the lines have no date."""
    second = int(at)
    day = f"day {second // 86400 + 1} " if second >= 86400 else ""
    return f"{day}{second // 3600 % 24:02}:{second // 60 % 60:02}:{second % 60:02}"


def write(out: Path) -> None:
    """Write both illustrations and their truth."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "seven-lines.log").write_text(SEVEN)
    drawn = several_cycles()
    (out / "several-cycles.log").write_text("\n".join(drawn.lines) + "\n")
    gaps = [b - a for a, b in itertools.pairwise(drawn.kills)]
    starts = [11 * 3600 + 40 * 60.0, *drawn.restarts]
    runs: list[dict[str, Any]] = [
        {"start": clock(start), "end": clock(end), "ended": "oom-killed"}
        for start, end in zip(starts, drawn.kills, strict=False)
    ]
    runs.append({"start": clock(starts[-1]), "end": None, "ended": "running"})
    several = label(
        drawn.firsts, [clock(at) for at in drawn.restarts], round(statistics.median(gaps), 1)
    )
    several["run_ends"] = runs
    seven = label([1], ["14:22:21"], None)
    seven["run_ends"] = [
        {"start": None, "end": "14:22:20", "ended": "oom-killed"},
        {"start": "14:22:21", "end": None, "ended": "running"},
    ]
    truth = {
        "source": "an illustration after the article's seven lines; no program printed them",
        "format": '"[HH:MM:SS] LEVEL  message", no date, past midnight',
        "file": "several-cycles.log",
        **several,
        "first_failure_kind": "telegram-flood-control",
        "downstream_kinds": DOWNSTREAM,
        "healthy": False,
        "expected_remedy": "throttle, then close the bot session at shutdown",
        "confidence": "high",
        "why": WHY,
        "files": {"several-cycles.log": several, "seven-lines.log": seven},
    }
    (out / "truth.json").write_text(json.dumps(truth, indent=1) + "\n")
