"""Real bots of python-telegram-bot and pyTelegramBotAPI that poll a Bot API server on loopback.

Usage: polling_bots.py LIBRARY... Prints every record as a JSON line, a mark before each life.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import sys
import threading
import time
import traceback
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from spoken import record_of, speak

TOKEN = "42:TEST"  # noqa: S105 - nobody's
USER_CHAT = 5551234
LIFE_S = 1.5
"""Seconds of a life: two polls, and the first wait of pyTelegramBotAPI after an error."""

ME = {"id": 42, "is_bot": True, "first_name": "Test", "username": "test_bot"}
MESSAGE = {
    "message_id": 1,
    "date": 1700000000,
    "chat": {"id": USER_CHAT, "type": "private", "first_name": "A"},
    "from": {"id": USER_CHAT, "is_bot": False, "first_name": "A"},
    "text": "hello",
}
Answer = dict[str, Any]


def refusal(code: int, description: str, **parameters: int) -> Answer:
    answer: Answer = {"ok": False, "error_code": code, "description": description}
    return {**answer, "parameters": parameters} if parameters else answer


DROP: Answer = {"drop": True}
HANG: Answer = {"hang": True}

ANSWERS: dict[str, tuple[str, Answer]] = {
    "ok": ("", {}),
    "flood": ("sendMessage", refusal(429, "Too Many Requests: retry after 28", retry_after=28)),
    "blocked": ("sendMessage", refusal(403, "Forbidden: bot was blocked by the user")),
    "chat-not-found": ("sendMessage", refusal(400, "Bad Request: chat not found")),
    "hang-send": ("sendMessage", HANG),
    "pool": ("sendMessage", HANG),
    "conflict": (
        "getUpdates",
        refusal(
            409,
            "Conflict: terminated by other getUpdates request; "
            "make sure that only one bot instance is running",
        ),
    ),
    "webhook": (
        "getUpdates",
        refusal(
            409,
            "Conflict: can't use getUpdates method while webhook is active; "
            "use deleteWebhook to delete the webhook first",
        ),
    ),
    "bad-gateway": ("getUpdates", refusal(502, "Bad Gateway")),
    "drop": ("getUpdates", DROP),
    "unauthorized": ("getMe", refusal(401, "Unauthorized")),
}
"""By the name of a life: the method that is not granted, and what is answered instead."""


class Server(ThreadingHTTPServer):
    """Grants every call but one, and hands out one update."""

    daemon_threads = True

    def __init__(self, life: str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.refused, self.answer = ANSWERS[life]
        self.polls = 0
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def told(self, method: str) -> Answer:
        self.polls += method == "getUpdates"
        if method == self.refused and (method != "getUpdates" or self.polls == 1):
            return self.answer
        if method == "getUpdates":
            first = self.polls == 1
            time.sleep(0 if first else 0.2)
            return granted([{"update_id": 871234501, "message": MESSAGE}] if first else [])
        return granted({"getMe": ME, "sendMessage": MESSAGE}.get(method, True))


def granted(result: Any) -> Answer:
    return {"ok": True, "result": result}


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        told = self.server.told(self.path.partition("?")[0].rpartition("/")[2])
        if told is DROP:
            self.connection.close()
            return
        if told is HANG:
            time.sleep(LIFE_S * 2)
        body = json.dumps(told).encode()
        self.send_response(told.get("error_code", 200))
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST  # noqa: N815 - as above

    def log_message(self, *_: object) -> None:
        """Say nothing: the client's lines are what is wanted."""

    def handle(self) -> None:
        try:
            super().handle()
        except (OSError, ValueError):
            return  # the connection that was dropped, or whose bot has ended


async def telegram(life: str) -> None:
    from telegram.ext import ApplicationBuilder, MessageHandler, filters

    async def on_message(update: Any, _: Any) -> None:
        calls = [update.message.reply_text("hi") for _ in range(2 if life == "pool" else 1)]
        await asyncio.gather(*calls)

    builder = ApplicationBuilder().token(TOKEN).base_url(Server(life).url + "/bot")
    builder = builder.read_timeout(0.5).pool_timeout(0.1)
    builder = builder.connection_pool_size(1 if life == "pool" else 8)
    application = builder.build()
    application.add_handler(MessageHandler(filters.ALL, on_message))
    await application.initialize()
    await application.start()
    await application.updater.start_polling(timeout=1)
    await asyncio.sleep(LIFE_S)
    await application.updater.stop()
    await application.stop()
    await application.shutdown()


def telebot(life: str) -> None:
    import telebot as library

    library.apihelper.API_URL = Server(life).url + "/bot{0}/{1}"
    library.apihelper.READ_TIMEOUT = 0.5
    bot = library.TeleBot(TOKEN, threaded=False)

    @bot.message_handler(func=lambda _: True)
    def on_message(message: Any) -> None:
        bot.reply_to(message, "hi")

    polling = threading.Thread(target=poll, args=(bot,))
    polling.start()
    time.sleep(LIFE_S)
    bot.stop_polling()
    polling.join()


def poll(bot: Any) -> None:
    try:
        if "long_polling_timeout" in inspect.signature(bot.infinity_polling).parameters:
            bot.infinity_polling(timeout=1, long_polling_timeout=1)
        else:  # before version 3.7, where it tells nothing of what fails
            bot.polling(none_stop=True, timeout=1)
    except Exception:  # noqa: BLE001 - what ends a bot is what is wanted
        record_of(traceback.format_exc().rstrip())


LIBRARIES: dict[str, Callable[[str], Any]] = {"telegram": telegram, "telebot": telebot}
LIVES = {"telegram": list(ANSWERS), "telebot": [life for life in ANSWERS if life != "pool"]}

if __name__ == "__main__":
    speak()
    for library in sys.argv[1:]:
        for name in LIVES[library]:
            record_of(f"--- {library} life {name}")
            try:
                played = LIBRARIES[library](name)
                if asyncio.iscoroutine(played):
                    asyncio.run(played)
            except Exception:  # noqa: BLE001 - what ends a bot is what is wanted
                record_of(traceback.format_exc().rstrip())
