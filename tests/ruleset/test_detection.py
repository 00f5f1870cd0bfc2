"""Records and rules -> detections."""

import time
from dataclasses import replace
from datetime import timedelta

import pytest

from logcascade.model.detections import UNKNOWN_PREFIX
from logcascade.model.records import Frame, RaisedException, Severity
from logcascade.model.rules import Role
from logcascade.ruleset import building, match
from logcascade.ruleset.match import Matcher

FLOOD_TEXT = (
    "aiogram.exceptions.TelegramRetryAfter: Telegram server says - Flood control exceeded on "
    "method 'SendMessage' in chat 5551234. Retry in 28 seconds."
)
LOCKED_TEXT = "sqlite3.OperationalError: database is locked"


@pytest.fixture
def matcher(rules):
    return Matcher(rules())


def ids(detections):
    return [detection.rule for detection in detections]


def test_an_exception_is_recognised_and_its_values_are_typed(matcher, record, exception):
    found = matcher.detect(record("Cause exception", exception(FLOOD_TEXT, line=41)), 3)
    assert ids(found) == ["telegram-flood-control"]
    assert found[0].values == {"method": "SendMessage", "chat": "5551234", "retry_after": 28.0}
    assert found[0].location.line == 41
    assert found[0].record_line == 1
    assert found[0].order == (3, 41)
    assert found[0].role is Role.FAILURE
    assert found[0].text.startswith("Cause exception\naiogram.exceptions.TelegramRetryAfter: ")


def test_a_failure_during_the_handling_of_another_is_a_detection_linked_to_it(
    matcher, record, exception
):
    first = exception(FLOOD_TEXT, line=5)
    second = exception(LOCKED_TEXT, line=20, context=first)
    found = matcher.detect(record("Cause exception", second), 0)
    assert ids(found) == ["telegram-flood-control", "sqlite-database-locked"]
    assert [one.location.line for one in found] == [5, 20]
    assert [one.raised_from for one in found] == ["", "telegram-flood-control"]


@pytest.mark.parametrize(
    ("details", "known"),
    [
        ('error="OperationalError: database is locked"', True),
        ('code=5 err="sqlite3.OperationalError: database is locked" chat=7', True),
        ('said="error=OperationalError: database is locked"', False),
        ('said="x error=\\"OperationalError: database is locked\\""', False),
        ('text="OperationalError: database is locked"', False),
    ],
)
def test_the_field_of_an_error_tells_what_failed_and_no_other_does(matcher, record, details, known):
    told = replace(record("save failed"), details=details)
    assert ("sqlite-database-locked" in ids(matcher.detect(told, 0))) is known


@pytest.mark.parametrize("link", ["cause", "context"])
def test_what_a_traceback_cut_at_its_end_followed_from_is_detected(
    matcher, record, exception, link
):
    cut = RaisedException("", "", 9, (Frame("manage.py", 22, "<module>"),))
    cut = replace(cut, **{link: exception(LOCKED_TEXT, line=3)})
    assert ids(matcher.detect(record("", cut), 0)) == ["sqlite-database-locked"]


def test_an_unknown_exception_between_two_known_ones_does_not_join_them(matcher, record, exception):
    first = exception(FLOOD_TEXT, line=5)
    between = exception("KeyError: 'chat'", line=12, context=first)
    last = exception(LOCKED_TEXT, line=20, context=between)
    found = matcher.detect(record("", last), 0)
    assert ids(found) == ["telegram-flood-control", "sqlite-database-locked"]
    assert found[1].raised_from == "telegram-flood-control"


def test_a_chain_of_direct_causes_is_one_event_named_by_its_innermost_known_exception(
    matcher, record, exception
):
    first = exception(LOCKED_TEXT, line=5)
    middle = exception(FLOOD_TEXT, line=15, cause=first)
    last = exception("bot.errors.SaveError: cannot save", line=25, cause=middle)
    found = matcher.detect(record("", last), 0)
    assert ids(found) == ["sqlite-database-locked"]
    assert found[0].location.line == 5


