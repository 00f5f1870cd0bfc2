"""One aiohttp session for a process, that cannot wait for ever nor flood a slow server.

async with http_session() as http:          # once, around the whole program
    ...
    text = await get_text(http, "https://example.org/rates.json")
"""

from aiohttp import ClientSession, ClientTimeout, TCPConnector

CONNECT_S = 5.0
"""A host that answers at all does so within a second; two more tries of a lost packet fit."""
SILENCE_S = 10.0
"""Between two pieces of an answer. aiohttp has no such limit without it."""
TOTAL_S = 20.0
"""For a call with everything: shorter than the patience of who waits for the handler."""
AT_ONE_HOST = 20
"""Connections to one server: aiohttp has no limit for it, only 100 for all together."""


def http_session(total_s: float = TOTAL_S, at_one_host: int = AT_ONE_HOST) -> ClientSession:
    """Return a session with limits; close it at the end, or use it in `async with`."""
    return ClientSession(
        timeout=ClientTimeout(total=total_s, sock_connect=CONNECT_S, sock_read=SILENCE_S),
        connector=TCPConnector(limit=100, limit_per_host=at_one_host),
    )


async def get_text(http: ClientSession, url: str) -> str:
    """Return the body of an answer; raise TimeoutError or aiohttp.ClientError without one."""
    async with http.get(url, raise_for_status=True) as response:
        return await response.text()
