"""A second small bot: a shop that takes orders, tells prices and keeps what customers wrote.

Ordinary faults of such bots are in it, each reached by what its users or its surroundings do: an
article without a price, a report made in the event loop, one open file for each customer, prices
asked for in a task group, a publication started and forgotten, a nightly job nobody guards.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import logging
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TextIO

import aiohttp
import aiosqlite
from aiogram import Bot, Dispatcher, F, Router
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import Message

RATES_URL = os.environ["BOT_RATES_URL"]
DATABASE = os.environ["BOT_DATABASE"]
CHANNEL = int(os.environ["BOT_CHANNEL"])
STORE = Path(DATABASE).parent
ARCHIVE = os.environ.get("SHOP_ARCHIVE")  # keep what customers write, one file each
LOG_STYLE = os.environ.get("SHOP_LOG_STYLE", "plain")  # plain | json | structlog | loguru
LOG_FILE = os.environ.get("SHOP_LOG_FILE")
PRICES = os.environ.get("SHOP_PRICES")  # publish the prices now and then
NIGHTLY = os.environ.get("SHOP_NIGHTLY")  # hour of the daily job (UTC)
STOCK = os.environ.get("SHOP_STOCK")  # port of the process that knows the stock
UNCHECKED = os.environ.get("SHOP_UNCHECKED")  # as first written: any article is looked up
REDIS = os.environ.get("SHOP_REDIS")  # port of the server that counts the orders
TOLD = float(os.environ.get("SHOP_TOLD", "0"))  # seconds between two lines about the process
FEED_BYTES = int(os.environ.get("SHOP_FEED_BYTES", "0"))  # of pictures a minute, kept for ever
KITCHEN = float(os.environ.get("SHOP_KITCHEN", "0"))  # seconds that a card takes to print
REPORT_SECONDS = float(os.environ.get("SHOP_REPORT_SECONDS", "0"))
ARTICLES = {"hello": 120, "card": 250, "please": 90, "rate": 310, "thanks": 75, "draw": 60}

logger = logging.getLogger("shop")
router = Router()
archive: dict[int, TextIO] = {}
pictures: list[bytes] = []
kitchen: asyncio.Queue[bytes] = asyncio.Queue()
counter: Any = None
publications: dict[datetime, asyncio.Task[None]] = {}


class PriceError(Exception):
    """No price can be told."""


def keep(message: Message) -> None:
    """Write what a customer says to the file of that customer."""
    customer = message.chat.id
    if customer not in archive:
        archive[customer] = (STORE / f"{customer}.txt").open("a", encoding="utf-8")
    archive[customer].write(f"{message.date} {message.text}\n")


def make_report() -> str:
    """Add up the orders; the drive that holds them is slow."""
    time.sleep(REPORT_SECONDS)
    return f"Report of {datetime.now(UTC):%H:%M}"


async def rate() -> float:
    """Today's rate, from the outside service."""
    timeout = aiohttp.ClientTimeout(total=20)
    async with (
        aiohttp.ClientSession(timeout=timeout) as session,
        session.get(RATES_URL) as response,
    ):
        answer = await response.json()
        return float(answer["rate"])


async def price(article: str) -> float:
    """Tell the price of an article in the customer's money."""
    try:
        return ARTICLES[article] / await rate()
    except KeyError as error:
        raise PriceError(f"no price for {article}") from error


async def in_stock(article: str) -> bool:
    """Ask the process that knows the stock."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(STOCK or 0))
    writer.write(json.dumps({"article": article}).encode() + b"\n")
    answer = json.loads(await reader.readline())
    writer.close()
    return bool(answer["stock"])


def resident_mb() -> float:
    """Return how much memory the process has."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


async def tell() -> None:
    """Log now and then how the process is."""
    while True:
        await asyncio.sleep(TOLD)
        rss, waiting = resident_mb(), kitchen.qsize()
        details = {"rss_mb": round(rss, 1), "pictures": len(pictures), "queue": waiting}
        text = "Health: rss %.1f MB, %d pictures, %d orders waiting"
        logger.info(text, rss, len(pictures), waiting, extra=details)


