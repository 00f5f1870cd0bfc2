"""An ordinary aiogram 3 bot that answers a message with a drawn card.

It is written the way such bots are written, faults included: for every message a client session
of its own and an entry for the card in work, both given back only when all went well; a
transaction left open while the answer is sent; waits for `retry_after` that keep the picture, the
session and the transaction. `BOT_REMEDY` turns remedies on, one by one, so that the same bot can be
observed with and without each. Their code is what people are given: the files of `rules/remedies/`,
as they stand.
"""

from __future__ import annotations

import asyncio
import importlib.util
import logging
import os
import random
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
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
SHIPPED = Path(__file__).with_name("remedies")  # a copy of rules/remedies/
GROUPS = {"none": [], "whole": ["throttle", "limiter", "sqlite", "session"]}
REMEDIES = {
    remedy
    for word in os.environ.get("BOT_REMEDY", "none").split()
    for remedy in GROUPS.get(word, [word])
}
"""Of throttle, limiter, retry, handlers, session, sqlite; and wal: sqlite without its short
transactions."""
TRANSACTION = os.environ.get("BOT_TRANSACTION", "handler")  # or middleware: who opens it
CHANNEL = int(os.environ.get("BOT_CHANNEL", "0"))
QUIZ_EVERY = float(os.environ.get("BOT_QUIZ_EVERY", "0"))  # seconds; 0 = no quiz
CARD_BYTES = int(os.environ.get("BOT_CARD_BYTES", "3000000"))
HISTORY_BYTES = int(os.environ.get("BOT_HISTORY_BYTES", "0"))  # kept for ever, a slow leak
HANDLER_TIMEOUT = 150.0 if "retry" in REMEDIES else 60.0  # retry.py asks for more than its 120 s

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


class AtWork(BaseMiddleware):
    """Notes the largest number of handlers that ran at once, over all lives of the bot."""

    def __init__(self) -> None:
        self.note = Path(DATABASE).with_suffix(".peak")
        self.peak = int(self.note.read_text()) if self.note.exists() else 0
        self.running = 0

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Count the handler while it runs."""
        self.running += 1
        if self.running > self.peak:
            self.peak = self.running
            self.note.write_text(str(self.peak))
        try:
            return await handler(event, data)
        finally:
            self.running -= 1


class OpenTransaction(BaseMiddleware):
    """A transaction for each message, opened before its handler and kept until its end."""

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Note the user, call the handler, commit."""
        user = data["event_from_user"]
        async with connected() as db:
            await db.execute(SEEN, (user.id, user.full_name))
            result = await handler(event, {**data, "transaction": db})
            await db.commit()
        return result


def shipped(remedy: str, file: str) -> Any:
    """Return the module that a remedy's code file makes."""
    path = SHIPPED / remedy / file
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


async def patiently(call: Callable[[], Awaitable[Any]]) -> Any:
    """Send; when Telegram asks to wait, wait and send again."""
    for _ in range(0 if "retry" in REMEDIES else 4):
        try:
            return await call()
        except TelegramRetryAfter as error:
            logger.error("%s: %s", type(error).__name__, error)  # noqa: TRY400
            await asyncio.sleep(error.retry_after)
    return await call()


@asynccontextmanager
async def connected() -> AsyncIterator[aiosqlite.Connection]:
    """Open a connection to the bot's database."""
    timeout = 30.0 if "wal" in REMEDIES else 5.0
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


@router.message(F.text)
async def on_text(
    message: Message,
    http: aiohttp.ClientSession | None = None,
    database: Any = None,
    transaction: aiosqlite.Connection | None = None,
) -> None:
    """Answer any text with a card."""
    if HISTORY_BYTES:
        history.append(draw_card(message.text or "")[:HISTORY_BYTES])
    session = http or aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60))
    try:
        rate = await exchange_rate(session)
        card = draw_card(message.text or "")
        drawing[message.message_id] = time.monotonic(), card
        await patiently(lambda: message.answer("One moment, drawing your card ..."))
        title = f"Your card ({len(card) // 1000} kB), rate {rate:.2f}"
        if database is not None:
            await answer_short(message, title, database)
        elif transaction is not None:
            await answer_within(message, title, transaction)
        else:
            await answer_held(message, title)
    except TelegramForbiddenError as error:
        logger.warning("User %s: %s", message.chat.id, error)
        return
    del drawing[message.message_id]
    if session is not http:
        await session.close()


