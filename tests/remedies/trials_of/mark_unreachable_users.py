"""What a broadcast does to users who blocked the bot: as people write it, and with the remedy."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from aiogram import Bot
from aiogram.exceptions import TelegramAPIError

from tests.remedies.bot_api import Limits, bot_api, bot_of
from tests.remedies.code import load_code
from tests.remedies.trials import Figures, Trial

remedy = load_code("mark-unreachable-users", "broadcast.py")

USERS = range(1, 31)
BLOCKED = frozenset(range(3, 31, 3))
"""A third of the users has blocked the bot."""
NIGHTS = 2
TRIES = 3
SPACING_S = 0.005

Night = Callable[[Bot, set[int]], Awaitable[None]]
"""A broadcast to the users who are left."""


async def _nights(night: Night) -> Figures:
    users = set(USERS)
    async with bot_api(Limits(per_second=100_000)) as api, bot_of(api) as bot:
        api.blocked = BLOCKED
        for _ in range(NIGHTS):
            with suppress(TelegramAPIError):
                await night(bot, users)
    return {"messages sent": len(api.sent), "calls refused with 403": api.forbidden}


async def _marking(bot: Bot, users: set[int]) -> None:
    async def forget(user: int) -> None:
        users.discard(user)

    await remedy.broadcast(
        lambda user: bot.send_message(user, "news"), sorted(users), forget, per_second=1 / SPACING_S
    )


async def _trying_again(bot: Bot, users: set[int]) -> None:
    """Take each error for one that a second try can mend."""
    for user in sorted(users):
        for _ in range(TRIES):
            with suppress(TelegramAPIError):
                await bot.send_message(user, "news")
                break
        await asyncio.sleep(SPACING_S)


async def _ending(bot: Bot, users: set[int]) -> None:
    """Expect no error: the first one ends the night's broadcast."""
    for user in sorted(users):
        await bot.send_message(user, "news")
        await asyncio.sleep(SPACING_S)


def _retries(marked: bool) -> Figures:
    return asyncio.run(_nights(_marking if marked else _trying_again))


def _first_error(marked: bool) -> Figures:
    return asyncio.run(_nights(_marking if marked else _ending))


def _fewer_refused(without: Figures, with_it: Figures) -> bool:
    return with_it["calls refused with 403"] < without["calls refused with 403"] / 2


def _more_sent(without: Figures, with_it: Figures) -> bool:
    return with_it["messages sent"] > 2 * without["messages sent"]


TRIALS = [
    Trial(
        "tries-for-all",
        "news to 30 users in two nights, a third has blocked the bot; without it three tries each",
        ("aiogram",),
        _retries,
        _fewer_refused,
    ),
    Trial(
        "first-error-ends-it",
        "the same; without the remedy the first refusal ends the night's broadcast",
        ("aiogram",),
        _first_error,
        _more_sent,
    ),
]
