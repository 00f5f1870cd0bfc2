"""What the limiter of python-telegram-bot does as it comes, and set as the remedy sets it."""

import asyncio

from tests.remedies.code import load_code
from tests.remedies.trials import Figures, Trial


def _ptb_as_it_comes(limited: bool) -> Figures:
    from telegram.ext import AIORateLimiter  # where its library is installed

    from tests.remedies import ptb_bot

    limiter = AIORateLimiter() if limited else None
    return asyncio.run(ptb_bot.answers_to(range(1, 61), limiter=limiter))


def _ptb_spaced(limited: bool) -> Figures:
    from tests.remedies import ptb_bot

    # No second try: what the spacing alone prevents is to be seen.
    spaced = load_code("outbound-limiter", "ptb_limiter.py").spaced_limiter(max_retries=0)
    return asyncio.run(ptb_bot.answers_to(range(1, 61), limiter=spaced if limited else None))


def _ptb_one_chat(limited: bool) -> Figures:
    from tests.remedies import ptb_bot

    spaced = load_code("outbound-limiter", "ptb_limiter.py").spaced_limiter(max_retries=0)
    return asyncio.run(ptb_bot.answers_to([7] * 20, limiter=spaced if limited else None))


def _fewer_refused(without: Figures, with_it: Figures) -> bool:
    return with_it["refused calls"] < without["refused calls"] / 2


NEEDS = ("python-telegram-bot", "aiolimiter")
TRIALS = [
    Trial(
        "ptb-spaced",
        "60 users write at once to a bot of python-telegram-bot, with ptb_limiter.py",
        NEEDS,
        _ptb_spaced,
        _fewer_refused,
    ),
    Trial(
        "ptb-as-it-comes",
        "the same, AIORateLimiter() without settings in the place of this code",
        NEEDS,
        _ptb_as_it_comes,
        _fewer_refused,
        helps=False,
    ),
    Trial(
        "ptb-one-chat",
        "one user writes 20 messages at once to a bot of python-telegram-bot, with ptb_limiter.py",
        NEEDS,
        _ptb_one_chat,
        _fewer_refused,
        helps=False,
    ),
]
