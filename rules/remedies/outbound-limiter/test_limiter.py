"""Tests of limiter.py; no server is needed: python -m pytest test_limiter.py."""

import asyncio
from itertools import pairwise
from typing import Any

import pytest
from aiogram import Bot
from aiogram.methods import GetUpdates, Response, SendMessage, TelegramMethod
from limiter import OutboundLimiter, OutboundQueueFullError

BOT = Bot("42:nobody")
TOLERANCE_S = 0.005  # an event loop may call its timers a little early


async def leaving_times(limiter: OutboundLimiter, *calls: TelegramMethod[Any]) -> list[float]:
    """Make all calls at once; return when each left, in seconds since the first."""
    times: list[float] = []

    async def answer(_: Bot, __: TelegramMethod[Any]) -> Response[Any]:
        times.append(asyncio.get_running_loop().time())
        return Response(ok=True, result=True)

    await asyncio.gather(*(limiter(answer, BOT, call) for call in calls))
    return [time - times[0] for time in times]


def distances(times: list[float]) -> list[float]:
    return [later - earlier for earlier, later in pairwise(times)]


def test_calls_to_many_chats_leave_one_by_one() -> None:
    limiter = OutboundLimiter(per_second=50)
    calls = [SendMessage(chat_id=chat, text="hello") for chat in range(1, 11)]
    left = asyncio.run(leaving_times(limiter, *calls))
    assert all(distance >= 1 / 50 - TOLERANCE_S for distance in distances(left))


def test_messages_to_one_chat_are_further_apart() -> None:
    limiter = OutboundLimiter(per_second=1000, chat_per_second=20)
    calls = [SendMessage(chat_id=7, text="hello") for _ in range(4)]
    left = asyncio.run(leaving_times(limiter, *calls))
    assert all(distance >= 1 / 20 - TOLERANCE_S for distance in distances(left))


def test_messages_to_a_group_are_as_far_apart_as_its_limit_says() -> None:
    limiter = OutboundLimiter(per_second=1000, chat_per_second=1000, group_per_minute=1200)
    calls = [SendMessage(chat_id=-100, text="hello") for _ in range(3)]
    left = asyncio.run(leaving_times(limiter, *calls))
    assert all(distance >= 60 / 1200 - TOLERANCE_S for distance in distances(left))


def test_the_long_poll_does_not_wait() -> None:
    limiter = OutboundLimiter(per_second=0.01)
    assert len(asyncio.run(leaving_times(limiter, *(GetUpdates() for _ in range(5))))) == 5


def test_beyond_its_queue_a_call_fails_at_once() -> None:
    limiter = OutboundLimiter(max_waiting=0)
    with pytest.raises(OutboundQueueFullError):
        asyncio.run(leaving_times(limiter, SendMessage(chat_id=7, text="hello")))
