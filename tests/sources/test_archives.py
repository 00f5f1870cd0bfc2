"""Members of archives are sources named after them; nothing of an archive is written to disk."""

import gzip
import io
import shutil
import subprocess
import tarfile
import zipfile

import pytest

from logcascade.errors import SourceError
from logcascade.sources import open_source, open_sources
from logcascade.sources.archives import MAX_MEMBERS
from tests.sources.conftest import COMPRESS, LINE, text_of, texts

OTHER = b"2026-05-19 15:00:00,000 - b - ERROR - y\n"
BINARY = bytes(range(1, 256)) * 40


def make_tar(members: dict[str, bytes], path, mode="w") -> None:
    with tarfile.open(path, mode) as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(data), 1_795_461_472
            archive.addfile(info, io.BytesIO(data))


def make_zip(members: dict[str, bytes], path, method=zipfile.ZIP_DEFLATED) -> None:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:xz", "w:bz2"])
def test_the_members_of_a_tar_are_sources(tmp_path, mode):
    make_tar({"var/log/bot.log": LINE * 500, "var/log/web.log": OTHER}, tmp_path / "logs", mode)
    assert texts(tmp_path / "logs") == {"bot.log": LINE * 500, "web.log": OTHER}


METHODS = [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]


@pytest.mark.parametrize("method", METHODS)
def test_the_members_of_a_zip_are_sources_with_the_archives_name(tmp_path, method):
    make_zip({"var/log/bot.log": LINE * 500, "web.log": OTHER}, tmp_path / "a.zip", method)
    sources = open_sources([tmp_path / "a.zip"]).sources
    inside = f"{tmp_path}/a.zip:"
    assert [source.name for source in sources] == [f"{inside}var/log/bot.log", f"{inside}web.log"]
    assert [source.own_name for source in sources] == ["bot.log", "web.log"]
    assert [text_of(source) for source in sources] == [LINE * 500, OTHER]
    assert all(source.modified for source in sources)
    assert not any(source.problems for source in sources)


def test_what_is_packed_in_an_archive_is_unpacked(tmp_path):
    make_zip({"bot.log.gz": gzip.compress(LINE)}, tmp_path / "a.zip")
    make_tar({"bot.log.xz": COMPRESS["xz"](OTHER)}, tmp_path / "b.tar.gz", "w:gz")
    assert texts(tmp_path / "a.zip") == {"a.zip:bot.log.gz": LINE}
    assert texts(tmp_path / "b.tar.gz") == {"b.tar.gz:bot.log.xz": OTHER}


def test_archives_in_archives_are_opened_to_a_limit(tmp_path):
    make_tar({"logs/bot.log": LINE}, tmp_path / "inner.tar.gz", "w:gz")
    inner = (tmp_path / "inner.tar.gz").read_bytes()
    make_zip({"inner.tar.gz": inner}, tmp_path / "outer.zip")
    assert list(texts(tmp_path / "outer.zip").values()) == [LINE]
    outer = (tmp_path / "outer.zip").read_bytes()
    make_zip({"outer.zip": outer}, tmp_path / "outmost.zip")
    with pytest.raises(SourceError, match="within 2 others"):
        open_source(tmp_path / "outmost.zip")


@pytest.mark.parametrize("make", [make_tar, make_zip])
def test_an_archive_may_come_through_a_pipe(tmp_path, make):
    make({"bot.log": LINE, "web.log": OTHER}, tmp_path / "a")
    opened = open_sources(["-"], io.BytesIO((tmp_path / "a").read_bytes()))
    assert [text_of(source) for source in opened.sources] == [LINE, OTHER]


def test_binary_members_are_skipped_with_a_word(tmp_path):
    make_zip({"bot.log": LINE, "bot.sqlite": BINARY, "empty.log": b""}, tmp_path / "a.zip")
    opened = open_sources([tmp_path / "a.zip"])
    assert [text_of(source) for source in opened.sources] == [LINE]
    assert opened.notes == [f"{tmp_path}/a.zip: skipped binary: bot.sqlite; empty: empty.log"]
    assert opened.problems == []


def test_an_archive_without_a_log_is_refused_with_what_it_has(tmp_path):
    make_zip({"bot.sqlite": BINARY}, tmp_path / "a.zip")
    with pytest.raises(SourceError, match="no member of this archive is a text log"):
        open_source(tmp_path / "a.zip")


@pytest.mark.skipif(shutil.which("zip") is None, reason="zip is not installed")
def test_an_encrypted_member_is_said(tmp_path):
    (tmp_path / "bot.log").write_bytes(LINE)
    (tmp_path / "web.log").write_bytes(OTHER)
    for arguments in (["-P", "secret", "a.zip", "bot.log"], ["a.zip", "web.log"]):
        subprocess.run(["zip", "-q", *arguments], cwd=tmp_path, check=True)
    opened = open_sources([tmp_path / "a.zip"])
    assert [text_of(source) for source in opened.sources] == [OTHER]
    assert ["encrypted" in words for words in opened.problems] == [True]


