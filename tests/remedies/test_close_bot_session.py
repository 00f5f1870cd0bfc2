"""What an orderly stop leaves open on real aiogram and aiohttp, with and without the remedy."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.remedies
ROOT = Path(__file__).parents[2]
UNCLOSED = "Unclosed client session"


@pytest.fixture(scope="module")
def stopped():
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
    results = {result["bot"]: result for result in map(json.loads, run.stdout.splitlines())}
    return results, printed


def test_a_session_for_each_message_is_left_open_and_said_so(stopped):
    results, printed = stopped
    assert UNCLOSED in printed["per-message"]
    assert results["per-message"]["left_open"] >= 1


def test_a_handler_that_answers_after_polling_ended_opens_a_session_nobody_closes(stopped):
    """aiogram closes the bot's session without waiting for handlers. No line need say so:
    aiohttp reports what is collected, and a bot is often held until the process ends."""
    results, _ = stopped
    assert results["polling-only"]["left_open"] == 1


def test_the_remedy_leaves_no_session_open_and_no_answer_behind(stopped):
    results, printed = stopped
    assert results["remedy"] == {"bot": "remedy", "answers": 1, "left_open": 0}
    assert "Unclosed" not in printed["remedy"]
    assert "Traceback" not in printed["remedy"]
