"""The same log gives the same records, however it is cut by blocks, reads and packing."""

import gzip
import io
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from logcascade.cleaning.chain import HEAD_BYTES
from logcascade.cleaning.clean_lines import CleanLines
from logcascade.cleaning.whole_lines import MAX_LINE_BYTES
from logcascade.reading.blocks import CONTEXT_BYTES, Windows
from logcascade.reading.events.load import LoadPattern
from logcascade.reading.finder import INTERESTING, HyperscanFinder, PlainFinder

CORPUS = Path(os.environ.get("LOGCASCADE_CORPUS", "no-such-folder"))
"""A folder of real logs, one folder a case; they are not part of this repository."""
UPDATES = LoadPattern(
    "updates",
    (b"handled. Duration ",),
    r"Update id=\d+ is (?:not )?handled\. Duration (?P<duration>\d+) ms",
    0.001,
)
CARRIED = "2026-05-19T10:00:03.000+00:00"
PIECES = {
    "update": "2026-05-19 10:00:01,000 - bot - INFO - Update id=1 is handled."
    " Duration 1200 ms by bot id=2\n",
    "error": "2026-05-19 10:00:02,000 - bot - ERROR - Cause\nTraceback (most recent call last):\n"
    '  File "a.py", line 1, in f\n    x\nValueError: x\n\n',
    "long_traceback": "Traceback (most recent call last):\n"
    + '  File "a.py", line 1, in f\n' * 900
    + "KeyError: 1\n",
    "bare": "no header here\n",
    "blank": "\n",
    "long_line": "2026-05-19 10:00:03,000 - bot - INFO - " + "x" * 70_000 + "\n",
    "carried_start": f"{CARRIED} host bot[7]: Traceback (most recent call last):\n",
    "carried_frame": f'{CARRIED} host bot[7]:   File "a.py", line 2, in g\n',
    "carried_other": f"{CARRIED} host other[8]: something else\n",
    "carried_end": f"{CARRIED} host bot[7]: sqlite3.OperationalError: database is locked\n",
    "clock": "[23:59:59] INFO   late\n",
    "clock_error": "[00:00:01] ERROR  sqlite3.OperationalError: database is locked\n",
    "overlong": "y" * 300_000 + "\n",
}


class Trickle(io.RawIOBase):
    """A pipe that gives as much as it likes."""

    def __init__(self, data, sizes):
        self._data, self._sizes, self._place, self._turn = data, sizes, 0, 0

    def read(self, size=-1):
        size = min(self._sizes[self._turn % len(self._sizes)], size)
        self._turn += 1
        piece = self._data[self._place : self._place + size]
        self._place += len(piece)
        return piece


def brief(reading):
    """Return what a failing comparison can show on a screen."""
    places = [(r.location.line, r.line_count, r.time, r.text[:60]) for r in reading.records]
    return places, reading.summary, reading.load


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    pieces=st.lists(st.sampled_from(sorted(PIECES)), max_size=60),
    block=st.sampled_from([1024, 65536, 200_000]),
    sizes=st.lists(st.sampled_from([1000, 65536, 77_777]), min_size=1, max_size=3),
    crlf=st.booleans(),
)
def test_blocks_and_reads_change_nothing(read, pieces, block, sizes, crlf):
    text = "".join(PIECES[piece] for piece in pieces)
    data = (text.replace("\n", "\r\n") if crlf else text).encode()
    whole = read(data, load_patterns=[UPDATES])
    cut = read(data, stream=Trickle(data, sizes), block_bytes=block, load_patterns=[UPDATES])
    assert brief(cut) == brief(whole)
    assert cut.records == whole.records
    plain = read(text, load_patterns=[UPDATES])
    assert [r.text for r in plain.records] == [r.text for r in whole.records]


def bulky_log():
    """Return a log of several blocks with records at every kind of place."""
    lines = []
    for number in range(9000):
        stamp = f"2026-05-19 10:{number // 150 % 60:02}:{number % 60:02},{number % 1000:03}"
        lines.append(
            f"{stamp} - aiogram.event - INFO - Update id={number} is handled. Duration 40 ms"
            f" by bot id=1 {'.' * (number % 70)}\n"
        )
        if number % 37 == 0:
            lines.append(f"{stamp} - db - ERROR - database is locked\n")
            lines.append("Traceback (most recent call last):\n")
            lines += [f'  File "a.py", line {n}, in f\n    g()\n' for n in range(number % 23)]
            lines.append("sqlite3.OperationalError: database is locked\n")
    return "".join(lines).encode()


def test_small_blocks_pipes_and_gzip_give_the_same(read):
    data = bulky_log()
    whole = read(data, load_patterns=[UPDATES])
    assert len(whole.records) == 244
    assert whole.load.events == 9000
    for block in (65_536, 100_003):
        cut = read(data, block_bytes=block, load_patterns=[UPDATES])
        assert (cut.records, cut.summary, cut.load) == (whole.records, whole.summary, whole.load)
    packed = gzip.GzipFile(fileobj=io.BytesIO(gzip.compress(data)))
    assert read(b"", stream=packed).records == whole.records


def test_a_record_at_each_place_around_a_cut_is_whole(read):
    record = "2026-05-19 10:00:02,000 - bot - ERROR - Cause\nTraceback (most recent call last):\n"
    record += '  File "a.py", line 1, in f\n    x\n' * 20 + "ValueError: x\n"
    line = "2026-05-19 10:00:01,000 - bot - INFO - fine\n"
    for shift in range(0, 700, 33):
        data = (line * 1500 + "p" * shift + "\n" + record + line * 20000).encode()
        (found,) = read(data, block_bytes=4096 * 16).records
        assert found.text.count("\n") == 42
        assert found.exceptions[0].type == "ValueError"


@pytest.mark.skipif(not CORPUS.exists(), reason="LOGCASCADE_CORPUS names no folder")
@pytest.mark.parametrize(
    "path", sorted(CORPUS.glob("*/input.log")), ids=lambda p: p.parent.name[:8]
)
def test_real_logs_are_read_the_same_by_any_block_and_finder(read, path):
    data = path.read_bytes()
    whole = read(data)
    cut = read(data, block_bytes=16_384)
    assert cut.records == whole.records
    assert cut.summary == whole.summary
    literals = [each.encode() for each in INTERESTING]
    plain = read(data, finder=PlainFinder(literals))
    assert plain.records == read(data, finder=HyperscanFinder(literals)).records


def test_rare_records_have_their_line_numbers(read):
    healthy = "2026-05-19 10:00:01,000 - bot - INFO - fine\n" * 60_000
    error = "2026-05-19 10:00:01,000 - bot - ERROR - bad\n"
    log = healthy + error + healthy + healthy + error + "no\n" + healthy
    found = read(log, block_bytes=65_536)
    assert [record.location.line for record in found.records] == [60_001, 180_002]
    assert found.summary.lines == 240_003


def test_memory_does_not_grow_with_the_log():
    def sizes(data):
        lines = CleanLines(io.BytesIO(data), 65_536)
        return [len(window.buffer) for window in Windows(lines, 65_536)]

    assert sizes(b"x" * 99 + b"\n") == [101]
    largest = max(sizes((b"x" * 99 + b"\n") * 100_000))
    assert largest < 2 * CONTEXT_BYTES + HEAD_BYTES + 2 * MAX_LINE_BYTES
