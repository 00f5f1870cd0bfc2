"""It waits out an outage, gives up after its limit, and does not wait where that is no use."""

import asyncio
import logging

import pytest
from wait_for import wait_for


class Server:
    """Refuses for so many tries."""

    def __init__(self, refuses: int, error: type[Exception] = ConnectionRefusedError) -> None:
        self.refuses = refuses
        self.error = error
        self.tries = 0

    async def connect(self) -> str:
        self.tries += 1
        if self.tries <= self.refuses:
            raise self.error
        return "connected"


def test_an_outage_is_waited_out_and_told_twice(caplog: pytest.LogCaptureFixture) -> None:
    server = Server(refuses=5)
    with caplog.at_level(logging.INFO):
        waiting = wait_for("Redis", server.connect, limit_s=5, first_pause_s=0.001)
        assert asyncio.run(waiting) == "connected"
    assert server.tries == 6
    assert [message.split(",")[0] for message in caplog.messages] == [
        "Redis is away",
        "Redis is back after 0 s",
    ]


def test_after_the_limit_the_error_is_raised() -> None:
    server = Server(refuses=1_000)
    with pytest.raises(ConnectionRefusedError):
        asyncio.run(wait_for("Redis", server.connect, limit_s=0.05, first_pause_s=0.001))
    assert 2 <= server.tries < 20


def test_a_wrong_password_is_not_tried_again() -> None:
    server = Server(refuses=1, error=ValueError)
    with pytest.raises(ValueError):  # noqa: PT011 - it has no words
        asyncio.run(wait_for("Redis", server.connect, limit_s=5))
    assert server.tries == 1
