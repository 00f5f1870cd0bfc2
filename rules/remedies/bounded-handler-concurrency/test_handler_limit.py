"""Tests of handler_limit.py; no server is needed: python -m pytest test_handler_limit.py."""

import asyncio
from typing import Any

from aiogram import Bot
from aiogram.methods import GetUpdates, Response, TelegramMethod
from aiogram.types import TelegramObject, Update
from handler_limit import HandlerLimit

UPDATE = Update(update_id=1)
BOT = Bot("42:nobody")


def test_no_more_handlers_run_at_once_than_allowed() -> None:
    async def run() -> int:
        running = peak = 0

        async def handler(_: TelegramObject, __: dict[str, Any]) -> None:
            nonlocal running, peak
            running += 1
            peak = max(peak, running)
            await asyncio.sleep(0.001)
            running -= 1

        limit = HandlerLimit(max_running=3)
        await asyncio.gather(*(limit.take_turn(handler, UPDATE, {}) for _ in range(20)))
        assert limit.pending == 0
        return peak

    assert asyncio.run(run()) == 3


def test_updates_are_fetched_again_when_there_is_room() -> None:
    async def run() -> list[bool]:
        end = asyncio.Event()

        async def handler(_: TelegramObject, __: dict[str, Any]) -> None:
            await end.wait()

        async def answer(bot: Bot, method: TelegramMethod[list[Update]]) -> Response[list[Update]]:
            assert bot is BOT
            assert isinstance(method, GetUpdates)
            return Response(ok=True, result=[])

        limit = HandlerLimit(max_running=1)
        handling = asyncio.create_task(limit.take_turn(handler, UPDATE, {}))
        polling = asyncio.create_task(limit.hold_polling(answer, BOT, GetUpdates()))
        await asyncio.sleep(0.01)
        seen = [polling.done()]
        end.set()
        await asyncio.wait_for(asyncio.gather(handling, polling), 1)
        return [*seen, polling.done()]

    assert asyncio.run(run()) == [False, True]


def test_a_handler_that_fails_gives_its_turn_back() -> None:
    async def run() -> None:
        async def handler(_: TelegramObject, __: dict[str, Any]) -> None:
            raise ValueError

        limit = HandlerLimit(max_running=1)
        for _ in range(3):
            await asyncio.gather(limit.take_turn(handler, UPDATE, {}), return_exceptions=True)
        assert limit.pending == 0

    asyncio.run(run())
