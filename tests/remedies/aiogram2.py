"""Trials on aiogram 2, which cannot be installed beside aiogram 3.

    python -m tests.remedies.aiogram2 PYTHON

PYTHON is an interpreter with aiogram 2. It runs the bot, with the remedies' code; the server on
loopback runs here. Prints figures without and with the code; they stand in `measured`.
"""

import asyncio
import json
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
MESSAGES = 80
BOT = """
import asyncio, json, sys
from pathlib import Path

remedies, url, load, with_it = Path(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4] == "with"
sys.path[:0] = [str(remedies / "throttle-middleware"), str(remedies / "outbound-limiter")]

from aiogram import Bot, Dispatcher, types
from aiogram.bot.api import TelegramAPIServer
from aiogram.utils.exceptions import RetryAfter
from aiogram2_limiter import PacedBot
from aiogram2_throttle import ThrottleMiddleware

TOKEN = sys.argv[5]
MESSAGES = int(sys.argv[6])


def update(number, user):
    who = {"id": user, "is_bot": False, "first_name": "U"}
    chat = {"id": user, "type": "private"}
    message = {"message_id": number, "date": 1, "chat": chat, "from": who, "text": "hello"}
    return types.Update(update_id=number, message=message)


async def main():
    make = PacedBot if with_it and load == "many-users" else Bot
    bot = make(TOKEN, server=TelegramAPIServer.from_base(url))
    Bot.set_current(bot)
    dispatcher = Dispatcher(bot)
    Dispatcher.set_current(dispatcher)
    if with_it and load == "one-user":
        dispatcher.middleware.setup(ThrottleMiddleware())

    @dispatcher.message_handler()
    async def answer(message):
        await message.answer("hello")

    users = [7] * MESSAGES if load == "one-user" else range(1, MESSAGES + 1)
    updates = [update(number, user) for number, user in enumerate(users, start=1)]
    ends = await asyncio.gather(
        *(dispatcher.process_update(one) for one in updates), return_exceptions=True
    )
    for end in ends:
        if isinstance(end, Exception) and not isinstance(end, RetryAfter):
            raise end
    await (await bot.get_session()).close()


asyncio.run(main())
"""


async def run(python: str, load: str, *, with_it: bool) -> dict[str, int]:
    """Let the users write at once; return what became of the answers."""
    from tests.remedies.bot_api import TOKEN, bot_api

    async with bot_api() as api:
        arguments = [str(ROOT / "rules" / "remedies"), api.url, load]
        arguments += ["with" if with_it else "without", TOKEN, str(MESSAGES)]
        bot = await asyncio.create_subprocess_exec(python, "-c", BOT, *arguments)
        if await bot.wait():
            raise SystemExit("the bot failed")
        return {"refused calls": len(api.refused), "answers sent": len(api.sent)}


async def main() -> None:
    """Run both loads, without and with the remedy that is for it."""
    for load in ("one-user", "many-users"):
        for with_it in (False, True):
            figures = await run(sys.argv[1], load, with_it=with_it)
            sys.stdout.write(f"{load} {'with' if with_it else 'without'} {json.dumps(figures)}\n")


if __name__ == "__main__":
    asyncio.run(main())
