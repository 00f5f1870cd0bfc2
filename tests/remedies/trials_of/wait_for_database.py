"""What waiting changes for a program whose server is away for a while, or for good."""

import asyncio
import contextlib

from tests.remedies.code import load_code
from tests.remedies.trials import Figures, Trial

code = load_code("wait-for-database", "wait_for.py")
RESTART_S = 0.1
STARTS = 5
"""systemd without settings: a pause of 100 ms, and five starts within 10 s."""
LIMIT_S = 2.0


class Server:
    """Begins to listen after a while, on a port that is free until then."""

    def __init__(self, away_s: float) -> None:
        self.away_s = away_s
        self.port = 0
        self.has_port = asyncio.Event()

    async def run(self) -> None:
        async with await asyncio.start_server(_hang_up, "127.0.0.1", 0) as first:
            self.port = first.sockets[0].getsockname()[1]
        self.has_port.set()
        await asyncio.sleep(self.away_s)
        async with await asyncio.start_server(_hang_up, "127.0.0.1", self.port) as server:
            await server.serve_forever()

    async def connect(self) -> None:
        _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.close()


async def _hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def _starts(away_s: float, *, waits: bool) -> Figures:
    """Start the program until it serves, as a supervisor does, or until that gives up."""
    server = Server(away_s)
    running = asyncio.create_task(server.run())
    await server.has_port.wait()
    starts = serves = 0
    while starts < STARTS and not serves:
        starts += 1
        with contextlib.suppress(OSError):
            if waits:
                connect = server.connect
                await code.wait_for("it", connect, limit_s=LIMIT_S, first_pause_s=0.05)
            else:
                await server.connect()
            serves = 1
        if not serves:
            await asyncio.sleep(RESTART_S)
            if waits:
                break  # the supervisor's four further starts would wait as long each
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    return {"starts of the program": starts, "serves in the end": serves}


def _back_soon(waits: bool) -> Figures:
    return asyncio.run(_starts(0.8, waits=waits))


def _gone(waits: bool) -> Figures:
    return asyncio.run(_starts(60.0, waits=waits))


def _serves(without: Figures, with_it: Figures) -> bool:
    return with_it["serves in the end"] > without["serves in the end"]


TRIALS = [
    Trial(
        "away-for-a-while",
        "the server refuses connections for 0.8 s; five starts, 0.1 s apart, are allowed",
        (),
        _back_soon,
        _serves,
    ),
    Trial(
        "away-for-longer",
        "the server stays away for longer than the 2 s that are waited",
        (),
        _gone,
        _serves,
        helps=False,
    ),
]
