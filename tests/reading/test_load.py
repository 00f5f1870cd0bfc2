"""Healthy events are counted by one expression over a block, not line by line."""

import pytest

from logcascade.reading.load import LoadPattern, _PatternCounter

HANDLED = LoadPattern(
    "handled",
    (b"handled. Duration",),
    r"Update id=\d+ is (?:not )?handled\. Duration (?P<duration>\d+) ms by bot id=\d+$",
    0.001,
)
"""It ends with the line, as the rules' patterns do."""


@pytest.fixture
def read_singly(monkeypatch):
    """Return the list of the lines that are read one by one."""
    seen = []
    add_line = _PatternCounter._add_line

    def watched(self, raw, offset):
        seen.append(raw)
        add_line(self, raw, offset)

    monkeypatch.setattr(_PatternCounter, "_add_line", watched)
    return seen


def test_a_pattern_that_ends_with_the_line_is_counted_over_the_block(read, read_singly):
    lines = [
        f"2026-05-19 10:{n // 60:02}:{n % 60:02},500 - aiogram.event - INFO - Update id={n}"
        f" is handled. Duration {n % 9} ms by bot id=7\n"
        for n in range(3000)
    ]
    load = read("".join(lines), load_patterns=[HANDLED]).load
    assert load.events == 3000
    assert read_singly == []
