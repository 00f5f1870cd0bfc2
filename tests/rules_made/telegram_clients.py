"""What the Telegram libraries raise for the refusals of a Bot API server on loopback.

Usage: telegram_clients.py LIBRARY... Prints every record as a JSON line, a mark before each
refusal. The descriptions are the server's own (tdlib/telegram-bot-api, `Client.cpp`).
"""

from __future__ import annotations

import asyncio
import inspect
import json
import logging
import sys
import tempfile
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from spoken import record_of, speak

LOG = logging.getLogger("bot")
TOKEN = "4242:TEST"  # noqa: S105 - nobody's
USER_CHAT = 5551234
UPGRADED = {"migrate_to_chat_id": -1001234567890}

NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are "
    "exactly the same as a current content and reply markup of the message"
)
REFUSALS: dict[str, tuple[int, str, dict[str, Any]]] = {
    "cannot-delete": (400, "Bad Request: message can't be deleted for everyone", {}),
    "cannot-edit": (400, "Bad Request: message can't be edited", {}),
    "edit-gone": (400, "Bad Request: message to edit not found", {}),
    "delete-gone": (400, "Bad Request: message to delete not found", {}),
    "reply-gone": (400, "Bad Request: message to be replied not found", {}),
    "no-rights": (400, "Bad Request: not enough rights to send text messages to the chat", {}),
    "need-admin": (400, "Bad Request: CHAT_ADMIN_REQUIRED", {}),
    "not-member": (403, "Forbidden: bot is not a member of the channel chat", {}),
    "button": (400, "Bad Request: BUTTON_DATA_INVALID", {}),
    "button-url": (400, "Bad Request: BUTTON_URL_INVALID", {}),
    "too-long": (400, "Bad Request: message is too long", {}),
    "caption-too-long": (400, "Bad Request: message caption is too long", {}),
    "empty": (400, "Bad Request: message text is empty", {}),
    "entities": (
        400,
        "Bad Request: can't parse entities: Can't find end of the entity starting at byte offset 7",
        {},
    ),
    "file-id": (400, "Bad Request: wrong file identifier/HTTP URL specified", {}),
    "file-url": (400, "Bad Request: failed to get HTTP URL content", {}),
    "file-too-big": (400, "Bad Request: file is too big", {}),
    "too-large": (413, "Request Entity Too Large", {}),
    "upgraded": (400, "Bad Request: group chat was upgraded to a supergroup chat", UPGRADED),
    "gone": (403, "Forbidden: user is deactivated", {}),
    "blocked": (403, "Forbidden: bot was blocked by the user", {}),
    "chat-not-found": (400, "Bad Request: chat not found", {}),
    "not-modified": (400, NOT_MODIFIED, {}),
    "too-old": (
        400,
        "Bad Request: query is too old and response timeout expired or query ID is invalid",
        {},
    ),
    "flood": (429, "Too Many Requests: retry after 28", {"retry_after": 28}),
    "unauthorized": (401, "Unauthorized", {}),
    "bad-gateway": (502, "Bad Gateway", {}),
}

USER_ERRORS = [
    (420, "FLOOD_WAIT_81"),
    (420, "SLOWMODE_WAIT_30"),
    (400, "PEER_FLOOD"),
    (401, "AUTH_KEY_UNREGISTERED"),
    (406, "AUTH_KEY_DUPLICATED"),
    (401, "SESSION_REVOKED"),
    (403, "CHAT_WRITE_FORBIDDEN"),
    (400, "CHAT_ADMIN_REQUIRED"),
    (400, "PEER_ID_INVALID"),
    (400, "MESSAGE_NOT_MODIFIED"),
    (400, "MESSAGE_ID_INVALID"),
    (400, "CHANNEL_PRIVATE"),
    (400, "USER_IS_BLOCKED"),
    (400, "MESSAGE_TOO_LONG"),
]
"""Errors of Telegram's own protocol, as the servers name them; the texts are the libraries'."""


class Server(ThreadingHTTPServer):
    """Answers every call but getMe with the refusal that is set."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.refusal: tuple[int, str, dict[str, Any]] = (200, "", {})
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        code, description, parameters = self.server.refusal
        answer: dict[str, Any] = {"ok": False, "error_code": code, "description": description}
        if parameters:
            answer["parameters"] = parameters
        if self.path.lower().endswith("/getme"):
            me = {"id": 42, "is_bot": True, "first_name": "Test", "username": "test_bot"}
            code, answer = 200, {"ok": True, "result": me}
        body = json.dumps(answer).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST  # noqa: N815 - as above

    def log_message(self, *_: object) -> None:
        """Say nothing: the client's lines are what is wanted."""


def report(error: Exception) -> None:
    """Log the error in the two spellings that real bots use. Call it while it is handled."""
    LOG.exception("cannot answer")  # noqa: LOG004 - called while the error is handled
    LOG.error("Failed to send to %s: %s", USER_CHAT, error)


