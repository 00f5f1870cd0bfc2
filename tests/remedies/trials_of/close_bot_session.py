"""What an orderly stop leaves open on real aiogram and aiohttp."""

from collections.abc import Callable

from tests.remedies.stopped_bots import stopped_bots
from tests.remedies.trials import Figures, Trial


def _figures(bot: str) -> Figures:
    told = stopped_bots()[0][bot]
    return {"sessions left open": told["left_open"], "answers sent": told["answers"]}


def _bot(without: str) -> Callable[[bool], Figures]:
    return lambda with_it: _figures("remedy" if with_it else without)


def _all_closed(without: Figures, with_it: Figures) -> bool:
    return with_it["sessions left open"] == 0 < without["sessions left open"]


TRIALS = [
    Trial(
        "session-for-each-message",
        "SIGTERM while a handler works that has made a session of its own",
        ("aiogram", "aiohttp"),
        _bot("per-message"),
        _all_closed,
    ),
    Trial(
        "answer-after-the-stop",
        "SIGTERM while a handler works that answers after polling has ended",
        ("aiogram", "aiohttp"),
        _bot("polling-only"),
        _all_closed,
    ),
]
