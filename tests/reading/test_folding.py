"""What belongs to one record where several writers share a file."""

import io

import pytest

from logcascade.reading.formats.line_format import load_formats
from logcascade.reading.reader import Reader
from tests.format_logs.every_line import EveryLine

FORMATS = load_formats()
THREADS = """\
Traceback (most recent call last):
Traceback (most recent call last):
  File "/opt/bot/a.py", line 1, in run
  File "/opt/bot/b.py", line 1, in run
    a()
    b()
KeyError: 'a'
ValueError: b""".splitlines()
UNCOMPILED = """\
  File "/opt/bot/main.py", line 2
    x = = 1
        ^
SyntaxError: invalid syntax""".splitlines()
HEADER = "2026-11-23 19:24:06,032 - app - {} - {}"
CRASH = """\
Traceback (most recent call last):
  File "/opt/bot/main.py", line 9, in <module>
    main()
OSError: [Errno 28] No space left on device""".splitlines()


def records_of(lines):
    data = "\n".join(lines).encode()
    return list(Reader(io.BytesIO(data), "log", FORMATS, EveryLine()).records())


def types_of(records):
    return [[each.type for each in record.exceptions] for record in records]


def test_threads_that_print_into_each_other_are_one_record_of_two_exceptions():
    records = records_of(THREADS)
    assert types_of(records) == [["ValueError", "KeyError"]]
    assert [each.line for each in records[0].exceptions] == [8, 7]


def test_a_traceback_that_was_cut_by_the_end_of_its_process_hides_no_other():
    cut = CRASH[:2]
    assert types_of(records_of([*cut, *CRASH])) == [["", "OSError"]]


def test_each_run_of_a_program_that_cannot_be_compiled_is_a_record():
    records = records_of(UNCOMPILED * 3)
    assert types_of(records) == [["SyntaxError"]] * 3
    assert [each.location.line for each in records] == [1, 5, 9]


def test_what_is_printed_between_records_stays_with_the_record_above():
    lines = [HEADER.format("INFO", "started"), "printed: 7", "more", HEADER.format("INFO", "x")]
    assert [each.line_count for each in records_of(lines)] == [3, 1]


def test_a_message_of_many_shapes_is_whole_under_its_header():
    message = ["answer:", "{", '  "ok": false,', "", "}", "| id | name |", "|----|------|", "+---+"]
    lines = [HEADER.format("INFO", message[0]), *message[1:], HEADER.format("INFO", "x")]
    assert [each.message for each in records_of(lines)] == ["\n".join(message), "x"]


def test_a_crash_below_lines_that_were_printed_is_a_record_of_its_own():
    lines = [HEADER.format("INFO", "started"), "printed: 7", *CRASH, HEADER.format("INFO", "x")]
    records = records_of(lines)
    assert [(each.location.line, each.line_count) for each in records] == [(1, 2), (3, 4), (7, 1)]
    assert records[1].time_is_inherited


def test_two_crashes_below_one_header_are_two_records():
    other = [*CRASH[:3], "KeyError: 'x'"]
    lines = [HEADER.format("INFO", "started"), *CRASH, *other]
    assert types_of(records_of(lines)) == [[], ["OSError"], ["KeyError"]]


def test_the_same_crash_again_and_again_below_an_info_line_is_a_record_each_time():
    lines = [HEADER.format("INFO", "stopped"), *CRASH * 3, HEADER.format("INFO", "started")]
    assert types_of(records_of(lines)) == [[], ["OSError"], ["OSError"], ["OSError"], []]


def test_a_program_that_cannot_be_compiled_is_no_part_of_the_info_line_above_it():
    lines = [HEADER.format("INFO", "stopped"), *UNCOMPILED * 3, *CRASH, *UNCOMPILED]
    expected = [[], *[["SyntaxError"]] * 3, ["OSError"], ["SyntaxError"]]
    assert types_of(records_of(lines)) == expected
    assert [each.location.line for each in records_of(lines)] == [1, 2, 6, 10, 14, 18]


