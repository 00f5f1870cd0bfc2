"""Files that are one rotated log are one source, oldest first, and each line keeps its place."""

import gzip
import logging
import logging.handlers
import os
import random
import re
import zipfile
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from logcascade.model.records import Location
from logcascade.sources import open_source, open_sources
from logcascade.sources.rotation import parse_name, rotated_sets, siblings
from tests.conftest import SAMPLES
from tests.sources.conftest import text_of


@dataclass(frozen=True)
class Name:
    file_name: str
    folder: str = "/var/log"


# Each set oldest first, as the program named with it writes it.
SETS = {
    "logrotate": ["bot.log.10.gz", "bot.log.2.gz", "bot.log.1", "bot.log"],
    "logrotate dateext": [
        "bot.log-20261121.gz",
        "bot.log-20261122.gz",
        "bot.log-20261123",
        "bot.log",
    ],
    "logrotate dateext hourly": ["bot.log-2026112301", "bot.log-2026112302", "bot.log"],
    "logrotate extension": ["bot-20261122.log.gz", "bot-20261123.log", "bot.log"],
    "logrotate epoch": ["bot.log-20261123-1795400000", "bot.log-20261123-1795461472", "bot.log"],
    "RotatingFileHandler": ["bot.log.3", "bot.log.2", "bot.log.1", "bot.log"],
    "TimedRotatingFileHandler": ["bot.log.2026-11-22", "bot.log.2026-11-23", "bot.log"],
    "TimedRotatingFileHandler S": ["bot.log.2026-11-23_09-59-59", "bot.log.2026-11-23_10-00-00"],
    "loguru": [
        "bot.2026-11-22_19-24-06_123456.log.gz",
        "bot.2026-11-23_19-24-06_000001.log.zip",
        "bot.2026-11-23_19-24-06_000001.2.log",
        "bot.log",
    ],
    "winston": ["bot-2026-11-22.log", "bot-2026-11-23.log", "bot-2026-11-23.log.1", "bot.log"],
    "pm2-logrotate": ["bot-out__2026-11-22_00-00-00.log", "bot-out.log"],
    "extension kept": ["bot.2.log", "bot.1.log", "bot.log"],
    "savelog": ["bot.log.1.gz", "bot.log.0", "bot.log"],
    "old": ["bot.log.old", "bot.log"],
    "no extension": ["messages-20261122", "messages-20261123.xz", "messages"],
    "monthly": ["bot.log.2026-10", "bot.log.2026-11", "bot.log"],
}


@pytest.mark.parametrize("names", SETS.values(), ids=SETS)
def test_a_set_is_known_by_its_names_and_ordered(names):
    shuffled = [Name(name) for name in names]
    random.Random(1).shuffle(shuffled)
    ((base, members),) = rotated_sets(shuffled)
    assert [member.file_name for member in members] == names
    assert base == (names[-1] if len(names) != 2 or "2026" not in names[-1] else "bot.log")


APART = [
    ["bot.log", "web.log"],
    ["bot-1.log", "bot-2.log"],
    ["worker.1.log", "worker.2.log"],
    ["bot.log", "bot.log.99999"],
    ["a-20261345.log", "a.log"],
]


@pytest.mark.parametrize("names", APART, ids=" ".join)
def test_logs_of_their_own_are_not_taken_for_one(names):
    assert len(rotated_sets(map(Name, names))) == len(names)
    assert len(rotated_sets([Name("bot.log.1", "/a"), Name("bot.log", "/b")])) == 2


def test_siblings_are_those_of_the_same_log():
    beside = ["bot.log", "bot.log.1", "bot.log.2.gz", "bot.1.log", "web.log", "bot.log.d"]
    assert siblings("bot.log", beside) == ["bot.log", "bot.log.1", "bot.log.2.gz", "bot.1.log"]
    assert siblings("bot.log.1", beside) == siblings("bot.log", beside)
    assert parse_name("bot.log.gz").base == "bot.log"


def line(number: int, level: str = "INFO") -> bytes:
    stamp = f"2026-05-19 {number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02},000"
    return f"{stamp} - bot - {level} - message {number}\n".encode()


def lines(first: int, last: int) -> bytes:
    return b"".join(map(line, range(first, last)))


def write(folder, **files: bytes):
    for name, data in files.items():
        path = folder / name.replace("_", ".")
        path.write_bytes(gzip.compress(data) if name.endswith("gz") else data)
    return folder / "bot.log"


def test_rotated_finds_the_siblings_and_nothing_else(tmp_path):
    log = write(
        tmp_path, bot_log_2_gz=lines(0, 9), bot_log_1=lines(9, 20), bot_log=line(20), web_log=b"w\n"
    )
    (source,) = open_sources([log], rotated=True).sources
    assert source.name == str(log)
    assert text_of(source) == lines(0, 21)
    assert [(part.name, part.lines) for part in source.parts] == [
        (f"{log}.2.gz", 9), (f"{log}.1", 11), (str(log), 1),
    ]  # fmt: skip
    assert sum(part.bytes for part in source.parts) == len(lines(0, 21))
    assert source.modified == log.stat().st_mtime
    assert [source.place(n).line for n in (1, 9, 10, 20, 21)] == [1, 9, 1, 11, 1]
    assert source.place(10).source == f"{log}.1"
    assert len(open_sources([log]).sources) == 1
    assert text_of(open_source(log)) == line(20)


