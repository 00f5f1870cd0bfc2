"""An ordinary aiogram 3 bot that answers a message with a drawn card.

It is written the way such bots are written, faults included: for every message a client session
of its own and an entry for the card in work, both given back only when all went well; a
transaction left open while the answer is sent; waits for `retry_after` that keep the picture, the
session and the transaction. `BOT_REMEDY` turns the remedies on, so that the same bot can be
observed before and after.
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import aiosqlite
from aiogram import BaseMiddleware, Bot, Dispatcher, F, Router
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramRetryAfter
from aiogram.types import (
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
    TelegramObject,
)

TOKEN = os.environ["BOT_TOKEN"]
API = os.environ["BOT_API"]
RATES_URL = os.environ["BOT_RATES_URL"]
DATABASE = os.environ["BOT_DATABASE"]
REMEDY = os.environ.get("BOT_REMEDY", "none")  # none | throttle | whole
CHANNEL = int(os.environ.get("BOT_CHANNEL", "0"))
QUIZ_EVERY = float(os.environ.get("BOT_QUIZ_EVERY", "0"))  # seconds; 0 = no quiz
CARD_BYTES = int(os.environ.get("BOT_CARD_BYTES", "3000000"))
HISTORY_BYTES = int(os.environ.get("BOT_HISTORY_BYTES", "0"))  # kept for ever, a slow leak
HANDLER_TIMEOUT = 60.0

logger = logging.getLogger("bot")
router = Router()
history: list[bytes] = []
drawing: dict[int, tuple[float, bytes]] = {}
REFRESH = InlineKeyboardMarkup(
    inline_keyboard=[[InlineKeyboardButton(text="Refresh", callback_data="refresh")]]
)


class HandlerTimeout(BaseMiddleware):
    """No update may keep a handler for ever."""

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Cancel the handler when its time is up."""
        async with asyncio.timeout(HANDLER_TIMEOUT):
            return await handler(event, data)


class Throttle(BaseMiddleware):
    """Drop a user's messages beyond one a second."""

    def __init__(self) -> None:
        self.last: dict[int, float] = {}

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Call the handler unless this user wrote less than a second ago."""
        user = data["event_from_user"].id
        now = time.monotonic()
        if now - self.last.get(user, 0.0) < 1.0:
            return None
        self.last[user] = now
        return await handler(event, data)


class OutboundLimiter:
    """Evenly spaced calls: 25 a second in all, 1 a second to one chat."""

    def __init__(self) -> None:
        self.next_any = 0.0
        self.next_chat: dict[int, float] = {}

    async def turn(self, chat_id: int) -> None:
        """Sleep until this chat's next call may go out."""
        now = time.monotonic()
        at = max(now, self.next_chat.get(chat_id, 0.0))
        self.next_chat[chat_id] = at + 1.0
        await asyncio.sleep(at - now)
        # the common turn comes last: who waited for a chat must not slip in between
        now = time.monotonic()
        at = max(now, self.next_any)
        self.next_any = at + 1 / 25
        await asyncio.sleep(at - now)


limiter = OutboundLimiter()
shared_session: aiohttp.ClientSession | None = None


async def patiently(call: Callable[[], Awaitable[Any]], chat_id: int) -> Any:
    """Send; when Telegram asks to wait, wait and send again."""
    for _ in range(4):
        try:
            if REMEDY == "whole":
                await limiter.turn(chat_id)
            return await call()
        except TelegramRetryAfter as error:
            logger.error("%s: %s", type(error).__name__, error)  # noqa: TRY400
            await asyncio.sleep(error.retry_after)
    return await call()


@asynccontextmanager
async def database() -> AsyncIterator[aiosqlite.Connection]:
    """Open a connection to the bot's database."""
    timeout = 30.0 if REMEDY == "whole" else 5.0
    async with aiosqlite.connect(DATABASE, timeout=timeout) as connection:
        yield connection


