"""Starts in words that no rule knows: the first line of the log, come again after a crash."""

import io
from collections.abc import Sequence

import pytest

from logcascade.bundled import rules_folder
from logcascade.model.analysis import Analysis
from logcascade.model.rules import GREETING, Ended
from logcascade.pipeline import analyze
from logcascade.reading.formats.line_format import load_formats
from logcascade.ruleset.collection import Ruleset
from logcascade.ruleset.load import load_rules
from logcascade.sources.source import Source

HELLO = "Quotes are fetched by version 4 now"
WORK = "Fetched 12 quotes"
CRASH = """Traceback (most recent call last):
  File "/srv/quotes.py", line 40, in <module>
    main()
  File "/srv/quotes.py", line 31, in main
    keep(quotes)
KeyError: 'closing'
"""
PRINTED = CRASH.replace("in <module>", "in once")
"""As a program prints what it has caught, from the function that caught it on."""


@pytest.fixture(scope="module")
def rules() -> Ruleset:
    return load_rules([rules_folder()])


def log_of(*messages: str) -> str:
    """Return a log of *messages*, a minute apart; tracebacks stand below them as they are."""
    lines = []
    for number, message in enumerate(messages):
        stamp = f"2026-03-02 {8 + number // 60:02}:{number % 60:02}:00,125 - quotes - INFO - "
        is_bare = message.startswith("Traceback")
        lines.append(message if is_bare else f"{stamp}{message}\n")
    return "".join(lines)


def analysis_of(text: str, rules: Ruleset) -> Analysis:
    return analyze([Source("quotes.log", io.BytesIO(text.encode()), None)], rules, load_formats())


def learned(text: str, rules: Ruleset) -> Sequence[int]:
    """Return the lines at which runs start in words learned from the log."""
    runs = analysis_of(text, rules).runs
    return [
        run.start_location.line for run in runs if run.start_location and run.start_rule == GREETING
    ]


def test_the_first_line_come_again_after_a_crash_is_a_start(rules: Ruleset) -> None:
    found = analysis_of(log_of(HELLO, WORK, WORK, CRASH, HELLO, CRASH, HELLO, WORK), rules)
    assert [run.ended for run in found.runs] == [Ended.CRASHED, Ended.CRASHED, Ended.RUNNING]
    assert [run.start_rule for run in found.runs] == [GREETING] * 3
    assert found.restarts.count == 2


def test_its_numbers_may_differ_at_each_start(rules: Ruleset) -> None:
    text = log_of(HELLO, WORK, CRASH, HELLO.replace("4", "15"), CRASH)
    assert learned(text, rules) == [1, 9]


def test_a_start_after_an_end_that_no_line_tells_is_known_once_the_words_are(
    rules: Ruleset,
) -> None:
    text = log_of(HELLO, WORK, CRASH, HELLO, WORK, WORK, HELLO, WORK)
    assert learned(text, rules) == [1, 9, 12]


def test_a_line_of_ordinary_work_is_no_start_though_the_log_begins_with_it(
    rules: Ruleset,
) -> None:
    assert learned(log_of(WORK, WORK, WORK, CRASH, WORK, WORK, WORK), rules) == []
    assert learned(log_of(WORK, *[WORK] * 20, CRASH, WORK, CRASH, WORK), rules) == []


def test_a_first_line_that_comes_again_without_a_crash_is_no_start(rules: Ruleset) -> None:
    assert learned(log_of(HELLO, WORK, HELLO, WORK, HELLO, WORK), rules) == []


def test_a_traceback_that_the_program_caught_and_printed_ends_no_run(rules: Ruleset) -> None:
    assert learned(log_of(HELLO, PRINTED, HELLO, PRINTED, HELLO, PRINTED), rules) == []


def test_tracebacks_after_which_the_work_goes_on_make_no_start(rules: Ruleset) -> None:
    text = log_of(HELLO, CRASH, WORK, CRASH, WORK, CRASH, WORK, CRASH, HELLO)
    assert learned(text, rules) == []


def test_a_first_line_without_words_is_not_looked_for(rules: Ruleset) -> None:
    assert learned(log_of("12:40 [5]", WORK, CRASH, "12:41 [6]", WORK), rules) == []


def test_each_program_of_a_common_log_has_a_first_line_of_its_own(rules: Ruleset) -> None:
    def told(name: str, text: str) -> str:
        return "".join(f"{name}  | {line}\n" for line in text.splitlines())

    text = told("web", log_of("Web pages of the shop are served")) + told("jobs", log_of(HELLO))
    for _ in range(3):
        text += told("web", log_of("GET / 200")) + told("jobs", CRASH) + told("jobs", log_of(HELLO))
    runs = analysis_of(text, rules).runs
    assert {run.component for run in runs if run.start_rule == GREETING} == {"jobs"}
    assert sum(run.start_rule == GREETING for run in runs) == 4
