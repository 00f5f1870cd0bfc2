"""Bounded handlers for aiogram 3: so many at once; while more wait, no updates are fetched.

aiogram makes a task of each update that polling brings, at once and without a limit. Here they
take turns, and the next request for updates waits until there is room: what the bot cannot handle
yet stays with Telegram, which keeps it for 24 hours, and not in the bot's memory.

    HandlerLimit().install(dispatcher, bot)

Newer versions have a limit of their own, `start_polling(bot, tasks_concurrency_limit=30)` (3.31 has
it, 3.13 has not): prefer it where you have it. Needs Python 3.10 or later.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.client.session.middlewares.base import NextRequestMiddlewareType
from aiogram.methods import GetUpdates, Response, TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import TelegramObject


class HandlerLimit:
    """Run `max_running` handlers at once, and fetch no updates while as many are at work."""

    def __init__(self, max_running: int = 30) -> None:
        self.max_running = max_running
        self.pending = 0
        """Updates that are handled now or wait for their turn: at most a batch of 100 more."""
        self._turns = asyncio.Semaphore(max_running)
        self._room = asyncio.Event()
        self._room.set()

    def install(self, dispatcher: Dispatcher, *bots: Bot) -> None:
        """Put both halves where they belong, before polling starts."""
        dispatcher.update.outer_middleware(self.take_turn)
        for bot in bots:
            bot.session.middleware(self.hold_polling)

    async def take_turn(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Handle an update when its turn has come."""
        self._count(1)
        try:
            async with self._turns:
                return await handler(event, data)
        finally:
            self._count(-1)

    async def hold_polling(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        """Let every call pass, but the one for updates only when there is room."""
        if isinstance(method, GetUpdates):
            await asyncio.sleep(0)  # the updates of the last batch are counted when they begin
            await self._room.wait()
        return await make_request(bot, method)

    def _count(self, more: int) -> None:
        self.pending += more
        if self.pending < self.max_running:
            self._room.set()
        else:
            self._room.clear()
