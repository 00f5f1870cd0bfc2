"""What is open is named: files by their path, sockets by their peer."""

import asyncio
import logging
import resource
import socket
from pathlib import Path

import descriptors
import pytest


def test_files_and_peers_are_named(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    with path.open("w"), socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)), server.accept()[0]:
            found = descriptors.open_descriptors()
    assert found[str(path)] == 1
    assert found[f"tcp 127.0.0.1:{port}"] == 1
    assert found["tcp listening"] >= 1


def test_a_warning_comes_once_and_not_at_every_look(caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        watching = asyncio.create_task(descriptors.watch_descriptors(share=0.0, every_s=0.001))
        await asyncio.sleep(0.05)
        watching.cancel()

    with caplog.at_level(logging.WARNING):
        asyncio.run(run())
    assert len(caplog.messages) == 1
    assert caplog.messages[0].startswith("descriptors: ")


def test_the_limit_is_raised_to_what_is_allowed() -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        assert descriptors.raise_limit() == before[1]
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == before[1]
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
