"""What rotation changes for a log that grows, and for processes that share one."""

import logging
import multiprocessing
import tempfile
import threading
from functools import partial
from pathlib import Path
from typing import Protocol

from tests.remedies.code import load_code
from tests.remedies.trials import Figures, Trial

Limits = tuple[int, int]
"""The size of a file in bytes, and how many older ones are kept."""
log_setup = load_code("rotate-logs", "log_setup.py")
STORM = 10_000
EACH = 500
WRITERS = 4


class Barrier(Protocol):
    """Of threads or of processes."""

    def wait(self) -> object: ...


def _handler(path: Path, limits: Limits | None) -> logging.Handler:
    if limits:
        handler: logging.Handler = log_setup.set_up_logging(path, logging.INFO, *limits)
        logging.getLogger().removeHandler(handler)
        return handler
    return logging.FileHandler(path, encoding="utf-8")


def _write(path: Path, limits: Limits | None, writer: int, lines: int, together: Barrier) -> None:
    logger = logging.getLogger("tests.rotate-logs")
    logger.propagate = False
    handler = _handler(path, limits)
    handler.handleError = lambda _record: None  # type: ignore[method-assign] # counted, not printed
    handler.setFormatter(logging.Formatter(log_setup.LINE))
    logger.addHandler(handler)
    together.wait()
    for number in range(lines):
        logger.error("writer %d, line %d: the database does not answer", writer, number)
    logger.removeHandler(handler)
    handler.close()


def _storm(rotated: bool) -> Figures:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "bot.log"
        _write(path, (100_000, 2) if rotated else None, 0, STORM, threading.Barrier(1))
        files = list(Path(name).iterdir())
        size = sum(file.stat().st_size for file in files)
        kept = "".join(file.read_text("utf-8") for file in files)
    return {"kB on the disk": round(size / 1000), "first line kept": "line 0:" in kept}


def _shared(rotated: bool) -> Figures:
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "bot.log"
        together = context.Barrier(WRITERS)
        write = partial(_write, path, (2_000, 200) if rotated else None)
        writers = [context.Process(target=write, args=(n, EACH, together)) for n in range(WRITERS)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        lines = [
            line.partition("writer ")[2]
            for file in Path(name).iterdir()
            for line in file.read_text("utf-8").splitlines()
        ]
    return {"lines lost": WRITERS * EACH - len(set(lines))}


TRIALS = [
    Trial(
        "storm",
        "10,000 errors in a row, with a limit of 300 kB",
        (),
        _storm,
        lambda without, with_it: with_it["kB on the disk"] < without["kB on the disk"] / 2,
    ),
    Trial(
        "four-writers",
        "four processes write 500 lines each into one file, with a limit of 400 kB",
        (),
        _shared,
        lambda without, with_it: with_it["lines lost"] <= without["lines lost"],
        helps=False,
    ),
]
