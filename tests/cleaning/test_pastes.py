"""A pasted log is read as the log it was; its lines keep the numbers they have in the paste."""

import gzip
import html
import io
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from logcascade.cleaning.chain import HEAD_BYTES
from logcascade.reading.reader import Reader
from tests.conftest import SAMPLES

TRACEBACK = """Traceback (most recent call last):
  File "/opt/bot/db.py", line 9, in save
    await db.commit()
    ~~~~~~~~~^^

sqlite3.OperationalError: database is locked
"""
PYTHON = (
    "2026-05-19 14:22:00,100 - aiogram.event - INFO - fine\n"
    '2026-05-19 14:22:01,250 - aiogram.event - ERROR - Cause <b>exception</b> & "more"\n'
    + TRACEBACK
    + "2026-05-19 14:22:02,000 - aiogram.event - INFO - fine\n"
    "2026-05-19 14:22:03,000 - aiogram.event - ERROR - last\n"
)
JOURNAL = (
    "".join(
        f"Nov 23 19:17:5{number} host bot[129]: {text}\n"
        for number, text in enumerate(["fine", "ERROR one", "fine", "fine", "ERROR two", "fine"])
    )
    + "Nov 23 19:17:59 host bot[129]: Handler failed\n"
    + "".join(" " * 31 + line + "\n" for line in TRACEBACK.splitlines() if line)
)
COMPOSE = "".join(
    f"bot-1    | 2026-11-23T19:25:40.64482048{number}Z {line}\n"
    f"redis-1  | 2026-11-23T19:25:40.64482048{number}Z fine\n"
    for number, line in enumerate(["ERROR:a:Cause", *TRACEBACK.splitlines()])
)
JSON = "".join(
    f'{{"log":"ERROR:bot:number {number} > {number}\\n","stream":"stderr",'
    f'"time":"2026-11-23T19:25:0{number}.6Z"}}\n'
    for number in range(8)
)
LOGURU = (
    "2026-11-23 19:24:06.143 | INFO     | __main__:<module>:22 - Bot started\n"
    "2026-11-23 19:24:06.144 | ERROR    | __main__:<module>:25 - handler failed\n"
    "Traceback (most recent call last):\n\n"
    '> File "/opt/bot/main.py", line 24, in <module>\n'
    "    try: f(0)\n         └ <function f at 0x7fd16c673380>\n\n"
    "ZeroDivisionError: division by zero\n"
    "2026-11-23 19:24:07.143 | INFO     | __main__:<module>:22 - Bot started\n"
)
LOGS = {"python": PYTHON, "journal": JOURNAL, "compose": COMPOSE, "json": JSON, "loguru": LOGURU}


def sample(name, lines=400):
    with gzip.open(SAMPLES / "flood-control-cascade" / name, "rt") as stream:
        return "".join(next(stream) for _ in range(lines))


def before_each(prefix):
    return lambda lines: [prefix.format(number) + line for number, line in enumerate(lines, 1)]


def quoted(lines, sign="> "):
    return [sign + line if line else sign.rstrip() for line in lines]


def within(before, after, lines):
    return [*before, *lines, *after]


