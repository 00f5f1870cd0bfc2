"""What discord.py prints for the refusals of a Discord on loopback: its HTTP API and its gateway.

Usage: discord_client.py SCENARIO... Prints every record as a JSON line, a mark before each
scenario.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import time
from typing import Any

import discord
from aiohttp import WSMsgType, web
from spoken import play, record_of, speak
from yarl import URL

LOG = logging.getLogger("bot")
JSON = "application/json"
TOKEN = "x.y.z"  # noqa: S105 - nobody's
ME = {"id": "42", "username": "test", "discriminator": "0", "avatar": None, "bot": True}
APPLICATION = {
    "id": "42",
    "name": "t",
    "flags": 0,
    "description": "",
    "icon": None,
    "owner": ME,
    "bot_public": False,
    "bot_require_code_grant": False,
    "verify_key": "",
    "hook": True,
}
HTTP_STATUSES = range(400, 600)
"""What is no code of a websocket is a status of HTTP: it is never opened."""

TOO_LONG = {"code": "BASE_TYPE_MAX_LENGTH", "message": "Must be 2000 or fewer in length."}

REFUSALS: dict[str, tuple[int, dict[str, Any]]] = {
    "unknown-message": (404, {"code": 10008, "message": "Unknown Message"}),
    "unknown-channel": (404, {"code": 10003, "message": "Unknown Channel"}),
    "unknown-interaction": (404, {"code": 10062, "message": "Unknown interaction"}),
    "acknowledged": (400, {"code": 40060, "message": "Interaction has already been acknowledged."}),
    "permissions": (403, {"code": 50013, "message": "Missing Permissions"}),
    "access": (403, {"code": 50001, "message": "Missing Access"}),
    "cannot-dm": (403, {"code": 50007, "message": "Cannot send messages to this user"}),
    "form": (
        400,
        {
            "code": 50035,
            "message": "Invalid Form Body",
            "errors": {"content": {"_errors": [TOO_LONG]}},
        },
    ),
    "empty": (400, {"code": 50006, "message": "Cannot send an empty message"}),
    "too-large": (413, {"code": 40005, "message": "Request entity too large"}),
    "unauthorized": (401, {"code": 0, "message": "401: Unauthorized"}),
    "webhook-token": (401, {"code": 50027, "message": "Invalid Webhook Token"}),
    "unavailable": (503, {"code": 0, "message": "503: Service Unavailable"}),
}


class Discord:
    """Answers every call as told; its gateway says hello and closes with the code that is set."""

    def __init__(self) -> None:
        self.refusal: tuple[int, dict[str, Any]] | None = None
        self.closes: list[int] = []
        self.interval_ms = 41250
        self.url = URL()

    async def start(self) -> web.AppRunner:
        app = web.Application()
        app.router.add_get("/gateway", self.gateway)
        app.router.add_route("*", "/{path:.*}", self.answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, shutdown_timeout=0.1).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        discord.http.Route.BASE = url
        self.url = URL(url + "/gateway")
        discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = self.url
        return runner

    async def answer(self, request: web.Request) -> web.Response:
        if self.refusal is not None:
            code, body = self.refusal
            return as_json(body, code)
        return as_json(APPLICATION if "applications" in request.path else ME)

    async def gateway(self, request: web.Request) -> web.StreamResponse:
        if "Upgrade" not in request.headers:  # before version 2.1 the library asks where it is
            return as_json({"url": str(self.url.with_scheme("ws"))})
        if self.closes and self.closes[0] in HTTP_STATUSES:
            return web.Response(status=self.closes[0])
        peer = web.WebSocketResponse()
        await peer.prepare(request)
        await peer.send_str(json.dumps({"op": 10, "d": {"heartbeat_interval": self.interval_ms}}))
        async for message in peer:
            if message.type == WSMsgType.TEXT and self.closes:
                await peer.close(code=self.closes.pop(0))
        return peer


def as_json(body: dict[str, Any], status: int = 200) -> web.Response:
    """Return an answer whose type names no character set, as Discord's does not."""
    return web.Response(body=json.dumps(body).encode(), status=status, content_type=JSON)


async def calls() -> None:
    server = Discord()
    runner = await server.start()
    client = discord.Client(intents=discord.Intents.none())
    await client.login(TOKEN)
    for name, refusal in REFUSALS.items():
        record_of(f"--- discord {name}")
        server.refusal = refusal
        try:
            with discord.http.handle_message_parameters("hi") as parameters:
                await client.http.send_message(1, params=parameters)
        except discord.DiscordException as error:
            LOG.exception("cannot answer")
            LOG.error("Failed to send: %s", error)  # noqa: TRY400 - both spellings are in real logs
    server.refusal = None
    await client.close()
    await runner.cleanup()


async def login() -> None:
    server = Discord()
    runner = await server.start()
    server.refusal = REFUSALS["unauthorized"]
    client = discord.Client(intents=discord.Intents.none())
    try:
        await client.start(TOKEN)
    finally:
        await client.close()
        await runner.cleanup()


async def connect(*closes: int) -> None:
    """Log in, and meet a gateway that closes with these codes, or is not there at all."""
    server = Discord()
    runner = await server.start()
    server.closes = list(closes)
    client = discord.Client(intents=discord.Intents.all())
    await client.login(TOKEN)
    if not closes:
        await runner.cleanup()
    try:
        await asyncio.wait_for(client.connect(), 1)
    except asyncio.TimeoutError:  # noqa: UP041 - another class before Python 3.11
        LOG.info("ended")
    finally:
        await client.close()
        await runner.cleanup()


async def intents() -> None:
    await connect(4014)


async def bad_token() -> None:
    await connect(4004)


async def gateway_gone() -> None:
    await connect()


async def gateway_down() -> None:
    await connect(503)


async def blocked() -> None:
    """Hold the loop for longer than the library waits for a heartbeat of its own."""
    server = Discord()
    runner = await server.start()
    server.interval_ms = 100
    client = discord.Client(intents=discord.Intents.none())
    await client.login(TOKEN)
    connected = asyncio.create_task(client.connect())
    await asyncio.sleep(0.5)
    time.sleep(11)  # noqa: ASYNC251 - what a bot should not do
    connected.cancel()
    await client.close()
    await runner.cleanup()


async def event_error() -> None:
    client = discord.Client(intents=discord.Intents.none())

    async def on_ping() -> None:
        raise KeyError("rate")

    client.event(on_ping)
    await client._async_setup_hook()
    client.dispatch("ping")
    await asyncio.sleep(0.1)
    await client.close()


async def command_error() -> None:
    from discord.ext import commands

    bot = commands.Bot("!", intents=discord.Intents.none())
    context: Any = type("Context", (), {"command": None, "cog": None})()
    cause = KeyError("rate")
    for error in (commands.CommandInvokeError(cause), commands.CommandNotFound(NOT_FOUND)):
        try:
            raise error from (cause if isinstance(error, commands.CommandInvokeError) else None)
        except commands.CommandError as raised:
            await bot.on_command_error(context, raised)
    await bot.close()


NOT_FOUND = 'Command "x" is not found'

if __name__ == "__main__":
    speak()
    play(globals(), sys.argv[1:])
