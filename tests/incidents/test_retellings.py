"""One failure that several records tell is counted once, under its best name, where it began."""

from collections.abc import Sequence
from dataclasses import replace

from logcascade.incidents.retellings import LOOK_AROUND, REACH_S, told_once
from logcascade.model.bursts import Burst
from logcascade.model.records import Severity
from logcascade.model.rules import Where
from tests.retellings import read
from tests.support import make_burst, make_rule, rules_of

SAID = "list index out of range"

RULES = rules_of(
    make_rule("broken", where=(Where.EXCEPTION,)),
    make_rule("lock", where=(Where.MESSAGE, Where.EXCEPTION)),
    make_rule("own-code", where=(Where.MESSAGE,)),
)


def raised(rule: str, seconds: float, *said: str, **changes: object) -> Burst:
    """Return a burst of an exception with its traceback."""
    burst = make_burst(rule, seconds, **changes)
    text = "\n".join(f"Error: {each}" for each in said)
    return replace(burst, first=replace(burst.first, raised=said, text=text))


def words(rule: str, seconds: float, text: str, **changes: object) -> Burst:
    """Return a burst of what a program says in words of its own."""
    burst = make_burst(rule, seconds, **changes)
    return replace(burst, first=replace(burst.first, text=text))


def once(*bursts: Burst) -> Sequence[Burst]:
    return told_once(sorted(bursts, key=lambda burst: burst.position), RULES)


def test_the_traceback_names_what_words_before_it_tell_and_they_say_where_it_began() -> None:
    telling = words("unknown:a", 0, f"Critical error: {SAID}", count=3)
    trace = raised("unknown:b", 2, SAID, count=2)
    (one,) = once(telling, trace)
    assert (one.rule, one.start, one.count) == ("unknown:b", telling.start, 3)
    assert one.first.location == telling.first.location
    assert one.last_location == trace.last_location
    assert one.first.text == f"Critical error: {SAID}\nError: {SAID}"


def test_words_after_the_traceback_are_of_it_too() -> None:
    trace = raised("broken", 0, SAID)
    (one,) = once(trace, words("unknown:a", 5, f"given up: {SAID}"))
    assert (one.rule, one.first.location, one.count) == ("broken", trace.first.location, 1)


def test_the_worst_level_at_which_it_is_told_counts() -> None:
    trace = raised("unknown:b", 1, SAID)
    trace = replace(trace, first=replace(trace.first, severity=Severity.WARNING))
    (one,) = once(words("unknown:a", 0, f"failed: {SAID}"), trace)
    assert one.severity is Severity.ERROR


def test_a_rule_that_knows_the_words_names_the_traceback_that_none_knows() -> None:
    (one,) = once(words("lock", 0, f"saving failed: {SAID}"), raised("unknown:b", 1, SAID))
    assert one.rule == "lock"


def test_a_rule_for_words_without_a_traceback_gives_way_to_the_traceback() -> None:
    (one,) = once(words("own-code", 0, f"failed: {SAID}"), raised("unknown:b", 1, SAID))
    assert one.rule == "unknown:b"


def test_two_rules_that_know_exceptions_keep_their_failures_apart() -> None:
    assert len(once(words("lock", 0, f"failed: {SAID}"), raised("broken", 1, SAID))) == 2


def test_another_process_another_text_a_short_one_or_a_time_long_after_is_not_of_it() -> None:
    telling = words("unknown:a", 0, f"failed: {SAID}")
    assert len(once(telling, raised("broken", 1, SAID, component="other"))) == 2
    assert len(once(telling, raised("broken", 1, SAID, run="r2"))) == 2
    assert len(once(telling, raised("broken", 1, "tuple index out of range"))) == 2
    assert len(once(telling, raised("broken", REACH_S + 1, SAID))) == 2
    late = words("unknown:a", 0, "failed: timed out")
    assert len(once(late, raised("broken", 1, "timed out"))) == 2


def test_two_tracebacks_are_two_failures_though_they_say_the_same() -> None:
    assert len(once(raised("unknown:a", 0, SAID), raised("unknown:b", 1, SAID))) == 2


def test_the_nearest_traceback_is_the_one_that_words_tell_of() -> None:
    far, near = raised("unknown:f", 0, SAID), raised("unknown:n", 30, SAID)
    found = once(far, near, words("unknown:a", 28, f"failed: {SAID}"))
    assert [(one.rule, one.start) for one in found] == [
        ("unknown:f", far.start),
        ("unknown:n", near.start - 2),
    ]


def test_among_many_tracebacks_the_nearest_are_looked_at() -> None:
    many = [raised(f"unknown:{n}", n / 10, f"text number {n:03}") for n in range(3 * LOOK_AROUND)]
    middle = 3 * LOOK_AROUND // 2
    telling = words("unknown:a", middle / 10 + 0.01, f"failed: text number {middle:03}")
    assert len(once(*many, telling)) == len(many)


def test_the_same_words_of_a_run_without_a_traceback_get_the_name() -> None:
    earlier = words("unknown:a", -600, f"failed: {SAID}", run="r0")
    telling = words("unknown:a", 0, f"failed: {SAID}")
    found = once(earlier, telling, raised("broken", 1, SAID))
    assert [(one.rule, one.run) for one in found] == [("broken", "r0"), ("broken", "r1")]


LAUNCHER = """\
2026-11-25 22:09:22,113 - launcher - INFO - starting
2026-11-25 22:09:22,120 - launcher - CRITICAL - Critical error: list index out of range
2026-11-25 22:09:22,120 - launcher - CRITICAL - Full traceback:
2026-11-25 22:09:22,127 - launcher - CRITICAL - Traceback (most recent call last):
  File "/srv/bot/launcher.py", line 8, in <module>
    load([{"name": "a"}] )
  File "/srv/bot/launcher.py", line 5, in load
    return rows[3]["name"]
           ~~~~^^^
IndexError: list index out of range

2026-11-25 22:09:22,135 - launcher - ERROR - [FATAL] OSError: the gate at 10.0.0.9 refuses to open
2026-11-25 22:09:22,135 - launcher - DEBUG - details
Traceback (most recent call last):
  File "/srv/bot/launcher.py", line 16, in <module>
    connect()
  File "/srv/bot/launcher.py", line 14, in connect
    raise OSError("the gate at 10.0.0.9 refuses to open")
OSError: the gate at 10.0.0.9 refuses to open
"""
"""Printed by Python 3.12 for a program that logs each error twice; its folder is another."""


def test_a_heading_the_words_and_the_traceback_are_one_failure_at_any_level() -> None:
    analysis = read({"launcher.log": LAUNCHER})
    found = {each.first_failure.title: each.first_failure for each in analysis.incidents}
    assert {title: (each.location.line, each.count) for title, each in found.items()} == {
        "IndexError in load (launcher.py)": (2, 1),
        "OSError in connect (launcher.py)": (12, 1),
    }
    assert len(analysis.unknown_failures) == 2
