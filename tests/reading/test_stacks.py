"""Errors of other runtimes than Python's: what Node.js 20, Go 1.19, rustc 1.95 and Java 17 print.

Taken from real runs; stacks are thinned, and the paths are others.
"""

import io

import pytest

from logcascade.model.records import Severity
from logcascade.reading.formats.line_format import load_formats
from logcascade.reading.reader import Reader, make_record
from tests.format_logs.every_line import EveryLine

FORMATS = load_formats()

NODE = """\
/srv/bot/d.js:2
function read(){ throw new ConfigError("cannot read config\\nsecond line", {cause:e}); }
                       ^

ConfigError: cannot read config
second line
    at read (/srv/bot/d.js:2:62)
    at Timeout._onTimeout (/srv/bot/d.js:3:16)
    at listOnTimeout (node:internal/timers:581:17)
    at process.processTimers (node:internal/timers:519:7) {
  code: 'E_CFG',
  [cause]: SyntaxError: Expected property name or '}' in JSON at position 1
      at JSON.parse (<anonymous>)
      at read (/srv/bot/d.js:2:29)
      at Timeout._onTimeout (/srv/bot/d.js:3:16)
}

Node.js v20.20.2"""

MODULE = """\
node:internal/modules/cjs/loader:1210
  throw err;
  ^

Error: Cannot find module 'dotenv-flow'
Require stack:
- /srv/bot/a.js
    at Module._resolveFilename (node:internal/modules/cjs/loader:1207:15)
    at load (/srv/bot/a.js:2:18)
    at Module._load (node:internal/modules/cjs/loader:1091:12) {
  code: 'MODULE_NOT_FOUND',
  requireStack: [ '/srv/bot/a.js' ]
}

Node.js v20.20.2"""

REJECTED = """\
(node:575) UnhandledPromiseRejectionWarning: TypeError: Cannot read properties of undefined
    at poll (/srv/bot/b.js:2:34)
    at node:internal/main/run_main_module:28:49"""

JAVA = """\
Exception in thread "main" java.lang.IllegalStateException: cannot load
\tat M.load(M.java:3)
\tat M.main(M.java:7)
Caused by: java.lang.IndexOutOfBoundsException: Index 3 out of bounds for length 0
\tat java.base/java.util.Objects.checkIndex(Objects.java:361)
\tat java.base/java.util.ArrayList.get(ArrayList.java:427)
\t... 2 more"""

GO = """\
panic: runtime error: invalid memory address or nil pointer dereference [recovered]
\tpanic: runtime error: invalid memory address or nil pointer dereference
[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x4897f3]

goroutine 1 [running]:
main.main.func1()
\t/srv/bot/main.go:8 +0x25
panic({0x493fe0, 0x52f010})
\t/usr/lib/go-1.19/src/runtime/panic.go:884 +0x212
main.(*Bot).Name(...)
\t/srv/bot/main.go:4
main.main()
\t/srv/bot/main.go:9 +0x153"""

RUST = """\
thread 'main' (721) panicked at src/p.rs:8:5:
config: "no token"
stack backtrace:
   0: __rustc::rust_begin_unwind
             at /rustc/5980/library/std/src/panicking.rs:689:5
   1: core::result::unwrap_failed
             at /rustc/5980/library/core/src/result.rs:1867:5
   2: p::main
             at ./src/p.rs:8:5
note: Some details are omitted, run with `RUST_BACKTRACE=full` for a verbose backtrace."""

OLD_RUST = """\
thread '<unnamed>' panicked at 'no token', src/main.rs:4:5
note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace"""

ALL = {
    "node": (
        NODE,
        "ConfigError",
        "cannot read config\nsecond line",
        4,
        ("/srv/bot/d.js", 2, "read"),
    ),
    "module": (
        MODULE,
        "Error",
        "Cannot find module 'dotenv-flow'\nRequire stack:\n- /srv/bot/a.js",
        4,
        ("node:internal/modules/cjs/loader", 1207, "Module._resolveFilename"),
    ),
    "rejected": (
        REJECTED,
        "TypeError",
        "Cannot read properties of undefined",
        0,
        ("/srv/bot/b.js", 2, "poll"),
    ),
    "java": (JAVA, "java.lang.IllegalStateException", "cannot load", 0, ("M.java", 3, "M.load")),
    "go": (
        GO,
        "panic",
        "runtime error: invalid memory address or nil pointer dereference",
        0,
        ("/srv/bot/main.go", 4, "main.(*Bot).Name"),
    ),
    "rust": (RUST, "panic", 'config: "no token"', 0, ("src/p.rs", 8, "p::main")),
    "old-rust": (OLD_RUST, "panic", "no token", 0, ("src/main.rs", 4, "")),
}
"""Name -> text, type, message, index of the error's line, innermost frame."""

