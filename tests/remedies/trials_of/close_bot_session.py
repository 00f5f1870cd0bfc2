"""What an orderly stop leaves open on real aiogram and aiohttp."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

from tests.remedies.trials import Figures, Trial

ROOT = Path(__file__).parents[3]


@cache
def _stopped() -> dict[str, Figures]:
    """Stop each bot of ``shutdown_bot.py`` by SIGTERM while it works; by its name."""
    run = subprocess.run(
        [sys.executable, "-X", "dev", "-m", "tests.remedies.shutdown_bot"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return {
        told["bot"]: {"sessions left open": told["left_open"], "answers sent": told["answers"]}
        for told in map(json.loads, run.stdout.splitlines())
    }


def _bot(without: str) -> Callable[[bool], Figures]:
    return lambda with_it: _stopped()["remedy" if with_it else without]


def _all_closed(without: Figures, with_it: Figures) -> bool:
    return with_it["sessions left open"] == 0 < without["sessions left open"]


TRIALS = [
    Trial(
        "session-for-each-message",
        "SIGTERM while a handler works that has made a session of its own",
        ("aiogram", "aiohttp"),
        _bot("per-message"),
        _all_closed,
    ),
    Trial(
        "answer-after-the-stop",
        "SIGTERM while a handler works that answers after polling has ended",
        ("aiogram", "aiohttp"),
        _bot("polling-only"),
        _all_closed,
    ),
]
