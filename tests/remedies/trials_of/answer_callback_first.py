"""What an answer before the work changes, and that no middleware helps a loop that is blocked."""

import asyncio
import time

from aiogram import Dispatcher
from aiogram.types import CallbackQuery, Update, User

from tests.remedies.bot_api import QUERY_LIFE_S, bot_api, bot_of
from tests.remedies.code import load_code
from tests.remedies.trials import Figures, Trial

answer_first = load_code("answer-callback-first", "answer_first.py")

USERS = 20
WORK_S = 1.5 * QUERY_LIFE_S


def _press(user: int) -> Update:
    """Return an update: *user* presses a button now. The server reads the time from the id."""
    query = CallbackQuery(
        id=str(time.monotonic()),
        from_user=User(id=user, is_bot=False, first_name="U"),
        chat_instance="1",
        data="rate",
    )
    return Update(update_id=user, callback_query=query)


async def _press_all(*, first: bool, blocked_s: float = 0.0) -> Figures:
    done = 0
    dispatcher = Dispatcher()
    if first:
        dispatcher.callback_query.middleware(answer_first.AnswerFirst())

    @dispatcher.callback_query()
    async def handle(query: CallbackQuery) -> None:
        nonlocal done
        await asyncio.sleep(WORK_S)
        if not first:
            await query.answer()
        done += 1

    async with bot_api() as api, bot_of(api) as bot:
        presses = [_press(user) for user in range(1, USERS + 1)]
        time.sleep(blocked_s)  # noqa: ASYNC251 - it is what is tried
        await asyncio.gather(
            *(dispatcher.feed_update(bot, press) for press in presses), return_exceptions=True
        )
    return {
        "answers in time": api.queries_answered,
        "answers too late": api.queries_too_old,
        "handlers that finished": done,
    }


def _slow_work(first: bool) -> Figures:
    return asyncio.run(_press_all(first=first))


def _blocked_loop(first: bool) -> Figures:
    """The presses are as old as the block took when the first handler begins."""
    return asyncio.run(_press_all(first=first, blocked_s=WORK_S))


def _fewer_too_late(without: Figures, with_it: Figures) -> bool:
    return with_it["answers too late"] < without["answers too late"] / 2


TRIALS = [
    Trial(
        "slow-work",
        "20 users press a button; the work takes half as long again as Telegram keeps a query",
        ("aiogram",),
        _slow_work,
        _fewer_too_late,
    ),
    Trial(
        "blocked-loop",
        "the same presses while something else blocks the event loop for longer than that",
        ("aiogram",),
        _blocked_loop,
        _fewer_too_late,
        helps=False,
    ),
]
