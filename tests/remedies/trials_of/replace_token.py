"""What a supervisor does for a token that is refused, and what another token does."""

import asyncio
from contextlib import suppress

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramUnauthorizedError

from tests.remedies.bot_api import TOKEN, answering_dispatcher, bot_api, message_update
from tests.remedies.polling import poll_until, put
from tests.remedies.trials import Figures, Trial

REVOKED = "42:AAErevoked"
STARTS = 5


async def _starts(token: str) -> Figures:
    """Start the bot again as long as its token is refused."""
    refused = 0
    async with bot_api() as api:
        put(api, [message_update(7)])
        for _ in range(STARTS):
            bot = Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(api.url)))
            async with bot.session:
                refused += 1
                with suppress(TelegramUnauthorizedError):
                    await poll_until(answering_dispatcher(), bot, lambda: bool(api.sent))
                    refused -= 1
                    break
    return {"starts that were refused": refused, "answers sent": len(api.sent)}


def _restarts(replaced: bool) -> Figures:
    return asyncio.run(_starts(TOKEN if replaced else REVOKED))


def _answers(without: Figures, with_it: Figures) -> bool:
    return with_it["answers sent"] > without["answers sent"]


TRIALS = [
    Trial(
        "restarts",
        "a bot whose token is refused is started five times; with the remedy it has another token",
        ("aiogram",),
        _restarts,
        _answers,
    ),
]
