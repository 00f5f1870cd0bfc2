"""What waiting as long as Telegram says changes on real aiogram: answers are late, not lost."""

import asyncio

from tests.remedies.bot_api import answering_dispatcher, bot_api, bot_of, feed, message_update
from tests.remedies.code import load_code
from tests.remedies.trials import Figures, Trial

retry = load_code("honour-retry-after", "retry.py")


async def _answer(*patient: object) -> Figures:
    async with bot_api() as api, bot_of(api, *patient) as bot:
        lost = await feed(
            answering_dispatcher(), bot, [message_update(user) for user in range(1, 81)]
        )
    return {
        "refused calls": len(api.refused),
        "answers sent": len(api.sent),
        "answers lost": lost,
    }


def _burst(honoured: bool) -> Figures:
    return asyncio.run(_answer(*([retry.HonourRetryAfter()] if honoured else [])))


TRIALS = [
    Trial(
        "lost-answers",
        "80 users write at once, a refusal lasts a second",
        ("aiogram",),
        _burst,
        lambda without, with_it: with_it["answers lost"] == 0 < without["answers lost"],
    ),
]
