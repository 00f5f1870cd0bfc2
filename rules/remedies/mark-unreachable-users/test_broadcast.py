"""Tests of broadcast.py; no server is needed: python -m pytest test_broadcast.py."""

import asyncio

from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
)
from aiogram.methods import SendMessage
from broadcast import BroadcastResult, broadcast

METHOD = SendMessage(chat_id=1, text="hello")
BLOCKED = TelegramForbiddenError(method=METHOD, message="Forbidden: bot was blocked by the user")
NOT_FOUND = TelegramBadRequest(method=METHOD, message="Bad Request: chat not found")
EMPTY = TelegramBadRequest(method=METHOD, message="Bad Request: message text is empty")
LOST = TelegramNetworkError(method=METHOD, message="connection lost")
WAIT = TelegramRetryAfter(method=METHOD, message="Too Many Requests", retry_after=0)


def send_to_all(answers: dict[int, list[TelegramAPIError]]) -> tuple[BroadcastResult, list[int]]:
    """Broadcast to users who are answered for with these errors first."""
    forgotten: list[int] = []

    async def send(user: int) -> None:
        if answers[user]:
            raise answers[user].pop(0)

    async def forget(user: int) -> None:
        forgotten.append(user)

    result = asyncio.run(broadcast(send, answers, forget, per_second=10_000))
    return result, forgotten


def test_who_cannot_be_reached_is_forgotten_and_the_rest_is_served() -> None:
    result, forgotten = send_to_all({1: [BLOCKED], 2: [], 3: [NOT_FOUND], 4: []})
    assert result.sent == 2
    assert result.unreachable == forgotten == [1, 3]


def test_other_failures_forget_nobody() -> None:
    result, forgotten = send_to_all({1: [EMPTY], 2: [LOST], 3: []})
    assert (result.sent, result.failed, forgotten) == (1, [1, 2], [])


def test_a_pause_that_telegram_asks_for_is_made_and_the_call_repeated() -> None:
    result, _ = send_to_all({1: [WAIT, WAIT]})
    assert result.sent == 1


def test_the_pauses_come_to_an_end() -> None:
    result, _ = send_to_all({1: [WAIT, WAIT, WAIT]})
    assert result.failed == [1]
