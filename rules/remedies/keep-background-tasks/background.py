"""Background tasks that are held, whose failures are told, and that end before the program.

    async with Background() as background:
        ...
        background.start(send_report(chat), name="report")

asyncio itself keeps only weak references to tasks: one that nobody holds can vanish half way, and
the exception of one that nobody awaits is told when it is collected, hours later or never.
Standard library only; Python 3.11 or later.
"""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, Self

logger = logging.getLogger(__name__)


class Background:
    """Holds its tasks; at the end waits for them, and cancels those that take too long."""

    def __init__(self, max_running: int = 1000, wait_s: float = 10.0) -> None:
        self.max_running = max_running
        self.wait_s = wait_s
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
        """Run *work* beside everything else; RuntimeError if too much runs already."""
        if len(self._tasks) >= self.max_running:
            work.close()
            raise RuntimeError(f"{name} not started: {len(self._tasks)} background tasks run")
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    async def close(self) -> None:
        """Wait for the tasks, those among them that tasks have started; cancel late ones."""
        deadline = asyncio.get_running_loop().time() + self.wait_s
        while self._tasks and (left := deadline - asyncio.get_running_loop().time()) > 0:
            await asyncio.wait(set(self._tasks), timeout=left)
        for task in self._tasks:
            logger.warning("background task %s cancelled at the end", task.get_name())
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("background task %s failed", task.get_name(), exc_info=error)
