"""What limits of time and of connections change for calls to a server that is slow or silent."""

import asyncio

from aiohttp import ClientSession

from tests.remedies.code import load_code
from tests.remedies.trials import Figures, Trial

code = load_code("client-timeouts", "http_client.py")
CALLS = 60
LIMIT_S = 0.4
"""Scaled: the remedy gives a call 20 s, aiohttp without settings 300 s."""
WATCHED_S = 1.2
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"


class Server:
    """Answers after a while; knows how many connections were open at once."""

    def __init__(self, answers_after_s: float) -> None:
        self.answers_after_s = answers_after_s
        self.open = self.most = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        self.most = max(self.most, self.open)
        try:
            await reader.readuntil(b"\r\n\r\n")
            async with asyncio.timeout(self.answers_after_s):
                await reader.read()  # until the client has given up
        except TimeoutError:
            writer.write(ANSWER)
        except asyncio.IncompleteReadError:
            pass
        finally:
            self.open -= 1
            writer.close()


async def _called(answers_after_s: float, *, limited: bool) -> Figures:
    peer = Server(answers_after_s)
    async with await asyncio.start_server(peer.serve, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        session = code.http_session(total_s=LIMIT_S) if limited else ClientSession()
        async with session as http:
            calls = [asyncio.create_task(code.get_text(http, url)) for _ in range(CALLS)]
            ended, waiting = await asyncio.wait(calls, timeout=WATCHED_S)
            for call in waiting:
                call.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
    answered = sum(call.exception() is None for call in ended)
    return {
        "calls answered": answered,
        "still waiting after 1.2 s": len(waiting),
        "connections at once": peer.most,
    }


def _silent(limited: bool) -> Figures:
    return asyncio.run(_called(60.0, limited=limited))


def _slow(limited: bool) -> Figures:
    return asyncio.run(_called(0.8, limited=limited))


TRIALS = [
    Trial(
        "silent-server",
        "60 calls at once to a server that takes connections and answers nothing",
        ("aiohttp",),
        _silent,
        lambda without, with_it: (
            with_it["still waiting after 1.2 s"] < without["still waiting after 1.2 s"]
        ),
    ),
    Trial(
        "slow-server",
        "60 calls at once to a server that answers after 0.8 s, twice what a call is given",
        ("aiohttp",),
        _slow,
        lambda without, with_it: with_it["calls answered"] > without["calls answered"],
        helps=False,
    ),
]
