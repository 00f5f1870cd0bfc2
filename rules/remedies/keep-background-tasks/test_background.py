"""Tests of background.py: python -m pytest test_background.py."""

import asyncio

import pytest
from background import Background


def test_the_end_waits_for_what_runs() -> None:
    async def run() -> list[str]:
        done: list[str] = []

        async def work() -> None:
            await asyncio.sleep(0.01)
            done.append("work")

        async with Background() as background:
            background.start(work(), name="work")
        return done

    assert asyncio.run(run()) == ["work"]


def test_what_takes_too_long_is_cancelled_at_the_end() -> None:
    async def run() -> bool:
        async with Background(wait_s=0.01) as background:
            task = background.start(asyncio.sleep(3600), name="for ever")
        return task.cancelled()

    assert asyncio.run(run())


def test_a_failure_is_told_at_once(caplog: pytest.LogCaptureFixture) -> None:
    async def fail() -> None:
        raise KeyError("rate")

    async def run() -> None:
        async with Background() as background:
            background.start(fail(), name="report")
            await asyncio.sleep(0.01)
            assert "background task report failed" in caplog.text

    asyncio.run(run())


def test_no_more_run_than_allowed() -> None:
    async def run() -> None:
        async with Background(max_running=1, wait_s=0.01) as background:
            background.start(asyncio.sleep(0.001), name="one")
            with pytest.raises(RuntimeError, match="two not started"):
                background.start(asyncio.sleep(0.001), name="two")

    asyncio.run(run())
