import pytest
from hypothesis import given
from hypothesis import strategies as st

from logcascade.reading.finder import (
    MAX_PLAIN_BYTES,
    HyperscanFinder,
    PlainFinder,
    _without_redundant,
    build_finder,
    build_record_finder,
)

LITERALS = [b"ab", b"bab", b"a\\", b"c(", b"\xc3\xa9", b"aab"]


@given(st.lists(st.sampled_from([b"a", b"b", b"\\", b"c", b"(", b"\n", b"\xc3\xa9"])), st.data())
def test_both_finders_find_the_same(pieces, data):
    buffer = b"".join(pieces)
    start = data.draw(st.integers(0, len(buffer)))
    end = data.draw(st.integers(start, len(buffer)))
    hyperscan = HyperscanFinder(LITERALS).find(buffer, start, end)
    assert hyperscan == PlainFinder(LITERALS).find(buffer, start, end)
    assert hyperscan == [
        place
        for place in range(start, end)
        if any(buffer.startswith(each, place, end) for each in LITERALS)
    ]


@pytest.mark.parametrize("has_hyperscan", [True, False])
def test_beyond_what_is_searched_plainly_the_same_is_found(monkeypatch, has_hyperscan):
    if not has_hyperscan:
        monkeypatch.setitem(__import__("sys").modules, "hyperscan", None)
    finder = build_finder([b"ERROR", b"RetryAfter"])
    buffer = b"RetryAfter\n" + b"-" * (MAX_PLAIN_BYTES // 2) + b"ERROR\n"
    found = [finder.find(buffer, 0, len(buffer)) for _ in range(4)]
    assert found == [[0, len(buffer) - 6]] * 4


def test_a_literal_within_another_serves_for_both():
    assert _without_redundant([b"TelegramRetryAfter", b"RetryAfter", b"ERROR"]) == [
        b"ERROR",
        b"RetryAfter",
    ]


@pytest.mark.parametrize("literal", [b"", b"two\nlines"])
def test_what_cannot_stand_on_a_line_is_refused(literal):
    with pytest.raises(ValueError, match="not a literal"):
        build_finder([literal])


def test_a_literal_is_found_as_json_writes_it():
    finder = build_record_finder(['say "no"', "caf\u00e9"])
    for text in (rb"say \"no\"", "caf\u00e9".encode(), rb"caf\u00e9"):
        assert finder.find(text, 0, len(text)), text
