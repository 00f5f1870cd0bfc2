"""What may be done to a log of any format without changing what it says."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.properties.logs import NAMES, content, load, read
from tests.properties.shifting import shifted

few = settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))


def beginning(log, lines=400):
    """Return the first lines of a log, up to a record's end."""
    firsts = [truth["line"] for truth in log.truths if truth["line"] > lines]
    count = (firsts[0] - 1) if firsts else None
    return b"".join(log.data.splitlines(keepends=True)[:count]) if count else log.data


@pytest.mark.parametrize("name", NAMES)
@few
@given(block=st.integers(500, 90_000))
def test_the_size_of_blocks_changes_nothing(name, block):
    log = load(name)
    assert read(log.data, log.options, block_bytes=block) == read(log.data, log.options)


@pytest.mark.parametrize("name", NAMES)
def test_windows_line_ends_change_nothing(name):
    log = load(name)
    crlf = log.data.replace(b"\n", b"\r\n")
    (records, summary), (others, other) = read(log.data, log.options), read(crlf, log.options)
    assert others == records
    assert (other.lines, other.records) == (summary.lines, summary.records)


@pytest.mark.parametrize("name", NAMES)
@few
@given(drawn=st.data())
def test_a_log_cut_anywhere_loses_no_line_and_no_whole_record(name, drawn):
    log = load(name)
    data = beginning(log)
    place = drawn.draw(st.integers(0, len(data)))
    whole, _ = read(data, log.options)
    head, account = read(data[:place], log.options)
    is_torn = place > 0 and data[place - 1 : place] != b"\n"
    assert account.lines == data[:place].count(b"\n") + is_torn
    assert [each.message for each in head[:-2]] == [
        each.message for each in whole[: max(0, len(head) - 2)]
    ]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "prefix",
    [b"bot-1  | ", b"2026-11-23T19:25:39.642727675Z ", b"> "],
    ids=["compose", "docker", "quoted"],
)
def test_a_carriers_prefix_changes_nothing_of_single_lines(name, prefix):
    log = load(name)
    whole, _ = read(log.data, log.options)
    carried = b"".join(prefix + line for line in log.data.splitlines(keepends=True))
    others, _ = read(carried, log.options)
    found = {each.location.line: each for each in content(others)}
    for each in content(whole):
        if each.line_count == 1:
            other = found[each.location.line]
            assert (other.message, other.severity) == (each.message, each.severity)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("days", [1, 37])
def test_a_log_of_another_day_differs_in_its_times_only(name, days):
    log, delta = load(name), timedelta(days=days)
    later = shifted(log, delta)
    if later is None:
        pytest.skip("its stamps have no date, or a style not known to the test")
    records, _ = read(log.data, log.options)
    others, _ = read(later, log.options)
    assert [each.time for each in others] == [each.time and each.time + delta for each in records]
    assert [each.message for each in others] == [each.message for each in records]
