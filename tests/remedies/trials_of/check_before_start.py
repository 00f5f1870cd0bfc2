"""What a check before the start changes for a program that cannot start, under supervisord."""

import os
from unittest.mock import patch

from tests.remedies.code import REMEDIES
from tests.remedies.supervised import Supervised, supervise
from tests.remedies.trials import Figures, Trial

WATCHED_S = 6
COPIED = {"startsecs": 0, "autorestart": "true"}
REFUSES_78 = {"startsecs": 0, "autorestart": "unexpected", "exitcodes": "0,78"}
MISSES_THREE = """
    import not_installed_one
    import not_installed_two
    import os
    TOKEN = os.environ["BOT_TOKEN"]
"""
REFUSED = """
    import os
    if os.environ["BOT_TOKEN"] != "42:right":
        raise SystemExit("the server does not accept the token")
"""


def _seen(program: str, token: str, *, checked: bool) -> Supervised:
    check = (REMEDIES / "check-before-start" / "check_start.py").read_text("utf-8")
    files = {"main.py": program, "check_start.py": check}
    with patch.dict(os.environ, {"BOT_TOKEN": token}):
        if checked:
            return supervise("check_start.py main.py", REFUSES_78, WATCHED_S, files=files)
        return supervise("main.py", COPIED, WATCHED_S, files=files)


def _missing(checked: bool) -> Figures:
    seen = _seen(MISSES_THREE, "", checked=checked)
    words = ("not_installed_one", "not_installed_two", "BOT_TOKEN")
    return {
        "starts within 6 s": seen.starts,
        "of 3 faults named": sum(word in seen.printed for word in words),
    }


def _wrong(checked: bool) -> Figures:
    return {"starts within 6 s": _seen(REFUSED, "42:wrong", checked=checked).starts}


def _fewer_starts(without: Figures, with_it: Figures) -> bool:
    return with_it["starts within 6 s"] <= without["starts within 6 s"] / 2


TRIALS = [
    Trial(
        "two-modules-and-a-setting",
        "a program that misses two modules and a variable, started by supervisord",
        ("supervisor",),
        _missing,
        _fewer_starts,
    ),
    Trial(
        "wrong-token",
        "a program whose token is set, and is refused",
        ("supervisor",),
        _wrong,
        _fewer_starts,
        helps=False,
    ),
]