def test_an_event_begins_at_its_first_raised_exception_even_if_no_rule_knows_that(
    matcher, record, exception
):
    first = exception("ConnectionResetError: [Errno 104] Connection reset by peer", line=5)
    last = exception(FLOOD_TEXT, line=15, cause=first)
    assert matcher.detect(record("", last), 0)[0].location.line == 5


def test_an_event_does_not_begin_at_a_benign_exception(matcher, record, exception):
    first = exception("asyncio.exceptions.CancelledError", line=5)
    last = exception(LOCKED_TEXT, line=15, context=first)
    found = matcher.detect(record("", last), 0)
    assert ids(found) == ["sqlite-database-locked"]
    assert found[0].location.line == 15


def test_a_direct_cause_is_judged_as_a_whole_before_what_it_was_raised_during(
    matcher, record, exception
):
    """The known exception is not the one that names the context, but one raised from that."""
    first = exception(FLOOD_TEXT, line=5)
    cause = exception("OSError: disk", line=10, context=first)
    last = exception(LOCKED_TEXT, line=15, cause=cause)
    found = matcher.detect(record("", last), 0)
    assert ids(found) == ["telegram-flood-control", "sqlite-database-locked"]
    assert [one.location.line for one in found] == [5, 10]


def test_members_of_a_group_known_by_different_rules_are_separate(matcher, record, exception):
    members = (exception(FLOOD_TEXT, line=5), exception(LOCKED_TEXT, line=9))
    group = exception("ExceptionGroup: unhandled errors (2 sub-exceptions)", group=members)
    found = matcher.detect(record("", group), 0)
    assert ids(found) == ["telegram-flood-control", "sqlite-database-locked"]
    assert [one.raised_from for one in found] == ["", ""]


def test_the_known_member_stands_for_its_group(matcher, record, exception):
    members = (exception("ValueError: a", line=5), exception(LOCKED_TEXT, line=9))
    group = exception("ExceptionGroup: unhandled errors (2 sub-exceptions)", group=members)
    found = matcher.detect(record("", group), 0)
    assert ids(found) == ["sqlite-database-locked"]
    assert found[0].location.line == 9


def test_a_rule_counts_once_within_a_record(matcher, record, exception):
    found = matcher.detect(record("", exception(LOCKED_TEXT, 3), exception(LOCKED_TEXT, 9)), 0)
    assert [one.location.line for one in found] == [3]


def test_an_exception_rule_wins_over_a_message_rule(matcher, record, exception):
    message = "OperationalError: database is locked"
    assert ids(matcher.detect(record(message, exception(FLOOD_TEXT)), 0)) == [
        "telegram-flood-control"
    ]


def test_a_message_rule_decides_where_no_exception_is_known(matcher, record, exception):
    found = matcher.detect(
        record("OperationalError: database is locked", exception("ValueError: x")), 0
    )
    assert ids(found) == ["sqlite-database-locked"]


def test_an_unknown_exception_is_named_by_its_type_and_own_frame(matcher, record, exception):
    error = exception("KeyError: 'cart'", line=9, file="/opt/bot/orders.py", function="on_order")
    found = matcher.detect(record("Cause exception", error), 0)
    assert found[0].rule.startswith(UNKNOWN_PREFIX)
    assert found[0].title == "KeyError in on_order (orders.py)"
    assert found[0].location.line == 9


def test_an_unknown_failure_is_the_first_raised_exception_that_is_not_benign(
    matcher, record, exception
):
    cancelled = exception("asyncio.CancelledError", line=5)
    inner = exception("KeyError: 'cart'", line=9, context=cancelled)
    outer = exception("bot.OrderError: no cart", line=14, cause=inner)
    found = matcher.detect(record("", outer), 0)
    assert [(one.template, one.location.line) for one in found] == [("KeyError: <quoted>", 9)]


