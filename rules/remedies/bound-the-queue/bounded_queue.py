"""A queue with a limit, worked off by a fixed number of tasks.

    async with BoundedQueue(handle, workers=8, limit=200) as queue:
        async for update in updates:
            await queue.put(update)      # waits while the queue is full: the source slows down

Where nobody can wait (a callback, a socket that must be read), `offer` refuses what does not fit:

    if not queue.offer(update):
        answer("Too busy, try again later")
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Generic, Self, TypeVar

TELL_EVERY_S = 60.0
"""How often it is said that items were refused: a full queue must not fill the log."""
LOG = logging.getLogger(__name__)
Item = TypeVar("Item")


class BoundedQueue(Generic[Item]):
    """At most *limit* items wait and *workers* are worked on; what comes in then has to wait."""

    def __init__(
        self, handle: Callable[[Item], Awaitable[object]], *, workers: int, limit: int
    ) -> None:
        self.refused = 0
        self._handle = handle
        self._queue: asyncio.Queue[Item] = asyncio.Queue(limit)
        self._workers = workers
        self._tasks: list[asyncio.Task[None]] = []
        self._told = -TELL_EVERY_S
        self._is_closed = False

    async def put(self, item: Item) -> None:
        """Add an item; wait for room first. Raises RuntimeError once the queue is closed."""
        self._refuse_if_closed()
        await self._queue.put(item)

    def offer(self, item: Item) -> bool:
        """Add an item and return true, or false if there is no room; raises as `put` does."""
        self._refuse_if_closed()
        try:
            self._queue.put_nowait(item)
        except asyncio.QueueFull:
            self.refused += 1
            now = time.monotonic()
            if now - self._told >= TELL_EVERY_S:
                self._told = now
                LOG.warning("the queue is full, %d refused so far", self.refused)
            return False
        return True

    async def __aenter__(self) -> Self:
        """Start the workers."""
        self._tasks = [asyncio.create_task(self._work()) for _ in range(self._workers)]
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Finish what waits, or drop it if the block ended by an exception; end the workers."""
        try:
            if exc is None:
                await self._queue.join()
        finally:
            self._is_closed = True
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _refuse_if_closed(self) -> None:
        if self._is_closed:
            raise RuntimeError("the queue is closed: nobody would work on this")

    async def _work(self) -> None:
        while True:
            item = await self._queue.get()
            try:
                await self._handle(item)
            except Exception:  # one bad item must not end its worker
                LOG.exception("an item of the queue failed")
            finally:
                self._queue.task_done()
