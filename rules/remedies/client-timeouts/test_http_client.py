"""A silent server is given up, and only so many calls wait for it at once."""

import asyncio

import pytest
from http_client import get_text, http_session


class SilentServer:
    """Takes connections and answers none."""

    def __init__(self) -> None:
        self.open = self.most = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        self.most = max(self.most, self.open)
        while await reader.read(4096):  # until the client gives up
            pass
        self.open -= 1
        writer.close()


def test_a_silent_server_is_given_up() -> None:
    async def run() -> int:
        silent = SilentServer()
        async with await asyncio.start_server(silent.serve, "127.0.0.1", 0) as server:
            url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
            async with http_session(total_s=0.1, at_one_host=3) as http:
                calls = [get_text(http, url) for _ in range(9)]
                ends = await asyncio.gather(*calls, return_exceptions=True)
            assert all(isinstance(end, TimeoutError) for end in ends)
        return silent.most

    assert asyncio.run(run()) == 3


def test_a_refused_connection_is_an_error_at_once() -> None:
    async def run() -> None:
        async with http_session() as http:
            await get_text(http, "http://127.0.0.1:1/")

    with pytest.raises(OSError, match="Cannot connect"):
        asyncio.run(run())
