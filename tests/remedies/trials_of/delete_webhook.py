"""What deleting the webhook changes for a bot that polls."""

import asyncio

from aiogram.utils.backoff import BackoffConfig

from tests.remedies.bot_api import answering_dispatcher, bot_api, bot_of, message_update
from tests.remedies.polling import poll_until, put
from tests.remedies.trials import Figures, Trial

USERS = range(1, 6)
REFUSALS = 10
"""So many polls are refused before the trial without the remedy ends."""
SHORT_BACKOFF = BackoffConfig(min_delay=0.02, max_delay=0.05, factor=1.3, jitter=0.1)


async def _poll(*, delete: bool) -> Figures:
    async with bot_api() as api, bot_of(api) as bot:
        api.webhook = True
        put(api, [message_update(user) for user in USERS])
        if delete:
            await bot.delete_webhook()
        await poll_until(
            answering_dispatcher(),
            bot,
            lambda: api.conflicts >= REFUSALS or len(api.sent) >= len(USERS),
            backoff_config=SHORT_BACKOFF,
        )
    return {"polls refused": api.conflicts, "answers sent": len(api.sent)}


def _webhook_is_set(delete: bool) -> Figures:
    return asyncio.run(_poll(delete=delete))


def _answers(without: Figures, with_it: Figures) -> bool:
    return with_it["answers sent"] > without["answers sent"]


TRIALS = [
    Trial(
        "webhook-is-set",
        "5 users write to a bot that polls while a webhook is set; with the remedy it is deleted",
        ("aiogram",),
        _webhook_is_set,
        _answers,
    ),
]
