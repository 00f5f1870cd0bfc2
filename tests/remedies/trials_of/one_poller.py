"""What a lock for pollers changes when a second copy is started, and what it cannot see."""

import asyncio
import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path

from aiogram import Dispatcher
from aiogram.types import Message
from aiogram.utils.backoff import BackoffConfig

from tests.remedies.bot_api import TOKEN, BotApi, bot_api, bot_of, message_update
from tests.remedies.code import load_code
from tests.remedies.polling import poll_until, put
from tests.remedies.trials import Figures, Trial

one_poller = load_code("one-poller", "one_poller.py")

USERS = 20
EVERY_S = 0.05
SHORT_BACKOFF = BackoffConfig(min_delay=0.05, max_delay=0.1, factor=1.3, jitter=0.1)


async def _write(api: BotApi) -> None:
    for user in range(1, USERS + 1):
        put(api, [message_update(user)])
        await asyncio.sleep(EVERY_S)


async def _poll(api: BotApi, folder: Path | None, writing: asyncio.Task[None]) -> int:
    """Poll while users write, with a lock if there is a folder for it; return the updates seen."""
    seen = 0
    dispatcher = Dispatcher()

    @dispatcher.message()
    async def see(_: Message) -> None:
        nonlocal seen
        seen += 1

    with ExitStack() as stack:
        if folder is not None:
            stack.enter_context(one_poller.only_poller(TOKEN, folder))
        async with bot_of(api) as bot:
            await poll_until(
                dispatcher,
                bot,
                lambda: writing.done() and not api.updates,
                backoff_config=SHORT_BACKOFF,
            )
    return seen


async def _second(api: BotApi, folder: Path | None, writing: asyncio.Task[None]) -> int:
    await asyncio.sleep(4 * EVERY_S)
    with suppress(one_poller.AnotherPollerError):
        return await _poll(api, folder, writing)
    return 0


async def _two_pollers(*folders: Path | None) -> Figures:
    async with bot_api() as api:
        writing = asyncio.create_task(_write(api))
        first, second = await asyncio.gather(
            _poll(api, folders[0], writing), _second(api, folders[1], writing)
        )
    return {"conflicts": api.conflicts, "updates of the first": first, "of the second": second}


def _one_folder(locked: bool) -> Figures:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) if locked else None
        return asyncio.run(_two_pollers(folder, folder))


def _two_hosts(locked: bool) -> Figures:
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        folders = (Path(one), Path(other)) if locked else (None, None)
        return asyncio.run(_two_pollers(*folders))


def _fewer_conflicts(without: Figures, with_it: Figures) -> bool:
    return with_it["conflicts"] < without["conflicts"] / 2


TRIALS = [
    Trial(
        "second-copy",
        "a second copy is started while 20 users write, one every 50 ms",
        ("aiogram",),
        _one_folder,
        _fewer_conflicts,
    ),
    Trial(
        "another-host",
        "the same, the second copy on another host, or with another folder",
        ("aiogram",),
        _two_hosts,
        _fewer_conflicts,
        helps=False,
    ),
]
