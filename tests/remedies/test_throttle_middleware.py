"""What the throttle per user changes on real aiogram, and what it does not."""

import asyncio

import pytest

from tests.remedies.bot_api import (
    Limits,
    answering_dispatcher,
    bot_api,
    bot_of,
    feed,
    message_update,
)
from tests.remedies.code import load_code

pytestmark = pytest.mark.remedies
throttle = load_code("throttle-middleware", "middleware.py")


async def answers_to(updates, middleware=None, limits=None):
    """Handle *updates* at once; return the server."""
    dispatcher = answering_dispatcher()
    if middleware is not None:
        dispatcher.message.outer_middleware(middleware)
    async with bot_api(limits) as api, bot_of(api) as bot:
        await feed(dispatcher, bot, updates)
    return api


def one_user(messages):
    return [message_update(7) for _ in range(messages)]


def many_users(users):
    return [message_update(user) for user in range(1, users + 1)]


def test_a_burst_of_one_user_is_refused_without_the_throttle():
    api = asyncio.run(answers_to(one_user(20)))
    assert len(api.refused) == 16


def test_a_burst_of_one_user_gets_one_answer_and_no_refusal_with_the_throttle():
    api = asyncio.run(answers_to(one_user(20), throttle.ThrottleMiddleware()))
    assert len(api.sent) == 1
    assert api.refused == []


def test_a_burst_of_many_users_is_refused_with_the_throttle_as_without_it():
    """The throttle alone is not the remedy of the story; this keeps us from saying so."""
    without = asyncio.run(answers_to(many_users(60)))
    with_it = asyncio.run(answers_to(many_users(60), throttle.ThrottleMiddleware()))
    assert len(without.refused) >= 30
    assert len(with_it.refused) >= 30


def test_many_users_in_one_group_are_refused_with_the_throttle_as_without_it():
    updates = [message_update(user, chat=-100) for user in range(1, 31)]
    limits = Limits(chat_burst=1000)
    api = asyncio.run(answers_to(updates, throttle.ThrottleMiddleware(), limits))
    assert len(api.refused) == 10


def test_a_user_who_waited_is_answered_again():
    """Scaled: the interval is a tenth of a second."""

    async def run():
        dispatcher = answering_dispatcher()
        dispatcher.message.outer_middleware(throttle.ThrottleMiddleware(interval_s=0.1))
        async with bot_api() as api, bot_of(api) as bot:
            for _ in range(3):
                await feed(dispatcher, bot, one_user(2))
                await asyncio.sleep(0.15)
        return api

    assert len(asyncio.run(run()).sent) == 3


def test_who_keeps_writing_is_still_answered_once_an_interval():
    """A dropped update must not lengthen the wait, or an eager user is never heard."""

    async def run():
        dispatcher = answering_dispatcher()
        dispatcher.message.outer_middleware(throttle.ThrottleMiddleware(interval_s=0.2))
        async with bot_api() as api, bot_of(api) as bot:
            for _ in range(12):
                await feed(dispatcher, bot, one_user(1))
                await asyncio.sleep(0.05)
        return api

    assert 2 <= len(asyncio.run(run()).sent) <= 5


def test_memory_is_bounded_by_the_users_of_one_interval():
    async def run():
        brief = throttle.ThrottleMiddleware(interval_s=0.05)
        capped = throttle.ThrottleMiddleware(interval_s=3600, max_users=100)
        dispatcher = answering_dispatcher()
        dispatcher.message.handlers.clear()
        dispatcher.message.outer_middleware(brief)
        dispatcher.message.outer_middleware(capped)
        async with bot_api() as api, bot_of(api) as bot:
            await feed(dispatcher, bot, many_users(300))
            await asyncio.sleep(0.1)
            await feed(dispatcher, bot, one_user(1))
        return len(brief._passed), len(capped._passed)

    brief, capped = asyncio.run(run())
    assert brief == 1
    assert capped == 100


def test_updates_of_nobody_pass():
    async def run():
        async def handler(*_):
            return "handled"

        return await throttle.ThrottleMiddleware()(handler, message_update(7), {})

    assert asyncio.run(run()) == "handled"
