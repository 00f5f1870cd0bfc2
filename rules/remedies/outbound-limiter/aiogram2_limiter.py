"""Outbound limiter for aiogram 2: a bot whose calls leave evenly spaced, never in a burst.

    bot = PacedBot(token=TOKEN)

An album counts as one message here: leave room for albums with a lower `per_second`.
"""

import asyncio
from typing import Any

from aiogram import Bot

POSTS = ("send", "forward", "copy", "edit")
"""What the names of methods that put something into a chat begin with."""
SLACK = 1.05
"""A chat's messages keep more than their distance: one may travel faster than that before it."""


class _Chat:
    """When the next message to a chat may leave; callers take their turns in order."""

    def __init__(self) -> None:
        self.turn = asyncio.Lock()
        self.ready = 0.0
        self.waiting = 0


class PacedBot(Bot):
    """Space calls: `per_second` in all, a message a second to a chat, 20 a minute to a group."""

    def __init__(
        self,
        *args: Any,
        per_second: float = 25.0,
        chat_per_second: float = 1.0,
        group_per_minute: float = 20.0,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self._spacing_s = 1 / per_second
        self._chat_spacing_s = SLACK / chat_per_second
        self._group_spacing_s = SLACK * 60 / group_per_minute
        self._turn = asyncio.Lock()
        self._ready = 0.0
        self._chats: dict[int | str, _Chat] = {}

    async def request(self, method: str, data: Any = None, *args: Any, **options: Any) -> Any:
        """Wait for the call's turn, then make it. The long poll for updates never waits."""
        if method != "getUpdates":
            await self._take_turn(method, data or {})
        return await super().request(method, data, *args, **options)

    async def _take_turn(self, method: str, data: Any) -> None:
        chat_id = data.get("chat_id")
        if chat_id is None or not method.startswith(POSTS) or method == "sendChatAction":
            await self._leave()
            return
        chat = self._chats.setdefault(chat_id, _Chat())
        group = str(chat_id).startswith(("-", "@"))
        chat.waiting += 1
        try:
            async with chat.turn:  # kept until the call leaves: see limiter.py
                await _sleep_until(chat.ready)
                spacing_s = self._group_spacing_s if group else self._chat_spacing_s
                chat.ready = await self._leave() + spacing_s
        finally:
            chat.waiting -= 1
            if not chat.waiting:
                asyncio.get_running_loop().call_at(chat.ready + 0.01, self._forget, chat_id)

    async def _leave(self) -> float:
        """Wait for the common turn; return the time of leaving."""
        async with self._turn:
            await _sleep_until(self._ready)
            now = asyncio.get_running_loop().time()
            self._ready = now + self._spacing_s
            return now

    def _forget(self, chat_id: Any) -> None:
        """Drop a chat that need not wait any more: memory holds seconds of chats, not all."""
        chat = self._chats.get(chat_id)
        if chat and not chat.waiting and chat.ready <= asyncio.get_running_loop().time():
            del self._chats[chat_id]


async def _sleep_until(moment: float) -> None:
    await asyncio.sleep(max(0.0, moment - asyncio.get_running_loop().time()))
