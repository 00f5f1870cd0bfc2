"""A line that was written over is read as a terminal shows it in the end."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logcascade.cleaning.clean_lines import CleanLines
from logcascade.cleaning.overwritten import Overwritten
from logcascade.cleaning.whole_lines import MAX_LINE_BYTES


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        pytest.param("one\r\n", "one", id="Windows"),
        pytest.param("one\r\r\n", "one", id="twice Windows"),
        pytest.param(" 0%|  |\r 50%|# |\r100%|##|\n", "100%|##|", id="a bar"),
        pytest.param(" 0%|  |\r100%|##|\r\n", "100%|##|", id="a bar on Windows"),
        pytest.param("100%|##|\r        \r\n", "100%|##|", id="wiped out"),
        pytest.param(
            " 50%|# |\r2026-05-19 14:22:00,100 - a - ERROR - x\n",
            "2026-05-19 14:22:00,100 - a - ERROR - x",
            id="a record printed over a bar",
        ),
        pytest.param(
            "[2024-10-31 05:53:10,490: WARNING/ForkPoolWorker-1] \r  0%|  |\r 17%|# | 1/6\n",
            "[2024-10-31 05:53:10,490: WARNING/ForkPoolWorker-1]  17%|# | 1/6",
            id="a bar behind the prefix of a logger",
        ),
    ],
)
def test_the_last_writing_counts(clean, line, shown):
    assert clean(b"first\n" + line.encode() + b"last\n")[0].decode() == f"first\n{shown}\nlast\n"
    assert clean(line.encode().removesuffix(b"\n"))[0].decode() == f"{shown}\n"


def test_lines_written_over_are_counted_and_windows_ones_are_not(clean):
    assert clean(b"a\rb\nc\rd\nfine\r\n")[1] == [
        "2 lines written over (progress bars): read as shown in the end"
    ]
    assert clean(b"fine\r\n" * 9)[1] == []


def test_where_there_is_no_other_a_carriage_return_is_a_line_break(read):
    line = "2026-05-19 14:22:00,100 - a - ERROR - x\r"
    found = read(line * 5)
    assert [record.location.line for record in found.records] == [1, 2, 3, 4, 5]
    assert "lines end with carriage returns alone" in found.summary.assumptions


def test_a_bar_that_ran_for_hours_does_not_hide_the_record_after_it(clean):
    bar = b"".join(b"\r%6d of 99999 |#####" % number for number in range(40_000))
    record = b"2026-05-19 14:22:00,100 - a - ERROR - x"
    text, _, problems = clean(b"one\n" + bar + b"\r" + record + b"\ntwo\n", [65_536])
    assert text == b"one\n" + record + b"\ntwo\n"
    assert problems == []


PIECES = ["\r", "\n", "\r\n", " ", "ab", "\t", "12:00:00", "\0", "\x1b[1m", "x" * 9]


@given(pieces=st.lists(st.sampled_from(PIECES), max_size=40), sizes=st.lists(st.integers(1, 9)))
def test_what_is_kept_does_not_depend_on_the_cut(pieces, sizes):
    data = "".join(pieces).encode()
    whole = Overwritten().feed(data, final=True)
    step, out, place = Overwritten(), b"", 0
    for size in sizes:
        out += step.feed(data[place : place + size], final=False)
        place += size
    assert out + step.feed(data[place:], final=True) == whole
    assert whole.count(b"\n") == data.count(b"\n")
    for line in whole.split(b"\n"):
        assert line.count(b"\r") <= 1


def test_a_writing_without_end_is_bounded():
    step = Overwritten()
    step.feed(b"one\r", final=False)
    for _ in range(100):
        assert step.feed(b"x" * 100_000, final=False) == b""
    kept = step.feed(b"\n", final=False)
    assert MAX_LINE_BYTES < len(kept) < MAX_LINE_BYTES + 100


def test_lines_of_both_kinds_keep_their_numbers():
    data = b"a\r\nb\nc\rd\r\n" * 50_000
    lines = CleanLines(io.BytesIO(data), 10_000)
    assert b"".join(block.data for block in lines) == b"a\nb\nd\n" * 50_000
