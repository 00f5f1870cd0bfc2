"""Waits for what a program needs (a database, a broker) in place of ending without it.

    pool = await wait_for("PostgreSQL", lambda: asyncpg.create_pool(DSN), limit_s=120)

It tries again, longer apart each time, for as long as `limit_s`; then the last error is raised and
the supervisor has its turn. An error that no waiting mends (a wrong password) is raised at once.
"""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 15.0
TRY_S = 10.0
"""For one try: a host that is gone answers nothing, and a connection would hang for minutes."""
LOG = logging.getLogger(__name__)
Connected = TypeVar("Connected")


async def wait_for(
    name: str,
    connect: Callable[[], Awaitable[Connected]],
    *,
    limit_s: float,
    away: tuple[type[Exception], ...] = (OSError,),
    first_pause_s: float = FIRST_PAUSE_S,
) -> Connected:
    """Return what *connect* returns once it succeeds; raise its error after *limit_s*.

    Args:
        name: What is waited for, for the log.
        connect: Connects, and asks something that only a ready server answers.
        limit_s: How long an outage may last before the program ends.
        away: Errors that say "not now". A refused connection and a timeout are OSError; add the
            driver's own, such as asyncpg.CannotConnectNowError or redis.exceptions.ConnectionError
            and BusyLoadingError. Leave out what a wrong password raises.
        first_pause_s: After the first failure; each further pause is twice as long.
    """
    begun = time.monotonic()
    pause_s = first_pause_s
    tries = 1
    while True:
        try:
            async with asyncio.timeout(TRY_S):
                connected = await connect()
        except away as error:
            left_s = begun + limit_s - time.monotonic()
            if left_s <= 0:
                raise
            if tries == 1:  # once, not at each try: an outage must not fill the log
                LOG.warning("%s is away, waiting up to %.0f s: %s", name, limit_s, error)
        else:
            if tries > 1:
                LOG.warning("%s is back after %.0f s", name, time.monotonic() - begun)
            return connected
        # not all programs of a host at the same moment
        jitter = random.uniform(0.5, 1.0)  # noqa: S311 - no secret
        await asyncio.sleep(min(pause_s * jitter, left_s))
        pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
        tries += 1
