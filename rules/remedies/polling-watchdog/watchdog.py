"""A watchdog for an aiogram 3 bot that lives on but does nothing: it ends the process.

    async with PollingWatchdog(bot):
        await dispatcher.start_polling(bot)

A supervisor must start the bot again: Restart=on-failure, restart: unless-stopped. Under systemd
with WatchdogSec= it tells systemd, too, that the bot is well; systemd then ends what even a thread
of the bot cannot (see watchdog.conf). Needs Python 3.11 or later.
"""

import asyncio
import faulthandler
import logging
import os
import socket
import threading
import time
from typing import Self

from aiogram import Bot
from aiogram.client.session.middlewares.base import NextRequestMiddlewareType
from aiogram.methods import GetUpdates, Response, TelegramMethod
from aiogram.methods.base import TelegramType

logger = logging.getLogger(__name__)

EXIT_STATUS = 70
"""EX_SOFTWARE of sysexits.h: an end that a supervisor takes for a failure."""


class PollingWatchdog:
    """Ends the process when no poll has ended, or the event loop not turned, for so long.

    A poll that fails has ended, too: while the network is away polling tries again, and a restart
    would not help. The limit must be longer than a poll (10 s by default), the pause after a
    failed one, and the longest that anything holds polling back.
    """

    def __init__(self, bot: Bot, stalled_after_s: float = 300.0) -> None:
        self._bot = bot
        self._stalled_after_s = stalled_after_s
        self._check_every_s = min(stalled_after_s / 5, 10.0)
        self._ended = threading.Event()
        self._loop_turned = self._poll_ended = time.monotonic()

    async def __aenter__(self) -> Self:
        self._loop_turned = self._poll_ended = time.monotonic()
        self._bot.session.middleware(self.see_polls)
        self._beating = asyncio.create_task(self._beat(), name="watchdog")
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._ended.set()
        self._beating.cancel()

    async def see_polls(
        self,
        make_request: NextRequestMiddlewareType[TelegramType],
        bot: Bot,
        method: TelegramMethod[TelegramType],
    ) -> Response[TelegramType]:
        """Remember when a request for updates has ended, with whatever answer."""
        try:
            return await make_request(bot, method)
        finally:
            if isinstance(method, GetUpdates):
                self._poll_ended = time.monotonic()

    async def _beat(self) -> None:
        while True:
            self._loop_turned = time.monotonic()
            await asyncio.sleep(self._check_every_s)

    def _watch(self) -> None:
        """Run in a thread: a blocked loop cannot find itself blocked."""
        while not self._ended.wait(self._check_every_s):
            oldest_allowed = time.monotonic() - self._stalled_after_s
            if self._loop_turned < oldest_allowed:
                self._end("the event loop is blocked")
            elif self._poll_ended < oldest_allowed:
                self._end("polling stands still")
            else:
                notify_systemd("WATCHDOG=1")

    def _end(self, why: str) -> None:
        logger.critical("%s for %.0f s: ending the process", why, self._stalled_after_s)
        faulthandler.dump_traceback()  # where each thread stands, to standard error
        os._exit(EXIT_STATUS)  # no clean-up: it would wait for the loop that is blocked


def notify_systemd(state: str) -> None:
    """Send *state* to systemd, if it started this process and wants to know."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):  # a name in no folder
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notices:
        notices.connect(address)
        notices.sendall(state.encode())