def test_an_error_without_exception_is_unknown_by_its_masked_message(matcher, record):
    found = matcher.detect(record("order 4711 of 'bob' failed"), 0)
    assert found[0].template == "order <n> of <quoted> failed"
    assert found[0].title == "order 4711 of 'bob' failed"
    same = matcher.detect(record("order 9 of 'al' failed"), 0)
    assert same[0].rule == found[0].rule


@pytest.mark.parametrize("severity", [Severity.WARNING, Severity.INFO, None])
def test_a_record_that_is_no_error_and_that_no_rule_knows_is_nothing(matcher, record, severity):
    assert matcher.detect(record("order 4711 failed", severity=severity), 0) == ()


def test_a_traceback_is_a_failure_whatever_its_level(matcher, record, exception):
    found = matcher.detect(record("oops", exception("KeyError: 1"), severity=Severity.INFO), 0)
    assert ids(found)[0].startswith(UNKNOWN_PREFIX)
    assert found[0].severity is Severity.WARNING


def test_a_benign_exception_below_error_is_nothing(matcher, record, exception):
    error = exception("asyncio.exceptions.CancelledError")
    assert matcher.detect(record("stopping", error, severity=Severity.INFO), 0) == ()
    assert ids(matcher.recognise(record("stopping", error, severity=Severity.INFO), 0)) == [
        "asyncio-cancelled"
    ]


def test_a_benign_exception_at_error_is_benign_and_no_failure(matcher, record, exception):
    error = exception(
        "aiogram.exceptions.TelegramBadRequest: Telegram server says - Bad Request: message is "
        "not modified: specified new message content"
    )
    found = matcher.detect(record("Cause exception while process update", error), 0)
    assert [(one.rule, one.role) for one in found] == [("telegram-not-modified", Role.BENIGN)]


def test_a_message_that_prints_an_exception_is_recognised_without_a_traceback(matcher, record):
    text = "aiogram.TelegramRetryAfter: flood control, retry in 28s"
    found = matcher.detect(record(text), 0)
    assert found[0].values == {"retry_after": 28.0}


def test_a_message_that_prints_the_repr_of_an_exception_is_recognised(matcher, record):
    assert ids(matcher.detect(record("OperationalError('database is locked')"), 0)) == [
        "sqlite-database-locked"
    ]


def test_the_second_line_of_a_message_is_recognised_where_the_traceback_is_cut_off(matcher, record):
    text = FLOOD_TEXT.removeprefix("aiogram.exceptions.")
    message = f"Cause exception while process update id=8 by bot id=42\n{text}\nOriginal: Too Many"
    found = matcher.detect(record(message), 0)
    assert ids(found) == ["telegram-flood-control"]
    assert found[0].location.line == 2
    assert found[0].record_line == 1


def test_the_outcome_of_a_lost_future_is_recognised(matcher, record):
    message = (
        "Future exception was never retrieved\n"
        "future: <Future finished exception=OperationalError('database is locked')>"
    )
    assert ids(matcher.detect(record(message), 0)) == ["sqlite-database-locked"]


def test_text_that_a_user_sent_does_not_match_within_a_line(matcher, record):
    message = f"user 5 wrote: {LOCKED_TEXT} {FLOOD_TEXT}"
    assert matcher.detect(record(message, severity=Severity.INFO), 0) == ()


@pytest.mark.parametrize("severity", [Severity.INFO, Severity.DEBUG, None])
def test_text_that_a_user_sent_does_not_match_on_a_line_of_its_own(matcher, record, severity):
    assert matcher.detect(record(f"user 5 wrote: hi\n{LOCKED_TEXT}", severity=severity), 0) == ()


def test_text_of_a_user_does_not_rename_the_failure_whose_traceback_is_there(
    matcher, record, exception
):
    message = f"cannot answer: hi\n{LOCKED_TEXT}"
    found = matcher.detect(record(message, exception("KeyError: 'cart'", line=7)), 0)
    assert [one.template for one in found] == ["KeyError: <quoted>"]


