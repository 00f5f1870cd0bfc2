"""Tests of aiogram2_throttle.py, with aiogram 2: python -m pytest test_aiogram2_throttle.py."""

import asyncio

from aiogram.dispatcher.handler import CancelHandler
from aiogram.types import Message, User
from aiogram2_throttle import ThrottleMiddleware


def passes(throttle: ThrottleMiddleware, user: int) -> bool:
    message = Message(message_id=1, **{"from": User(id=user, is_bot=False, first_name="U")})
    try:
        asyncio.run(throttle.on_pre_process_message(message, {}))
    except CancelHandler:
        return False
    return True


def test_the_second_message_of_a_user_is_dropped_and_that_of_another_is_not() -> None:
    throttle = ThrottleMiddleware(interval_s=60)
    assert [passes(throttle, user) for user in (1, 1, 2)] == [True, False, True]


def test_who_waited_is_let_through() -> None:
    throttle = ThrottleMiddleware(interval_s=0)
    assert passes(throttle, 1)
    assert passes(throttle, 1)


def test_memory_is_bounded() -> None:
    throttle = ThrottleMiddleware(interval_s=60, max_users=100)
    for user in range(200):
        passes(throttle, user)
    assert len(throttle._passed) == 100  # noqa: SLF001 - nothing else shows it
