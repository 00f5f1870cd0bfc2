"""What evenly spaced calls change on real aiogram, and on python-telegram-bot with its limiter."""

import asyncio
import time
from collections.abc import Sequence

from aiogram.types import Update

from tests.remedies.bot_api import (
    Limits,
    answering_dispatcher,
    bot_api,
    bot_of,
    feed,
    message_update,
)
from tests.remedies.code import load_code
from tests.remedies.trials import Figures, Trial

limiter = load_code("outbound-limiter", "limiter.py")

GROUP_MINUTE_S = 1.0
"""Scaled, for the server and for the limiter: else a side of the trial takes two minutes."""


async def _answer(updates: Sequence[Update], limits: Limits, *spaced: object) -> Figures:
    async with bot_api(limits) as api, bot_of(api, *spaced) as bot:
        begun = time.monotonic()
        await feed(answering_dispatcher(), bot, updates)
        last = max(call.time for call in api.sent) - begun
    return {
        "refused calls": len(api.refused),
        "answers sent": len(api.sent),
        "last answer after s": round(last, 1),
    }


def _many_users(limited: bool) -> Figures:
    updates = [message_update(user) for user in range(1, 81)]
    spaced = [limiter.OutboundLimiter()] if limited else []
    return asyncio.run(_answer(updates, Limits(), *spaced))


def _group(limited: bool) -> Figures:
    updates = [message_update(user, chat=-100) for user in range(1, 41)]
    limits = Limits(per_second=1000, chat_burst=1000, group_window_s=GROUP_MINUTE_S)
    paced = limiter.OutboundLimiter(
        per_second=1000, chat_per_second=1000, group_per_minute=20 * 60 / GROUP_MINUTE_S
    )
    return asyncio.run(_answer(updates, limits, *([paced] if limited else [])))


def _ptb_as_it_comes(limited: bool) -> Figures:
    from telegram.ext import AIORateLimiter  # where its library is installed

    from tests.remedies import ptb_bot

    limiter = AIORateLimiter() if limited else None
    return asyncio.run(ptb_bot.answers_to(range(1, 61), limiter=limiter))


def _ptb_spaced(limited: bool) -> Figures:
    from tests.remedies import ptb_bot

    # No second try: what the spacing alone prevents is to be seen.
    spaced = load_code("outbound-limiter", "ptb_limiter.py").spaced_limiter(max_retries=0)
    return asyncio.run(ptb_bot.answers_to(range(1, 61), limiter=spaced if limited else None))


def _ptb_one_chat(limited: bool) -> Figures:
    from tests.remedies import ptb_bot

    spaced = load_code("outbound-limiter", "ptb_limiter.py").spaced_limiter(max_retries=0)
    return asyncio.run(ptb_bot.answers_to([7] * 20, limiter=spaced if limited else None))


def _none_refused(without: Figures, with_it: Figures) -> bool:
    return with_it["refused calls"] == 0 < without["refused calls"]


def _fewer_refused(without: Figures, with_it: Figures) -> bool:
    return with_it["refused calls"] < without["refused calls"] / 2


NEEDS = ("python-telegram-bot", "aiolimiter")
TRIALS = [
    Trial("many-users", "80 users write at once", ("aiogram",), _many_users, _none_refused),
    Trial(
        "group",
        "40 users write in one group at once; the group's minute is scaled to a second",
        ("aiogram",),
        _group,
        _none_refused,
    ),
    Trial(
        "ptb-spaced",
        "60 users write at once to a bot of python-telegram-bot, with ptb_limiter.py",
        NEEDS,
        _ptb_spaced,
        _fewer_refused,
    ),
    Trial(
        "ptb-as-it-comes",
        "the same, AIORateLimiter() without settings in the place of this code",
        NEEDS,
        _ptb_as_it_comes,
        _fewer_refused,
        helps=False,
    ),
    Trial(
        "ptb-one-chat",
        "one user writes 20 messages at once to a bot of python-telegram-bot, with ptb_limiter.py",
        NEEDS,
        _ptb_one_chat,
        _fewer_refused,
        helps=False,
    ),
]
