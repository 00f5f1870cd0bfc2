"""Blocking calls in threads of their own, so that the event loop goes on. Standard library only.

    blocking = BlockingWork()
    ...
    picture = await blocking.run(draw, data)  # requests.get, time.sleep, PIL, sqlite3, ...

The threads are not those of asyncio.to_thread: asyncio looks up host names there, and where slow
work has taken all of them, no connection can be made. Needs Python 3.10 or later.

A thread is for what waits: for a server, a disk, a lock, or in C code that lets other threads run.
What only computes in Python goes on slowing the loop down; for that,
`loop.run_in_executor(ProcessPoolExecutor(), function, data)` takes a process.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class BlockingWork:
    """So many blocking calls at once, and a bounded number that wait for a thread."""

    def __init__(self, threads: int = 8, max_waiting: int = 100, time_limit_s: float = 60) -> None:
        self.max_pending = threads + max_waiting
        self.time_limit_s = time_limit_s
        self._pending = 0
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="blocking")

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what *function* returns; it must not touch the loop or anything of it.

        TimeoutError after `time_limit_s`: the caller goes on, but no thread can be stopped, and
        this one works until the function returns. RuntimeError if too many calls wait already.
        """
        if self._pending >= self.max_pending:
            raise RuntimeError(f"{self._pending} blocking calls run or wait already")
        context = copy_context()
        call = self._threads.submit(context.run, partial(function, *args, **kwargs))
        self._pending += 1
        loop = asyncio.get_running_loop()
        call.add_done_callback(lambda _: loop.call_soon_threadsafe(self._ended))
        return await asyncio.wait_for(asyncio.wrap_future(call), self.time_limit_s)

    def close(self) -> None:
        """Take no more work; drop what waits, and leave what runs."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _ended(self) -> None:
        self._pending -= 1
