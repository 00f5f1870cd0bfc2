"""What a check sees of a loop that stands still, and of a handler that hangs in one that runs."""

import asyncio
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.remedies.code import load_code
from tests.remedies.processes import listens
from tests.remedies.trials import Figures, Trial

code = load_code("heartbeat-check", "heartbeat.py")
CHECKS = 10
OLDEST_S = 0.2
"""Scaled: the remedy beats each 5 s and allows 30 s."""


class Program:
    """A server on an event loop of its own thread, with a sign of life."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.port = 0
        self.loop = asyncio.new_event_loop()
        self.ready = threading.Event()
        self.done = asyncio.Event()

    def run(self) -> None:
        self.loop.run_until_complete(self._serve())
        self.loop.close()

    async def _serve(self) -> None:
        beating = asyncio.create_task(code.beat(self.path, every_s=0.02))
        async with await asyncio.start_server(_hang, "127.0.0.1", 0) as server:
            self.port = server.sockets[0].getsockname()[1]
            await asyncio.sleep(0.05)
            self.ready.set()
            await self.done.wait()
            await asyncio.sleep(0.1)  # for connections that waited while the loop stood still
        beating.cancel()


async def _hang(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


@contextmanager
def _running() -> Iterator[Program]:
    with tempfile.TemporaryDirectory() as name:
        program = Program(Path(name) / "heartbeat")
        thread = threading.Thread(target=program.run)
        thread.start()
        program.ready.wait()
        try:
            yield program
        finally:
            program.loop.call_soon_threadsafe(program.done.set)
            thread.join()


def _failed(program: Program, *, beat: bool) -> Figures:
    time.sleep(OLDEST_S + 0.1)
    failed = 0
    for _ in range(CHECKS):
        fine = code.problem_of(program.path, OLDEST_S) is None if beat else listens(program.port)
        failed += not fine
        time.sleep(0.03)
    return {"checks": CHECKS, "failed": failed}


def _blocked(beat: bool) -> Figures:
    with _running() as program:
        program.loop.call_soon_threadsafe(time.sleep, 1.0)
        return _failed(program, beat=beat)


def _hangs(beat: bool) -> Figures:
    with _running() as program:
        hung = asyncio.run_coroutine_threadsafe(asyncio.sleep(60), program.loop)
        failed = _failed(program, beat=beat)
        hung.cancel()
        return failed


def _noticed(without: Figures, with_it: Figures) -> bool:
    return with_it["failed"] > without["failed"]


TRIALS = [
    Trial(
        "blocked-loop",
        "a loop blocked for 1 s; the check without it is whether the port takes connections",
        (),
        _blocked,
        _noticed,
    ),
    Trial(
        "hung-handler",
        "a handler that waits for ever in a loop that runs",
        (),
        _hangs,
        _noticed,
        helps=False,
    ),
]