def test_a_record_below_the_least_severity_of_a_rule_does_not_match(matcher, record):
    text = "aiogram.TelegramRetryAfter: flood control, retry in 28s"
    assert matcher.detect(record(text, severity=Severity.INFO), 0) == ()
    assert ids(matcher.detect(record(text, severity=None), 0)) == ["telegram-flood-control"]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, ["bot-polling-stopped"]),
        ({"logger": "aiogram.dispatcher"}, ["bot-polling-stopped"]),
        ({"logger": "aiogramx"}, []),
        ({"program": "bot"}, ["bot-polling-stopped"]),
        ({"program": "kernel"}, []),
    ],
)
def test_a_rule_for_a_logger_or_program_ignores_other_ones(matcher, record, fields, expected):
    found = matcher.detect(record("Polling stopped", severity=Severity.INFO, **fields), 0)
    assert ids(found) == expected


def test_a_mark_of_a_run_is_kept_beside_the_failure_of_the_same_record(matcher, record, exception):
    found = matcher.detect(record("Polling stopped", exception(FLOOD_TEXT), severity=None), 0)
    assert ids(found) == ["telegram-flood-control", "bot-polling-stopped"]
    unknown = matcher.detect(
        record("Polling stopped", exception("KeyError: 1"), severity=Severity.INFO), 0
    )
    assert ids(unknown)[0].startswith(UNKNOWN_PREFIX)
    assert ids(unknown)[1:] == ["bot-polling-stopped"]


def test_a_healthy_event_gives_its_duration_in_seconds(matcher, record):
    text = "Update id=1 is handled. Duration 44 ms by bot id=42"
    found = matcher.detect(record(text, severity=Severity.INFO), 0)
    assert [(one.role, one.values) for one in found] == [(Role.LOAD, {"duration": 0.044})]


def test_a_pattern_for_anywhere_begins_at_any_line(matcher, record):
    text = "summary\nKilled process 811 (python) total-vm:1kB, anon-rss:2kB"
    found = matcher.detect(record(text, severity=None), 0)
    assert ids(found) == ["process-oom-killed"]
    assert found[0].location.line == 2
    assert found[0].values["rss"] == 2048.0


def test_a_late_report_may_have_happened_earlier(matcher, record):
    found = matcher.detect(record(LOCKED_TEXT), 0)[0]
    assert found.time - found.occurred_from == timedelta(seconds=5)


@pytest.mark.parametrize(
    ("late", "values", "expected_s"),
    [
        ("none", {}, 0),
        ("5s", {}, 5),
        ("waited", {"waited": 2.5}, 2.5),
        ("waited", {}, 0),
        ("waited", {"waited": -4.0}, 0),
        ("waited", {"waited": 1e300}, 0),
        ("waited", {"waited": 8e12}, 0),
        ("run", {}, None),
    ],
)
def test_the_earliest_time_follows_what_the_rule_says_of_late_lines(
    record, late, values, expected_s
):
    now = record("x").time
    earliest = building.earliest(now, late, values)
    assert (None if earliest is None else (now - earliest).total_seconds()) == expected_s
    assert building.earliest(None, late, values) is None


def test_of_two_rules_the_one_that_knows_more_of_the_text_wins(rules, record):
    wider = """
schema = 1
id = "sqlite-any-error"
title = "SQLite error"
role = "failure"
severity = "error"
summary = "Something is wrong."
[match]
literals = ["OperationalError"]
any = ['''(?:sqlite3\\.)?OperationalError: ''']
where = ["exception"]
"""
    matcher = Matcher(rules(wider))
    assert ids(matcher.detect(record(LOCKED_TEXT), 0)) == ["sqlite-database-locked"]
    assert ids(matcher.detect(record("sqlite3.OperationalError: no such table"), 0)) == [
        "sqlite-any-error"
    ]


