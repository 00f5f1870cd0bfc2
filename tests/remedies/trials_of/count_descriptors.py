"""What a higher limit changes for many connections at once, and for a leak: much, and nothing."""

import resource
import socket

from tests.remedies.apart import apart
from tests.remedies.code import load_code
from tests.remedies.trials import Figures, Trial

SOFT, HARD = 128, 1024
"""A tenth of what is usual, to be quick."""
AT_ONCE = 400
LEAKED = 2_000


def _opened(count: int, *, raised: bool) -> Figures:
    """Open *count* sockets and close none; return how many were refused."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (SOFT, HARD))
    if raised:
        load_code("count-descriptors", "descriptors.py").raise_limit()
    kept: list[socket.socket] = []
    refused = 0
    for _ in range(count):
        try:
            kept.append(socket.socket())
        except OSError:
            refused += 1
    return {"opened": len(kept), "refused": refused}


def _at_once(raised: bool) -> Figures:
    return apart(_opened, AT_ONCE, raised=raised)


def _leak(raised: bool) -> Figures:
    return apart(_opened, LEAKED, raised=raised)


def _none_refused(_without: Figures, with_it: Figures) -> bool:
    return with_it["refused"] == 0


TRIALS = [
    Trial(
        "many-at-once",
        "400 sockets in use at once, a soft limit of 128 and a hard one of 1,024",
        (),
        _at_once,
        _none_refused,
    ),
    Trial(
        "leak",
        "2,000 sockets that are never closed, one after the other, under the same limits",
        (),
        _leak,
        _none_refused,
        helps=False,
    ),
]
