"""Tests of retry.py; no server is needed: python -m pytest test_retry.py."""

import asyncio

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramRetryAfter
from aiogram.methods import Response, SendMessage, TelegramMethod
from aiogram.methods.base import TelegramType
from retry import HonourRetryAfter

BOT = Bot("42:nobody")
CALL = SendMessage(chat_id=7, text="hello")


class Server:
    """Refuses the first calls that reach it."""

    def __init__(self, refusals: int, retry_after: int) -> None:
        self.refusals = refusals
        self.retry_after = retry_after
        self.reached = 0

    async def __call__(
        self, _: Bot, method: TelegramMethod[TelegramType]
    ) -> Response[TelegramType]:
        self.reached += 1
        if self.reached <= self.refusals:
            raise TelegramRetryAfter(
                method=method, message="Too Many Requests", retry_after=self.retry_after
            )
        return Response(ok=True)


def test_a_refused_call_is_made_again() -> None:
    server = Server(refusals=2, retry_after=0)
    assert asyncio.run(HonourRetryAfter(jitter_s=0)(server, BOT, CALL)).ok
    assert server.reached == 3


def test_it_gives_up_after_so_many_tries() -> None:
    server = Server(refusals=9, retry_after=0)
    with pytest.raises(TelegramRetryAfter):
        asyncio.run(HonourRetryAfter(max_tries=4, jitter_s=0)(server, BOT, CALL))
    assert server.reached == 4


def test_a_wait_that_is_too_long_is_not_begun() -> None:
    server = Server(refusals=1, retry_after=30)
    with pytest.raises(TelegramRetryAfter):
        asyncio.run(HonourRetryAfter(max_wait_s=5)(server, BOT, CALL))
    assert server.reached == 1


def test_during_a_pause_no_other_call_leaves() -> None:
    async def run() -> int:
        server = Server(refusals=1, retry_after=30)
        middleware = HonourRetryAfter()
        calls = [asyncio.create_task(middleware(server, BOT, CALL)) for _ in range(5)]
        await asyncio.sleep(0.01)
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        return server.reached

    assert asyncio.run(run()) == 1
