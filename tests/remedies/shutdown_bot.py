"""A bot that is told to stop while it works; run as a process of its own.

    python -X dev -m tests.remedies.shutdown_bot

Three bots one after the other. `remedy` runs the remedy's main.py. The others are what it
replaces: `per-message` makes a client session for each message and closes none; `polling-only`
trusts `start_polling` to close all. Standard error has the name of the bot before its lines;
standard output has one line of JSON for each.
"""

import asyncio
import gc
import json
import logging
import os
import signal
import sys

import aiohttp
from aiogram import Bot, Dispatcher, F
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import Message

from tests.remedies.bot_api import TOKEN, BotApi, bot_api
from tests.remedies.code import load_code

STOP_WHILE_WORKING_S = 0.1
WORK_S = 0.25


def write_to_bot(api: BotApi) -> None:
    """Put an update on the server: a user writes."""
    user = {"id": 7, "is_bot": False, "first_name": "U"}
    message = {
        "message_id": 1,
        "date": 1_770_000_000,
        "chat": {"id": 7, "type": "private"},
        "from": user,
        "text": "hello",
    }
    api.updates.append({"update_id": 1, "message": message})


def stop_soon() -> None:
    """Ask this process to stop, as systemd would, while its handler works."""
    loop = asyncio.get_running_loop()
    loop.call_later(STOP_WHILE_WORKING_S, os.kill, os.getpid(), signal.SIGTERM)


async def ask(session: aiohttp.ClientSession, url: str) -> float:
    """Ask the other service."""
    async with session.get(url) as response:
        return float((await response.json())["rate"])


def open_sessions() -> int:
    """Count the client sessions that nobody closed, whether or not somebody still holds them."""
    sessions = [item for item in gc.get_objects() if isinstance(item, aiohttp.ClientSession)]
    return sum(not session.closed for session in sessions)


async def work_until_stopped(variant: str) -> dict[str, int]:
    """Run the bot until its SIGTERM; return what the server saw and what was left open."""
    dispatcher = Dispatcher()
    async with bot_api() as api:
        write_to_bot(api)
        rates = f"{api.url}/rates.json"

        @dispatcher.message(F.text == "hello")
        async def work(message: Message, http: aiohttp.ClientSession | None = None) -> None:
            stop_soon()
            if variant == "per-message":
                await ask(aiohttp.ClientSession(), rates)
            elif http is not None:
                await ask(http, rates)
            await asyncio.sleep(WORK_S)
            await message.answer("done")

        bot = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(api.url)))
        before = open_sessions()
        if variant == "remedy":
            await load_code("close-bot-session", "main.py").run(bot, dispatcher)
        else:
            await dispatcher.start_polling(bot)
        return {"answers": len(api.sent), "left_open": open_sessions() - before}


def main() -> None:
    """Run the three bots; print each one's result when what it left has been collected."""
    logging.basicConfig(level=logging.WARNING)
    for variant in ("per-message", "polling-only", "remedy"):
        print(f"== {variant}", file=sys.stderr, flush=True)  # noqa: T201
        result = asyncio.run(work_until_stopped(variant))
        gc.collect()
        print(json.dumps({"bot": variant, **result}), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
