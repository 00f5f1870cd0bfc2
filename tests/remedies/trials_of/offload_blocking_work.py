"""What threads change for the event loop, for work that waits and for work that keeps the lock."""

import asyncio
import logging
import time
from collections.abc import Callable

from tests.remedies.code import load_code
from tests.remedies.trials import Figures, Trial

blocking = load_code("offload-blocking-work", "blocking.py")

HANDLERS = 10
BLOCK_S = 0.15
HEARTBEAT_S = 0.01
NUMBERS = 20_000_000
"""Summed in C without a pause: half a second or more, in which no other thread gets a turn."""


class SlowCallbacks(logging.Handler):
    """Counts asyncio's reports of callbacks that took longer than 0.1 s."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def emit(self, record: logging.LogRecord) -> None:
        self.count += record.getMessage().startswith("Executing ")


async def _longest_silence(working: asyncio.Future[list[object]]) -> float:
    """Beat until the work is done; return the seconds of the longest gap."""
    longest, last = 0.0, time.monotonic()
    while not working.done():
        await asyncio.sleep(HEARTBEAT_S)
        now = time.monotonic()
        longest, last = max(longest, now - last), now
    return longest


async def _handle(work: Callable[[], object], times: int, *, in_threads: bool) -> float:
    pool = blocking.BlockingWork()

    async def handler() -> None:
        if in_threads:
            await pool.run(work)
        else:
            work()

    try:
        working = asyncio.gather(*(handler() for _ in range(times)))
        return await _longest_silence(working)
    finally:
        pool.close()


def _silence(work: Callable[[], object], times: int, *, in_threads: bool) -> Figures:
    slow = SlowCallbacks()
    logger = logging.getLogger("asyncio")
    level, logger.propagate = logger.level, False
    logger.addHandler(slow)
    logger.setLevel(logging.WARNING)
    try:
        longest = asyncio.run(_handle(work, times, in_threads=in_threads), debug=True)
    finally:
        logger.removeHandler(slow)
        logger.setLevel(level)
        logger.propagate = True
    return {"longest silence of the loop in s": longest, "slow callbacks reported": slow.count}


def _waiting(in_threads: bool) -> Figures:
    return _silence(lambda: time.sleep(BLOCK_S), HANDLERS, in_threads=in_threads)


def _summing(in_threads: bool) -> Figures:
    return _silence(lambda: sum(range(NUMBERS)), 1, in_threads=in_threads)


def _shorter_silence(without: Figures, with_it: Figures) -> bool:
    name = "longest silence of the loop in s"
    return with_it[name] < without[name] / 2


TRIALS = [
    Trial(
        "blocking-wait",
        "10 handlers at once, each of which blocks for 0.15 s as a call without await does",
        (),
        _waiting,
        _shorter_silence,
    ),
    Trial(
        "one-long-call-in-c",
        "one handler that sums 20 million numbers in C code which lets no other thread run",
        (),
        _summing,
        _shorter_silence,
        helps=False,
    ),
]
