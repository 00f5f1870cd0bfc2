"""Start and stop of an aiogram 3 bot that leaves no client session open.

One session for calls to other services, made at the start and handed to handlers as `http`;
handlers that still run when polling stops are waited for; then every session is closed, whatever
ended the bot. `start_polling` turns SIGTERM and SIGINT into an orderly stop.
"""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware, Bot, Dispatcher, F, Router
from aiogram.types import Message, TelegramObject
from aiohttp import ClientSession, ClientTimeout

HTTP_TIMEOUT = ClientTimeout(total=15)  # seconds for a call to another service
DRAIN_S = 20.0  # for handlers that still run at the stop; less than TimeoutStopSec
RATES_URL = os.environ.get("RATES_URL", "https://example.org/rates.json")

router = Router()


class RunningHandlers(BaseMiddleware):
    """Knows the handlers that still run: aiogram stops polling without waiting for them."""

    def __init__(self) -> None:
        self.tasks: set[asyncio.Task[Any]] = set()

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Remember the task of this update while it is handled."""
        task = asyncio.current_task()
        if task is None:
            return await handler(event, data)
        self.tasks.add(task)
        try:
            return await handler(event, data)
        finally:
            self.tasks.discard(task)

    async def drain(self) -> None:
        """Let them finish; cancel what takes longer than DRAIN_S."""
        await asyncio.sleep(0)  # let the last updates begin
        if not self.tasks:
            return
        _, late = await asyncio.wait(self.tasks, timeout=DRAIN_S)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)


@router.message(F.text)
async def answer_rate(message: Message, http: ClientSession) -> None:
    """Use the shared session: `async with` gives back the connection, not the session."""
    async with http.get(RATES_URL) as response:
        rate = (await response.json())["rate"]
    await message.answer(f"The rate is {rate}")


async def run(bot: Bot, dispatcher: Dispatcher) -> None:
    """Poll until told to stop, then close what was opened, in this order."""
    running = RunningHandlers()
    dispatcher.update.outer_middleware(running)
    try:
        async with ClientSession(timeout=HTTP_TIMEOUT) as http:
            try:
                # The session stays open here: a handler that answers after the end of
                # polling would make aiogram open a new one, which nobody closes.
                await dispatcher.start_polling(bot, http=http, close_bot_session=False)
            finally:
                await running.drain()
    finally:
        await bot.session.close()


async def main() -> None:
    """Read the token from the environment and run the bot."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    dispatcher = Dispatcher()
    dispatcher.include_router(router)
    await run(Bot(os.environ["BOT_TOKEN"]), dispatcher)


if __name__ == "__main__":
    asyncio.run(main())
