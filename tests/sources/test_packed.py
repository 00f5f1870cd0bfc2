"""What is packed is unpacked as far as it goes, whatever its name; the rest is said."""

import gzip
import io
import lzma
import random
import zlib

import pytest

from logcascade.errors import SourceError
from logcascade.sources import open_source
from logcascade.sources.packed import MAX_LAYERS, MAX_RATIO
from tests.sources.conftest import COMPRESS, LINE, text_of

LINES = b"".join(b"%08x %s" % (random.Random(n).getrandbits(32), LINE) for n in range(20_000))

packings = pytest.mark.parametrize("kind", COMPRESS)


@packings
def test_a_packed_log_is_known_by_its_first_bytes(tmp_path, kind):
    (tmp_path / "bot.log").write_bytes(COMPRESS[kind](LINES))
    source = open_source(tmp_path / "bot.log")
    assert text_of(source) == LINES
    assert source.problems == []


@packings
def test_all_members_are_one_text_and_padding_is_nothing(tmp_path, kind):
    packed = COMPRESS[kind]
    data = packed(LINE) + packed(LINE * 2) + b"\0" * 512
    (tmp_path / "bot.log").write_bytes(data)
    source = open_source(tmp_path / "bot.log")
    assert text_of(source) == LINE * 3
    assert source.problems == []


@packings
def test_a_pipe_may_be_packed(kind):
    source = open_source("-", io.BytesIO(COMPRESS[kind](LINES)))
    assert text_of(source) == LINES


@packings
def test_of_a_cut_log_all_before_the_cut_is_read(tmp_path, kind):
    packed = COMPRESS[kind](LINES)
    (tmp_path / "bot.log").write_bytes(packed[: len(packed) * 3 // 4])
    source = open_source(tmp_path / "bot.log")
    text = text_of(source)
    assert len(text) > len(LINES) // 2
    assert LINES.startswith(text)
    assert ["is cut short" in words for words in source.problems] == [True]


@packings
def test_of_a_damaged_log_what_comes_before_is_read(tmp_path, kind):
    packed = bytearray(COMPRESS[kind](LINES))
    middle = len(packed) * 3 // 4
    packed[middle : middle + 64] = bytes(64)
    (tmp_path / "bot.log").write_bytes(packed)
    source = open_source(tmp_path / "bot.log")
    assert len(text_of(source)) > len(LINES) // 3
    assert ["is damaged" in words for words in source.problems] == [True]


@packings
def test_what_follows_a_packed_log_is_left_out_and_said(tmp_path, kind):
    (tmp_path / "bot.log").write_bytes(COMPRESS[kind](LINE) + b"some line that was appended\n")
    source = open_source(tmp_path / "bot.log")
    assert text_of(source) == LINE
    assert ["left out" in words for words in source.problems] == [True]


def test_frames_to_skip_are_skipped(tmp_path):
    skipped = b"\x50\x2a\x4d\x18" + (4).to_bytes(4, "little") + b"abcd"
    packed = COMPRESS["zst"](LINE)
    (tmp_path / "bot.log").write_bytes(skipped + packed + skipped + packed)
    assert text_of(open_source(tmp_path / "bot.log")) == LINE * 2


def test_packings_of_packings_are_undone_to_a_limit(tmp_path):
    data = LINE
    for _ in range(MAX_LAYERS):
        data = gzip.compress(data)
    (tmp_path / "bot.log").write_bytes(data)
    assert text_of(open_source(tmp_path / "bot.log")) == LINE
    (tmp_path / "bot.log").write_bytes(gzip.compress(data))
    with pytest.raises(SourceError, match="packed more often"):
        open_source(tmp_path / "bot.log")


def make_bomb(kind: str, path, size: int) -> None:
    """Write so many zeros, packed, without ever holding them."""
    if kind == "gz":
        packer, finish = (made := zlib.compressobj(9, wbits=31)).compress, made.flush
    else:
        packer, finish = (other := lzma.LZMACompressor(preset=0)).compress, other.flush
    block = bytes(1024 * 1024)
    with path.open("wb") as out:
        for _ in range(size // len(block)):
            out.write(packer(block))
        out.write(finish())


@pytest.mark.parametrize("kind", ["gz", "xz"])
def test_a_bomb_is_stopped_and_said(tmp_path, kind, monkeypatch):
    monkeypatch.setattr("logcascade.sources.packed.FREE_BYTES", 16 * 1024**2)
    make_bomb(kind, tmp_path / "bomb", 64 * 1024**2)
    source = open_source(tmp_path / "bomb")
    read = 0
    while data := source.stream.read(1024**2):
        read += len(data)
    source.close()
    size = (tmp_path / "bomb").stat().st_size
    assert read <= max(16 * 1024**2, MAX_RATIO * size) + 1024**2
    assert ["unpacking stopped" in words for words in source.problems] == [True]


def test_a_bomb_in_a_pipe_is_stopped_too(tmp_path, monkeypatch):
    monkeypatch.setattr("logcascade.sources.packed.FREE_BYTES", 1024**2)
    make_bomb("gz", tmp_path / "bomb", 64 * 1024**2)
    source = open_source("-", (tmp_path / "bomb").open("rb"))
    assert len(text_of(source)) < 64 * 1024**2
    assert "unpacking stopped" in source.problems[0]


def test_a_bomb_is_not_read_to_its_end(run, tmp_path, monkeypatch):
    monkeypatch.setattr("logcascade.sources.packed.FREE_BYTES", 32 * 1024**2)
    make_bomb("gz", tmp_path / "bomb.gz", 128 * 1024**2)
    ran = run("analyze", tmp_path / "bomb.gz")
    assert ran.status == 3
    assert "unpacking stopped after 33," in ran.err


def test_an_honest_log_shrinks_less_than_a_bomb():
    """The same error in each line, but for its time."""
    flood = b"".join(
        b"2026-05-19 14:%02d:%02d,%03d - bot - ERROR - database is locked\n"
        % (n // 6000 % 60, n // 100 % 60, n * 10 % 1000)
        for n in range(50_000)
    )
    for kind in ("gz", "xz"):
        assert len(flood) / len(COMPRESS[kind](flood)) < MAX_RATIO
