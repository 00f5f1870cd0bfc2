"""A folder is all the logs in it; what is none is skipped with a word, and nothing hangs."""

import gzip
import os
import socket
import threading

import pytest

from logcascade.errors import SourceError
from logcascade.sources import open_source, open_sources
from tests.sources.conftest import LINE, text_of, texts

OTHER = b"2026-05-19 15:00:00,000 - b - ERROR - y\n"

needs_pipes = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")


def write(folder, **files: bytes) -> None:
    for name, data in files.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def test_all_logs_of_a_folder_are_read_in_the_order_of_names(tmp_path):
    write(tmp_path, web_log=OTHER, bot_log=LINE, sub__db_log_gz=gzip.compress(LINE * 2))
    assert texts(tmp_path) == {"bot.log": LINE, "db.log.gz": LINE * 2, "web.log": OTHER}
    assert list(texts(tmp_path)) == ["bot.log", "db.log.gz", "web.log"]


def test_what_is_no_log_is_skipped_with_a_word(tmp_path):
    write(tmp_path, bot_log=LINE, empty_log=b"", a_db=bytes(range(1, 256)) * 9, _hidden=LINE)
    opened = open_sources([tmp_path])
    assert [text_of(source) for source in opened.sources] == [LINE]
    assert opened.notes == [f"{tmp_path}: skipped hidden: .hidden; empty: empty.log; binary: a.db"]
    assert (opened.errors, opened.problems) == ([], [])


def test_a_folder_without_logs_is_refused_with_what_it_has(tmp_path):
    with pytest.raises(SourceError, match="it is empty"):
        open_source(tmp_path)
    write(tmp_path, a_db=bytes(range(1, 256)) * 9)
    with pytest.raises(SourceError, match=r"nothing in this folder is a log \(binary: a.db\)"):
        open_source(tmp_path)


def test_links_neither_loop_nor_count_twice(tmp_path):
    write(tmp_path, bot_log=LINE * 3, sub__web_log=OTHER)
    (tmp_path / "sub" / "up").symlink_to(tmp_path)
    (tmp_path / "self").symlink_to(tmp_path / "self")
    (tmp_path / "current.log").symlink_to(tmp_path / "bot.log")
    os.link(tmp_path / "sub" / "web.log", tmp_path / "zweb.log")
    opened = open_sources([tmp_path])
    assert [text_of(source) for source in opened.sources] == [LINE * 3, OTHER]
    assert any("is the same file as" in w for each in opened.sources for w in each.assumptions)
    assert [error.where for error in opened.errors] == [f"{tmp_path}/self"]


@needs_pipes
def test_a_pipe_in_a_folder_is_skipped_and_one_that_is_named_is_read(tmp_path):
    write(tmp_path, bot_log=LINE)
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))
        opened = open_sources([tmp_path])
        assert [text_of(source) for source in opened.sources] == [LINE]
        assert opened.notes == [f"{tmp_path}: skipped a pipe: pipe; a socket: socket"]
        with pytest.raises(SourceError, match="this is a socket"):
            open_source(tmp_path / "socket")
    writer = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=[OTHER])
    writer.start()
    source = open_source(tmp_path / "pipe")
    assert source.size is None
    assert text_of(source) == OTHER
    writer.join()


def test_what_has_vanished_since_it_was_listed_is_a_problem_of_its_own(tmp_path):
    write(tmp_path, bot_log=LINE, web_log=OTHER)
    first, second = open_sources([tmp_path]).sources
    (tmp_path / "bot.log").unlink()
    assert (text_of(first), text_of(second)) == (b"", OTHER)
    assert first.problems == ["no such file"]
    assert second.problems == []


def test_a_log_that_was_rotated_since_it_was_listed_is_said(tmp_path):
    write(tmp_path, bot_log=LINE)
    source = open_source(tmp_path / "bot.log")
    (tmp_path / "bot.log").rename(tmp_path / "bot.log.1")
    write(tmp_path, bot_log=OTHER)
    assert text_of(source) == OTHER
    assert ["rotated meanwhile" in words for words in source.problems] == [True]


def test_a_log_that_grows_is_read_as_far_as_it_was_at_the_beginning(tmp_path):
    write(tmp_path, bot_log=LINE * 1000)
    source = open_source(tmp_path / "bot.log")
    data = source.stream.read(10)
    with (tmp_path / "bot.log").open("ab") as log:
        log.write(OTHER)
    assert data + text_of(source) == LINE * 1000
    assert source.problems == []
    assert ["it grew while it was read" in words for words in source.assumptions] == [True]


def test_a_log_that_is_cut_while_it_is_read_is_said(tmp_path):
    write(tmp_path, bot_log=LINE * 1000)
    source = open_source(tmp_path / "bot.log")
    source.stream.read(10)
    os.truncate(tmp_path / "bot.log", 20_000)
    assert len(text_of(source)) == 20_000 - 10
    assert ["became shorter" in words for words in source.problems] == [True]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads all")
def test_files_one_may_not_read_are_one_error(tmp_path):
    write(tmp_path, a_log=LINE, b_log=OTHER, c_log=OTHER * 2)
    for name in ("a.log", "b.log"):
        (tmp_path / name).chmod(0)
    opened = open_sources([tmp_path])
    assert [text_of(source) for source in opened.sources] == [OTHER * 2]
    assert [error.reason for error in opened.errors] == ["permission denied"]


def test_thousands_of_logs_keep_no_file_open(tmp_path):
    for number in range(1500):
        (tmp_path / f"{number}.txt").write_bytes(b"%d %s" % (number, LINE))
    opened = open_sources([tmp_path])
    assert len(opened.sources) == 1500
    assert len(list(os.scandir("/proc/self/fd"))) < 100


def test_a_hole_of_any_size_is_passed_over(tmp_path):
    """What a writer without O_APPEND leaves behind after copytruncate: here of a terabyte."""
    with (tmp_path / "bot.log").open("wb") as log:
        log.write(LINE)
        log.seek(1024**4)
        log.write(OTHER)
    if (tmp_path / "bot.log").stat().st_blocks > 10_000:
        pytest.skip("this file system has no holes")
    source = open_source(tmp_path / "bot.log")
    text = text_of(source)
    assert text.replace(b"\0", b"") == LINE + OTHER
    assert len(text) < 100_000
    assert source.problems == []
    assert ["a hole of 1,099," in words for words in source.assumptions] == [True]
