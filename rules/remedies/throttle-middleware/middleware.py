"""Inbound throttle for aiogram 3: at most one update a second from one user, the rest dropped.

Register it before the filters, on the kinds of update that make the bot send something:

    dispatcher.message.outer_middleware(ThrottleMiddleware())
"""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware
from aiogram.types import TelegramObject


class ThrottleMiddleware(BaseMiddleware):
    """Drop what a user sends within `interval_s` of the update that was last let through."""

    def __init__(self, interval_s: float = 1.0, max_users: int = 10_000) -> None:
        self.interval_s = interval_s
        self.max_users = max_users
        self._passed: OrderedDict[int, float] = OrderedDict()

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Call the handler, or return None for an update that comes too soon."""
        user = data.get("event_from_user")
        if user is None:
            return await handler(event, data)
        now = time.monotonic()
        while self._passed:  # oldest first: forget who may write again
            oldest, passed = next(iter(self._passed.items()))
            if now - passed < self.interval_s and len(self._passed) < self.max_users:
                break
            del self._passed[oldest]
        if user.id in self._passed:
            return None
        self._passed[user.id] = now
        return await handler(event, data)
