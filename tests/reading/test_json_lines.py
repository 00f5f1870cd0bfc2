import pytest

from logcascade.reading.formats import load_formats
from logcascade.reading.json_lines import JsonUnpacker

JOURNAL = next(each for each in load_formats() if each.id == "journal-json")


@pytest.mark.parametrize(
    "raw",
    [
        b'{"__REALTIME_TIMESTAMP":"1795461472689234","MESSAGE":"bad \x9d byte"}',
        b'{"__REALTIME_TIMESTAMP":"1795461472689234","MESSAGE":"cut',
        b'{"__REALTIME_TIMESTAMP":"1795461472689234","MESSAGE":[1,2]}',
        b"[" * 100_000,
    ],
    ids=["no UTF-8", "cut", "an array", "nested without end"],
)
def test_a_line_that_cannot_be_unpacked_is_left_to_the_careful_reader(raw: bytes) -> None:
    assert JOURNAL.json is not None
    assert JsonUnpacker(JOURNAL, JOURNAL.json).text(raw) == ""
