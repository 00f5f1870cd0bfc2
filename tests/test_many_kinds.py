"""A log of very many kinds of failures that no rule knows: work must not grow with their square."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from logcascade.report.presentable import presentable
from logcascade.report.terminal import NAMED_CASCADES, WHOLE_CASCADES, render_terminal
from logcascade.report.view import Context
from tests.retellings import read

LINES_PER_KIND = 3

LINEAR = 2.0
"""Twice the kinds may take so many times the calls: what is done once makes it less than two."""


def word(number: int) -> str:
    """Return a word without digits, so that templates differ."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    number += len(letters)
    shown = ""
    while number:
        number, rest = divmod(number, len(letters))
        shown += letters[rest]
    return shown


def log_of(kinds: int) -> str:
    begun = datetime(2026, 3, 1, tzinfo=UTC)
    lines = []
    for number in range(kinds * LINES_PER_KIND):
        kind = number * 7919 % kinds
        time = begun + timedelta(seconds=48 * number)
        text = f"{word(kind)} could not {word(kind * 31)} the {word(kind * 17 + 5)}"
        lines.append(f"{time:%Y-%m-%d %H:%M:%S},000 ERROR app.{word(kind % 37)}: {text}\n")
    return "".join(lines)


def calls_of(work: Callable[[], object]) -> int:
    """Return how many functions of Python *work* calls."""
    calls = 0

    def count(_frame: object, event: str, _arg: object) -> None:
        nonlocal calls
        calls += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return calls


def report_on(text: str) -> str:
    analysis = presentable(read({"bot.log": text}))
    return render_terminal(analysis, Context("1.0"), width=100)


def test_twice_the_kinds_are_twice_the_work():
    fewer, more = (log_of(kinds) for kinds in (200, 400))
    report_on(log_of(3))
    assert calls_of(lambda: report_on(more)) < LINEAR * calls_of(lambda: report_on(fewer))


@pytest.fixture(scope="module")
def long_report() -> str:
    return report_on(log_of(200))


def test_a_screen_tells_the_worst_in_full_and_says_how_many_it_leaves_out(long_report: str):
    assert long_report.count("First failure") == WHOLE_CASCADES
    analysis = read({"bot.log": log_of(200)})
    left = len(analysis.cascades) - WHOLE_CASCADES - NAMED_CASCADES
    assert f"and {left} more cascades: --brief has a line for each" in long_report
