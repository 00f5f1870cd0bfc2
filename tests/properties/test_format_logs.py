"""
What may be done to a log of any format without changing what it says.

Where a property does not apply to a format, ``limits.py`` says why.
"""

import gzip
import random
from datetime import timedelta

import pytest

from logcascade.model.records import Location
from logcascade.sources import open_sources
from tests.properties import limits
from tests.properties.logs import NAMES, content, load, read, read_stream, read_whole
from tests.properties.shifting import shifted

COMPOSE = b"bot-1  | "
DOCKER = b"2026-11-23T19:25:39.642727675Z "
QUOTE = b"> "

every_format = pytest.mark.parametrize("name", NAMES)


def formats_without(limited):
    return pytest.mark.parametrize("name", limits.without(NAMES, limited))


@every_format
def test_the_size_of_blocks_changes_nothing(name):
    log = load(name)
    block = random.Random(name).randint(500, 10_000)
    assert read(log.data, log.options, block_bytes=block) == read_whole(name)


@formats_without(limits.LINE_ENDS)
def test_windows_line_ends_change_nothing(name):
    log = load(name)
    records, summary = read_whole(name)
    others, other = read(log.data.replace(b"\n", b"\r\n"), log.options)
    assert others == records
    assert (other.lines, other.records) == (summary.lines, summary.records)


@every_format
def test_a_log_packed_by_gzip_says_the_same(name, tmp_path):
    log = load(name)
    path = tmp_path / "bot.log.gz"
    path.write_bytes(gzip.compress(log.data, 1))
    (source,) = open_sources([path]).sources
    assert read_stream(source.stream, log.options) == read_whole(name)
    source.close()


@every_format
def test_a_log_cut_into_rotated_files_is_read_as_one_with_places_in_its_parts(name, tmp_path):
    log = load(name)
    cuts = [0, *cut_places(name), len(log.data)]
    files = [tmp_path / each for each in ("bot.log.2", "bot.log.1", "bot.log")]
    for path, begin, end in zip(files, cuts, cuts[1:], strict=False):
        path.write_bytes(log.data[begin:end])
    (source,) = open_sources(files).sources
    records, summary = read_stream(source.stream, log.options)
    whole, account = read_whole(name)
    assert records == whole
    assert (summary.lines, summary.unparsed_lines) == (account.lines, account.unparsed_lines)
    begins = line_begins(log.data)
    for record in records:
        begin = begins[record.location.line - 1]
        index = max(number for number in range(3) if cuts[number] <= begin)
        line = log.data.count(b"\n", cuts[index], begin) + 1
        assert source.place(record.location.line) == Location(str(files[index]), line)
    source.close()


def cut_places(name):
    """Return two places, in order: any bytes, or ends of lines where the limits say so."""
    data, chance = load(name).data, random.Random(name)
    if name in limits.CUT_WITHIN_LINES:
        return sorted(chance.sample(line_begins(data)[1:-2], 2))
    return sorted(chance.sample(range(1, len(data)), 2))


def line_begins(data):
    begins = [0]
    for line in data.split(b"\n"):
        begins.append(begins[-1] + len(line) + 1)
    return begins


@every_format
def test_a_log_that_ends_anywhere_loses_no_line_and_no_whole_record(name):
    log = load(name)
    place = random.Random(name).randint(0, len(log.data))
    head, account = read(log.data[:place], log.options)
    is_torn = place > 0 and log.data[place - 1 : place] != b"\n"
    assert account.lines == log.data[:place].count(b"\n") + is_torn
    whole, _ = read_whole(name)
    kept = max(0, len(head) - 2)
    assert [each.message for each in head[:kept]] == [each.message for each in whole[:kept]]


@formats_without(limits.CONTAINER)
@pytest.mark.parametrize("prefix", [COMPOSE, DOCKER], ids=["compose", "docker"])
def test_a_containers_prefix_changes_nothing_of_single_lines(name, prefix):
    assert_same_behind(prefix, name)


@formats_without(limits.QUOTED)
def test_the_sign_of_a_quotation_changes_nothing_of_single_lines(name):
    assert_same_behind(QUOTE, name)


def assert_same_behind(prefix, name):
    log = load(name)
    lines = log.data.removesuffix(b"\n").split(b"\n")
    others, _ = read(b"".join(prefix + line + b"\n" for line in lines), log.options)
    found = {each.location.line: each for each in content(others)}
    for each in content(read_whole(name)[0]):
        if each.line_count == 1:
            other = found[each.location.line]
            assert (other.message, other.severity) == (each.message, each.severity)


@formats_without(limits.ANOTHER_DAY)
def test_a_log_of_another_day_differs_in_its_times_only(name):
    log, delta = load(name), timedelta(days=-1)
    earlier = shifted(log, delta)
    assert earlier is not None, "its style is not in shifting.py"
    records, _ = read_whole(name)
    others, _ = read(earlier, log.options)
    assert [each.time for each in others] == [each.time and each.time + delta for each in records]
    assert [each.message for each in others] == [each.message for each in records]


def test_a_log_has_as_many_stamps_shifted_as_it_has():
    log = load("compose-structlog")
    earlier = shifted(log, timedelta(days=-1))
    assert earlier is not None
    assert earlier != log.data
    assert log.data.count(b"T19:24:06.282") == earlier.count(b"2026-11-22T19:24:06.282") == 2


@pytest.mark.parametrize("table", ["LINE_ENDS", "CUT_WITHIN_LINES", "CONTAINER", "ANOTHER_DAY"])
def test_limits_name_only_formats_that_there_are(table):
    assert set(getattr(limits, table)) <= set(NAMES)
