"""Names the lines of a running asyncio program whose memory keeps growing.

Start it with the program, after what is loaded once has been loaded:

    reporting = asyncio.create_task(report_growth())

Every ten minutes it logs the lines that hold more than at its first look, the most first:

    memory: 214 MB traced, +61.0 MB since the first look
    memory: +58.3 MB in 41,210 blocks at /opt/bot/handlers/photos.py:83

Take it out again when the line is found: it makes the program slower and larger.
"""

import asyncio
import logging
import tracemalloc

EVERY_S = 600.0
WARM_UP_S = 60.0
"""Before the first look: what is filled once, caches and pools, is no leak."""
SHOWN = 5
LEAST_BYTES = 100_000
"""Smaller growth is not shown: it is mostly chance."""
LOG = logging.getLogger(__name__)
OWN = (tracemalloc.__file__, __file__)
Held = dict[tuple[str, int], tuple[int, int]]
"""File and line -> bytes and blocks that were taken there and are not given back."""


async def report_growth(every_s: float = EVERY_S, warm_up_s: float = WARM_UP_S) -> None:
    """Log what grew since the first look, again and again until cancelled."""
    tracemalloc.start()
    try:
        await asyncio.sleep(warm_up_s)
        first = await asyncio.to_thread(_look)
        while True:
            await asyncio.sleep(every_s)
            _log_growth(first, await asyncio.to_thread(_look))
    finally:
        tracemalloc.stop()


def _look() -> Held:
    """Return what is held now; all stands still while the blocks are listed, though in a thread."""
    held = {}
    for line in tracemalloc.take_snapshot().statistics("lineno"):
        frame = line.traceback[0]
        if frame.filename not in OWN:
            held[frame.filename, frame.lineno] = (line.size, line.count)
    return held


def _log_growth(first: Held, now: Held) -> None:
    growth = []
    for place, (size, count) in now.items():
        size_before, count_before = first.get(place, (0, 0))
        growth.append((size - size_before, count - count_before, place))
    traced, _ = tracemalloc.get_traced_memory()
    more = sum(size for size, _ in now.values()) - sum(size for size, _ in first.values())
    LOG.warning("memory: %.0f MB traced, %+.1f MB since the first look", traced / 1e6, more / 1e6)
    for size, count, (file, line) in sorted(growth, reverse=True)[:SHOWN]:
        if size >= LEAST_BYTES:
            LOG.warning("memory: %+.1f MB in %d blocks at %s:%d", size / 1e6, count, file, line)
