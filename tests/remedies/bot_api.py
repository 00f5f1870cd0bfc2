"""A Bot API server on loopback that limits as Telegram says it does, and a bot that talks to it.

The limits are those of the Bots FAQ; what follows a refusal is a model, as Telegram does not
publish its own: the call above the bot's limit starts a penalty in which every message is refused.
It lasts 27 to 32 s in the measurements behind the remedies and 1 s here, the least that the API
can say, so that the tests stay short. Tests that change another number say so.
"""

import asyncio
import itertools
import math
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramRetryAfter
from aiogram.types import Chat, Message, Update, User
from aiohttp import web

from tests.remedies.serving import serving

TOKEN = "42:AAEFakeTokenOfTheTests000000000000"  # noqa: S105 - nobody's
LONG_POLL_S = 0.2
BATCH = 100
"""Updates that one answer holds at most, as the Bot API says."""
QUERY_LIFE_S = 0.8
"""How long a button press can be answered; Telegram keeps it for longer."""
CONFLICT = (
    "Conflict: terminated by other getUpdates request; "
    "make sure that only one bot instance is running"
)
WEBHOOK_IS_SET = (
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)
QUERY_TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"
_update_ids = itertools.count(1)


@dataclass
class Limits:
    """What the server lets through."""

    per_second: int = 30
    penalty_s: float = 1.0
    chat_burst: int = 4
    chat_window_s: float = 4.0
    group_burst: int = 20
    group_window_s: float = 60.0


@dataclass
class Window:
    """At most so many within a span that slides."""

    size: int
    span_s: float
    times: deque[float] = field(default_factory=deque)

    def wait(self, now: float) -> float:
        """Return the seconds until one more fits."""
        while self.times and self.times[0] <= now - self.span_s:
            self.times.popleft()
        if len(self.times) < self.size:
            return 0.0
        return self.times[0] + self.span_s - now if self.times else self.span_s


@dataclass
class Call:
    """A call as the server saw it."""

    time: float
    method: str
    chat: int
    refused: bool


def refusal(code: int, description: str, **more: Any) -> web.Response:
    """Return an answer that says no, as the Bot API puts it."""
    body = {"ok": False, "error_code": code, "description": description, **more}
    return web.json_response(body, status=code)