@pytest.mark.parametrize(
    ("message", "fields", "expected"),
    [
        ("", {"severity": None}, True),
        ("", {"severity": Severity.INFO, "program": "bot"}, True),
        ("", {"severity": Severity.ERROR, "time_is_inherited": True}, True),
        ("", {"severity": Severity.ERROR}, False),
        ("", {"severity": None, "logger": "asyncio"}, False),
        ("Cause exception", {"severity": None}, False),
    ],
)
def test_a_traceback_that_no_logger_printed_is_uncaught(
    matcher, record, exception, message, fields, expected
):
    found = matcher.detect(record(message, exception("KeyError: 1"), **fields), 0)
    assert [one.uncaught for one in found] == [expected]


@pytest.mark.parametrize(
    ("functions", "expected"),
    [
        (["<module>"], True),
        (["<module>", "<module>", ""], True),
        (["_run_module_as_main", "_run_code", "<module>"], True),
        (["<module>", "run"], False),
        (["run"], False),
        ([], False),
    ],
)
def test_a_traceback_of_nothing_but_modules_is_of_a_program_being_loaded(
    matcher, record, exception, functions, expected
):
    frames = tuple(Frame("/opt/bot/bot.py", 3, name) for name in functions)
    raised = replace(exception("ImportError: x"), frames=frames)
    for message, loads in (("", expected), ("Cannot load the plugin", False)):
        found = matcher.detect(record(message, raised, severity=None), 0)
        assert [one.while_loading for one in found] == [loads]


def test_evidence_is_bounded(matcher, record):
    found = matcher.detect(record("boom " + "x" * 100_000 + "\nline" * 500), 0)
    assert len(found[0].text) <= building.TEXT_LIMIT
    assert len(found[0].title) <= 300


BACKTRACKING = """
schema = 1
id = "test-backtracking"
title = "A bad pattern"
role = "failure"
severity = "error"
summary = "It takes for ever."
[match]
literals = ["aaaaaa"]
any = ['''(?:a|aa|aaa)+(?:a|aa)+x$''']
where = ["anywhere"]
"""


def test_a_pattern_that_takes_too_long_is_given_up_counted_and_reported(rules, record, monkeypatch):
    monkeypatch.setattr(match, "PATTERN_BUDGET_S", 0.01)
    matcher = Matcher(rules(BACKTRACKING))
    hostile = record("\n".join(["a" * 5_000] * 50))
    begin = time.monotonic()
    found = matcher.detect(hostile, 0)
    assert time.monotonic() - begin < 2
    assert ids(found)[0].startswith(UNKNOWN_PREFIX)
    assert matcher.timeouts == {"test-backtracking": 1}
    assert matcher.notes() == ('rule "test-backtracking" took too long on 1 record',)


def test_a_rule_that_keeps_taking_too_long_is_left_out(rules, record, monkeypatch):
    monkeypatch.setattr(match, "PATTERN_BUDGET_S", 0.001)
    matcher = Matcher(rules(BACKTRACKING))
    for _ in range(match.TIMEOUTS_LIMIT + 10):
        matcher.detect(record("a" * 5_000), 0)
    assert matcher.timeouts == {"test-backtracking": match.TIMEOUTS_LIMIT}
    assert matcher.notes()[0].endswith("and was left out from there on")


