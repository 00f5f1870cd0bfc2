"""What dropping stale messages changes after an outage, and that it loses no fresh one."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from aiogram.types import Update

from tests.remedies.bot_api import (
    Limits,
    answering_dispatcher,
    bot_api,
    bot_of,
    message_update,
)
from tests.remedies.code import load_code
from tests.remedies.polling import poll_until, put
from tests.remedies.trials import Figures, Trial

stale = load_code("drop-stale-updates", "stale.py")

OUTAGE = timedelta(hours=1)
WAITED = 80
FRESH = range(1001, 1006)
"""Users who write when the bot is back; all above them write then, too."""
LIMITS = Limits(per_second=10, penalty_s=30)


def _from(users: Iterable[int], age: timedelta) -> list[Update]:
    """Return a message of each user, so old."""
    updates = [message_update(user) for user in users]
    date = datetime.now(UTC) - age
    return [
        update.model_copy(update={"message": update.message.model_copy(update={"date": date})})
        for update in updates
    ]


async def _come_back(updates: list[Update], *, drop_stale: bool, drop_all: bool) -> Figures:
    dispatcher = answering_dispatcher()
    if drop_stale:
        dispatcher.message.outer_middleware(stale.DropStale())
    async with bot_api(LIMITS) as api, bot_of(api) as bot:
        put(api, updates)
        if drop_all:
            await bot.delete_webhook(drop_pending_updates=True)
        await poll_until(dispatcher, bot, lambda: api.polls > len(updates) // 100 + 2)
    fresh = sum(call.chat >= FRESH.start for call in api.sent)
    return {
        "refused calls": len(api.refused),
        "stale messages answered": len(api.sent) - fresh,
        "fresh messages answered": fresh,
    }


def _after_outage(with_it: bool) -> Figures:
    updates = [*_from(range(1, WAITED + 1), OUTAGE), *_from(FRESH, timedelta())]
    return asyncio.run(_come_back(updates, drop_stale=with_it, drop_all=False))


def _drop_pending(with_it: bool) -> Figures:
    updates = [*_from(range(1, WAITED + 1), OUTAGE), *_from(FRESH, timedelta())]
    return asyncio.run(_come_back(updates, drop_stale=False, drop_all=with_it))


def _fresh_burst(with_it: bool) -> Figures:
    updates = _from(range(1001, 1081), timedelta())
    return asyncio.run(_come_back(updates, drop_stale=with_it, drop_all=False))


def _fewer_refused(without: Figures, with_it: Figures) -> bool:
    return with_it["refused calls"] < without["refused calls"] / 2


TRIALS = [
    Trial(
        "after-an-outage",
        "80 messages waited for an hour, 5 are new; a server that allows 10 messages a second",
        ("aiogram",),
        _after_outage,
        _fewer_refused,
    ),
    Trial(
        "drop-pending-updates",
        "the same, delete_webhook(drop_pending_updates=True) in the place of this code",
        ("aiogram",),
        _drop_pending,
        _fewer_refused,
    ),
    Trial(
        "fresh-burst",
        "80 users write at once to a bot that was not away, the same server",
        ("aiogram",),
        _fresh_burst,
        _fewer_refused,
        helps=False,
    ),
]
