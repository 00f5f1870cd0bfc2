"""What the outbound limiter changes on real aiogram, and that a bucket would not."""

import asyncio
from itertools import pairwise

import pytest
from aiogram.methods import (
    CopyMessages,
    EditMessageText,
    GetUpdates,
    SendChatAction,
    SendMessage,
)

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
limiter = load_code("outbound-limiter", "limiter.py")

USERS = 60
"""More than Telegram's 30 a second, fewer than would make the test long."""


class TokenBucket:
    """What the remedy must not be: 25 saved calls may leave at once, then 25 a second."""

    def __init__(self):
        self.tokens = 25.0
        self.updated = asyncio.get_running_loop().time()

    async def __call__(self, make_request, bot, method):
        now = asyncio.get_running_loop().time()
        self.tokens = min(25.0, self.tokens + (now - self.updated) * 25) - 1
        self.updated = now
        if self.tokens < 0:
            await asyncio.sleep(-self.tokens / 25)
        return await make_request(bot, method)


async def no_request(*_):
    """Stand for the rest of the chain where no server is needed."""


async def burst_of_users(make_limiter):
    """Let many users write at once; return the calls refused, and the server."""
    async with bot_api() as api, bot_of(api, *make_limiter()) as bot:
        await feed(
            answering_dispatcher(), bot, [message_update(user) for user in range(1, USERS + 1)]
        )
    return api


@pytest.fixture(scope="module")
def paced_burst():
    return asyncio.run(burst_of_users(lambda: (limiter.OutboundLimiter(),)))


def test_a_burst_of_many_users_is_refused_without_the_limiter():
    api = asyncio.run(burst_of_users(lambda: ()))
    assert len(api.sent) <= 30
    assert len(api.refused) >= USERS - 30


def test_a_burst_of_many_users_is_not_refused_with_the_limiter(paced_burst):
    assert len(paced_burst.sent) == USERS
    assert paced_burst.refused == []


def test_calls_leave_evenly_spaced_from_the_first_one_on(paced_burst):
    times = [call.time for call in paced_burst.sent]
    assert len([time for time in times if time < times[0] + 0.5]) <= 15


def test_a_bucket_as_large_as_its_rate_is_refused_all_the_same():
    api = asyncio.run(burst_of_users(lambda: (TokenBucket(),)))
    assert api.refused


async def spaced_times(limits, limiter_of_test, chats):
    """Send one message to each of *chats* at once; return the server."""
    async with bot_api(limits) as api, bot_of(api, limiter_of_test) as bot:
        await asyncio.gather(*(bot.send_message(chat, "hello") for chat in chats))
    return api


def test_one_chat_gets_its_messages_in_order_and_no_faster_than_told():
    """Scaled: 20 messages a second to a chat and no burst, where Telegram says 1 and a few."""
    limits = Limits(chat_burst=1, chat_window_s=0.045)
    paced = limiter.OutboundLimiter(per_second=1000, chat_per_second=20)
    api = asyncio.run(spaced_times(limits, paced, [7] * 12))
    assert len(api.sent) == 12
    assert api.refused == []


def test_waiting_for_the_common_turn_does_not_bring_a_chats_messages_together():
    """Who waits for both turns must not use up the chat's turn while waiting for the other."""
    paced = limiter.OutboundLimiter(per_second=20, chat_per_second=4)
    others = list(range(100, 120))
    api = asyncio.run(spaced_times(Limits(), paced, [*others, 7, 7, 7]))
    times = [call.time for call in api.sent if call.chat == 7]
    assert min(b - a for a, b in pairwise(times)) > 0.15


def test_a_group_gets_twenty_messages_in_its_minute():
    """Scaled: the group's minute lasts one second, for the server and for the limiter."""
    limits = Limits(chat_burst=1000, group_window_s=1.0)
    updates = [message_update(user, chat=-100) for user in range(1, 26)]

    async def run(*middlewares):
        async with bot_api(limits) as api, bot_of(api, *middlewares) as bot:
            await feed(answering_dispatcher(), bot, updates)
        return api

    assert asyncio.run(run()).refused
    paced = limiter.OutboundLimiter(chat_per_second=1000, group_per_minute=16 * 60)
    api = asyncio.run(run(paced))
    assert len(api.sent) == 25
    assert api.refused == []


def test_a_slow_group_does_not_hold_up_other_chats():
    async def run():
        async with bot_api() as api, bot_of(api, limiter.OutboundLimiter()) as bot:
            group = [asyncio.create_task(bot.send_message(-100, "hello")) for _ in range(5)]
            await asyncio.sleep(0.05)
            await asyncio.wait_for(bot.send_message(7, "hello"), timeout=1)
            for task in group:
                task.cancel()
            await asyncio.gather(*group, return_exceptions=True)
        return api

    assert [call.chat for call in asyncio.run(run()).sent] == [-100, 7]


def test_the_long_poll_is_never_limited():
    async def run():
        paced = limiter.OutboundLimiter(per_second=0.01)
        async with bot_api() as api, bot_of(api, paced) as bot:
            await bot.send_message(7, "takes the only turn of the next 100 seconds")
            await asyncio.wait_for(bot(GetUpdates()), timeout=5)

    asyncio.run(run())


def test_a_cancelled_call_gives_its_turn_to_the_next():
    async def run():
        paced = limiter.OutboundLimiter(per_second=2)
        async with bot_api() as api, bot_of(api, paced) as bot:
            await bot.send_message(1, "hello")
            waiting = [asyncio.create_task(bot.send_message(n, "hello")) for n in range(2, 100)]
            await asyncio.sleep(0)
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
            await asyncio.wait_for(bot.send_message(100, "hello"), timeout=5)
        return api

    assert [call.chat for call in asyncio.run(run()).sent] == [1, 100]


def test_memory_does_not_grow_with_the_chats_that_were_written_to():
    async def run():
        paced = limiter.OutboundLimiter(per_second=5000, chat_per_second=200)

        for chat in range(1, 301):
            await paced(no_request, None, SendMessage(chat_id=chat, text="hello"))
        most = len(paced._chats)
        await asyncio.sleep(0.1)
        return most, len(paced._chats)

    most, after = asyncio.run(run())
    assert most < 150
    assert after == 0


def test_a_queue_that_is_full_refuses_at_once():
    async def run():
        paced = limiter.OutboundLimiter(per_second=0.1, max_waiting=3)

        def send(chat):
            call = SendMessage(chat_id=chat, text="hello")
            return asyncio.create_task(paced(no_request, None, call))

        await send(1)
        waiting = [send(chat) for chat in (2, 3, 4)]
        await asyncio.sleep(0)
        with pytest.raises(limiter.OutboundQueueFullError):
            await send(5)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    asyncio.run(run())


@pytest.mark.parametrize(
    ("method", "messages"),
    [
        pytest.param(SendMessage(chat_id=1, text="a"), 1, id="a message"),
        pytest.param(EditMessageText(chat_id=1, message_id=1, text="a"), 1, id="an edit"),
        pytest.param(SendChatAction(chat_id=1, action="typing"), 0, id="no message"),
        pytest.param(
            CopyMessages(chat_id=1, from_chat_id=2, message_ids=[1, 2, 3]), 3, id="three at once"
        ),
    ],
)
def test_only_what_lands_in_a_chat_counts_against_it(method, messages):
    assert limiter._messages(method) == messages