def test_names_that_leave_the_archive_are_only_names(tmp_path):
    folder = tmp_path / "here"
    folder.mkdir()
    make_tar({"../../evil.log": LINE, "/etc/passwd": OTHER}, folder / "a.tar")
    make_zip({"../../evil.log": LINE}, folder / "a.zip")
    before = sorted(tmp_path.rglob("*"))
    assert len(open_sources([folder / "a.tar", folder / "a.zip"]).sources) == 3
    texts(folder / "a.tar")
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_of_a_cut_tar_what_comes_before_the_cut_is_read(tmp_path, mode):
    noise = b"".join(b"%d %s" % (n * n, LINE) for n in range(4000))
    make_tar({"a.log": LINE * 9, "b.log": noise, "c.log": OTHER}, tmp_path / "a", mode)
    data = (tmp_path / "a").read_bytes()
    (tmp_path / "a").write_bytes(data[: len(data) // 2])
    opened = open_sources([tmp_path / "a"])
    assert text_of(opened.sources[0]) == LINE * 9
    cut = text_of(opened.sources[1])
    assert noise.startswith(cut)
    assert 0 < len(cut) < len(noise)
    assert any("cut short" in words for words in opened.problems)
    assert opened.sources[1].problems


def test_a_damaged_member_of_a_zip_is_read_and_said(tmp_path):
    make_zip({"bot.log": LINE}, tmp_path / "a.zip", zipfile.ZIP_STORED)
    data = (tmp_path / "a.zip").read_bytes().replace(b"ERROR", b"ERRXR", 1)
    (tmp_path / "a.zip").write_bytes(data)
    source = open_source(tmp_path / "a.zip")
    assert text_of(source) == LINE.replace(b"ERROR", b"ERRXR")
    assert ["checksum" in words for words in source.problems] == [True]


def test_a_member_whose_place_is_outside_the_archive_is_said(tmp_path):
    for method in METHODS:
        make_zip({"bot.log": LINE * 100, "web.log": OTHER}, tmp_path / "a.zip", method)
        data = bytearray((tmp_path / "a.zip").read_bytes())
        entry = data.index(b"PK\x01\x02")
        data[entry + 42 : entry + 46] = (len(data) - 9).to_bytes(4, "little")
        (tmp_path / "a.zip").write_bytes(data)
        opened = open_sources([tmp_path / "a.zip"])
        assert [text_of(source) for source in opened.sources] == [OTHER]
        assert ["something else" in words for words in opened.problems] == [True]


def test_a_member_without_a_name_is_read_like_another(tmp_path):
    make_zip({"b": LINE * 100}, tmp_path / "a.zip")
    data = bytearray((tmp_path / "a.zip").read_bytes())
    entry = data.index(b"PK\x01\x02")
    data[entry + 28 : entry + 32] = b"\0\0\1\0"  # the name's byte is an extra field now
    (tmp_path / "a.zip").write_bytes(data)
    opened = open_sources([tmp_path / "a.zip"])
    assert [text_of(source) for source in opened.sources] == [LINE * 100]


def test_a_zip_without_its_end_is_refused(tmp_path):
    make_zip({"bot.log": LINE * 100}, tmp_path / "a.zip")
    (tmp_path / "a.zip").write_bytes((tmp_path / "a.zip").read_bytes()[:-30])
    with pytest.raises(SourceError, match="the zip archive is damaged"):
        open_source(tmp_path / "a.zip")


def test_members_beyond_a_number_are_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr("logcascade.sources.archives.MAX_MEMBERS", 3)
    for make in (make_zip, make_tar):
        make({f"{number}.log": b"%d %s" % (number, LINE) for number in range(5)}, tmp_path / "a")
        opened = open_sources([tmp_path / "a"])
        assert len(opened.sources) == 3
        assert ["beyond the first 3" in words for words in opened.problems] == [True]
    assert MAX_MEMBERS > 1000


def test_an_archive_unpacks_no_more_than_its_budget_over_all_members(tmp_path, monkeypatch):
    monkeypatch.setattr("logcascade.sources.packed.FREE_BYTES", 4 * 1024**2)
    make_zip({f"{n}.log": b"%d\n" % n + bytes(2 * 1024**2) for n in range(8)}, tmp_path / "a.zip")
    opened = open_sources([tmp_path / "a.zip"])
    read = sum(len(text_of(source)) for source in opened.sources)
    assert read < 8 * 1024**2
    assert any("unpacking stopped" in w for source in opened.sources for w in source.problems)


@pytest.mark.parametrize("kind", [b"x", b"L"])
def test_a_tar_header_that_announces_gigabytes_is_not_believed(tmp_path, kind):
    info = tarfile.TarInfo("evil")
    info.type, info.size = kind, 2 * 1024**3
    make_tar({"bot.log": LINE}, tmp_path / "a.tar")
    good = (tmp_path / "a.tar").read_bytes()[:1024]
    (tmp_path / "b.tar").write_bytes(good + info.tobuf(tarfile.USTAR_FORMAT) + bytes(4096))
    opened = open_sources([tmp_path / "b.tar"])
    assert [text_of(source) for source in opened.sources] == [LINE]
    assert ["larger than any honest one" in words for words in opened.problems] == [True]
