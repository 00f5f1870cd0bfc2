"""What a gateway of Discord does with intents that were not enabled, and what helps.

The gateway on loopback closes with 4014 where a client asks for a privileged intent that the
developer portal does not allow, as Discord documents it.
"""

import asyncio
import json
import warnings
from contextlib import suppress
from typing import Any

from aiohttp import WSMsgType, web

from tests.remedies.serving import serving
from tests.remedies.trials import Figures, Trial

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # it imports audioop, which is leaving
    import discord

TOKEN = "x.y.z"  # noqa: S105 - nobody's
ME = {"id": "42", "username": "test", "discriminator": "0", "avatar": None, "bot": True}
APPLICATION = {"id": "42", "name": "t", "flags": 0, "description": "", "icon": None, "owner": ME}
APPLICATION |= {
    "bot_public": False,
    "bot_require_code_grant": False,
    "verify_key": "",
    "hook": True,
}
PRIVILEGED = discord.Intents(members=True, presences=True, message_content=True).value
DISALLOWED = 4014
WAIT_S = 5.0
STARTS = 3


class Gateway:
    """Lets in who asks for no more than it allows."""

    def __init__(self, allowed: int) -> None:
        self.allowed = allowed
        self.url = ""

    async def answer(self, request: web.Request) -> web.Response:
        body = APPLICATION if "applications" in request.path else ME
        return web.Response(body=json.dumps(body).encode(), content_type="application/json")

    async def gateway(self, request: web.Request) -> web.StreamResponse:
        peer = web.WebSocketResponse()
        await peer.prepare(request)
        await peer.send_str(json.dumps({"op": 10, "d": {"heartbeat_interval": 40_000}}))
        async for message in peer:
            told = json.loads(message.data) if message.type == WSMsgType.TEXT else {}
            if told.get("op") == 2:
                await self._identify(peer, told["d"])
        return peer

    async def _identify(self, peer: web.WebSocketResponse, who: dict[str, Any]) -> None:
        if who["intents"] & PRIVILEGED & ~self.allowed:
            await peer.close(code=DISALLOWED)
            return
        ready = {"v": 10, "user": ME, "guilds": [], "session_id": "1", "application": {"id": "42"}}
        ready |= {"resume_gateway_url": self.url.replace("http", "ws"), "application": APPLICATION}
        await peer.send_str(json.dumps({"op": 0, "t": "READY", "s": 1, "d": ready}))


async def _starts(intents: discord.Intents, allowed: int) -> Figures:
    """Start the bot until it is ready, or has ended so many times."""
    server = Gateway(allowed)
    app = web.Application()
    app.router.add_get("/gateway", server.gateway)
    app.router.add_route("*", "/{path:.*}", server.answer)
    refused = ready = 0
    async with serving(app, shutdown_s=0.1) as server.url:
        discord.http.Route.BASE = server.url
        discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = discord.gateway.yarl.URL(
            server.url + "/gateway"
        )
        while not ready and refused < STARTS:
            ready = await _start(discord.Client(intents=intents))
            refused += not ready
    return {"starts that ended": refused, "starts that became ready": ready}


async def _start(client: discord.Client) -> int:
    running = asyncio.create_task(client.start(TOKEN))
    waiting = asyncio.create_task(_ready(client))
    try:
        await asyncio.wait({running, waiting}, timeout=WAIT_S, return_when=asyncio.FIRST_COMPLETED)
        return int(client.is_ready())
    finally:
        await client.close()
        for task in (running, waiting):
            task.cancel()
            with suppress(asyncio.CancelledError, discord.PrivilegedIntentsRequired):
                await task


async def _ready(client: discord.Client) -> None:
    while not client.is_ready():  # noqa: ASYNC110 - wait_until_ready needs a login before it
        await asyncio.sleep(0.02)


def _portal(enabled: bool) -> Figures:
    return asyncio.run(_starts(discord.Intents.all(), PRIVILEGED if enabled else 0))


def _code(asks_less: bool) -> Figures:
    intents = discord.Intents.default() if asks_less else discord.Intents.all()
    return asyncio.run(_starts(intents, allowed=0))


def _became_ready(without: Figures, with_it: Figures) -> bool:
    name = "starts that became ready"
    return with_it[name] > without[name]


TRIALS = [
    Trial(
        "enabled-in-the-portal",
        "a bot with Intents.all() is started up to three times; with the remedy the portal allows",
        ("discord.py",),
        _portal,
        _became_ready,
    ),
    Trial(
        "asked-for-less",
        "the same; with the remedy the bot asks for Intents.default()",
        ("discord.py",),
        _code,
        _became_ready,
    ),
]
