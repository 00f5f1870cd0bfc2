"""Outbound limiter for aiogram 3: calls leave evenly spaced, never in a burst.

One limiter for each bot, registered after `HonourRetryAfter` where both are used, so that a
repeated call waits for its turn as well:

    bot.session.middleware(OutboundLimiter())

It spaces calls and does not count them: an allowance of 25 that may be spent at once lets 50 calls
through in its first second (25 saved, 25 refilled), and Telegram refuses what is above 30.
"""

import asyncio
from dataclasses import dataclass, field

from aiogram import Bot
from aiogram.client.session.middlewares.base import (
    BaseRequestMiddleware,
    NextRequestMiddlewareType,
)
from aiogram.methods import GetUpdates, Response, SendChatAction, TelegramMethod
from aiogram.methods.base import TelegramType

POSTS = ("Send", "Forward", "Copy", "Edit")
"""What the names of methods that put something into a chat begin with."""
SLACK = 1.05
"""A chat's messages keep more than their distance: one may travel faster than that before it."""
TIMER_TOLERANCE_S = 0.01
"""The event loop may call a timer a little early."""


class OutboundQueueFullError(RuntimeError):
    """More calls wait for their turn than the limiter was told to hold."""


@dataclass
class _Chat:
    """When the next message to a chat may leave; callers take their turns in order."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    ready: float = 0.0
    waiting: int = 0


class OutboundLimiter(BaseRequestMiddleware):
    """Space calls: `per_second` in all, a message a second to a chat, 20 a minute to a group."""

    def __init__(
        self,
        per_second: float = 25.0,
        chat_per_second: float = 1.0,
        group_per_minute: float = 20.0,
        max_waiting: int = 10_000,
    ) -> None:
        self._spacing_s = 1 / per_second
        self._chat_spacing_s = SLACK / chat_per_second
        self._group_spacing_s = SLACK * max(60 / group_per_minute, 1 / chat_per_second)
        self._max_waiting = max_waiting
        self._waiting = 0
        self._turn = asyncio.Lock()
        self._ready = 0.0
        self._chats: dict[int | str, _Chat] = {}

    async def __call__(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        """Wait for the call's turn, then make it. The long poll for updates never waits."""
        if not isinstance(method, GetUpdates):
            if self._waiting >= self._max_waiting:
                raise OutboundQueueFullError(f"{self._waiting} calls wait already")
            self._waiting += 1
            try:
                await self._take_turn(method)
            finally:
                self._waiting -= 1
        return await make_request(bot, method)

    async def _take_turn(self, method: TelegramMethod[TelegramType]) -> None:
        chat_id: int | str | None = getattr(method, "chat_id", None)
        messages = _messages(method)
        if chat_id is None or not messages:
            await self._leave(messages or 1)
            return
        chat = self._chats.setdefault(chat_id, _Chat())
        spacing_s = self._group_spacing_s if _is_group(chat_id) else self._chat_spacing_s
        chat.waiting += 1
        try:
            # The chat's turn is kept until the call leaves: calls that waited for the common
            # turn would otherwise leave this chat's turn behind and go out side by side.
            async with chat.turn:
                await _sleep_until(chat.ready)
                chat.ready = await self._leave(messages) + messages * spacing_s
        finally:
            chat.waiting -= 1
            if not chat.waiting:
                asyncio.get_running_loop().call_at(chat.ready, self._forget, chat_id)

    async def _leave(self, messages: int) -> float:
        """Wait for the common turn; return the time of leaving."""
        async with self._turn:
            await _sleep_until(self._ready)
            now = asyncio.get_running_loop().time()
            self._ready = now + messages * self._spacing_s
            return now

    def _forget(self, chat_id: int | str) -> None:
        """Drop a chat that need not wait any more: memory holds seconds of chats, not all."""
        chat = self._chats.get(chat_id)
        ready_by = asyncio.get_running_loop().time() + TIMER_TOLERANCE_S
        if chat and not chat.waiting and chat.ready <= ready_by:
            del self._chats[chat_id]


def _messages(method: TelegramMethod[TelegramType]) -> int:
    """Return how many messages a call puts into its chat; an album counts each picture."""
    if isinstance(method, SendChatAction) or not type(method).__name__.startswith(POSTS):
        return 0
    items = getattr(method, "media", None) or getattr(method, "message_ids", None)
    return len(items) if isinstance(items, list) else 1


def _is_group(chat_id: int | str) -> bool:
    """Tell groups and channels, whose numbers are negative, from people; names are channels."""
    return str(chat_id).startswith(("-", "@"))


async def _sleep_until(moment: float) -> None:
    await asyncio.sleep(max(0.0, moment - asyncio.get_running_loop().time()))
