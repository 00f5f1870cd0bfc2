"""Tests of blocking.py: python -m pytest test_blocking.py."""

import asyncio
import time
from contextvars import ContextVar

import pytest
from blocking import BlockingWork

user: ContextVar[int] = ContextVar("user")


def test_the_loop_goes_on_while_work_blocks() -> None:
    async def run() -> int:
        blocking = BlockingWork()
        working = asyncio.create_task(blocking.run(time.sleep, 0.1))
        turns = 0
        while not working.done():
            await asyncio.sleep(0.001)
            turns += 1
        return turns

    assert asyncio.run(run()) > 3


def test_results_errors_and_context_come_through() -> None:
    async def run() -> None:
        blocking = BlockingWork()
        rates: dict[str, float] = {}
        user.set(7)
        assert await blocking.run(user.get) == 7
        assert await blocking.run(sorted, [2, 1], reverse=True) == [2, 1]
        with pytest.raises(KeyError):
            await blocking.run(rates.__getitem__, "EUR")

    asyncio.run(run())


def test_the_caller_goes_on_when_time_is_up() -> None:
    async def run() -> None:
        with pytest.raises(asyncio.TimeoutError):
            await BlockingWork(time_limit_s=0.01).run(time.sleep, 0.1)

    asyncio.run(run())


def test_no_more_wait_than_allowed() -> None:
    async def run() -> None:
        blocking = BlockingWork(threads=1, max_waiting=0)
        first = asyncio.create_task(blocking.run(time.sleep, 0.05))
        await asyncio.sleep(0)
        with pytest.raises(RuntimeError, match="1 blocking calls"):
            await blocking.run(time.sleep, 0)
        await first
        await asyncio.sleep(0.01)
        await blocking.run(time.sleep, 0)

    asyncio.run(run())
