import pytest

from logcascade.reading.fields.unpack import Unpackers
from logcascade.reading.formats.line_format import load_formats
from logcascade.reading.lines import LineReader

FORMATS = load_formats()
USUAL = b'{"__REALTIME_TIMESTAMP":"1795461472689234","MESSAGE":"usual"}'


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
    unpacker = Unpackers(FORMATS).like(LineReader(FORMATS).read(USUAL, 0, 1), USUAL)
    assert unpacker is not None
    assert unpacker.text(USUAL) == "1795461472.689234 usual"
    assert unpacker.text(raw) == ""
