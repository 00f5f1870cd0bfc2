"""Tests of stale.py; no server is needed: python -m pytest test_stale.py."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from aiogram.types import Chat, Message, TelegramObject
from stale import DropStale


def written(age_s: float) -> Message:
    date = datetime.now(UTC) - timedelta(seconds=age_s)
    return Message(message_id=1, date=date, chat=Chat(id=7, type="private"), text="hello")


async def handle(_: TelegramObject, __: dict[str, Any]) -> str:
    return "handled"


def test_a_fresh_message_is_handled() -> None:
    assert asyncio.run(DropStale()(handle, written(age_s=1), {})) == "handled"


def test_a_stale_message_is_dropped() -> None:
    assert asyncio.run(DropStale()(handle, written(age_s=3600), {})) is None


def test_what_has_no_date_is_handled() -> None:
    assert asyncio.run(DropStale()(handle, TelegramObject(), {})) == "handled"


def test_the_dropped_are_counted_until_it_was_said() -> None:
    async def run() -> tuple[int, int]:
        stale = DropStale()
        for _ in range(3):
            await stale(handle, written(age_s=3600), {})
        before = stale.dropped
        await stale(handle, written(age_s=1), {})
        return before, stale.dropped

    assert asyncio.run(run()) == (3, 0)
