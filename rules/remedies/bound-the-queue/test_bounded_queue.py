"""It holds no more than its limit, survives a bad item, and finishes what waits."""

import asyncio
import logging

import pytest
from bounded_queue import BoundedQueue


def test_the_source_waits_while_the_queue_is_full() -> None:
    handled: list[int] = []

    async def handle(item: int) -> None:
        await asyncio.sleep(0.001)
        handled.append(item)

    async def run() -> int:
        most = 0
        async with BoundedQueue(handle, workers=2, limit=5) as queue:
            for number in range(50):
                await queue.put(number)
                most = max(most, number + 1 - len(handled))
        return most

    assert asyncio.run(run()) <= 5 + 2 + 1  # waiting, in work, just put
    assert sorted(handled) == list(range(50))


def test_what_does_not_fit_is_refused_and_told_once(caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> list[bool]:
        async with BoundedQueue(asyncio.sleep, workers=1, limit=3) as queue:
            return [queue.offer(0) for _ in range(10)]

    assert asyncio.run(run()) == [True] * 3 + [False] * 7
    assert caplog.messages == ["the queue is full, 1 refused so far"]


def test_a_bad_item_does_not_end_its_worker(caplog: pytest.LogCaptureFixture) -> None:
    handled: list[int] = []

    async def handle(item: int) -> None:
        if item == 0:
            raise ValueError("bad item")
        handled.append(item)

    async def run() -> None:
        async with BoundedQueue(handle, workers=1, limit=3) as queue:
            for number in range(3):
                await queue.put(number)

    with caplog.at_level(logging.ERROR):
        asyncio.run(run())
    assert handled == [1, 2]
    assert caplog.messages == ["an item of the queue failed"]


def test_who_comes_too_late_is_told() -> None:
    async def run() -> None:
        async with BoundedQueue(asyncio.sleep, workers=1, limit=3) as queue:
            await queue.put(0)
        with pytest.raises(RuntimeError, match="closed"):
            await queue.put(0)
        with pytest.raises(RuntimeError, match="closed"):
            queue.offer(0)

    asyncio.run(run())
