"""What a limit on starts changes under a real supervisord, scaled down to seconds."""

from functools import partial

from tests.remedies.supervised import supervise
from tests.remedies.trials import Figures, Trial

COPIED = {"startsecs": 0, "autorestart": "true"}
"""As it stands in many a configuration: each start counts as a success."""
LIMITED = {"startsecs": 10, "startretries": 1, "autorestart": "unexpected"}
"""The remedy's, with one further try in place of six."""
WATCHED_S = 8
"""It gives up after a pause of 1 s; without it there is a start each second."""
ENDS_AT_ONCE = """
raise SystemExit("cannot start")
"""
ENDS_WHILE_IT_IS_AWAY = """
import os, time
if time.time() - os.stat("supervisord.conf").st_mtime < 5:
    raise SystemExit("what I need is away")
time.sleep(60)
"""


def _crash_loop(limited: bool) -> Figures:
    seen = supervise(ENDS_AT_ONCE, LIMITED if limited else COPIED, WATCHED_S)
    return {"starts within 8 s": seen.starts, "given up": seen.given_up}


def _away(limited: bool) -> Figures:
    seen = supervise(ENDS_WHILE_IT_IS_AWAY, LIMITED if limited else COPIED, WATCHED_S)
    return {"starts within 8 s": seen.starts, "running at the end": seen.running}


def _more(figure: str, without: Figures, with_it: Figures) -> bool:
    return with_it[figure] > without[figure]


TRIALS = [
    Trial(
        "crash-loop",
        "a program that ends at once after each start",
        ("supervisor",),
        _crash_loop,
        lambda without, with_it: with_it["starts within 8 s"] < without["starts within 8 s"] / 2,
    ),
    Trial(
        "away-and-back",
        "a program that ends at once while what it needs is away, for 5 s",
        ("supervisor",),
        _away,
        partial(_more, "running at the end"),
        helps=False,
    ),
]
