"""Tests of ptb_limiter.py; no server is needed: python -m pytest test_ptb_limiter.py."""

import asyncio
import time
from typing import Any

from ptb_limiter import spaced_limiter
from telegram.error import RetryAfter
from telegram.ext import AIORateLimiter


async def call(limiter: AIORateLimiter, send: Any, chat: int = 7) -> Any:
    return await limiter.process_request(send, (), {}, "sendMessage", {"chat_id": chat}, None)


def test_calls_leave_one_after_the_other() -> None:
    times: list[float] = []

    async def send() -> bool:
        times.append(time.monotonic())
        return True

    async def run() -> None:
        limiter = spaced_limiter(per_second=100)
        await asyncio.gather(*(call(limiter, send) for _ in range(10)))

    asyncio.run(run())
    assert times[-1] - times[0] > 0.05


def test_a_refused_call_is_repeated() -> None:
    refusals = [RetryAfter(0)]

    async def send() -> bool:
        if refusals:
            raise refusals.pop()
        return True

    async def run() -> Any:
        return await call(spaced_limiter(), send)

    assert asyncio.run(run()) is True
