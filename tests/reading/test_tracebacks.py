from logcascade.reading.records.tracebacks import MAX_CHAIN, parse_exceptions


def parse(text):
    return parse_exceptions([(line, n) for n, line in enumerate(text.splitlines(), 1)])


SIMPLE = """Traceback (most recent call last):
  File "/opt/bot/main.py", line 4, in <module>
    try: 1/0
         ~^~
ZeroDivisionError: division by zero"""


def test_type_message_frames_and_line_are_read():
    (raised,) = parse(SIMPLE)
    assert (raised.type, raised.message, raised.line) == (
        "ZeroDivisionError",
        "division by zero",
        5,
    )
    assert [(f.file, f.line, f.function) for f in raised.frames] == [
        ("/opt/bot/main.py", 4, "<module>")
    ]


def test_a_chain_gives_the_first_raised_first():
    text = "\n".join(
        [
            SIMPLE,
            "",
            "The above exception was the direct cause of the following exception:",
            "",
            SIMPLE.replace("ZeroDivisionError: division by zero", "app.Wrapped: one"),
            "",
            "During handling of the above exception, another exception occurred:",
            "",
            SIMPLE.replace("ZeroDivisionError: division by zero", "app.Second"),
        ]
    )
    (raised,) = parse(text)
    assert raised.type == "app.Second"
    assert raised.message == ""
    assert raised.context.type == "app.Wrapped"
    assert raised.context.cause.type == "ZeroDivisionError"
    assert [each.line for each in raised.in_order_raised()] == [5, 13, 21]


def test_two_unconnected_tracebacks_are_two_exceptions():
    assert len(parse(SIMPLE + "\n" + SIMPLE)) == 2


def test_details_and_notes_belong_to_the_message():
    text = SIMPLE + "\nOriginal description: x\n(background on this error at: y)"
    (raised,) = parse(text)
    assert raised.message == (
        "division by zero\nOriginal description: x\n(background on this error at: y)"
    )


GROUP = """  + Exception Group Traceback (most recent call last):
  |   File "/opt/g.py", line 9, in <module>
  |     asyncio.run(main())
  | ExceptionGroup: unhandled errors in a TaskGroup (2 sub-exceptions)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "/opt/g.py", line 3, in a
    |     raise ValueError("a")
    | ValueError: a
    |
    | During handling of the above exception, another exception occurred:
    |
    | Traceback (most recent call last):
    |   File "/opt/g.py", line 4, in a
    | KeyError: 'a'
    +---------------- 2 ----------------
    | Exception Group Traceback (most recent call last):
    |   File "/opt/g.py", line 5, in b
    | ExceptionGroup: inner (1 sub-exception)
    +-+---------------- 1 ----------------
      | Traceback (most recent call last):
      |   File "/opt/g.py", line 6, in c
      | OSError: [Errno 24] Too many open files
      +------------------------------------"""


def test_an_exception_group_has_its_members():
    (raised,) = parse(GROUP)
    assert raised.type == "ExceptionGroup"
    assert raised.message == "unhandled errors in a TaskGroup (2 sub-exceptions)"
    first, second = raised.group
    assert (first.type, first.line, first.context.type) == ("KeyError", 15, "ValueError")
    assert second.type == "ExceptionGroup"
    assert [(each.type, each.line) for each in second.group] == [("OSError", 23)]
    assert [each.type for each in raised.in_order_raised()] == [
        "ValueError",
        "KeyError",
        "OSError",
        "ExceptionGroup",
        "ExceptionGroup",
    ]


def test_real_groups_of_this_python_are_read():
    import traceback

    try:
        try:
            {}["first"]
        except KeyError as error:
            members = [ValueError("x"), ExceptionGroup("inner", [OSError(24, "files")])]
            raise ExceptionGroup("outer", members) from error
    except ExceptionGroup as group:
        group.add_note("a note")
        text = "".join(traceback.format_exception(group))
    (raised,) = parse(text)
    assert raised.type == "ExceptionGroup"
    assert raised.cause.type == "KeyError"
    assert [each.type for each in raised.group] == ["ValueError", "ExceptionGroup"]
    assert [each.type for each in raised.group[1].group] == ["OSError"]
    assert raised.message.endswith("a note")


def test_a_syntax_error_has_its_place_as_last_frame():
    (raised,) = parse(
        'Traceback (most recent call last):\n  File "/a.py", line 1, in <module>\n    import b\n'
        '  File "/b.py", line 3\n    x = = 1\n        ^\nSyntaxError: invalid syntax'
    )
    assert raised.type == "SyntaxError"
    assert (raised.frames[-1].file, raised.frames[-1].line) == ("/b.py", 3)


def test_repeated_lines_missing_sources_and_lost_indentation_are_understood():
    (raised,) = parse(
        'Traceback (most recent call last):\n  File "/a.py", line 1, in f\n'
        '  File "/a.py", line 1, in f\n'
        "  [Previous line repeated 995 more times]\n"
        "RecursionError: maximum recursion depth exceeded"
    )
    assert raised.type == "RecursionError"
    (raised,) = parse(
        'File "/opt/db.py", line 108, in _execute\nsql_results = self.x().execute(query)\n'
        "sqlite3.OperationalError: database or disk is full"
    )
    assert (raised.type, raised.line) == ("sqlite3.OperationalError", 3)


def test_a_traceback_that_is_cut_keeps_its_frames():
    (raised,) = parse("\n".join(SIMPLE.splitlines()[:3]))
    assert (raised.type, raised.message, raised.line) == ("", "", 3)
    assert len(raised.frames) == 1


def test_loguru_s_shape_is_read():
    (raised,) = parse(
        "handler failed\nTraceback (most recent call last):\n\n"
        '> File "/opt/bot/main.py", line 24, in <module>\n    try: f(0)\n'
        "         └ <function f>\n\n"
        '  File "/opt/bot/main.py", line 23, in f\n    def f(x): return 1/x\n        │ │  └ 0\n\n'
        "ZeroDivisionError: division by zero"
    )
    assert raised.type == "ZeroDivisionError"
    assert len(raised.frames) == 2


def test_a_chain_without_end_keeps_first_and_last():
    one = 'Traceback (most recent call last):\n  File "a", line 1, in f\nE{}: x\n\n'
    phrase = "During handling of the above exception, another exception occurred:\n\n"
    text = phrase.join(one.format(number) for number in range(MAX_CHAIN * 3))
    (raised,) = parse(text)
    order = raised.in_order_raised()
    assert (order[0].type, order[-1].type) == ("E0", f"E{MAX_CHAIN * 3 - 1}")
    assert len(order) <= MAX_CHAIN + 1