class BotApi:
    """The server: counts, refuses, and hands out updates."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.url = ""
        self.calls: list[Call] = []
        self.updates: list[dict[str, Any]] = []
        self.polls = 0
        self.webhook = False
        self.conflicts = 0
        self.blocked: frozenset[int] = frozenset()
        """Users who have blocked the bot."""
        self.forbidden = 0
        self.queries_answered = 0
        self.queries_too_old = 0
        self.penalty_until = 0.0
        self._all = Window(limits.per_second, 1.0)
        self._chats = defaultdict(lambda: Window(limits.chat_burst, limits.chat_window_s))
        self._groups = defaultdict(lambda: Window(limits.group_burst, limits.group_window_s))
        self._ids = itertools.count(1)
        self._newer_poll = asyncio.Event()

    @property
    def sent(self) -> list[Call]:
        """The messages that went through."""
        return [call for call in self.calls if call.method == "sendMessage" and not call.refused]

    @property
    def refused(self) -> list[Call]:
        """The calls that were answered with 429."""
        return [call for call in self.calls if call.refused]

    def wait(self, now: float, chat: int) -> float:
        """Return how long a message to *chat* is refused; count it if it is not."""
        if now < self.penalty_until:
            return self.penalty_until - now
        if self._all.wait(now):
            self.penalty_until = now + self.limits.penalty_s
            return self.limits.penalty_s
        windows = [self._chats[chat]] if chat > 0 else [self._chats[chat], self._groups[chat]]
        if wait := max(window.wait(now) for window in windows):
            return wait
        for window in (self._all, *windows):
            window.times.append(now)
        return 0.0

    async def handle(self, request: web.Request) -> web.Response:
        """Answer a call as the Bot API does."""
        method = request.match_info["method"]
        data = await request.post()
        if method == "getUpdates":
            return await self._get_updates()
        if method == "answerCallbackQuery":
            return self._answer_query(str(data["callback_query_id"]))
        if method == "deleteWebhook":
            self.webhook = False
            if data.get("drop_pending_updates") == "true":
                self.updates.clear()
        if method != "sendMessage":
            me = {"id": 42, "is_bot": True, "first_name": "Bot", "username": "test_bot"}
            return web.json_response({"ok": True, "result": me if method == "getMe" else True})
        now = time.monotonic()
        chat = int(str(data["chat_id"]))
        if chat in self.blocked:
            self.forbidden += 1
            return refusal(403, "Forbidden: bot was blocked by the user")
        wait = self.wait(now, chat)
        self.calls.append(Call(now, method, chat, refused=wait > 0))
        if wait:
            seconds = max(1, math.ceil(wait))
            text = f"Too Many Requests: retry after {seconds}"
            return refusal(429, text, parameters={"retry_after": seconds})
        message = {
            "message_id": next(self._ids),
            "date": 1_770_000_000,
            "chat": {"id": chat, "type": "private" if chat > 0 else "group"},
            "text": str(data.get("text", "")),
        }
        return web.json_response({"ok": True, "result": message})

    async def _get_updates(self) -> web.Response:
        """Answer a poll when there is something; a newer poll drives it out, as with Telegram."""
        self.polls += 1
        if self.webhook:
            self.conflicts += 1
            return refusal(409, WEBHOOK_IS_SET)
        self._newer_poll.set()
        self._newer_poll = newer = asyncio.Event()
        if not self.updates:
            with suppress(TimeoutError):
                await asyncio.wait_for(newer.wait(), LONG_POLL_S)
        if newer.is_set():
            self.conflicts += 1
            return refusal(409, CONFLICT)
        batch, self.updates = self.updates[:BATCH], self.updates[BATCH:]
        return web.json_response({"ok": True, "result": batch})

    def _answer_query(self, query_id: str) -> web.Response:
        """Forget a button press after a while; its id is the time at which it was pressed."""
        if time.monotonic() - float(query_id) > QUERY_LIFE_S:
            self.queries_too_old += 1
            return refusal(400, QUERY_TOO_OLD)
        self.queries_answered += 1
        return web.json_response({"ok": True, "result": True})

    async def rates(self, _: web.Request) -> web.Response:
        """Another service that a handler asks."""
        return web.json_response({"rate": 1.25})


async def refuse_token(_: web.Request) -> web.Response:
    """Answer for any other token."""
    return refusal(401, "Unauthorized")


@asynccontextmanager
async def bot_api(limits: Limits | None = None) -> AsyncIterator[BotApi]:
    """Run a server for the duration of a test."""
    api = BotApi(limits or Limits())
    app = web.Application()
    app.router.add_post(f"/bot{TOKEN}/{{method}}", api.handle)
    app.router.add_post("/bot{token}/{method}", refuse_token)
    app.router.add_get("/rates.json", api.rates)
    async with serving(app) as api.url:
        yield api


@asynccontextmanager
async def bot_of(api: BotApi, *middlewares: Any) -> AsyncIterator[Bot]:
    """Make a bot whose calls pass *middlewares*, the first one outermost."""
    bot = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(api.url)))
    for middleware in middlewares:
        bot.session.middleware(middleware)
    try:
        yield bot
    finally:
        await bot.session.close()


def message_update(user: int, chat: int | None = None) -> Update:
    """Return an update: *user* writes to the bot, or into a group."""
    number = next(_update_ids)
    chat = user if chat is None else chat
    message = Message(
        message_id=number,
        date=datetime(2026, 5, 19, 12, tzinfo=UTC),
        chat=Chat(id=chat, type="private" if chat > 0 else "group"),
        from_user=User(id=user, is_bot=False, first_name="U"),
        text="hello",
    )
    return Update(update_id=number, message=message)


def answering_dispatcher() -> Dispatcher:
    """Return a dispatcher whose one handler answers every message."""
    dispatcher = Dispatcher()

    @dispatcher.message()
    async def answer(message: Message) -> None:
        await message.answer("hello")

    return dispatcher


async def feed(dispatcher: Dispatcher, bot: Bot, updates: Iterable[Update]) -> int:
    """Handle *updates* at once; return how many handlers ended with a refusal."""
    ends = await asyncio.gather(
        *(dispatcher.feed_update(bot, update) for update in updates), return_exceptions=True
    )
    for end in ends:
        if isinstance(end, BaseException) and not isinstance(end, TelegramRetryAfter):
            raise end
    return sum(isinstance(end, TelegramRetryAfter) for end in ends)
