"""What a limit on waiting items changes when more comes in than is worked off."""

import asyncio
import tracemalloc

from tests.remedies.code import load_code
from tests.remedies.trials import Figures, Trial

code = load_code("bound-the-queue", "bounded_queue.py")
ITEMS = 600
ITEM_BYTES = 20_000
WORK_S = 0.004
WORKERS = 4
LIMIT = 20
UNLIMITED = 0


async def _handle(_item: bytes) -> None:
    await asyncio.sleep(WORK_S)


async def _burst(limit: int) -> Figures:
    """All at once from a source that can wait, such as polling or a broker."""
    done = 0

    async def handle(item: bytes) -> None:
        nonlocal done
        await _handle(item)
        done += 1

    tracemalloc.start()
    most = 0
    async with code.BoundedQueue(handle, workers=WORKERS, limit=limit) as queue:
        for number in range(ITEMS):
            await queue.put(bytes(ITEM_BYTES))
            most = max(most, number + 1 - done)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return {"most at once": most, "MB at the peak": round(peak / 1e6, 1), "handled": done}


async def _flood(limit: int) -> Figures:
    """More than is worked off, from a source that cannot wait: what was handled within 0.5 s."""
    done = 0

    async def handle(item: bytes) -> None:
        nonlocal done
        await _handle(item)
        done += 1

    offered = 0
    loop = asyncio.get_running_loop()
    end = loop.time() + 0.5
    queue = code.BoundedQueue(handle, workers=WORKERS, limit=limit)
    async with queue:
        while loop.time() < end:
            for _ in range(10):
                queue.offer(bytes(ITEM_BYTES))
                offered += 1
            await asyncio.sleep(0.005)
        share = 100 * done / offered
    return {"% handled in time": round(share), "refused": queue.refused}


def _more_than_it_can(bounded: bool) -> Figures:
    return asyncio.run(_burst(LIMIT if bounded else UNLIMITED))


def _for_good(bounded: bool) -> Figures:
    return asyncio.run(_flood(LIMIT if bounded else UNLIMITED))


TRIALS = [
    Trial(
        "burst",
        "600 items of 20 kB at once, four workers, from a source that can wait",
        (),
        _more_than_it_can,
        lambda without, with_it: with_it["MB at the peak"] < without["MB at the peak"] / 2,
    ),
    Trial(
        "more-than-is-worked-off",
        "twice as many items as four workers can handle, from a source that cannot wait",
        (),
        _for_good,
        lambda without, with_it: with_it["% handled in time"] > without["% handled in time"] * 1.5,
        helps=False,
    ),
]