@pytest.mark.parametrize(
    "filler",
    ["a", " ", "'", "\n", "x: ", "database is locked ", "Killed process 1 (", "\u202e\x00", "🂡"],
)
def test_a_hostile_line_of_200_kb_costs_little(matcher, record, filler):
    text = FLOOD_TEXT[:80] + "Flood control exceeded" + filler * (200_000 // len(filler))
    begin = time.monotonic()
    matcher.detect(record(text), 0)
    assert time.monotonic() - begin < 1
    assert not matcher.timeouts


def test_a_chain_of_thousands_of_exceptions_does_not_end_the_program(matcher, record, exception):
    error = exception("KeyError: 0")
    for number in range(1, 5_000):
        error = exception(f"KeyError: {number}", line=number, context=error)
    found = matcher.detect(record("x", text="x " + LOCKED_TEXT, exceptions=(error,)), 0)
    assert len(found) == 1


def test_a_record_names_the_piece_of_work_it_belongs_to_and_nobody_else(matcher, record):
    details = 'user_id=7 ctx.Request-Id="7f3a" trace_id=- session_id=secret'
    (found,) = matcher.detect(
        replace(record("it broke"), details=details, severity=Severity.ERROR), 0
    )
    assert found.keys == {"request_id": "7f3a"}


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("[req-3ecdcd16-8b48-4c37-a6a6-a5f0f8f6c13b 113d 54fa] it broke", "request_id"),
        ("Task mail.send[c1e17cb5-84cc-44b2-a7ae-7114821e08e2] raised unexpected", "task_id"),
        ("Cause exception while process update id=530184109 by bot id=7", "update_id"),
        ("cannot finish request id: 7f3a", "request_id"),
        ("connection_id=17 was lost", "connection_id"),
        ("lost the request id of the customer", None),
        ("job id 0 failed", None),
        ("it broke\nrequest id=7f3a", None),
        (f"{'x' * 300} request id=7f3a", None),
    ],
)
def test_the_first_words_of_a_message_name_the_piece_of_work_too(
    matcher, record, message, expected
):
    (found,) = matcher.detect(replace(record(message), severity=Severity.ERROR), 0)
    assert list(found.keys) == ([expected] if expected else [])


REPR = "OperationalError('database is locked')"


@pytest.mark.parametrize(
    ("message", "known"),
    [
        (f"Task mail.send[c1e17cb5-84cc-44b2-a7ae-7114821e08e2] raised unexpected: {REPR}", True),
        (f"giving up: exc={REPR}", True),
        (f"could not save, error: {REPR}", True),
        (f"error: {REPR} while saving", False),
        (f"the user said 'error: {REPR}", False),
        (f"saved: {REPR}", False),
    ],
)
def test_the_repr_that_ends_a_message_is_read_where_words_of_failing_introduce_it(
    matcher, record, message, known
):
    found = matcher.detect(record(message, severity=Severity.ERROR), 0)
    assert ("sqlite-database-locked" in ids(found)) is known
    assert len(found) == 1


def test_what_no_rule_knows_is_named_by_the_class_in_the_repr(matcher, record):
    message = "Task mail.send raised unexpected: ValueError('no such box: 5')"
    (found,) = matcher.detect(record(message, severity=Severity.ERROR), 0)
    assert found.title.startswith("ValueError: ")


@pytest.mark.parametrize(
    "heading", ["Full traceback:", "=== Подробный трейсбэк: ===", "Traceback", "stack trace:"]
)
def test_a_heading_that_announces_a_traceback_is_no_failure(matcher, record, heading):
    assert matcher.detect(record(heading, severity=Severity.ERROR), 0) == ()


def test_a_heading_with_its_traceback_or_with_more_words_is_one(matcher, record, exception):
    with_it = record("Full traceback:", exception("KeyError: 'chat'"), severity=Severity.ERROR)
    (found,) = matcher.detect(with_it, 0)
    assert found.title.startswith("KeyError")
    assert len(matcher.detect(record("no traceback here", severity=Severity.ERROR), 0)) == 1


def test_a_detection_keeps_what_its_exceptions_say_where_there_is_a_traceback(
    matcher, record, exception
):
    first = replace(exception("ValueError: bad row 7\nand more"), frames=())
    framed = replace(exception(LOCKED_TEXT), frames=(Frame("bot.py", 3, "save"),))
    (known,) = matcher.detect(record("", replace(framed, cause=first)), 0)
    assert known.raised == ("bad row 7", "database is locked")
    bare = replace(framed, frames=())
    assert matcher.detect(record("", bare), 0)[0].raised == ()
