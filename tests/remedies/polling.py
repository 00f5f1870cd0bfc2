"""Bots that poll the server on loopback until a trial has seen enough."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.types import Update

from tests.remedies.bot_api import BotApi

GIVE_UP_S = 10.0
"""Longer than any trial needs: it ends one that would never see enough."""


def put(api: BotApi, updates: Sequence[Update]) -> None:
    """Let *updates* wait on the server, as they do while a bot is away."""
    api.updates += [update.model_dump(mode="json", exclude_none=True) for update in updates]


async def poll_until(
    dispatcher: Dispatcher, bot: Bot, enough: Callable[[], bool], **options: Any
) -> None:
    """Poll until there is *enough*, or no hope."""
    polling = asyncio.create_task(
        dispatcher.start_polling(
            bot, handle_signals=False, close_bot_session=False, polling_timeout=1, **options
        )
    )
    with suppress(TimeoutError):
        async with asyncio.timeout(GIVE_UP_S):
            while not enough() and not polling.done():  # noqa: ASYNC110 - whatever is enough
                await asyncio.sleep(0.01)
    if not polling.done():
        await dispatcher.stop_polling()
    await polling
