"""Lines are turned round group by group, and each is found again."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logcascade.cleaning import backwards
from logcascade.cleaning.backwards import Backwards
from logcascade.cleaning.clean_lines import Block

START = re.compile(rb"\n(?=#)")
GROUPS = st.lists(st.integers(1, 5), max_size=60)


def blocks(data, size=50):
    lines = data.splitlines(keepends=True)
    for first in range(0, len(lines), size):
        part = lines[first : first + size]
        yield Block(b"".join(part), len(part))


@given(sizes=GROUPS, piece=st.sampled_from([200, 1000, 5000]))
def test_groups_are_turned_and_every_line_is_found_where_it_stands(sizes, piece):
    groups = [
        [f"#{number}\n"] + [f" {number}.{line}\n" for line in range(1, size)]
        for number, size in enumerate(sizes)
    ]
    source = [line.encode() for group in groups for line in group]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backwards, "PIECE_BYTES", piece)
        turned = Backwards(blocks(b"".join(source), 3), START)
        out = list(turned)
    read = b"".join(block.data for block in out).splitlines(keepends=True)
    assert [block.lines for block in out] == [block.data.count(b"\n") for block in out]
    assert read == [line.encode() for group in reversed(groups) for line in group]
    assert [source[turned.line(number) - 1] for number in range(1, len(read) + 1)] == read


def test_lines_without_end_of_a_group_are_kept_in_bounded_pieces():
    data = b"#first\n" + b"more of it\n" * 400_000 + b"#last\n"
    turned = Backwards(blocks(data, 10_000), START)
    out = list(turned)
    assert max(len(block.data) for block in out) <= 3 * backwards.PIECE_BYTES
    assert sum(block.lines for block in out) == 400_002
    assert out[0].data.startswith(b"#last\n")
    assert turned.line(1) == 400_002


def test_what_cannot_be_kept_is_said_and_the_rest_is_read(monkeypatch):
    class Full:
        def __init__(self, **_):
            self.kept = b""

        def write(self, data):
            if self.kept:
                raise OSError(28, "No space left on device")
            self.kept = data

        def seek(self, *_):
            return len(self.kept)

        def read(self, _size):
            return self.kept

        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

    monkeypatch.setattr(backwards.tempfile, "SpooledTemporaryFile", Full)
    turned = Backwards(blocks(b"#1\n#2\n#3\n", 2), START)
    assert [block.data for block in turned] == [b"#2\n#1\n"]
    assert "No space left" in turned.failure