async def read_feed() -> None:
    """Fetch the pictures of the feed every minute; nobody forgets the old ones."""
    while True:
        await asyncio.sleep(60)
        pictures.append(os.urandom(50) * (FEED_BYTES // 50))


async def cook() -> None:
    """Print one card after the other."""
    while True:
        await kitchen.get()
        await asyncio.sleep(KITCHEN)


async def publish_prices(bot: Bot) -> None:
    """Tell the channel the prices of all articles, asked for together."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(price(article)) for article in ARTICLES]
    told = ", ".join(f"{task.result():.2f}" for task in tasks)
    await bot.send_message(CHANNEL, f"Prices: {told}")


async def publisher(bot: Bot) -> None:
    """Publish the prices every 20 minutes; forget what is older than half an hour."""
    while True:
        now = datetime.now(UTC)
        publications[now] = asyncio.create_task(publish_prices(bot), name=f"prices-{now:%H%M}")
        for since in [since for since in publications if now - since > timedelta(minutes=30)]:
            del publications[since]
        await asyncio.sleep(1200)


async def nightly(bot: Bot) -> None:
    """Count the day's orders at the hour of the daily job."""
    while True:
        now = datetime.now(UTC)
        due = now.replace(hour=int(NIGHTLY or 0), minute=0, second=0, microsecond=0)
        await asyncio.sleep(((due - now).total_seconds() - 1) % 86400 + 1)
        logger.info("Daily job begins")
        async with aiosqlite.connect(DATABASE) as db:
            rows = list(await db.execute_fetchall("SELECT article, count(*) FROM orders"))
        per_article = {str(row[0]): int(row[1]) for row in rows}
        best = max(per_article[article] for article in ARTICLES)
        await bot.send_message(CHANNEL, f"Most wanted today: {best} orders")


@router.message(F.text.startswith("today"))
async def on_today(message: Message) -> None:
    """Send the report."""
    await message.answer(make_report())


@router.message(F.text.startswith("ok"))
async def on_ok(message: Message) -> None:
    """Tell the price of what comes after the first word."""
    article = (message.text or "").split()[-1]
    if article not in ARTICLES and not UNCHECKED:
        await message.answer("Which article?")
        return
    await message.answer(f"{ARTICLES[article]}")


@router.message(F.text.startswith("rate"))
async def on_rate(message: Message) -> None:
    """Tell today's rate."""
    await message.answer(f"Rate: {await rate():.2f}")


@router.message(F.text)
async def on_order(message: Message) -> None:
    """Take an order."""
    if ARCHIVE:
        keep(message)
    text = message.text or ""
    if KITCHEN:
        kitchen.put_nowait(os.urandom(50) * 60_000)
    if STOCK and not await in_stock(text.split()[0]):
        await message.answer("Sold out")
        return
    async with aiosqlite.connect(DATABASE, timeout=5.0) as db:
        await db.execute(
            "INSERT INTO orders VALUES (?, ?, ?)", (message.chat.id, text, "new " * 64)
        )
        await db.commit()
    if counter is not None:
        await counter.incr("orders")
    await message.answer(f"Your card: {text}")
    logger.info("Order %s of user %s", message.message_id, message.chat.id)


async def prepare_database() -> None:
    """Create the table on the first start."""
    async with aiosqlite.connect(DATABASE) as db:
        await db.execute(
            "CREATE TABLE IF NOT EXISTS orders (customer INTEGER, article TEXT, note TEXT)"
        )
        await db.commit()


class ToLoguru(logging.Handler):
    """Hand the records of `logging` to loguru, as its documentation advises."""

    def emit(self, record: logging.LogRecord) -> None:
        """Hand over one record."""
        loguru = importlib.import_module("loguru").logger
        loguru.opt(depth=6, exception=record.exc_info).log(record.levelname, record.getMessage())


def structlog_formatter() -> logging.Formatter:
    """Return structlog's formatter for records of `logging`, as JSON."""
    structlog = importlib.import_module("structlog")
    shared = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(),
    ]
    made: logging.Formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared, processors=last
    )
    return made


def set_up_logging() -> None:
    """Write the log as it is asked for."""
    plain = logging.Formatter("%(asctime)s - %(name)s - %(levelname)s - %(message)s")
    handlers: list[logging.Handler] = [logging.StreamHandler()]
    if LOG_FILE:
        handlers.append(logging.FileHandler(LOG_FILE))
    for handler in handlers:
        handler.setFormatter(plain)
    if LOG_STYLE == "json":
        own = importlib.import_module("pythonjsonlogger.json")
        fields = "%(asctime)s %(levelname)s %(name)s %(message)s"
        handlers[0].setFormatter(own.JsonFormatter(fields))
    elif LOG_STYLE == "structlog":
        handlers[0].setFormatter(structlog_formatter())
    elif LOG_STYLE == "loguru":
        handlers = [ToLoguru()]
    logging.basicConfig(level=logging.INFO, handlers=handlers)


async def main() -> None:
    """Poll until told to stop."""
    global counter
    set_up_logging()
    await prepare_database()
    api = TelegramAPIServer.from_base(os.environ["BOT_API"])
    bot = Bot(os.environ["BOT_TOKEN"], session=AiohttpSession(api=api))
    dispatcher = Dispatcher()
    dispatcher.include_router(router)
    work = [dispatcher.start_polling(bot, polling_timeout=30)]
    if PRICES:
        work.append(publisher(bot))
    if NIGHTLY:
        work.append(nightly(bot))
    if TOLD:
        work.append(tell())
    if FEED_BYTES:
        work.append(read_feed())
    if KITCHEN:
        work.append(cook())
    if REDIS:
        counter = importlib.import_module("redis.asyncio").Redis(port=int(REDIS))
    beside = [asyncio.ensure_future(one) for one in work]
    done, _ = await asyncio.wait(beside, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()


if __name__ == "__main__":
    asyncio.run(main())
