"""Honour `retry_after` in aiogram 3: one refusal pauses every call of the bot, then it goes on.

Register it first, so that a repeated call passes the middlewares behind it again:

    bot.session.middleware(HonourRetryAfter())

The contract with handlers: any call may now take `max_wait_s` longer. Call Telegram with nothing
open that others need: no database transaction, no lock, no client session of the handler's own.
What is held across a call is held for the whole pause; read, commit, send, then write. The limit
on a handler's time, if there is one, must be longer than `max_wait_s`.
"""

import asyncio
import logging
import math
import random

from aiogram import Bot
from aiogram.client.session.middlewares.base import (
    BaseRequestMiddleware,
    NextRequestMiddlewareType,
)
from aiogram.exceptions import TelegramRetryAfter
from aiogram.methods import Response, TelegramMethod
from aiogram.methods.base import TelegramType

logger = logging.getLogger(__name__)


class HonourRetryAfter(BaseRequestMiddleware):
    """Wait as long as Telegram says, all calls together, and give up after a bounded time.

    The long poll for updates waits as well: what the bot cannot answer yet stays with Telegram
    and not in the bot's memory.
    """

    def __init__(
        self, max_tries: int = 4, max_wait_s: float = 120.0, jitter_s: float = 2.0
    ) -> None:
        self.max_tries = max_tries
        self.max_wait_s = max_wait_s
        self.jitter_s = jitter_s
        self._paused_until = 0.0

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        """Make the call; after a refusal wait and make it again."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self.max_wait_s
        tries = 0
        while True:
            await self._wait_for_end_of_pause(method, deadline)
            tries += 1
            try:
                return await make_request(bot, method)
            except TelegramRetryAfter as error:
                self._pause(type(method).__name__, error.retry_after)
                if tries >= self.max_tries:
                    raise

    def _pause(self, name: str, retry_after: int) -> None:
        until = asyncio.get_running_loop().time() + retry_after
        if until > self._paused_until + 1:  # one line for each pause, not for each call
            logger.warning("Flood limit exceeded, sleeping %d seconds (%s)", retry_after, name)
        self._paused_until = max(self._paused_until, until)

    async def _wait_for_end_of_pause(
        self, method: TelegramMethod[TelegramType], deadline: float
    ) -> None:
        """Return when no pause is left; raise if it would end after the deadline."""
        loop = asyncio.get_running_loop()
        while (left := self._paused_until - loop.time()) > 0:
            if self._paused_until > deadline:
                raise TelegramRetryAfter(
                    method=method,
                    message="not sent: the pause Telegram asked for is longer than max_wait_s",
                    retry_after=math.ceil(left),
                )
            # Resuming at different moments; not all that waited in the same millisecond.
            await asyncio.sleep(left + random.uniform(0, self.jitter_s))  # noqa: S311