def test_a_place_that_cannot_be_compiled_stays_in_the_traceback_it_ends():
    lines = [HEADER.format("INFO", "stopped"), *CRASH[:3], *UNCOMPILED]
    assert types_of(records_of(lines)) == [[], ["SyntaxError"]]
    assert len(records_of(lines)[1].exceptions[0].frames) == 2


def test_an_exception_logged_and_printed_again_at_the_crash_is_one_record():
    lines = [HEADER.format("ERROR", "failed"), *CRASH, *CRASH]
    assert len(records_of(lines)) == 1


def test_a_program_that_does_not_compile_belongs_to_the_error_that_tells_of_it():
    lines = [HEADER.format("ERROR", "cannot load the plugin"), *UNCOMPILED]
    assert [each.line_count for each in records_of(lines)] == [5]


def test_a_logged_traceback_and_the_crash_it_led_to_are_two_records():
    other = [*CRASH[:3], "KeyError: 'x'"]
    lines = [HEADER.format("ERROR", "failed"), *CRASH, *other]
    assert types_of(records_of(lines)) == [["OSError"], ["KeyError"]]


def test_a_node_and_a_java_stack_stay_with_their_message():
    node = ["TypeError: x is not a function", "    at run (/opt/app/main.js:1:2)", "    at main"]
    java = [
        "java.lang.IllegalStateException: no pool",
        "\tat com.example.App.main(App.java:7)",
        "Caused by: java.net.ConnectException: refused",
        "\t... 12 more",
    ]
    for stack in (node, java):
        lines = [HEADER.format("ERROR", "failed"), *stack, HEADER.format("INFO", "x")]
        assert [each.line_count for each in records_of(lines)] == [1 + len(stack), 1]


def test_so_many_lines_of_another_process_may_stand_between():
    from logcascade.reading.records.window_lines import MAX_FOREIGN_LINES

    ours = "Nov 23 19:17:52 host bot[7]: "
    theirs = "Nov 23 19:17:52 host web[9]: GET /"
    lines = [ours + CRASH[0], *[theirs] * (MAX_FOREIGN_LINES - 1), *[ours + x for x in CRASH[1:]]]
    found = [each for each in records_of(lines) if each.component == "bot"]
    assert types_of(found) == [["OSError"]]
    lines = [ours + CRASH[0], *[theirs] * MAX_FOREIGN_LINES, *[ours + x for x in CRASH[1:]]]
    found = [each for each in records_of(lines) if each.component == "bot"]
    assert types_of(found) == [[""], ["OSError"]]


def test_lines_just_below_a_record_that_is_cut_are_read_too():
    from logcascade.reading.blocks import MAX_RECORD_BYTES

    lines = [HEADER.format("INFO", "fine")]
    lines += [CRASH[0]] * (2 * MAX_RECORD_BYTES // (len(CRASH[0]) + 1))
    records = records_of(lines)
    assert sum(each.line_count for each in records) == len(lines)


JOURNAL = "Nov 23 19:24:{:02} host bot[811]: {}"


def test_a_drawing_is_no_title_of_the_traceback_below_it():
    drawing = ["  ____  ", " |  _ \\", " |____/"]
    lines = [JOURNAL.format(6, text) for text in [*drawing, *CRASH]]
    (crash,) = [each for each in records_of(lines) if each.exceptions]
    assert (crash.location.line, crash.line_count, crash.message) == (4, 4, "")


@pytest.mark.parametrize(("second", "begin"), [(6, 1), (7, 1), (9, 2)])
def test_what_was_printed_seconds_before_a_traceback_is_no_title_of_it(second, begin):
    lines = [JOURNAL.format(6, "bot started"), *(JOURNAL.format(second, x) for x in CRASH)]
    (crash,) = [each for each in records_of(lines) if each.exceptions]
    assert crash.location.line == begin
    assert crash.time.second == (6 if begin == 1 else second)
