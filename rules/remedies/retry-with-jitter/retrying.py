"""Try again, but not at once, not all at the same time, and not for ever. Standard library only.

    rate = await retry(lambda: fetch_rate(http), on=(aiohttp.ClientError, TimeoutError))
    await retry(lambda: bot.get_chat(chat), on=(TelegramNetworkError, TelegramServerError))

Each pause is drawn evenly between nothing and a bound that doubles ("full jitter"): callers that
failed in the same moment come back spread out, and not together in the moment they all agreed on.

Only for what may happen twice. A message whose answer was lost may have been sent: it is sent again
by a retry. Not for TelegramRetryAfter and other refusals with a time of their own: wait that time.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

logger = logging.getLogger(__name__)

T = TypeVar("T")


async def retry(
    call: Callable[[], Awaitable[T]],
    *,
    on: tuple[type[Exception], ...],
    tries: int = 5,
    first_pause_s: float = 0.5,
    longest_pause_s: float = 20.0,
) -> T:
    """Return what *call* returns; make it again after the errors in *on*, *tries* times in all.

    Its last error is raised as it is. Other errors, cancelling among them, are raised at once.
    The call needs a timeout of its own: what never ends is never tried again.
    """
    bound_s = first_pause_s
    for failed in range(1, tries):
        try:
            return await call()
        except on as error:
            pause_s = random.uniform(0, bound_s)  # noqa: S311 - nothing to keep secret
            # "%r" of the error and no traceback: the last one is raised, these are news
            logger.warning("try %d of %d failed, next in %.1f s: %r", failed, tries, pause_s, error)
        await asyncio.sleep(pause_s)
        bound_s = min(2 * bound_s, longest_pause_s)
    return await call()
