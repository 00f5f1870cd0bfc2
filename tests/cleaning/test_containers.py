"""Lines in parts, tables drawn to a width, and JSON over several lines."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from logcascade.cleaning import json_frames, parts, pretty_json, rich_columns
from logcascade.cleaning.json_frames import JsonFrames
from logcascade.cleaning.parts import MAX_HELD_LINES, MAX_LINE_BYTES, Parts
from logcascade.cleaning.pretty_json import MAX_OBJECT_BYTES, PrettyJson
from logcascade.cleaning.rich_columns import RichColumns
from tests.cleaning.feeding import cleaned

STAMP = "2026-11-23T19:25:40.644820482Z"


def docker(text, stream="stdout"):
    return json.dumps({"log": text, "stream": stream, "time": STAMP}, separators=(",", ":"))


def log_of(*lines):
    return "".join(line + "\n" for line in lines).encode()


PIECES = [
    docker("part "),
    docker("part\\n", "stderr"),
    docker("end\n"),
    docker('quoted "\\', "stderr"),
    docker("end\\\n", "stderr"),
    f"{STAMP} stdout P part ",
    f"{STAMP} stderr P:tag part",
    f"{STAMP} stdout F end",
    f"{STAMP} stderr F",
    "bare",
    "",
    "{",
    '  "message": "hello",',
    '  "list": [',
    "    1",
    "  ]",
    "}",
    "},",
    'data: {"a":1}',
    "\x1e{",
    "[19:24:06] WARNING  Update id=0 is handled. It took a long time    bot.py:12",
    "           INFO     the same second, and this message, too,        bot.py:13",
    "                    is long                                                 ",
    "                    ",
]


@settings(max_examples=100, deadline=None)
@given(lines=st.lists(st.sampled_from(PIECES), max_size=40), size=st.integers(1, 7))
@pytest.mark.parametrize("step", [Parts, PrettyJson, JsonFrames, RichColumns])
def test_cuts_change_nothing_and_no_line_is_lost(step, lines, size):
    data = log_of(*lines)
    whole = cleaned(step(), data)
    assert whole.count(b"\n") == data.count(b"\n")
    assert cleaned(step(), data, size) == whole


def test_parts_are_joined_within_their_stream():
    data = log_of(
        docker("a1 "), docker("b1 ", "stderr"), docker("a2\n"), docker("b2\n", "stderr"), "after"
    )
    assert parts.applies(data)
    assert cleaned(Parts(), data) == log_of(
        docker("a1 a2\n"), docker("b1 b2\n", "stderr"), "", "", "after"
    )


def test_parts_of_kubernetes_are_joined_too():
    data = log_of(
        f"{STAMP} stdout P a1 ",
        f"{STAMP} stderr F whole",
        f"{STAMP} stdout P:x a2 ",
        f"{STAMP} stdout F a3",
    )
    assert cleaned(Parts(), data) == log_of(
        f"{STAMP} stdout P a1 a2 a3", f"{STAMP} stderr F whole", "", ""
    )


def test_a_text_that_ends_with_a_backslash_and_an_n_is_a_part():
    data = log_of(docker("C:\\n"), docker("ew\n"))
    assert cleaned(Parts(), data) == log_of(docker("C:\\new\n"), "")


def test_a_log_without_parts_is_not_touched():
    data = log_of(
        docker("a\n"), docker("b\n", "stderr"), f"{STAMP} stdout F c", f"{STAMP} stdout F"
    )
    assert Parts().feed(data, final=False) == data


def test_a_part_does_not_wait_for_ever():
    other = [docker("whole\n", "stderr")] * (MAX_HELD_LINES + 5)
    step = Parts()
    assert step.feed(log_of(docker("begun "), *other), final=False).count(b"\n") >= MAX_HELD_LINES
    assert step.feed(b"", final=True) == b""


def test_a_line_of_very_many_parts_is_cut_and_said():
    step = Parts()
    out = cleaned(step, log_of(*[docker("x" * 16384)] * 40, docker("end\n")))
    assert out.count(b"\n") == 41
    assert len(out) < MAX_LINE_BYTES + 200
    assert "1 lines" in next(step.problems())


def test_pretty_json_becomes_one_line_where_its_message_is():
    entry = {"time": "2026-11-23T19:25:40Z", "message": 'two "lines"\n', "more": {"a": [1, {}]}}
    data = log_of("before", json.dumps(entry, indent=2), json.dumps(entry, indent=2), "after")
    assert pretty_json.applies(data)
    lines = cleaned(PrettyJson(), data).split(b"\n")
    assert [number for number, line in enumerate(lines, 1) if line] == [1, 4, 14, 22]
    assert json.loads(lines[3]) == json.loads(lines[13]) == entry


def test_items_of_a_printed_list_become_lines():
    data = (json.dumps([{"msg": "a", "n": 1}, {"msg": "b", "n": 2}], indent=2) + "\n").encode()
    lines = cleaned(PrettyJson(), data).split(b"\n")
    assert [json.loads(line)["msg"] for line in lines if line.startswith(b"{")] == ["a", "b"]


@pytest.mark.parametrize(
    "text",
    [
        "if x {\n  y = 1\n}\n",
        "{\n}\n",
        '{\n"a": 1\n}\n',
        '{\n  "a": 1\nsomething else\n}\n',
        '{\n  "a": 1\n',
        "{\n  code;\n}\n",
    ],
)
def test_what_is_no_printed_object_stays(text):
    assert cleaned(PrettyJson(), text.encode()) == text.encode()


def test_an_object_without_end_does_not_hold_the_log_back():
    step = PrettyJson()
    data = b"{\n" + b'  "a": 1,\n' * (MAX_OBJECT_BYTES // 5)
    assert len(step.feed(data, final=False)) == len(data)


def test_frames_of_json_lines_are_taken_off():
    data = b'\x1e{"a":1}\ndata: {"b":2}\n\ndata: text\n'
    assert json_frames.applies(data)
    assert cleaned(JsonFrames(), data) == b'{"a":1}\n{"b":2}\n\ndata: text\n'


def test_a_table_gives_each_record_its_time_and_its_whole_message():
    data = log_of(
        "[19:51:45] INFO     Update id=1 is handled. Duration 12 ms by bot      <stdin>:8",
        "                    id=42                                                       ",
        "           INFO     same second                                        <stdin>:8",
        "                    a line of its own                                           ",
        "[19:51:46] ERROR    last                                             <stdin>:120",
        "not of the table",
    )
    assert rich_columns.applies(data)
    step = RichColumns()
    assert cleaned(step, data) == log_of(
        "[19:51:45] INFO     Update id=1 is handled. Duration 12 ms by bot id=42",
        "",
        "[19:51:45] INFO     same second",
        "a line of its own",
        "[19:51:46] ERROR    last",
        "not of the table",
    )
    assert len(step.notes) == 1


def test_lines_with_a_clock_are_no_table_without_its_edge():
    lines = [f"[14:22:0{n}] ERROR    cannot reach host{'x' * n}:443" for n in range(5)]
    assert not rich_columns.applies(log_of(*lines))


def test_a_very_long_line_is_no_row_and_takes_no_time():
    data = log_of("[14:22:01] ERROR    " + "a " * 100_000 + " " * 50_000)
    assert not rich_columns.applies(data)
    assert cleaned(RichColumns(), data) == data


def test_two_services_of_one_log_keep_their_tracebacks_apart(read_all):
    own = ["ERROR:root:boom", "Traceback (most recent call last):", '  File "a.py", line 1, in f']
    lines = [
        *(f"{name}-1 | {line}" for line in own for name in ("bot", "worker")),
        "bot-1 | KeyError: 1",
        "worker-1 | ValueError: 2",
        "bot-1 exited with code 137",
    ]
    records, summary = read_all(log_of(*lines))
    assert summary.unparsed_lines == 0
    raised = [(each.component, [e.type for e in each.exceptions]) for each in records[:2]]
    assert raised == [("bot-1", ["KeyError"]), ("worker-1", ["ValueError"])]


def test_ages_of_events_are_said_to_be_no_times(read_all):
    row = "3m2s (x5 over 10m)   Warning   BackOff   pod/bot-6c   Back-off restarting container"
    records, summary = read_all(log_of("LAST SEEN   TYPE   REASON   OBJECT   MESSAGE", row))
    assert records[1].time is None
    assert any("not times" in each for each in summary.assumptions)
