import gzip
import io
import os
import sys

import pytest

from logcascade.errors import ExitStatus, SourceError
from logcascade.sources import open_source

LINE = b"2026-05-19 14:22:00,100 - a - ERROR - x\n"


def refused(path, **kwargs):
    with pytest.raises(SourceError) as caught:
        open_source(path, **kwargs)
    assert caught.value.exit_status is ExitStatus.NOTHING_READ
    assert caught.value.where
    return str(caught.value)


def test_a_file_is_opened_with_its_size(tmp_path):
    (tmp_path / "bot.log").write_bytes(LINE)
    source = open_source(tmp_path / "bot.log")
    assert (source.name, source.size) == (str(tmp_path / "bot.log"), len(LINE))
    assert source.stream.read() == LINE
    assert source.position() == len(LINE)
    assert source.problems == []
    source.close()


def test_an_empty_file_is_no_error(tmp_path):
    (tmp_path / "bot.log").touch()
    source = open_source(tmp_path / "bot.log")
    assert source.stream.read() == b""
    source.close()


def test_gzip_is_known_by_its_first_bytes(tmp_path):
    (tmp_path / "bot.log").write_bytes(gzip.compress(LINE) + gzip.compress(LINE))
    source = open_source(tmp_path / "bot.log")
    assert source.stream.read() == LINE + LINE
    assert source.position() > 0
    source.close()


@pytest.mark.parametrize(("cut", "word"), [(-200, "cut short"), (None, "damaged")])
def test_of_broken_gzip_the_readable_part_is_read(tmp_path, cut, word):
    lines = b"".join(b"%d %s" % (number, LINE) for number in range(100_000))
    packed = bytearray(gzip.compress(lines)[:cut])
    if cut is None:
        packed[-len(packed) // 4] ^= 0xFF
        packed[-len(packed) // 4 + 1] ^= 0xFF
    (tmp_path / "bot.log.gz").write_bytes(packed)
    source = open_source(tmp_path / "bot.log.gz")
    data = source.stream.read()
    assert len(data) > len(lines) // 3
    if cut is not None:
        assert lines.startswith(data)
    assert [word in problem for problem in source.problems] == [True]
    source.close()


def test_gzip_on_standard_input_is_unpacked():
    source = open_source("-", stdin=io.BytesIO(gzip.compress(LINE)))
    assert (source.name, source.size) == ("<stdin>", None)
    assert source.stream.read() == LINE


def test_a_pipe_is_read_as_it_comes():
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as pipe:
        pipe.write(LINE)
    source = open_source("-", stdin=os.fdopen(reading, "rb"))
    assert source.stream.read() == LINE
    source.close()


def test_a_missing_file_is_named():
    assert "no such file" in refused("/nonexistent/bot.log")


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="everything is readable for this user"
)
def test_a_forbidden_file_is_refused(tmp_path):
    (tmp_path / "bot.log").write_bytes(LINE)
    (tmp_path / "bot.log").chmod(0)
    assert "permission denied" in refused(tmp_path / "bot.log")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\x7fELF\x02\x01\x01\x00" + bytes(range(256)) * 8, "binary file"),
        (b"\x04\x22\x4d\x18....", "lz4 -dc"),
        (b"SQLite format 3\x00" + bytes(range(1, 32)) * 20, "binary file"),
        (gzip.compress(bytes(range(256)) * 40), "binary file"),
    ],
)
def test_what_is_no_text_is_refused(tmp_path, data, words):
    (tmp_path / "bot.log").write_bytes(data)
    assert words in refused(tmp_path / "bot.log")


def test_a_hole_of_nul_bytes_is_no_binary_file(tmp_path):
    (tmp_path / "bot.log").write_bytes(bytes(20_000) + LINE)
    source = open_source(tmp_path / "bot.log")
    assert len(source.stream.read()) == 20_000 + len(LINE)
    source.close()


def test_text_in_other_encodings_is_no_binary_file():
    for data in (LINE.decode().encode("utf-16"), "журнал\n".encode("cp1251") * 40):
        assert open_source("-", stdin=io.BytesIO(data)).stream.read() == data


def test_without_standard_input_dash_is_refused():
    with pytest.raises(SourceError):
        open_source("-")
