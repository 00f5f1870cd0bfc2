"""What a watchdog changes for a bot whose loop is blocked for good, under a small supervisor."""

import asyncio
import sys
import time
from pathlib import Path

from tests.remedies.bot_api import BotApi, bot_api, message_update
from tests.remedies.polling import put
from tests.remedies.trials import Figures, Trial

ROOT = Path(__file__).parents[3]
USERS = range(1, 6)
"""They write after the bot was blocked."""
PATIENCE_S = 4.0
"""How long a bot that is not watched is waited for: twice the limit of the watchdog."""
GIVE_UP_S = 60.0
"""For the starts of a process on a busy machine."""


class Supervisor:
    """Starts the bot again whenever it has ended."""

    def __init__(self, api: BotApi, *, watched: bool) -> None:
        self._command = [sys.executable, "-m", "tests.remedies.stalling_bot", api.url]
        self._command += ["watched"] if watched else []
        self.starts = 0

    async def run(self) -> None:
        while True:
            self.starts += 1
            bot = await asyncio.create_subprocess_exec(
                *self._command, cwd=ROOT, stderr=asyncio.subprocess.DEVNULL
            )
            try:
                await bot.wait()
            except asyncio.CancelledError:
                bot.kill()
                await bot.wait()
                raise


async def _block(*, watched: bool) -> Figures:
    async with bot_api() as api:
        supervisor = Supervisor(api, watched=watched)
        running = asyncio.create_task(supervisor.run())
        blocking = message_update(100)
        assert blocking.message is not None
        message = blocking.message.model_copy(update={"text": "block"})
        put(api, [blocking.model_copy(update={"message": message})])
        try:
            await _until(lambda: not api.updates, GIVE_UP_S)
            put(api, [message_update(user) for user in USERS])
            patience_s = GIVE_UP_S if watched else PATIENCE_S
            await _until(lambda: len(api.sent) >= len(USERS), patience_s)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
    return {"answers sent": len(api.sent), "restarts": supervisor.starts - 1}


async def _until(enough, patience_s: float) -> None:
    end = time.monotonic() + patience_s
    while not enough() and time.monotonic() < end:  # noqa: ASYNC110 - whatever is enough
        await asyncio.sleep(0.02)


def _blocked(watched: bool) -> Figures:
    return asyncio.run(_block(watched=watched))


def _more_answers(without: Figures, with_it: Figures) -> bool:
    return with_it["answers sent"] > without["answers sent"]


TRIALS = [
    Trial(
        "blocked-for-good",
        "a handler blocks the event loop and does not return; then 5 users write; limit 2 s",
        ("aiogram",),
        _blocked,
        _more_answers,
    ),
]
