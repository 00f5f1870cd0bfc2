"""Outbound limiter for python-telegram-bot (20 to 22): its own, set so that calls never burst.

    pip install "python-telegram-bot[rate-limiter]"

    builder.rate_limiter(spaced_limiter())

AIORateLimiter as it comes allows 30 calls at once and 30 more within the second, and does not
repeat a refused one. It spaces no messages to one private chat, whatever its settings: send one
message instead of several.
"""

from telegram.ext import AIORateLimiter


def spaced_limiter(
    per_second: float = 25.0, group_per_minute: float = 20.0, max_retries: int = 3
) -> AIORateLimiter:
    """Return a limiter that lets one call go at a time, and waits out a refusal."""
    return AIORateLimiter(
        overall_max_rate=1,
        overall_time_period=1 / per_second,
        group_max_rate=1,
        group_time_period=60 / group_per_minute,
        max_retries=max_retries,
    )