async def aiogram(server: Server) -> None:
    bot = aiogram_bot(server.url)
    for name, refusal in REFUSALS.items():
        record_of(f"--- aiogram {name}")
        server.refusal = refusal
        try:
            await bot.send_message(USER_CHAT, "hi")
        except Exception as error:  # noqa: BLE001 - each library has its own
            report(error)
    session = await bot.get_session() if hasattr(bot, "get_session") else bot.session
    await session.close()


def aiogram_bot(url: str) -> Any:
    """Return a bot of aiogram 3, or of aiogram 2 where that is installed."""
    from aiogram import Bot

    options: Any
    try:
        from aiogram.client.session.aiohttp import AiohttpSession
        from aiogram.client.telegram import TelegramAPIServer

        options = {"session": AiohttpSession(api=TelegramAPIServer.from_base(url))}
    except ImportError:
        from aiogram.bot.api import TelegramAPIServer

        options = {"server": TelegramAPIServer.from_base(url)}
    return Bot(TOKEN, **options)


async def telegram(server: Server) -> None:
    from telegram import Bot

    bot: Any = Bot(TOKEN, base_url=f"{server.url}/bot")
    if hasattr(bot, "initialize"):
        await bot.initialize()
    for name, refusal in REFUSALS.items():
        record_of(f"--- telegram {name}")
        server.refusal = refusal
        try:
            sent = bot.send_message(USER_CHAT, "hi")
            if inspect.isawaitable(sent):  # not before version 20
                await sent
        except Exception as error:  # noqa: BLE001
            report(error)
    if hasattr(bot, "shutdown"):
        await bot.shutdown()


def telebot(server: Server) -> None:
    import telebot as library

    library.apihelper.API_URL = server.url + "/bot{0}/{1}"
    bot = library.TeleBot(TOKEN, threaded=False)
    for name, refusal in REFUSALS.items():
        record_of(f"--- telebot {name}")
        server.refusal = refusal
        try:
            bot.send_message(USER_CHAT, "hi")
        except Exception as error:  # noqa: BLE001
            report(error)


def telethon(_: Server) -> None:
    from telethon import functions
    from telethon.errors import rpc_message_to_error
    from telethon.tl.types import RpcError

    request = functions.messages.SendMessageRequest(peer=None, message="hi")
    for code, name in USER_ERRORS:
        record_of(f"--- telethon {name}")
        try:
            raise rpc_message_to_error(RpcError(code, name), request)  # noqa: TRY301
        except Exception as error:  # noqa: BLE001
            report(error)
    unknown_constructor()
    asyncio.run(telethon_refused())


async def telethon_refused() -> None:
    """Connect to where nobody listens."""
    from telethon import TelegramClient
    from telethon.sessions import StringSession

    record_of("--- telethon refused")
    session = StringSession()
    session.set_dc(2, "127.0.0.1", 1)
    options: Any = {"connection_retries": 1, "retry_delay": 0}
    try:
        await TelegramClient(session, 1, "x", **options).connect()
    except ConnectionError as error:
        report(error)


def unknown_constructor() -> None:
    """Read an object of a layer that the library does not know."""
    from telethon.extensions import BinaryReader

    record_of("--- telethon unknown-constructor")
    try:
        BinaryReader(b"\x01\x02\x03\x04" * 4).tgread_object()
    except Exception as error:  # noqa: BLE001
        report(error)


def pyrogram(_: Server) -> None:
    from pyrogram.errors import RPCError
    from pyrogram.raw.functions.messages import SendMessage
    from pyrogram.raw.types import RpcError

    for code, name in USER_ERRORS:
        record_of(f"--- pyrogram {name}")
        try:
            RPCError.raise_it(RpcError(error_code=code, error_message=name), SendMessage)
        except Exception as error:  # noqa: BLE001
            report(error)
    asyncio.run(pyrogram_life())


async def pyrogram_life() -> None:
    """Start and stop what runs the handlers; without Telegram there is no more of a client."""
    from pyrogram import Client

    record_of("--- pyrogram life")
    client = Client("test", api_id=1, api_hash="x", workdir=tempfile.mkdtemp())
    await client.dispatcher.start()
    await client.dispatcher.stop()


LIBRARIES: dict[str, Callable[[Server], Any]] = {
    "aiogram": aiogram,
    "telegram": telegram,
    "telebot": telebot,
    "telethon": telethon,
    "pyrogram": pyrogram,
}

if __name__ == "__main__":
    speak()
    logging.getLogger("httpx").setLevel(logging.WARNING)
    for library in sys.argv[1:]:
        played = LIBRARIES[library](Server())
        if asyncio.iscoroutine(played):
            asyncio.run(played)
