"""What evenly spaced calls change on real aiogram, for users and in a group."""

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


def _none_refused(without: Figures, with_it: Figures) -> bool:
    return with_it["refused calls"] == 0 < without["refused calls"]


TRIALS = [
    Trial("many-users", "80 users write at once", ("aiogram",), _many_users, _none_refused),
    Trial(
        "group",
        "40 users write in one group at once; the group's minute is scaled to a second",
        ("aiogram",),
        _group,
        _none_refused,
    ),
]
