"""What the throttle per user changes on real aiogram: much for one user, nothing for many."""

import asyncio
from collections.abc import Iterable

from aiogram.types import Update

from tests.remedies.bot_api import answering_dispatcher, bot_api, bot_of, feed, message_update
from tests.remedies.code import load_code
from tests.remedies.trials import Figures, Trial

throttle = load_code("throttle-middleware", "middleware.py")


async def _answer(updates: Iterable[Update], *, throttled: bool) -> Figures:
    dispatcher = answering_dispatcher()
    if throttled:
        dispatcher.message.outer_middleware(throttle.ThrottleMiddleware())
    async with bot_api() as api, bot_of(api) as bot:
        await feed(dispatcher, bot, updates)
    return {"refused calls": len(api.refused), "answers sent": len(api.sent)}


def _one_user(throttled: bool) -> Figures:
    return asyncio.run(_answer((message_update(7) for _ in range(80)), throttled=throttled))


def _ptb_one_user(throttled: bool) -> Figures:
    from tests.remedies import ptb_bot  # where its library is installed

    ptb_throttle = load_code("throttle-middleware", "ptb_throttle.py")
    before = ptb_throttle.Throttle().let_pass if throttled else None
    return asyncio.run(ptb_bot.answers_to([7] * 80, before=before))


def _many_users(throttled: bool) -> Figures:
    updates = (message_update(user) for user in range(1, 81))
    return asyncio.run(_answer(updates, throttled=throttled))


def _fewer_refused(without: Figures, with_it: Figures) -> bool:
    return with_it["refused calls"] < without["refused calls"] / 2


TRIALS = [
    Trial(
        "one-user",
        "one user writes 80 messages at once",
        ("aiogram",),
        _one_user,
        _fewer_refused,
    ),
    Trial(
        "ptb-one-user",
        "one user writes 80 messages at once to a bot of python-telegram-bot, with ptb_throttle.py",
        ("python-telegram-bot",),
        _ptb_one_user,
        _fewer_refused,
    ),
    Trial(
        "many-users",
        "80 users write one message each at once",
        ("aiogram",),
        _many_users,
        _fewer_refused,
        helps=False,
    ),
]
