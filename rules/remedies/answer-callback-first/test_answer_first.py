"""Tests of answer_first.py; no server is needed: python -m pytest test_answer_first.py."""

import asyncio
from typing import Any

import pytest
from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import CallbackQuery, TelegramObject, User
from answer_first import AnswerFirst

PRESS = CallbackQuery(
    id="1", from_user=User(id=7, is_bot=False, first_name="U"), chat_instance="1", data="rate"
)
ANSWER = AnswerCallbackQuery(callback_query_id="1")


@pytest.fixture
def course(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What happened, in its order."""
    happened: list[str] = []

    async def answer(_: CallbackQuery) -> None:
        happened.append("answered")

    monkeypatch.setattr(CallbackQuery, "answer", answer)
    return happened


def press(course: list[str], **data: Any) -> None:
    async def handler(_: TelegramObject, __: dict[str, Any]) -> None:
        course.append("handled")

    asyncio.run(AnswerFirst()(handler, PRESS, data))


def test_the_answer_comes_before_the_work(course: list[str]) -> None:
    press(course)
    assert course == ["answered", "handled"]


def test_the_work_is_done_although_the_answer_came_too_late(
    course: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(_: CallbackQuery) -> None:
        raise TelegramBadRequest(method=ANSWER, message="query is too old")

    monkeypatch.setattr(CallbackQuery, "answer", refuse)
    press(course)
    assert course == ["handled"]


def test_a_handler_that_answers_by_itself_is_left_to_it(course: list[str]) -> None:
    class Answering:
        flags = {"answers_itself": True}  # noqa: RUF012 - as aiogram's handlers have it

    press(course, handler=Answering)
    assert course == ["handled"]
