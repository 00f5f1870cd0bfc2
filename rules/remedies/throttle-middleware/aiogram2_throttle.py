"""Inbound throttle for aiogram 2: at most one message a second from one user, the rest dropped.

    dispatcher.middleware.setup(ThrottleMiddleware())

Give it a method on_pre_process_callback_query as well if buttons make the bot send.
"""

import time
from collections import OrderedDict
from typing import Any

from aiogram.dispatcher.handler import CancelHandler
from aiogram.dispatcher.middlewares import BaseMiddleware
from aiogram.types import Message


class ThrottleMiddleware(BaseMiddleware):
    """Drop what a user sends within `interval_s` of the message that was last let through."""

    def __init__(self, interval_s: float = 1.0, max_users: int = 10_000) -> None:
        super().__init__()
        self.interval_s = interval_s
        self.max_users = max_users
        self._passed: OrderedDict[int, float] = OrderedDict()

    async def on_pre_process_message(self, message: Message, _: Any) -> None:
        """Do nothing, or cancel a message that comes too soon."""
        if message.from_user is None:
            return
        user, now = message.from_user.id, time.monotonic()
        while self._passed:  # oldest first: forget who may write again
            oldest, passed = next(iter(self._passed.items()))
            if now - passed < self.interval_s and len(self._passed) < self.max_users:
                break
            del self._passed[oldest]
        if user in self._passed:
            raise CancelHandler
        self._passed[user] = now
