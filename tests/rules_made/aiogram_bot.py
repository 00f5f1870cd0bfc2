"""A real aiogram bot against a Bot API server on loopback that answers as told.

Usage: aiogram_bot.py all | SCENARIO... Prints every record as a JSON line, a mark before each
scenario.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.methods import SendMessage
from aiogram.types import CallbackQuery, Message
from aiogram.utils.backoff import BackoffConfig
from aiogram.webhook.aiohttp_server import ip_filter_middleware
from aiogram.webhook.security import IPFilter
from aiohttp import ClientSession, web
from spoken import record_of, speak

TOKEN = "42:TEST"  # noqa: S105 - nobody's
USER_CHAT = 5551234
GROUP_CHAT = -1001234567890

FLOOD = {
    "ok": False,
    "error_code": 429,
    "description": "Too Many Requests: retry after 28",
    "parameters": {"retry_after": 28},
}


def refusal(code: int, description: str) -> dict[str, Any]:
    return {"ok": False, "error_code": code, "description": description}


CONFLICT = refusal(
    409,
    "Conflict: terminated by other getUpdates request; "
    "make sure that only one bot instance is running",
)
NOT_MODIFIED = refusal(
    400,
    "Bad Request: message is not modified: specified new message content and reply markup are "
    "exactly the same as a current content and reply markup of the message",
)
TOO_OLD = refusal(
    400, "Bad Request: query is too old and response timeout expired or query ID is invalid"
)

OTHERS = (
    "handler-timeout",
    "locked",
    "cancelled",
    "group",
    "not-handled",
    "refused-start",
    "sigterm",
    "stranger",
    "ok",
)
"""Scenarios in which the server grants everything, and the bot itself fails."""

# What the server answers, by scenario and method; "drop" cuts the connection, "hang" never answers.
ANSWERS: dict[str, dict[str, Any]] = {
    "flood": {"sendMessage": FLOOD},
    "flood-group": {"sendMessage": FLOOD},
    "flood-returned": {"sendMessage": FLOOD},
    "flood-polling": {"getUpdates": FLOOD},
    "conflict": {"getUpdates": CONFLICT},
    "unauthorized-start": {"getMe": refusal(401, "Unauthorized")},
    "unauthorized-polling": {"getUpdates": refusal(401, "Unauthorized")},
    "bad-gateway": {"getUpdates": refusal(502, "Bad Gateway")},
    "restart": {"getUpdates": refusal(500, "Internal Server Error: restart")},
    "html": {"getUpdates": "html"},
    "drop": {"getUpdates": "drop"},
    "drop-send": {"sendMessage": "drop"},
    "hang-send": {"sendMessage": "hang"},
    "not-modified": {"sendMessage": NOT_MODIFIED},
    "too-old": {"answerCallbackQuery": TOO_OLD},
    "blocked": {"sendMessage": refusal(403, "Forbidden: bot was blocked by the user")},
    "chat-not-found": {"sendMessage": refusal(400, "Bad Request: chat not found")},
}
ALL = (*ANSWERS, *OTHERS)
PAGE = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n\r\n</body>\r\n</html>"
ME = {"id": 42, "is_bot": True, "first_name": "Test", "username": "test_bot"}


def update_for(scenario: str) -> dict[str, Any]:
    chat_id = GROUP_CHAT if scenario == "flood-group" else USER_CHAT
    kind = "supergroup" if chat_id < 0 else "private"
    message = {
        "message_id": 1,
        "date": 1700000000,
        "chat": {"id": chat_id, "type": kind, "title": "G"},
        "from": {"id": USER_CHAT, "is_bot": False, "first_name": "A"},
        "text": "hello",
    }
    if scenario == "too-old":
        query = {"id": "7", "from": message["from"], "chat_instance": "x", "message": message}
        return {"update_id": 871234501, "callback_query": query}
    return {"update_id": 871234501, "message": message}


def granted(method: str, scenario: str) -> dict[str, Any]:
    results = {"getMe": ME, "sendMessage": update_for(scenario).get("message")}
    return {"ok": True, "result": results.get(method, True)}


class Server:
    """Answers as the scenario says; hands out one update, then none."""

    def __init__(self, scenario: str) -> None:
        self.scenario = scenario
        self.answers = ANSWERS.get(scenario, {})
        self.polls = 0

    async def handle(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        if method == "getUpdates":
            self.polls += 1
            return await self.poll(request)
        return await self.answer(
            request, self.answers.get(method) or granted(method, self.scenario)
        )

    async def poll(self, request: web.Request) -> web.StreamResponse:
        told = self.answers.get("getUpdates")
        if told is not None and self.polls == 1:
            return await self.answer(request, told)
        if self.polls == 1:
            return web.json_response({"ok": True, "result": [update_for(self.scenario)]})
        await asyncio.sleep(0.05)
        return web.json_response({"ok": True, "result": []})

    async def answer(self, request: web.Request, told: Any) -> web.StreamResponse:
        if told == "drop":
            assert request.transport is not None
            request.transport.close()
            return web.Response()
        if told == "hang":
            await asyncio.sleep(30)
        if told == "html":
            return web.Response(status=502, text=PAGE, content_type="text/html")
        return web.json_response(told, status=told.get("error_code", 200))


def locked_database() -> None:
    path = Path(tempfile.mkdtemp()) / "bot.db"
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("CREATE TABLE users (id INTEGER)")
    writer.execute("BEGIN IMMEDIATE")
    sqlite3.connect(path, timeout=0.05).execute("INSERT INTO users VALUES (1)")


async def on_message(message: Message, scenario: str) -> Any:
    if scenario == "flood-returned":
        return SendMessage(chat_id=message.chat.id, text="hi")
    if scenario == "handler-timeout":
        await asyncio.wait_for(asyncio.sleep(5), 0.05)
    if scenario == "locked":
        locked_database()
    if scenario == "cancelled":
        raise asyncio.CancelledError
    if scenario == "group":
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.wait_for(asyncio.sleep(5), 0.05))
    await message.answer("hi")
    return None


async def on_query(query: CallbackQuery) -> None:
    await query.answer()


async def stranger() -> None:
    """Call the bot's webhook from an address that is not Telegram's."""
    app = web.Application(middlewares=[ip_filter_middleware(IPFilter.default())])
    app.router.add_post("/", lambda _: web.Response())
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    async with ClientSession() as session, session.post(f"http://127.0.0.1:{port}/"):
        await runner.cleanup()


async def stop_soon(dispatcher: Dispatcher, scenario: str) -> None:
    await asyncio.sleep(2.0 if scenario in SLOW else 0.5)
    if scenario == "sigterm":
        os.kill(os.getpid(), signal.SIGTERM)
    else:
        await dispatcher.stop_polling()


SLOW = {"hang-send"}
BACKOFF = BackoffConfig(min_delay=0.1, max_delay=0.2, factor=1.3, jitter=0.05)


async def main(scenario: str) -> None:
    app = web.Application()
    app.router.add_route("*", "/bot{token}/{method}", Server(scenario).handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, shutdown_timeout=0.1)
    await site.start()
    assert runner.addresses
    port = 1 if scenario == "refused-start" else runner.addresses[0][1]
    server = TelegramAPIServer.from_base(f"http://127.0.0.1:{port}")
    bot = Bot(TOKEN, session=AiohttpSession(api=server, timeout=1))
    dispatcher = Dispatcher(scenario=scenario)
    dispatcher.message.register(on_message)
    dispatcher.callback_query.register(on_query)
    if scenario == "stranger":
        await stranger()
    if scenario == "not-handled":
        dispatcher = Dispatcher()
    stopper = asyncio.create_task(stop_soon(dispatcher, scenario))
    try:
        await dispatcher.start_polling(bot, polling_timeout=1, backoff_config=BACKOFF)
    finally:
        stopper.cancel()
        await runner.cleanup()


if __name__ == "__main__":
    speak()
    for name in ALL if sys.argv[1:] == ["all"] else sys.argv[1:]:
        record_of(f"--- {name}")
        try:
            asyncio.run(main(name))
        except Exception:  # noqa: BLE001 - what ends a bot is what is wanted
            record_of(traceback.format_exc().rstrip())
