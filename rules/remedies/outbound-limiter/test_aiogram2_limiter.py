"""Tests of aiogram2_limiter.py, with aiogram 2: python -m pytest test_aiogram2_limiter.py."""

import asyncio
import time
from typing import Any

import pytest
from aiogram import Bot
from aiogram2_limiter import PacedBot


@pytest.fixture
def times(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """When calls left."""
    left: list[float] = []

    async def request(*_: Any, **__: Any) -> bool:
        left.append(time.monotonic())
        return True

    monkeypatch.setattr(Bot, "request", request)
    return left


def call(method: str, *chats: int) -> PacedBot:
    async def run() -> PacedBot:
        bot = PacedBot("42:AAE", per_second=100, chat_per_second=20)
        await asyncio.gather(*(bot.request(method, {"chat_id": chat}) for chat in chats))
        return bot

    return asyncio.run(run())


def test_calls_to_many_chats_are_spaced(times: list[float]) -> None:
    call("sendMessage", *range(1, 11))
    assert times[-1] - times[0] >= 0.08


def test_messages_to_one_chat_keep_more_distance(
    times: list[float],
) -> None:
    call("sendMessage", 7, 7, 7)
    assert times[-1] - times[0] >= 0.1


def test_polls_do_not_wait(times: list[float]) -> None:
    call("getUpdates", *range(10))
    assert times[-1] - times[0] < 0.08
