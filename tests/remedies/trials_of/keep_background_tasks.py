"""What becomes of tasks that nobody holds or awaits, on asyncio itself, and with the remedy."""

import asyncio
import gc
import logging
import weakref
from collections.abc import Callable, Coroutine
from typing import Any

from tests.remedies.code import load_code
from tests.remedies.trials import Figures, Trial

background = load_code("keep-background-tasks", "background.py")

KINDS = 5
"""Tasks of each kind."""
Start = Callable[[Coroutine[Any, Any, None]], object]


class Lines(logging.Handler):
    """Counts what was logged."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())

    def count(self, words: str) -> int:
        return sum(words in line for line in self.lines)


class Work:
    """Tasks of four kinds, and how many of them did what they were for."""

    def __init__(self) -> None:
        self.finished = 0

    async def short(self) -> None:
        self.finished += 1

    async def failing(self) -> None:
        raise KeyError("rate")

    async def late(self) -> None:
        """Still runs when the program is told to stop."""
        await asyncio.sleep(0.3)
        self.finished += 1

    async def waiting(self) -> None:
        """Wait for what only weak references lead to, as listeners are often kept."""
        news = asyncio.Event()
        asyncio.get_running_loop().call_later(0.1, _tell, weakref.ref(news))
        await news.wait()
        self.finished += 1

    async def begin(self, start: Start) -> None:
        for _ in range(KINDS):
            for kind in (self.short, self.failing, self.late, self.waiting):
                start(kind())
        await asyncio.sleep(0.05)
        gc.collect()
        await asyncio.sleep(0.15)


def _tell(news: "weakref.ref[asyncio.Event]") -> None:
    if (event := news()) is not None:
        event.set()


async def _run(work: Work, *, held: bool) -> None:
    if not held:
        await work.begin(asyncio.create_task)
        return
    async with background.Background() as tasks:
        await work.begin(lambda job: tasks.start(job, name="job"))


def _lost_tasks(held: bool) -> Figures:
    work, lines = Work(), Lines()
    loggers = [logging.getLogger(name) for name in ("asyncio", background.logger.name)]
    for logger in loggers:
        logger.addHandler(lines)
        logger.propagate = False
    try:
        asyncio.run(_run(work, held=held))
        gc.collect()
    finally:
        for logger in loggers:
            logger.removeHandler(lines)
            logger.propagate = True
    return {
        "tasks that did their work": work.finished,
        "lines: never retrieved": lines.count("exception was never retrieved"),
        "lines: destroyed but pending": lines.count("was destroyed but it is pending"),
        "failures told at once": lines.count("background task job failed"),
    }


def _no_lines(without: Figures, with_it: Figures) -> bool:
    names = ("lines: never retrieved", "lines: destroyed but pending")
    return all(without[name] > 0 for name in names) and all(not with_it[name] for name in names)


TRIALS = [
    Trial(
        "forgotten-tasks",
        "20 tasks: 5 short, 5 that fail, 5 that still run at the stop, 5 that nothing refers to",
        (),
        _lost_tasks,
        _no_lines,
    ),
]
