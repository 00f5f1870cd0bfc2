"""Whatever comes, memory and time stay within bounds."""

import subprocess
import sys
import time

import pytest

SCRIPT = """
import io, resource, sys
from logcascade.cleaning.clean_lines import CleanLines

class Endless(io.RawIOBase):
    "A stream of one piece again and again."
    def __init__(self, begin, piece, size):
        self.begin, self.piece, self.left = begin, piece, size
    def read(self, size=-1):
        if self.begin:
            begin, self.begin = self.begin, b""
            return begin
        size = min(size, self.left)
        self.left -= size
        return (self.piece * (size // len(self.piece) + 1))[:size]

begin, piece, size = eval(sys.argv[1])
warm = sum(len(block.data) for block in CleanLines(Endless(begin, piece, 20_000_000)))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
lines = CleanLines(Endless(begin, piece, size))
out = sum(block.lines for block in lines)
grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
print(out, grown // 1024, list(lines.problems()))
"""
MEGABYTE = 1_000_000


@pytest.mark.parametrize(
    ("begin", "piece", "megabytes", "lines"),
    [
        pytest.param(b"one\n", b"x", 300, 2, id="one line"),
        pytest.param(b"", b"x", 300, 1, id="no line break at all"),
        pytest.param(b"one\n", b"\0", 300, 1, id="a hole"),
        pytest.param(b"one\n", b"\rbar 50%", 60, 2, id="a bar"),
        pytest.param(b"one\n", b"\r", 60, 1, id="carriage returns"),
        pytest.param(b"one\n", b"\x1b[1mx", 60, 2, id="colours"),
        pytest.param(b"> one\n", b"> ", 60, 2, id="quotation marks"),
        pytest.param(b"```\n12:00:00 ERROR\n", b"`", 60, 3, id="a fence"),
        pytest.param(b"one\n", "й".encode("cp1251"), 60, 2, id="bytes that are no UTF-8"),
    ],
)
def test_hundreds_of_megabytes_on_one_line_take_no_memory(begin, piece, megabytes, lines):
    what = repr((begin, piece, megabytes * MEGABYTE))
    started = time.monotonic()
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT, what], capture_output=True, text=True, check=False
    )
    assert ran.stderr == ""
    count, grown, said = ran.stdout.split(" ", 2)
    assert int(count) == lines
    assert int(grown) < 20
    assert ("longer than" in said) == (piece not in (b"\0", b"\r", b"\rbar 50%"))
    assert time.monotonic() - started < 60


def test_two_million_empty_lines_are_counted_quickly(read):
    started = time.monotonic()
    found = read(b"\n" * 2_000_000)
    assert found.summary.lines == 2_000_000
    assert time.monotonic() - started < 60


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(b"<pre" * 60_000, id="open tags"),
        pytest.param(b"<summary>" * 25_000 + b"</details>", id="summaries"),
        pytest.param(b"[1m" * 80_000, id="colours never reset"),
        pytest.param(b"\x1b]" * 100_000, id="titles never ended"),
        pytest.param(b"&lt" * 80_000 + b"&lt;", id="entities"),
        pytest.param(b"> " * 100_000, id="quotations"),
        pytest.param(b"1" * 250_000, id="a number"),
        pytest.param(b" " * 250_000 + b"x", id="blanks"),
        pytest.param(b"\r " * 100_000 + b"x", id="blank writings"),
        pytest.param(b"a/" * 100_000 + b".log", id="a path"),
        pytest.param("яЯ".encode("cp1251") * 100_000, id="letters"),
        pytest.param(b"Ivan, [" * 30_000, id="names"),
        pytest.param(b"``` " * 60_000, id="fences"),
    ],
)  # fmt: skip
def test_no_line_takes_long(clean, line):
    started = time.monotonic()
    clean((line + b"\n") * 8)
    assert time.monotonic() - started < 10
