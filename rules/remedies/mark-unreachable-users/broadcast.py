"""A broadcast that leaves out who cannot be reached, and remembers it, for aiogram 3.

    result = await broadcast(lambda user: bot.send_message(user, text), users, forget)

`forget` marks a user as unreachable where you keep them; take the mark away when the user writes
again (/start, or my_chat_member with the status "member").
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramRetryAfter,
)

logger = logging.getLogger(__name__)

GONE = ("chat not found", "PEER_ID_INVALID")
"""What else Telegram says of chats that the bot cannot write to, besides 403."""
TRIES = 3
"""Calls for one user, where Telegram asks to wait."""


@dataclass
class BroadcastResult:
    """Who was reached and who was not."""

    sent: int = 0
    unreachable: list[int] = field(default_factory=list)
    failed: list[int] = field(default_factory=list)
    """Other failures: the network, Telegram's servers, a text that is refused."""


async def broadcast(
    send: Callable[[int], Awaitable[object]],
    users: Iterable[int],
    forget: Callable[[int], Awaitable[object]],
    per_second: float = 20.0,
) -> BroadcastResult:
    """Send to all *users*, one after the other, and never twice to who cannot be reached.

    20 a second leaves a third of Telegram's 30 to the bot's answers.
    """
    result = BroadcastResult()
    for user in users:
        try:
            await _send(send, user)
        except TelegramAPIError as error:
            if is_gone(error):
                result.unreachable.append(user)
                await forget(user)
            else:
                result.failed.append(user)
                logger.warning("broadcast to %d failed: %s", user, error)
        else:
            result.sent += 1
        await asyncio.sleep(1 / per_second)
    return result


def is_gone(error: TelegramAPIError) -> bool:
    """Tell whether no later try can succeed before the user comes back."""
    if isinstance(error, TelegramForbiddenError):
        return True
    return isinstance(error, TelegramBadRequest) and any(text in error.message for text in GONE)


async def _send(send: Callable[[int], Awaitable[object]], user: int) -> None:
    for _ in range(TRIES - 1):
        try:
            await send(user)
        except TelegramRetryAfter as error:
            await asyncio.sleep(error.retry_after)
        else:
            return
    await send(user)
