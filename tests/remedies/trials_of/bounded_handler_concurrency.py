"""What a limit on running handlers changes after an outage: memory, and no refusals."""

import asyncio
import tracemalloc
from functools import partial
from typing import Any

from aiogram import Dispatcher
from aiogram.types import Message

from tests.remedies.bot_api import Limits, answering_dispatcher, bot_api, bot_of, message_update
from tests.remedies.code import load_code
from tests.remedies.polling import poll_until, put
from tests.remedies.trials import Figures, Trial

handler_limit = load_code("bounded-handler-concurrency", "handler_limit.py")

UPDATES = 400
WORK_S = 0.05
HELD_BYTES = 200_000
"""What a handler holds while it works: a picture, an answer of another service."""
MAX_RUNNING = 20


class Work:
    """A handler that waits with something in its hands, and what all of them held."""

    def __init__(self) -> None:
        self.running = self.peak = self.done = 0

    async def handle(self, *_: Any) -> None:
        held = bytearray(HELD_BYTES)
        self.running += 1
        self.peak = max(self.peak, self.running)
        await asyncio.sleep(WORK_S)
        self.running -= 1
        self.done += bool(held)

    def figures(self) -> Figures:
        return {
            "handlers at once": self.peak,
            "peak memory in MB": tracemalloc.get_traced_memory()[1] / 1e6,
            "handled updates": self.done,
        }


async def _work_off(*, limited: bool, **options: Any) -> Figures:
    work = Work()
    dispatcher = Dispatcher()

    @dispatcher.message()
    async def handle(_: Message) -> None:
        await work.handle()

    async with bot_api() as api, bot_of(api) as bot:
        if limited and not options:
            handler_limit.HandlerLimit(MAX_RUNNING).install(dispatcher, bot)
        put(api, [message_update(user) for user in range(1, UPDATES + 1)])
        tracemalloc.start()
        try:
            await poll_until(dispatcher, bot, lambda: work.done >= UPDATES, **options)
            return work.figures()
        finally:
            tracemalloc.stop()


def _after_outage(limited: bool) -> Figures:
    return asyncio.run(_work_off(limited=limited))


def _own_limit(limited: bool) -> Figures:
    options = {"tasks_concurrency_limit": MAX_RUNNING} if limited else {}
    return asyncio.run(_work_off(limited=False, **options))


def _ptb_own_limit(limited: bool) -> Figures:
    from tests.remedies import ptb_bot  # where its library is installed

    work = Work()
    at_once = MAX_RUNNING if limited else UPDATES
    tracemalloc.start()
    try:
        asyncio.run(ptb_bot.work_off(UPDATES, work.handle, at_once))
        return work.figures()
    finally:
        tracemalloc.stop()


async def _answer(*, limited: bool) -> Figures:
    dispatcher = answering_dispatcher()
    limits = Limits(per_second=10, penalty_s=30)
    async with bot_api(limits) as api, bot_of(api) as bot:
        if limited:
            handler_limit.HandlerLimit(MAX_RUNNING).install(dispatcher, bot)
        put(api, [message_update(user) for user in range(1, 81)])
        await poll_until(dispatcher, bot, lambda: len(api.sent) + len(api.refused) >= 80)
    return {"refused calls": len(api.refused), "answers sent": len(api.sent)}


def _flood(limited: bool) -> Figures:
    return asyncio.run(_answer(limited=limited))


def _less(name: str, without: Figures, with_it: Figures) -> bool:
    return with_it[name] < without[name] / 2


TRIALS = [
    Trial(
        "after-an-outage",
        "400 updates waited during an outage; each handler holds 200 kB for 50 ms; 20 may run",
        ("aiogram",),
        _after_outage,
        partial(_less, "peak memory in MB"),
    ),
    Trial(
        "own-limit",
        "the same, tasks_concurrency_limit=20 of aiogram itself in the place of this code",
        ("aiogram",),
        _own_limit,
        partial(_less, "peak memory in MB"),
    ),
    Trial(
        "ptb-own-limit",
        "400 updates waited; python-telegram-bot told concurrent_updates(20), without it 400",
        ("python-telegram-bot",),
        _ptb_own_limit,
        partial(_less, "peak memory in MB"),
    ),
    Trial(
        "flood-control",
        "80 users write at once, a server that allows 10 messages a second; 20 handlers may run",
        ("aiogram",),
        _flood,
        partial(_less, "refused calls"),
        helps=False,
    ),
]