PROSE = ["# The bot dies", "", "It says `ERROR` and hangs, since 14:22 today.", ""]
THANKS = ["", "Thanks! What can I do about the Traceback (most recent call last)?"]
WAYS = {
    "quoted": (quoted, 0),
    "quoted twice": (lambda lines: quoted(quoted(lines)), 0),
    "quoted without a blank": (lambda lines: quoted(lines, ">"), 0),
    "quoted, signs together": (lambda lines: quoted(lines, ">> "), 0),
    "indented by one blank": (before_each(" "), 0),
    "code by four blanks": (before_each("    "), 0),
    "code by a tab": (before_each("\t"), 0),
    "code, its first line without": (lambda lines: [lines[0], *before_each("    ")(lines[1:])], 0),
    "cat -n": (before_each("{:6}\t"), 0),
    "less -N": (before_each("{:7} "), 0),
    "an editor": (before_each("{:4} | "), 0),
    "bat": (before_each("{:4}   │ "), 0),
    "grep -n": (before_each("{}:"), 0),
    "grep -Hn": (before_each("logs/bot.log:{}:"), 0),
    "grep -H": (before_each("bot.log.1:"), 0),
    "fenced": (lambda lines: within([*PROSE, "```"], ["```", *THANKS], lines), 5),
    "fenced with a word": (lambda lines: within([*PROSE, "~~~ text"], ["~~~", *THANKS], lines), 5),
    "fenced and never closed": (lambda lines: within([*PROSE, "````log"], [], lines), 5),
    "fenced in a list": (
        lambda lines: [*PROSE, "- log:", "  ```", *before_each("  ")(lines), "  ```", *THANKS],
        6,
    ),
    "fenced in a quotation": (
        lambda lines: quoted(within([*PROSE, "```"], ["```", *THANKS], lines)),
        5,
    ),
    "in <pre>": (
        lambda lines: within([*PROSE, f"<pre>{lines[0]}"], ["</pre>", *THANKS], lines[1:]),
        4,
    ),
    "in <details>": (
        lambda lines: within(
            ["<details><summary>the log</summary>", ""], ["", "</details>", *THANKS], lines
        ),
        2,
    ),
    "with entities": (lambda lines: [html.escape(line) for line in lines], 0),
    "quoted with entities": (lambda lines: [html.escape(line) for line in quoted(lines)], 0),
    "from Telegram": (lambda lines: [f"[25.11.2026 14:22] Ivan P.: {lines[0]}", *lines[1:]], 0),
    "from Telegram, older": (lambda lines: ["Ivan P., [25.11.26 14:22]", *lines], 1),
    "from Slack": (lambda lines: ["Ivan P.  2:22 PM", *lines], 1),
    "from Discord": (lambda lines: ["ivan — Today at 2:22 PM", *lines], 1),
}


@pytest.fixture(scope="session")
def records_of(formats, finder):
    def read_all(text, shift=0):
        reader = Reader(io.BytesIO(text.encode()), "log", formats, finder)
        records = [moved(record, shift) for record in reader.records()]
        summary = reader.summary()
        assert summary.record_lines + summary.unparsed_lines == summary.lines == text.count("\n")
        return records, summary

    return read_all


def moved(record, lines):
    def moved_exception(exception):
        return replace(
            exception,
            line=exception.line + lines,
            cause=exception.cause and moved_exception(exception.cause),
            context=exception.context and moved_exception(exception.context),
            group=tuple(map(moved_exception, exception.group)),
        )

    return replace(
        record,
        location=replace(record.location, line=record.location.line + lines),
        exceptions=tuple(map(moved_exception, record.exceptions)),
    )


def without_blank_end(record):
    """An empty line below a record counts for it; of the last in a passage there may be more."""
    return replace(record, line_count=0)


@pytest.mark.parametrize("ending", ["\n", "\r\n"], ids=["", "crlf"])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", [*LOGS, "bot.log.gz", "journal.txt.gz", "journal.json.gz"])
def test_a_paste_is_read_as_the_log_it_was(records_of, name, way, ending):
    log = LOGS[name] if name in LOGS else sample(name)
    paste, shift = WAYS[way]
    expected, plain = records_of(log, shift)
    text = "".join(line + ending for line in paste(log.splitlines()))
    found, summary = records_of(text)
    assert list(map(without_blank_end, found)) == list(map(without_blank_end, expected))
    assert summary.format == plain.format
    assert len(expected) > 0
    assert (summary.first_time, summary.last_time) == (plain.first_time, plain.last_time)
    said = [words for words in summary.assumptions if words not in plain.assumptions]
    assert len(said) == len(set(said)) >= 1


@pytest.mark.parametrize("name", [*LOGS, "bot.log.gz", "journal.txt.gz", "journal.json.gz"])
def test_of_a_plain_log_nothing_is_taken_off(clean, name):
    log = LOGS[name] if name in LOGS else sample(name)
    assert clean(log.encode()) == (log.encode(), [], [])


def test_prose_is_no_record_and_continues_none(records_of):
    """Also where it quotes what rules look for."""
    text = (
        "The bot says `database is locked`:\n```\n" + PYTHON + "```\nMore of it, an hour later:\n"
        "    Traceback (most recent call last):\n```\n" + TRACEBACK + "```\n"
        "Error: what now?\n"
    )
    records, summary = records_of(text)
    assert [(record.location.line, record.line_count) for record in records] == [
        (4, 7),
        (12, 1),
        (17, 6),
    ]
    assert records[2].time is None
    assert records[2].text == TRACEBACK.rstrip("\n")
    assert summary.unparsed_lines == 8
    assert "a log in fences: 8 lines around are no log" in summary.assumptions