async def answer_held(message: Message, title: str) -> None:
    """Send the card as the bot was first written, within a transaction."""
    assert message.from_user is not None
    async with connected() as db:
        await db.execute(SEEN, (message.from_user.id, message.from_user.full_name))
        await answer_within(message, title, db)
        await db.commit()


async def answer_within(message: Message, title: str, db: aiosqlite.Connection) -> None:
    """Send the card and keep it, within a transaction that somebody opened."""
    assert message.from_user is not None
    await patiently(lambda: message.answer(title, reply_markup=REFRESH))
    await db.execute(KEEP, (message.from_user.id, title))


async def answer_short(message: Message, title: str, database: Any) -> None:
    """Send the card, then write all in one short transaction."""
    assert message.from_user is not None
    await patiently(lambda: message.answer(title, reply_markup=REFRESH))
    await database.write(
        (SEEN, (message.from_user.id, message.from_user.full_name)),
        (KEEP, (message.from_user.id, title)),
    )


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
        await patiently(lambda: bot.send_message(CHANNEL, "The quiz is open!"))


async def forget_old_cards() -> None:
    """Now and then forget the cards whose handler failed."""
    while True:
        await asyncio.sleep(1200)
        for number, (since, _) in list(drawing.items()):
            if time.monotonic() - since > 600:
                del drawing[number]


async def prepare_database() -> None:
    """Create the tables on the first start."""
    async with connected() as db:
        if "wal" in REMEDIES:
            await db.execute("PRAGMA journal_mode=WAL")
        await db.execute(
            "CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY, name TEXT, messages INTEGER)"
        )
        await db.execute("CREATE TABLE IF NOT EXISTS cards (user_id INTEGER, title TEXT)")
        await db.commit()


def install(dispatcher: Dispatcher, bot: Bot) -> None:
    """Register the middlewares of the remedies that are on, then the bot's own."""
    if "throttle" in REMEDIES:
        throttle = shipped("throttle-middleware", "middleware.py").ThrottleMiddleware()
        router.message.outer_middleware(throttle)
    if "handlers" in REMEDIES:
        limit = shipped("bounded-handler-concurrency", "handler_limit.py").HandlerLimit()
        limit.install(dispatcher, bot)
    if "retry" in REMEDIES:
        bot.session.middleware(shipped("honour-retry-after", "retry.py").HonourRetryAfter())
    if "limiter" in REMEDIES:
        bot.session.middleware(shipped("outbound-limiter", "limiter.py").OutboundLimiter())
    at_work = AtWork()
    for observer in (router.message, router.callback_query):
        observer.middleware(at_work)
        observer.middleware(HandlerTimeout())
    if TRANSACTION == "middleware" and "sqlite" not in REMEDIES:
        router.message.middleware(OpenTransaction())


async def main() -> None:
    """Poll until told to stop."""
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s - %(name)s - %(levelname)s - %(message)s"
    )
    await prepare_database()
    bot = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(API)))
    dispatcher = Dispatcher()
    install(dispatcher, bot)
    dispatcher.include_router(router)
    tasks = [asyncio.create_task(forget_old_cards())]
    if QUIZ_EVERY:
        tasks.append(asyncio.create_task(quiz(bot)))
    async with AsyncExitStack() as closing:
        closing.callback(lambda: [task.cancel() for task in tasks])
        if "sqlite" in REMEDIES:
            opened = shipped("sqlite-short-transactions", "database.py").Database(DATABASE)
            dispatcher["database"] = await closing.enter_async_context(opened)
        if "session" in REMEDIES:
            await shipped("close-bot-session", "main.py").run(bot, dispatcher)
        else:
            await dispatcher.start_polling(bot)


if __name__ == "__main__":
    asyncio.run(main())