def draw_card(text: str) -> bytes:
    """Draw the card as an uncompressed picture."""
    return (text.encode()[:60].ljust(60) or b" ") * (CARD_BYTES // 60)


async def exchange_rate(session: aiohttp.ClientSession) -> float:
    """Today's rate, printed on the card."""
    async with session.get(RATES_URL) as response:
        return float((await response.json())["rate"])


SEEN = (
    "INSERT INTO users (id, name, messages) VALUES (?, ?, 1) "
    "ON CONFLICT (id) DO UPDATE SET messages = messages + 1"
)
KEEP = "INSERT INTO cards (user_id, title) VALUES (?, ?)"


async def answer_held(message: Message) -> None:
    """Answer a message as the bot was first written."""
    session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60))
    rate = await exchange_rate(session)
    assert message.from_user is not None
    card = draw_card(message.text or "")
    drawing[message.message_id] = time.monotonic(), card
    chat = message.chat.id
    await patiently(lambda: message.answer("One moment, drawing your card ..."), chat)
    async with database() as db:
        await db.execute(SEEN, (message.from_user.id, message.from_user.full_name))
        title = f"Your card ({len(card) // 1000} kB), rate {rate:.2f}"
        await patiently(lambda: message.answer(title, reply_markup=REFRESH), chat)
        await db.execute(KEEP, (message.from_user.id, title))
        await db.commit()
    del drawing[message.message_id]
    await session.close()


async def answer_short(message: Message) -> None:
    """Answer a message with one shared session and no transaction held across a call."""
    assert shared_session is not None
    assert message.from_user is not None
    rate = await exchange_rate(shared_session)
    card = draw_card(message.text or "")
    chat = message.chat.id
    await patiently(lambda: message.answer("One moment, drawing your card ..."), chat)
    title = f"Your card ({len(card) // 1000} kB), rate {rate:.2f}"
    await patiently(lambda: message.answer(title, reply_markup=REFRESH), chat)
    async with database() as db:
        await db.execute(SEEN, (message.from_user.id, message.from_user.full_name))
        await db.execute(KEEP, (message.from_user.id, title))
        await db.commit()


@router.message(F.text)
async def on_text(message: Message) -> None:
    """Answer any text with a card."""
    if HISTORY_BYTES:
        history.append(draw_card(message.text or "")[:HISTORY_BYTES])
    try:
        await (answer_short if REMEDY == "whole" else answer_held)(message)
    except TelegramForbiddenError as error:
        logger.warning("User %s: %s", message.chat.id, error)


@router.callback_query(F.data == "refresh")
async def on_refresh(query: CallbackQuery) -> None:
    """Write today's rate on the card once more."""
    assert isinstance(query.message, Message)
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as session:
        rate = await exchange_rate(session)
    size = CARD_BYTES // 60 * 60 // 1000
    try:
        await query.message.edit_text(
            f"Your card ({size} kB), rate {rate:.2f}", reply_markup=REFRESH
        )
    except TelegramBadRequest as error:
        logger.warning("Card of %s: %s", query.from_user.id, error)
    await query.answer()


async def quiz(bot: Bot) -> None:
    """Open a quiz in the channel now and then; subscribers then write to the bot."""
    while True:
        await asyncio.sleep(QUIZ_EVERY * random.uniform(0.985, 1.015))
        logger.info("Quiz published")
        await patiently(lambda: bot.send_message(CHANNEL, "The quiz is open!"), CHANNEL)


async def forget_old_cards() -> None:
    """Now and then forget the cards whose handler failed."""
    while True:
        await asyncio.sleep(1200)
        for number, (since, _) in list(drawing.items()):
            if time.monotonic() - since > 600:
                del drawing[number]


async def prepare_database() -> None:
    """Create the tables on the first start."""
    async with database() as db:
        if REMEDY == "whole":
            await db.execute("PRAGMA journal_mode=WAL")
        await db.execute(
            "CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY, name TEXT, messages INTEGER)"
        )
        await db.execute("CREATE TABLE IF NOT EXISTS cards (user_id INTEGER, title TEXT)")
        await db.commit()


async def main() -> None:
    """Poll until told to stop."""
    global shared_session
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s - %(name)s - %(levelname)s - %(message)s"
    )
    await prepare_database()
    bot = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(API)))
    dispatcher = Dispatcher()
    if REMEDY in {"throttle", "whole"}:
        router.message.outer_middleware(Throttle())
    if REMEDY == "whole":
        shared_session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60))
    router.message.middleware(HandlerTimeout())
    router.callback_query.middleware(HandlerTimeout())
    dispatcher.include_router(router)
    tasks = [asyncio.create_task(forget_old_cards())]
    if QUIZ_EVERY:
        tasks.append(asyncio.create_task(quiz(bot)))
    try:
        await dispatcher.start_polling(bot)
    finally:
        for task in tasks:
            task.cancel()
        if shared_session is not None:
            await shared_session.close()


if __name__ == "__main__":
    asyncio.run(main())
