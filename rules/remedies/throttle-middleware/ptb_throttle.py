"""Inbound throttle for python-telegram-bot (20 to 22): an update a second from one user.

    application.add_handler(TypeHandler(Update, Throttle().let_pass), group=-1)

A group below 0 comes before the handlers; what is dropped there reaches none of them.
"""

import time
from collections import OrderedDict

from telegram import Update
from telegram.ext import ApplicationHandlerStop, ContextTypes


class Throttle:
    """Drop what a user sends within `interval_s` of the update that was last let through."""

    def __init__(self, interval_s: float = 1.0, max_users: int = 10_000) -> None:
        self.interval_s = interval_s
        self.max_users = max_users
        self._passed: OrderedDict[int, float] = OrderedDict()

    async def let_pass(self, update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        """Do nothing, or stop an update that comes too soon."""
        user = update.effective_user
        if user is None:
            return
        now = time.monotonic()
        while self._passed:  # oldest first: forget who may write again
            oldest, passed = next(iter(self._passed.items()))
            if now - passed < self.interval_s and len(self._passed) < self.max_users:
                break
            del self._passed[oldest]
        if user.id in self._passed:
            raise ApplicationHandlerStop
        self._passed[user.id] = now