@pytest.mark.parametrize(
    "log",
    [
        pytest.param(
            "2026-05-19 14:22:00,100 - bot - INFO - answer:\n```python\nprint('12:00:00')\n```\n"
            "2026-05-19 14:22:01,100 - bot - ERROR - x\n",
            id="a bot that writes code",
        ),
        pytest.param("".join(f"2026-0{n}-19 0{n}:22:00,1 a\n" for n in range(1, 9)), id="months"),
        pytest.param("".join(f"{hour:02}:00:01 still here\n" for hour in range(24)), id="hours"),
        pytest.param("".join(f"{n:02}-19 00:00:01 fine\n" for n in range(1, 9)), id="logcat"),
        pytest.param("".join(f"2026-05-19T14:{n}:00Z a\n" for n in range(10, 30)), id="minutes"),
        pytest.param("".join(f"main.py:{n * 7}: note\n" for n in range(1, 9)), id="places in code"),
        pytest.param("".join(f"{1795461472 + n} beat\n" for n in range(9)), id="epoch"),
        pytest.param('  File "a.py", line 1, in f\n    x\n' * 3, id="a piece of a traceback"),
        pytest.param("2026 config:\n    a: 1\n    b: 2\n", id="a record with lines below it"),
        pytest.param("[19.05.2026 14:22:00] INFO: fine\n" * 9, id="stamps like a chat's"),
        pytest.param("[19.05.2026 14:22] ERROR: bad\n" * 9, id="stamps like a chat's, no seconds"),
        pytest.param("INFO <b>1 &gt; 0</b>\n" * 9, id="text in HTML"),
        pytest.param("    ~~~~~~~~~~\n2026-05-19 14:22:00,1 a\n    ~~~~\n", id="carets"),
        pytest.param(" 3월 15 15:24:48 host bot[1]: fine\n" * 9, id="a month with a blank"),
        pytest.param(" -------------- celery@host v5.7.0\n --- * *** -- x\n", id="a banner"),
        pytest.param(' File "a.py", line 1\n [ERROR] x\n' * 3, id="a piece without an indent"),
    ],
)
def test_what_only_looks_pasted_is_left_as_it_is(clean, log):
    assert clean(log.encode()) == (log.encode(), [], [])


def test_lines_wrapped_by_a_terminal_are_said_and_left(clean):
    line = "2026-05-19 14:22:00,100 - aiogram.event - ERROR - " + "word " * 20
    log = "".join(line[:80] + "\n" + line[80:] + "\n" for _ in range(9)).encode()
    assert clean(log) == (log, ["lines look wrapped at 80 characters: read as they stand"], [])


CUT = [
    "2026-05-19 14:22:0{} host systemd[1]: telegram-relay-for-the-office.service: " + said
    for said in ("Scheduled restart job", "Main process exited, code=", "Failed with result 'exit")
]


def cut_lines(lines, width=90):
    return "".join(line.format(number)[:width] + "\n" for number, line in enumerate(lines)).encode()


def test_lines_that_end_in_the_middle_at_one_width_are_said_to_be_cut_off(clean):
    log = cut_lines([*CUT, CUT[0].replace("Sched", "Start"), CUT[1].replace("Main", "Service")])
    said = "lines look cut off at 90 characters: what stood behind is lost"
    assert clean(log) == (log, [], [said])


@pytest.mark.parametrize(
    "log",
    [
        pytest.param(cut_lines(CUT[:1] * 9), id="one message again and again"),
        pytest.param(cut_lines([line + "." * 40 for line in CUT * 2], 99), id="whole sentences"),
        pytest.param(cut_lines([*CUT, CUT[0] + " x" * 60] * 2, 150), id="one longer than the rest"),
    ],
)
def test_lines_of_one_width_that_nobody_cut_are_not_said_to_be(clean, log):
    assert clean(log) == (log, [], [])