CARRIERS = {
    "bare": "{}",
    "journald": "Nov 23 19:24:06 host bot[811]: {}",
    "compose": "bot-1  | {}",
}
HEADER = "2026-11-23 19:24:06,032 - app - {} - started"


def records_of(lines):
    data = "\n".join(lines).encode()
    return list(Reader(io.BytesIO(data), "log", FORMATS, EveryLine()).records())


def raised(records):
    return [each for record in records for each in record.exceptions]


@pytest.mark.parametrize("name", ALL)
def test_an_error_has_its_type_its_text_and_its_frames_from_the_outermost_on(name):
    text, kind, message, index, innermost = ALL[name]
    (error,) = make_record(text).exceptions
    assert (error.type, error.message, error.line) == (kind, message, index + 1)
    frame = error.frames[-1]
    assert (frame.file, frame.line, frame.function) == innermost


def test_a_cause_is_raised_before_what_it_caused():
    for text, kind in ((NODE, "SyntaxError"), (JAVA, "java.lang.IndexOutOfBoundsException")):
        (error,) = make_record(text).exceptions
        assert error.in_order_raised()[0].type == kind


def test_frames_that_a_cause_shares_are_those_of_the_error_above():
    (error,) = make_record(JAVA).exceptions
    assert [frame.line for frame in error.cause.frames] == [7, 3, 427, 361]


@pytest.mark.parametrize("carrier", ["journald", "compose"])
@pytest.mark.parametrize("name", ["rejected", "java", "go", "rust", "old-rust", "module"])
def test_an_error_is_one_record_whatever_carries_its_lines(name, carrier):
    text, kind, *_ = ALL[name]
    lines = [CARRIERS[carrier].format(each) for each in ["started", *text.splitlines()]]
    (error,) = raised(records_of(lines))
    assert error.type == kind
    assert error.frames


@pytest.mark.parametrize("name", ALL)
def test_a_crash_below_a_healthy_record_has_its_time_and_not_its_level(name):
    text, kind, _, index, _ = ALL[name]
    lines = [HEADER.format("INFO"), "printed", *text.splitlines(), HEADER.format("INFO")]
    records = records_of(lines)
    (crash,) = [each for each in records if each.exceptions]
    assert (crash.exceptions[0].type, crash.exceptions[0].line) == (kind, 3 + index)
    assert (crash.time, crash.severity, crash.message) == (records[0].time, None, "")
    assert crash.time_is_inherited
    assert records[0].line_count == 2


def test_a_crash_within_a_carrier_takes_no_time_of_another_stream():
    lines = [f"worker-1  | {HEADER.format('INFO')}", *(f"bot-1  | {x}" for x in JAVA.splitlines())]
    (crash,) = [each for each in records_of(lines) if each.exceptions]
    assert crash.time is None
    assert not crash.time_is_inherited


def test_an_error_printed_below_a_healthy_record_is_a_record_of_its_own():
    stack = NODE.splitlines()[4:10]
    records = records_of([HEADER.format("INFO"), *stack, HEADER.format("INFO")])
    assert [each.line_count for each in records] == [1, 6, 1]
    assert [each.type for each in raised(records)] == ["ConfigError"]


def test_the_stack_below_a_logged_error_is_its_own():
    stack = NODE.splitlines()[4:10]
    records = records_of([HEADER.format("ERROR"), *stack, HEADER.format("INFO")])
    assert [each.line_count for each in records] == [7, 1]
    assert [each.type for each in raised(records)] == ["ConfigError"]


def test_a_stack_that_is_shown_as_a_matter_of_course_is_no_error():
    text = "retrying after RangeError: too much\n    at run (/srv/bot/a.js:1:2)"
    assert make_record(text, severity=Severity.WARNING).exceptions
    assert not make_record(text, severity=Severity.INFO).exceptions


@pytest.mark.parametrize(
    "text",
    [
        "meeting\n    at noon (room:12:30)",
        "TypeError: no stack below",
        "panic: at the disco\nplays tonight",
        "goroutine 1 [running]",
        "thread 'main' panicked at noon",
        "Traceback: none\n    at home",
    ],
)
def test_words_that_only_look_like_a_stack_are_none(text):
    assert not make_record(text).exceptions
