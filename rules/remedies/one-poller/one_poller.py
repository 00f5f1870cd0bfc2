"""One poller for a token: a lock is taken before polling begins. Standard library only, Unix.

    with only_poller(TOKEN, Path("/var/lib/bot"), wait_s=30):
        asyncio.run(main())

The folder must be the same for all that could poll: not /tmp where units have PrivateTmp, and a
shared volume between containers. The kernel gives the lock back when the process ends, however it
ends: there is no stale lock to remove.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TRY_EVERY_S = 0.2


class AnotherPollerError(RuntimeError):
    """Another process polls for this bot."""


@contextmanager
def only_poller(token: str, folder: Path, wait_s: float = 0.0) -> Iterator[None]:
    """Hold the lock of the token's bot; wait so long for one that is about to leave.

    The file is named after the number of the bot, which is no secret, and holds the process id of
    its owner. Raises AnotherPollerError if the other one stays.
    """
    bot = token.split(":", 1)[0]
    path = folder / f"poller-{bot}.lock"
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock(file, f"bot {bot} is polled by another process", path, wait_s)
        os.ftruncate(file, 0)
        os.write(file, f"{os.getpid()}\n".encode())
        yield
    finally:
        os.close(file)  # gives the lock back; the file stays, as another may wait for it


def _lock(file: int, what: str, path: Path, wait_s: float) -> None:
    deadline = time.monotonic() + wait_s
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                owner = os.pread(file, 20, 0).decode("ascii", "replace").strip()
                raise AnotherPollerError(f"{what}, id {owner}: see {path}") from None
            time.sleep(TRY_EVERY_S)
        else:
            return
