"""A bot that blocks its loop when somebody writes "block"; run as a process of its own.

python -m tests.remedies.stalling_bot URL [watched]
"""

import asyncio
import sys
import time
from contextlib import AsyncExitStack

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import Message

from tests.remedies.bot_api import TOKEN
from tests.remedies.code import load_code

STALLED_AFTER_S = 2.0
"""Longer than a busy machine makes a bot wait that is well."""


async def run(url: str, *, watched: bool) -> None:
    """Poll until the process is ended."""
    bot = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(url)))
    dispatcher = Dispatcher()

    @dispatcher.message()
    async def answer(message: Message) -> None:
        if message.text == "block":
            time.sleep(3600)  # noqa: ASYNC251 - it is what the bot is for
        await message.answer("hello")

    async with AsyncExitStack() as stack:
        if watched:
            watchdog = load_code("polling-watchdog", "watchdog.py")
            await stack.enter_async_context(watchdog.PollingWatchdog(bot, STALLED_AFTER_S))
        await dispatcher.start_polling(bot, polling_timeout=1)


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1], watched="watched" in sys.argv))
