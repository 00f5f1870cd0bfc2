"""Drop what users wrote while the bot was away, for aiogram 3: nobody waits for it any more.

Register it first, on the kinds of update that carry a date:

    dispatcher.message.outer_middleware(DropStale())

To drop all that waits, the fresh along with the stale, no code is needed:

    await bot.delete_webhook(drop_pending_updates=True)  # before start_polling; aiogram 3
    executor.start_polling(dispatcher, skip_updates=True)  # aiogram 2
    application.run_polling(drop_pending_updates=True)  # python-telegram-bot
"""

import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from aiogram import BaseMiddleware
from aiogram.types import Message, TelegramObject

logger = logging.getLogger(__name__)


class DropStale(BaseMiddleware):
    """Drop messages older than `max_age_s`; say how many when the next fresh one comes."""

    def __init__(self, max_age_s: float = 120.0) -> None:
        self.max_age = timedelta(seconds=max_age_s)
        self.dropped = 0

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Call the handler, or return None for a message that waited too long."""
        if isinstance(event, Message) and datetime.now(UTC) - event.date > self.max_age:
            self.dropped += 1
            return None
        if self.dropped:
            logger.warning("dropped %d messages older than %s", self.dropped, self.max_age)
            self.dropped = 0
        return await handler(event, data)
