"""What tries that are spread out change when a peer is away for a moment, and when it stays away.

The peer is an HTTP server on loopback. It answers 503 while it is away, and when more calls than it
can take arrive within a moment, as services do that have just come back.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web

from tests.remedies.bot_api import Window
from tests.remedies.code import load_code
from tests.remedies.serving import serving
from tests.remedies.trials import Figures, Trial

retrying = load_code("retry-with-jitter", "retrying.py")

CLIENTS = 60
TRIES = 5
PAUSE_S = 0.4
CAPACITY = Window(8, 0.1)
"""Calls that the peer can take within 100 ms; all the clients together ask for seven times that."""


class Peer:
    """Counts what it refused, and how many calls arrived at the same moment."""

    def __init__(self, away_s: float) -> None:
        self.back_at = asyncio.get_running_loop().time() + away_s
        self.taken = Window(CAPACITY.size, CAPACITY.span_s)
        self.arrivals: list[float] = []
        self.refused = 0
        self.url = ""

    async def answer(self, _: web.Request) -> web.Response:
        now = asyncio.get_running_loop().time()
        self.arrivals.append(now)
        if now < self.back_at or self.taken.wait(now):
            self.refused += 1
            return web.Response(status=503)
        self.taken.times.append(now)
        return web.Response(text="answer")


@asynccontextmanager
async def _peer(away_s: float) -> AsyncIterator[Peer]:
    peer = Peer(away_s)
    app = web.Application()
    app.router.add_get("/", peer.answer)
    async with serving(app) as peer.url:
        yield peer


Asks = Callable[[Callable[[], Awaitable[None]]], Awaitable[None]]


async def _in_step(call: Callable[[], Awaitable[None]]) -> None:
    """Try as often, with the pause that people write: the same for all."""
    for _ in range(TRIES - 1):
        try:
            return await call()
        except aiohttp.ClientError:
            await asyncio.sleep(PAUSE_S)
    return await call()


async def _once(call: Callable[[], Awaitable[None]]) -> None:
    await call()


async def _spread(call: Callable[[], Awaitable[None]]) -> None:
    await retrying.retry(
        call, on=(aiohttp.ClientError,), tries=TRIES, first_pause_s=PAUSE_S, longest_pause_s=1.0
    )


async def _ask(ask: Asks, away_s: float) -> Figures:
    async with _peer(away_s) as peer, aiohttp.ClientSession() as http:

        async def call() -> None:
            async with http.get(peer.url, raise_for_status=True):
                pass

        ends = await asyncio.gather(*(ask(call) for _ in range(CLIENTS)), return_exceptions=True)
    lost = sum(isinstance(end, aiohttp.ClientError) for end in ends)
    return {"given up": lost, "refused calls": peer.refused, "calls": len(peer.arrivals)}


def _restarted_peer(spread: bool) -> Figures:
    return asyncio.run(_ask(_spread if spread else _in_step, away_s=0.1))


def _single_tries(spread: bool) -> Figures:
    return asyncio.run(_ask(_spread if spread else _once, away_s=0.1))


def _long_outage(spread: bool) -> Figures:
    return asyncio.run(_ask(_spread if spread else _in_step, away_s=60.0))


def _fewer_lost(without: Figures, with_it: Figures) -> bool:
    return with_it["given up"] < without["given up"] / 2


TRIALS = [
    Trial(
        "no-second-try",
        "60 calls at once to a peer that is away for 0.1 s; without the remedy each is made once",
        ("aiohttp",),
        _single_tries,
        _fewer_lost,
    ),
    Trial(
        "tries-in-step",
        "the same; without the remedy five tries each, 0.4 s apart, so that all come together",
        ("aiohttp",),
        _restarted_peer,
        _fewer_lost,
    ),
    Trial(
        "long-outage",
        "60 calls at once to a peer that stays away; without the remedy five tries 0.4 s apart",
        ("aiohttp",),
        _long_outage,
        _fewer_lost,
        helps=False,
    ),
]
