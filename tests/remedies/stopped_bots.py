"""What the bots of ``shutdown_bot.py`` leave open when they are stopped while they work."""

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


@cache
def stopped_bots() -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    """Stop each bot by SIGTERM while it works; return results and standard error by bot."""
    run = subprocess.run(
        [sys.executable, "-X", "dev", "-m", "tests.remedies.shutdown_bot"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    printed = dict(part.split("\n", 1) for part in run.stderr.split("== ")[1:])
    return {told["bot"]: told for told in map(json.loads, run.stdout.splitlines())}, printed
