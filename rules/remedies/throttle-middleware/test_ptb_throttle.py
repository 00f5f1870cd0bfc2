"""Tests of ptb_throttle.py; no server is needed: python -m pytest test_ptb_throttle.py."""

import asyncio
from typing import Any

import pytest
from ptb_throttle import Throttle
from telegram import CallbackQuery, Update, User
from telegram.ext import ApplicationHandlerStop

CONTEXT: Any = None


def press(user: int) -> Update:
    who = User(id=user, first_name="U", is_bot=False)
    return Update(update_id=1, callback_query=CallbackQuery("1", who, "1"))


def passes(throttle: Throttle, user: int) -> bool:
    try:
        asyncio.run(throttle.let_pass(press(user), CONTEXT))
    except ApplicationHandlerStop:
        return False
    return True


def test_the_second_update_of_a_user_is_dropped_and_that_of_another_is_not() -> None:
    throttle = Throttle(interval_s=60)
    assert [passes(throttle, user) for user in (1, 1, 2)] == [True, False, True]


def test_who_waited_is_let_through() -> None:
    throttle = Throttle(interval_s=0)
    assert passes(throttle, 1)
    assert passes(throttle, 1)


@pytest.mark.parametrize("users", [10, 200])
def test_memory_is_bounded(users: int) -> None:
    throttle = Throttle(interval_s=60, max_users=100)
    for user in range(users):
        passes(throttle, user)
    assert len(throttle._passed) == min(users, 100)  # noqa: SLF001 - nothing else shows it
