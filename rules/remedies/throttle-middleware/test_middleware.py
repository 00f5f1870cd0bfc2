"""Tests of middleware.py; no server is needed: python -m pytest test_middleware.py."""

import asyncio
from typing import Any

from aiogram.types import TelegramObject, User
from middleware import ThrottleMiddleware

EVENT = TelegramObject()


def data_of(user_id: int) -> dict[str, Any]:
    return {"event_from_user": User(id=user_id, is_bot=False, first_name="Ann")}


async def handled(throttle: ThrottleMiddleware, *users: int) -> list[int]:
    seen: list[int] = []

    async def handler(_: TelegramObject, data: dict[str, Any]) -> None:
        seen.append(data["event_from_user"].id)

    for user in users:
        await throttle(handler, EVENT, data_of(user))
    return seen


def test_a_users_second_update_within_the_interval_is_dropped() -> None:
    assert asyncio.run(handled(ThrottleMiddleware(), 7, 7, 7)) == [7]


def test_other_users_are_not_concerned() -> None:
    assert asyncio.run(handled(ThrottleMiddleware(), 7, 8, 9)) == [7, 8, 9]


def test_after_the_interval_the_user_is_heard_again() -> None:
    async def run() -> list[int]:
        throttle = ThrottleMiddleware(interval_s=0.01)
        first = await handled(throttle, 7, 7)
        await asyncio.sleep(0.02)
        return first + await handled(throttle, 7)

    assert asyncio.run(run()) == [7, 7]


def test_what_no_user_sent_passes() -> None:
    async def run() -> str:
        async def handler(_: TelegramObject, __: dict[str, Any]) -> str:
            return "handled"

        return str(await ThrottleMiddleware()(handler, EVENT, {}))

    assert asyncio.run(run()) == "handled"


def test_users_are_forgotten_beyond_the_bound() -> None:
    assert asyncio.run(handled(ThrottleMiddleware(max_users=1), 7, 8, 7)) == [7, 8, 7]