def test_files_of_one_set_that_are_all_named_are_one_source(tmp_path):
    log = write(tmp_path, bot_log_1=lines(0, 9), bot_log=lines(9, 12))
    opened = open_sources([log, f"{log}.1"])
    assert [text_of(source) for source in opened.sources] == [lines(0, 12)]


def test_a_log_that_loguru_packed_into_a_zip_is_part_of_its_set(tmp_path):
    name = "bot.2026-11-23_19-24-06_123456.log"
    with zipfile.ZipFile(tmp_path / f"{name}.zip", "w") as packed:
        packed.writestr(name, lines(0, 9))
    log = write(tmp_path, bot_log=lines(9, 12))
    (source,) = open_sources([log], rotated=True).sources
    assert text_of(source) == lines(0, 12)
    assert source.place(1).source == f"{tmp_path}/{name}.zip:{name}"


def test_without_the_log_itself_the_set_has_its_name(tmp_path):
    log = write(tmp_path, bot_log_2=lines(0, 9), bot_log_1=lines(9, 12))
    (source,) = open_sources([f"{log}.1", f"{log}.2"]).sources
    assert (source.name, source.own_name) == (str(log), "bot.log")


def only_text(*paths, **options):
    (source,) = open_sources(paths, **options).sources
    text = text_of(source)
    assert sum(part.lines for part in source.parts) in (0, text.count(b"\n"))
    return text, source


def test_a_log_that_is_there_plain_and_packed_is_read_once(tmp_path):
    log = write(tmp_path, bot_log_1=lines(0, 90), bot_log_1_gz=lines(0, 90), bot_log=line(90))
    text, source = only_text(log, rotated=True)
    assert text == lines(0, 91)
    assert any("has the same lines as" in words for words in source.assumptions)


