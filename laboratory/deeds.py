"""What somebody does in a story: ask for a page, kill a worker, fill the disk."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from pathlib import Path


async def visit(path: str) -> None:
    """Ask the web application for a page, as a browser does."""
    with contextlib.suppress(OSError):
        reader, writer = await asyncio.open_connection("127.0.0.1", 8000)
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
        )
        await reader.read()
        writer.close()


def kill_child(pid: int, index: int) -> None:
    """Kill a worker of a process; the first that was started has index 0."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    os.kill(int(children[index]), signal.SIGKILL)


FILLER = Path("/var/lib/bot/backup.tar.part")


def fill(path: Path) -> None:
    """Write a file until the file system is full, as a backup to the wrong place does."""
    with path.open("wb", buffering=0) as out, contextlib.suppress(OSError):
        while True:
            out.write(bytes(4096))
