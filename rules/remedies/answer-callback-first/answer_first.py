"""Answer callback queries before the work for them, for aiogram 3.

    dispatcher.callback_query.middleware(AnswerFirst())

A handler that shows a text or an alert in its answer must answer by itself, and soon:

    @router.callback_query(F.data == "rate", flags={"answers_itself": True})
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware
from aiogram.dispatcher.flags import get_flag
from aiogram.exceptions import TelegramAPIError
from aiogram.types import CallbackQuery, TelegramObject

logger = logging.getLogger(__name__)


class AnswerFirst(BaseMiddleware):
    """Answer the button press at once; a refused answer does not stop the work."""

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Answer, then call the handler."""
        if isinstance(event, CallbackQuery) and not get_flag(data, "answers_itself"):
            try:
                await event.answer()
            except TelegramAPIError as error:  # too old, or the network: the work is still wanted
                logger.warning("callback query not answered: %s", error)
        return await handler(event, data)
