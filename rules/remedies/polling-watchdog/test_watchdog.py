"""Tests of watchdog.py; no server is needed: python -m pytest test_watchdog.py."""

import asyncio
import faulthandler
import os
import socket
import threading
import time
from pathlib import Path

import pytest
from aiogram import Bot
from aiogram.methods import GetUpdates, Response, TelegramMethod
from aiogram.types import Update
from watchdog import EXIT_STATUS, PollingWatchdog, notify_systemd

STALLED_S = 0.1


@pytest.fixture
def exits(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The statuses with which the process would have ended."""
    statuses: list[int] = []
    monkeypatch.setattr(os, "_exit", statuses.append)
    monkeypatch.setattr(faulthandler, "dump_traceback", lambda: None)
    return statuses


async def answer(bot: Bot, method: TelegramMethod[list[Update]]) -> Response[list[Update]]:
    assert bot
    assert isinstance(method, GetUpdates)
    return Response(ok=True, result=[])


def watch(*, limit_s: float = STALLED_S, polls: bool = True, blocks: bool = False) -> None:
    """Run a bot for three times STALLED_S."""

    async def run() -> None:
        bot = Bot("42:nobody")
        async with PollingWatchdog(bot, stalled_after_s=limit_s) as watchdog:
            end = time.monotonic() + 3 * STALLED_S
            while time.monotonic() < end:
                if polls:
                    await watchdog.see_polls(answer, bot, GetUpdates())
                if blocks:
                    time.sleep(3 * STALLED_S)  # noqa: ASYNC251 - it is what is watched for
                await asyncio.sleep(STALLED_S / 10)

    asyncio.run(run())
    for thread in threading.enumerate():  # none may end the process of the tests afterwards
        if thread.name == "watchdog":
            thread.join()


def test_a_bot_that_polls_lives_on(exits: list[int]) -> None:
    watch(limit_s=10)
    assert exits == []


def test_polling_that_stands_still_ends_the_process(exits: list[int]) -> None:
    watch(polls=False)
    assert EXIT_STATUS in exits


def test_a_blocked_loop_ends_the_process(exits: list[int]) -> None:
    watch(blocks=True)
    assert EXIT_STATUS in exits


def test_systemd_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(1)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        notify_systemd("WATCHDOG=1")
        assert systemd.recv(100) == b"WATCHDOG=1"
