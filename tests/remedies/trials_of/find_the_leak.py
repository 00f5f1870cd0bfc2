"""What the report of growing lines finds in a program that leaks, and what it costs."""

import asyncio
import contextlib
import ctypes
import logging
import time
import tracemalloc
from collections.abc import Callable

from tests.remedies.apart import apart
from tests.remedies.code import load_code
from tests.remedies.trials import Figures, Trial

UPDATES = 400
HELD: list[object] = []
LIBC = ctypes.CDLL(None)


def _leak_objects() -> None:
    HELD.append({"photo": "x" * 5_000})


def _leak_outside_of_python() -> None:
    LIBC.malloc(5_000)


def _work() -> None:
    """Parse and build as a handler does, and hold nothing of it."""
    rows = [{"id": number, "name": f"user {number}"} for number in range(300)]
    assert sorted(rows, key=lambda row: row["name"])


async def _updates(leak: Callable[[], None], *, reported: bool) -> None:
    code = load_code("find-the-leak", "leak_report.py")
    code.LEAST_BYTES = 10_000
    report = code.report_growth(every_s=0.15, warm_up_s=0.05) if reported else asyncio.sleep(0)
    reporting = asyncio.create_task(report)
    for _ in range(UPDATES):
        _work()
        leak()
        await asyncio.sleep(0.001)
    reporting.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await reporting


def _run(leak: Callable[[], None], *, reported: bool) -> Figures:
    said: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: said.append(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger().addHandler(handler)
    begun = time.process_time()
    asyncio.run(_updates(leak, reported=reported))
    spent = time.process_time() - begun
    assert not tracemalloc.is_tracing()
    place = f"{leak.__code__.co_filename}:{leak.__code__.co_firstlineno + 1}"
    return {"leaking line named": any(line.endswith(place) for line in said), "CPU time, s": spent}


def _objects(reported: bool) -> Figures:
    return apart(_run, _leak_objects, reported=reported)


def _outside(reported: bool) -> Figures:
    return apart(_run, _leak_outside_of_python, reported=reported)


def _named(without: Figures, with_it: Figures) -> bool:
    return with_it["leaking line named"] > without["leaking line named"]


TRIALS = [
    Trial("objects", "400 updates, each leaves 5 kB in a list", (), _objects, _named),
    Trial(
        "outside-of-python",
        "400 updates, each leaves 5 kB that a C library took by itself",
        (),
        _outside,
        _named,
        helps=False,
    ),
]
