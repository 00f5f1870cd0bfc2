import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logcascade.reading.sampling import (
    ALL_BYTES,
    HyperscanSearch,
    LineSample,
    PlainSearch,
    SampledSearch,
)

LITERALS = ("rss", "queue size", "size")
HEALTH = "2026-05-19 10:00:{:02},000 - shop - INFO - Health: rss {} MB\n"


def taken_lines(data: bytes, cuts: list[int]) -> list[int]:
    """Offsets of the lines that are taken, when *data* comes in whole lines cut near *cuts*."""
    sample = LineSample(SampledSearch(LITERALS))
    ends = sorted({data.find(b"\n", cut) + 1 or len(data) for cut in cuts} | {len(data)})
    lines, start = [], 0
    for end in ends:
        buffer = data[:end][max(0, start - 7) :]  # some context before, as a window has it
        base = end - len(buffer)
        found = sample.take(buffer, base, start - base, end - base)
        lines += [data.rfind(b"\n", 0, base + place) + 1 for place in found]
        start = end
    return lines


@given(
    rows=st.lists(st.sampled_from([b"rss\n", b"x\n", b"a queue size of 3\n", b"y" * 900 + b"\n"])),
    cuts=st.lists(st.integers(0, 20_000), max_size=5),
)
def test_the_same_lines_are_taken_whatever_the_cut(rows, cuts):
    data = b"".join(rows)
    usable = [cut for cut in cuts if cut < len(data)]
    assert taken_lines(data, usable) == taken_lines(data, [])


@given(st.binary(max_size=400), st.integers(0, 60))
def test_both_searches_name_the_same_line(noise, start):
    data = noise + b"\nx queue size 3\n" + noise + b"rss\n"
    literals = [literal.encode() for literal in LITERALS]
    places = [
        each(literals).first(data, start, len(data)) for each in (PlainSearch, HyperscanSearch)
    ]
    lines = [None if place is None else data.count(b"\n", 0, place) for place in places]
    assert lines[0] == lines[1]


def test_nothing_is_found_where_nothing_stands():
    literals = [b"rss"]
    assert PlainSearch(literals).first(b"x\ny\n", 0, 4) is None
    assert HyperscanSearch(literals).first(b"x\ny\n", 0, 4) is None
    assert LineSample(SampledSearch(())).take(b"rss\n", 0, 0, 4) == []


def test_each_line_of_a_short_log_is_taken_and_few_of_one_full_of_them():
    line = b"Health: rss 214.6 MB, all is well here\n"
    short = line * (ALL_BYTES // len(line))
    assert len(taken_lines(short, [])) == short.count(b"\n")
    long = line * 400_000
    assert short.count(b"\n") < len(taken_lines(long, [])) < 20_000


@pytest.mark.parametrize("block_bytes", [1024, 70_000])
def test_records_of_the_sample_are_read_like_any_other(read, block_bytes):
    text = "".join(HEALTH.format(second, 200 + second) for second in range(60))
    reading = read(
        text,
        stream=io.BytesIO(text.encode()),
        sampled=SampledSearch(LITERALS),
        block_bytes=block_bytes,
    )
    assert [record.location.line for record in reading.records] == list(range(1, 61))
    assert reading.records[7].message == "Health: rss 207 MB"
    assert read(text).records == []
    assert reading.summary == read(text).summary