STEPS = {
    name: way for name, (way, shift) in WAYS.items() if not shift and not name.startswith("from")
}


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    order=st.lists(st.integers(0, 3), min_size=4, max_size=30),
    way=st.sampled_from(sorted(STEPS)),
    sizes=st.lists(st.integers(1, 400), min_size=1, max_size=3),
)
def test_any_log_pasted_in_any_way_is_restored_whatever_the_cut(clean, order, way, sizes):
    entries = PYTHON.splitlines(), LOGURU.splitlines()[:2], JOURNAL.splitlines()[:3], [""]
    lines = [line for number in order for line in entries[number]]
    lines = [*PYTHON.splitlines(), *lines, *PYTHON.splitlines()]
    log = "".join(line + "\n" for line in lines).encode()
    paste = "".join(line + "\n" for line in STEPS[way](lines)).encode()
    text, notes, problems = clean(paste, sizes)
    assert text == log
    assert clean(paste) == (text, notes, problems)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    pieces=st.lists(
        st.sampled_from(
            ["> ", ">", "```", "~~~", "\n", "\r", "\r\n", "\0", "    ", "\t", "1:", "12 | ",
             "<pre>", "</pre>", "<details>", "&gt;", "&lt;", "\x1b[31m", "[0m", "12:00:00 ERROR",
             "é",
             "\udcff", "\ufeff", "ivan — Today at 2:22 PM", '  File "a", line 1', "x"]
        ),
        max_size=60,
    ),
    sizes=st.lists(st.integers(1, 30), min_size=1, max_size=3),
)  # fmt: skip
def test_whatever_comes_has_as_many_lines_and_is_the_same_by_any_cut(clean, pieces, sizes):
    data = "".join(["a\n", *pieces, "x"]).encode("utf-8", "surrogateescape")
    text, notes, problems = clean(data)
    assert text.count(b"\n") == data.count(b"\n") + 1
    assert clean(data, sizes) == (text, notes, problems)


def large_log(entries=9000):
    """Return a log of several blocks, every seventh record with a traceback."""
    lines = []
    for number in range(entries):
        stamp = f"2026-05-19 {10 + number // 3600}:{number // 60 % 60:02}:{number % 60:02},100"
        lines.append(f"{stamp} - bot - INFO - fine {'.' * (number % 90)}\n")
        if number % 7 == 0:
            lines.append(f"{stamp} - bot - ERROR - number {number}\n" + TRACEBACK)
    return lines


@pytest.mark.parametrize("block_bytes", [65_536, 100_003])
def test_a_large_fenced_log_is_read_the_same_by_any_block(read, block_bytes):
    entries = large_log()
    for place in (0, 2000, 2001, 9000):
        entries.insert(place, "```\nMore of it:\n    indented\n```\n" if place else "See:\n```\n")
    text = "".join(entries) + "```\n" + TRACEBACK
    whole = read(text)
    assert len(whole.records) == 9000 // 7 + 1
    assert whole.summary.unparsed_lines == 2 + 3 * 4 + 1 + TRACEBACK.count("\n")
    cut = read(text, block_bytes=block_bytes)
    assert cut.records == whole.records
    assert cut.summary == whole.summary


@pytest.mark.parametrize("size", [4096, 70_001, 600_000])
def test_a_large_quoted_log_is_cleaned_the_same_by_any_cut(clean, size):
    log = "".join(large_log()).encode()
    paste = b"".join(b"> " + line + b"\n" for line in log.splitlines())
    assert len(log) > 2 * HEAD_BYTES
    text, notes, _ = clean(paste, [size])
    assert text == log
    assert notes == ["quoted with '>': taken off"]


def test_a_quoted_log_that_is_newest_first_is_turned_round(read, formats, finder):
    entries = large_log(50)
    paste = "".join(f"> {line}\n" for line in "".join(reversed(entries)).splitlines())
    reader = Reader(io.BytesIO(paste.encode()), "log", formats, finder)
    assert list(reader.records()) == read("".join(entries)).records
    assert reader.summary().assumptions == (
        "zone UTC",
        "newest first: read backwards",
        "quoted with '>': taken off",
    )


def test_a_fenced_log_that_is_newest_first_is_turned_round_without_the_prose(read, formats, finder):
    entries = large_log(50)
    paste = "".join(
        [*(f"{line}\n" for line in PROSE), "```\n", *reversed(entries), "```\nThanks!\n"]
    )
    reader = Reader(io.BytesIO(paste.encode()), "log", formats, finder)
    upright = read("".join(entries))
    found = list(reader.records())
    assert [record.text for record in found] == [record.text for record in upright.records]
    assert reader.summary().unparsed_lines == len(PROSE) + 3
    lines = paste.splitlines()
    places = [reader.place(record.location.line).line for record in found]
    assert all("ERROR" in lines[place - 1] for place in places)
