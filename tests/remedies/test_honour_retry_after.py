"""What honouring `retry_after` changes on real aiogram."""

import asyncio
import logging
import tomllib

import pytest
import regex
from aiogram.exceptions import TelegramRetryAfter
from aiogram.methods import GetUpdates

from tests.remedies.bot_api import (
    Limits,
    answering_dispatcher,
    bot_api,
    bot_of,
    feed,
    message_update,
)
from tests.remedies.code import REMEDIES, load_code

pytestmark = pytest.mark.remedies
retry = load_code("honour-retry-after", "retry.py")

ONE_A_SECOND = Limits(per_second=1)
"""The second message of a second is refused: the shortest way to a refusal."""
NEVER = Limits(per_second=0)


async def burst(*middlewares):
    """Let 50 users write at once; return the handlers that failed, and the server."""
    async with bot_api() as api, bot_of(api, *middlewares) as bot:
        updates = [message_update(user) for user in range(1, 51)]
        failed = await feed(answering_dispatcher(), bot, updates)
    return failed, api


@pytest.fixture(scope="module")
def patient_burst():
    """The same burst with the remedy, and the lines it logged."""
    lines = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())
    retry.logger.addHandler(handler)
    try:
        return *asyncio.run(burst(retry.HonourRetryAfter())), lines
    finally:
        retry.logger.removeHandler(handler)


def test_a_refused_answer_is_lost_without_the_remedy():
    failed, api = asyncio.run(burst())
    assert failed >= 20
    assert len(api.sent) <= 30


def test_a_refused_answer_is_sent_after_the_pause_with_the_remedy(patient_burst):
    failed, api, _ = patient_burst
    assert failed == 0
    assert len(api.sent) == 50


def test_the_first_refusals_remain_with_the_remedy(patient_burst):
    """It does not keep the bot below the limit: that is the outbound limiter's part."""
    _, api, _ = patient_burst
    assert len(api.refused) >= 20


def test_a_pause_is_one_line_in_the_log_and_our_own_rule_knows_it(patient_burst):
    """Afterwards `verify` must still see that Telegram refuses calls."""
    *_, lines = patient_burst
    assert 1 <= len(lines) <= 4
    path = REMEDIES.parent / "telegram" / "telegram-flood-control.toml"
    rule = tomllib.loads(path.read_text(encoding="utf-8"))["match"]
    assert any(literal in lines[0] for literal in rule["literals"])
    assert any(regex.compile(pattern).match(lines[0]) for pattern in rule["any"])


def test_one_refusal_pauses_every_other_call():
    async def run():
        async with bot_api(ONE_A_SECOND) as api, bot_of(api, retry.HonourRetryAfter()) as bot:
            await bot.send_message(1, "passes")
            refused = asyncio.create_task(bot.send_message(2, "is refused"))
            await asyncio.sleep(0.3)  # the refusal has come back
            others = [asyncio.create_task(bot.send_message(n, "waits")) for n in (3, 4, 5)]
            poll = asyncio.create_task(bot(GetUpdates()))
            await asyncio.sleep(0.3)
            seen = len(api.calls), api.polls
            for task in (refused, poll, *others):
                task.cancel()
            await asyncio.gather(refused, poll, *others, return_exceptions=True)
        return seen

    assert asyncio.run(run()) == (2, 0)


def test_a_pause_longer_than_the_wait_allowed_fails_at_once_and_sends_nothing():
    async def run():
        impatient = retry.HonourRetryAfter(max_wait_s=0.2)
        async with bot_api(ONE_A_SECOND) as api, bot_of(api, impatient) as bot:
            await bot.send_message(1, "passes")
            for chat in (2, 3):
                with pytest.raises(TelegramRetryAfter):
                    await asyncio.wait_for(bot.send_message(chat, "fails"), timeout=0.8)
        return [call.chat for call in api.calls]

    assert asyncio.run(run()) == [1, 2]


def test_the_number_of_tries_is_bounded():
    async def run():
        twice = retry.HonourRetryAfter(max_tries=2, jitter_s=0.1)
        async with bot_api(NEVER) as api, bot_of(api, twice) as bot:
            with pytest.raises(TelegramRetryAfter):
                await bot.send_message(1, "never passes")
        return len(api.calls)

    assert asyncio.run(run()) == 2