def test_of_a_log_whose_packing_was_interrupted_the_plain_one_is_read(tmp_path):
    log = write(tmp_path, bot_log_1=lines(0, 900), bot_log=line(900))
    packed = gzip.compress(lines(0, 900))
    (tmp_path / "bot.log.1.gz").write_bytes(packed[: len(packed) // 2])
    text, source = only_text(log, rotated=True)
    assert text == lines(0, 901)
    assert source.problems == []


def test_a_file_with_two_names_and_a_copy_are_read_once(tmp_path):
    log = write(tmp_path, bot_log=lines(0, 90))
    (tmp_path / "copy.txt").write_bytes(log.read_bytes())
    os.link(log, tmp_path / "link.txt")
    (tmp_path / "symbolic.txt").symlink_to(log)
    names = ["copy.txt", "link.txt", "symbolic.txt"]
    text, source = only_text(log, *(tmp_path / name for name in names))
    assert text == lines(0, 90)
    assert len(source.assumptions) == 3


def test_small_logs_without_times_may_be_equal(tmp_path):
    log = write(tmp_path, bot_log_2=b"started\n", bot_log_1=b"started\n", bot_log=b"started\n")
    assert only_text(log, rotated=True)[0] == b"started\n" * 3


def test_what_copytruncate_left_twice_is_read_once(tmp_path):
    log = write(tmp_path, bot_log_2=lines(0, 50), bot_log_1=lines(30, 90), bot_log=lines(0, 0))
    text, source = only_text(log, rotated=True)
    assert text == lines(0, 90)
    assert ["20 lines of" in words for words in source.assumptions] == [True]
    assert source.place(50) == Location(f"{log}.2", 50)
    assert source.place(51) == Location(f"{log}.1", 21)


def test_the_same_lines_over_and_over_are_no_overlap(tmp_path):
    flood = b"".join(b"worker %d failed\n" % (number % 40) for number in range(400))
    log = write(tmp_path, bot_log_1=flood, bot_log=b"other\n" + flood)
    assert only_text(log, rotated=True)[0] == flood + b"other\n" + flood


def test_a_missing_line_break_at_a_cut_is_completed(tmp_path):
    log = write(tmp_path, bot_log_1=lines(0, 9)[:-1], bot_log=lines(9, 12))
    text, source = only_text(log, rotated=True)
    assert text == lines(0, 12)
    assert source.place(10).line == 1


def test_a_line_that_a_cut_went_through_is_whole_again(tmp_path):
    whole = lines(0, 40)
    log = write(tmp_path, bot_log_2=whole[:705], bot_log_1=whole[705:710], bot_log=whole[710:])
    text, source = only_text(log, rotated=True)
    assert text == whole
    in_cut = whole[:705].count(b"\n") + 1
    assert source.place(in_cut).source == f"{log}.2"
    assert source.place(in_cut + 1) == Location(str(log), 2)


def test_each_files_own_byte_order_mark_is_no_text(tmp_path):
    mark = b"\xef\xbb\xbf"
    log = write(tmp_path, bot_log_1=mark + lines(0, 9), bot_log=mark + lines(9, 12))
    assert only_text(log, rotated=True)[0] == mark + lines(0, 12)


def test_what_cannot_be_read_of_a_set_is_said_and_the_others_are_read(tmp_path):
    log = write(tmp_path, bot_log_2_gz=lines(0, 900), bot_log_1=lines(900, 909), bot_log=line(909))
    packed = (tmp_path / "bot.log.2.gz").read_bytes()
    (tmp_path / "bot.log.2.gz").write_bytes(packed[: len(packed) // 2])
    (source,) = open_sources([log], rotated=True).sources
    (tmp_path / "bot.log.1").unlink()
    assert text_of(source).endswith(line(909))
    assert [words.split("/")[-1].split(":")[0] for words in source.problems] == [
        "bot.log.2.gz", "bot.log.1",
    ]  # fmt: skip
    assert source.parts[1].lines == 0


def test_siblings_are_read_though_the_log_or_one_of_them_cannot_be(tmp_path):
    log = write(tmp_path, bot_log_2=lines(0, 9), bot_log_1=lines(9, 12))
    (tmp_path / "bot.log.3").write_bytes(bytes(range(1, 256)) * 40)
    opened = open_sources([log], rotated=True)
    assert [text_of(source) for source in opened.sources] == [lines(0, 12)]
    assert [error.reason.split(",")[0] for error in opened.errors] == [
        "no such file", "it is a binary file",
    ]  # fmt: skip


def test_times_against_the_order_of_names_are_noted(tmp_path):
    log = write(tmp_path, bot_log_1=lines(50, 60), bot_log=lines(0, 9))
    _, source = only_text(log, rotated=True)
    assert any("though its times are later" in words for words in source.assumptions)


def test_what_logging_rotates_is_what_it_wrote(tmp_path):
    """The real handler, beside one that does not rotate; by size it rolls over at any record."""
    logger = logging.getLogger(f"rotated.{tmp_path.name}")
    handlers = [
        logging.FileHandler(tmp_path / "whole.txt"),
        logging.handlers.RotatingFileHandler(tmp_path / "bot.log", maxBytes=3000, backupCount=99),
    ]
    for handler in handlers:
        handler.setFormatter(logging.Formatter("%(asctime)s - %(name)s - %(message)s"))
        logger.addHandler(handler)
    for number in range(300):
        logger.error("message %d", number, exc_info=ValueError("x") if number % 7 == 0 else None)
    for handler in handlers:
        handler.close()
        logger.removeHandler(handler)
    text, source = only_text(tmp_path / "bot.log", rotated=True)
    assert text == (tmp_path / "whole.txt").read_bytes()
    assert len(source.parts) >= 5
    assert source.assumptions == []


FLOOD = gzip.decompress((SAMPLES / "flood-control-cascade" / "bot.log.gz").read_bytes())
JOURNAL = gzip.decompress((SAMPLES / "network-outage" / "journal.txt.gz").read_bytes())

LOGS = {
    "python logging": FLOOD[: FLOOD.index(b"\n", 60_000) + 1],
    "journal": JOURNAL[: JOURNAL.index(b"\n", 60_000) + 1],
}


def sizes_of(data, cuts, *, at_lines):
    places = sorted({round(cut * len(data)) for cut in cuts})
    if at_lines:
        places = sorted({data.find(b"\n", place) + 1 for place in places} - {0})
    return [0, *places, len(data)]


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    cuts=st.lists(st.floats(0.01, 0.99), min_size=1, max_size=5),
    packed=st.lists(st.booleans(), min_size=6, max_size=6),
    at_lines=st.booleans(),
    log=st.sampled_from(sorted(LOGS)),
    reads=st.sampled_from([1000, 65_536, 4_000_000]),
)
def test_a_cut_log_is_the_whole_log_again(tmp_path_factory, cuts, packed, at_lines, log, reads):
    data = LOGS[log]
    folder = tmp_path_factory.mktemp("set")
    places = sizes_of(data, cuts, at_lines=at_lines)
    count = len(places) - 1
    paths = []
    for number in range(count):
        age = count - 1 - number
        name = f"bot.log.{age}" if age else "bot.log"
        text = data[places[number] : places[number + 1]]
        if packed[number] and age:
            name, text = f"{name}.gz", gzip.compress(text, 1)
        (folder / name).write_bytes(text)
        paths.append(folder / name)
    (source,) = open_sources([folder / "bot.log"], rotated=True).sources
    joined = b"".join(iter(lambda: source.stream.read(reads), b""))
    source.close()
    assert joined == data
    assert (source.problems, source.assumptions) == ([], [])
    begins = [0, *(found.end() for found in re.finditer(b"\n", data))][:-1]
    for number in range(0, len(begins), 97):
        part = sum(place <= begins[number] for place in places) - 1
        own = data.count(b"\n", places[part], begins[number]) + 1
        where = source.place(number + 1)
        assert (where.source, where.line) == (str(paths[part]), own)
    if count > 1:
        assert sum(part.lines for part in source.parts) == data.count(b"\n")
        assert sum(part.bytes for part in source.parts) == len(data)
