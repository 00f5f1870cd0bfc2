"""The line that leaks is named, and one that gives back what it took is not."""

import asyncio
import logging

import leak_report
import pytest


def test_the_line_that_leaks_is_named(caplog: pytest.LogCaptureFixture) -> None:
    kept: list[bytearray] = []

    async def run() -> None:
        reporting = asyncio.create_task(leak_report.report_growth(every_s=0.1, warm_up_s=0.01))
        for _ in range(30):
            kept.append(bytearray(20_000))  # the leak
            _ = bytearray(20_000)  # given back
            await asyncio.sleep(0.01)
        reporting.cancel()
        await asyncio.gather(reporting, return_exceptions=True)

    with caplog.at_level(logging.WARNING):
        asyncio.run(run())
    named = [message for message in caplog.messages if __file__ in message]
    leaking = run.__code__.co_firstlineno + 3
    assert named
    assert all(message.endswith(f":{leaking}") for message in named)
