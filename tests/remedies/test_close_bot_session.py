"""What an orderly stop leaves open on real aiogram and aiohttp, with and without the remedy."""

from pathlib import Path

import pytest

from tests.remedies.stopped_bots import stopped_bots

pytestmark = pytest.mark.remedies
ROOT = Path(__file__).parents[2]
UNCLOSED = "Unclosed client session"


@pytest.fixture(scope="module")
def stopped():
    """Results and standard error by bot."""
    return stopped_bots()


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
