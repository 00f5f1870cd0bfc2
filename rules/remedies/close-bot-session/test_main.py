"""Tests of main.py; no server is needed: python -m pytest test_main.py."""

import asyncio
from typing import Any

import main
import pytest
from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.types import TelegramObject
from aiohttp import ClientSession

EVENT = TelegramObject()


class StoppedError(Exception):
    """What ends polling in these tests."""


class Polled(Dispatcher):
    """A dispatcher whose polling opens the sessions that a bot opens, and ends."""

    http: ClientSession | None = None
    bots_session: ClientSession | None = None

    async def start_polling(self, *bots: Bot, **values: Any) -> None:
        self.http = values["http"]
        assert isinstance(bots[0].session, AiohttpSession)
        self.bots_session = await bots[0].session.create_session()
        raise StoppedError


def test_every_session_is_closed_whatever_ended_the_bot() -> None:
    async def run() -> list[bool]:
        dispatcher = Polled()
        with pytest.raises(StoppedError):
            await main.run(Bot("42:nobody"), dispatcher)
        assert dispatcher.http is not None
        assert dispatcher.bots_session is not None
        return [dispatcher.http.closed, dispatcher.bots_session.closed]

    assert asyncio.run(run()) == [True, True]


def test_handlers_that_still_run_are_waited_for() -> None:
    async def run() -> list[str]:
        ended: list[str] = []

        async def handler(_: TelegramObject, __: dict[str, Any]) -> None:
            await asyncio.sleep(0.05)
            ended.append("handler")

        running = main.RunningHandlers()
        handling = asyncio.create_task(running(handler, EVENT, {}))
        await running.drain()
        ended.append("drain")
        await handling
        return ended

    assert asyncio.run(run()) == ["handler", "drain"]


def test_a_handler_that_does_not_end_is_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> bool:
        async def handler(_: TelegramObject, __: dict[str, Any]) -> None:
            await asyncio.sleep(60)

        running = main.RunningHandlers()
        handling = asyncio.create_task(running(handler, EVENT, {}))
        await running.drain()
        return handling.cancelled()

    monkeypatch.setattr(main, "DRAIN_S", 0.01)
    assert asyncio.run(run())
