"""Events are added up chunk by chunk, with the same result as all at once."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logcascade.reading.events import tally
from logcascade.reading.events.tally import SplitTally, Tally


def at_once(spans):
    """Return how many of the spans (begin, end) run at once at the most."""
    edges = sorted([(end, -1) for _, end in spans] + [(begin, 1) for begin, _ in spans])
    running = most = 0
    for _, step in edges:
        running += step
        most = max(most, running)
    return most


@given(
    events=st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 20_000)), min_size=1),
    chunk=st.sampled_from([1, 7, 1000]),
)
def test_chunks_change_nothing(events, chunk):
    ends, end = [], 1_779_177_600_000
    for step, _ in events:
        end += step
        ends.append(end)
    durations = [took for _, took in events]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tally, "CHUNK_EVENTS", chunk)
        patch.setattr(tally, "HOLD_MS", 40_000)
        added = Tally()
        added.add(ends, durations)
        counts = added.counts()
        assert added.counts() == counts
    starts = [end - took for end, took in zip(ends, durations, strict=True)]
    seconds = Counter(start // 1000 for start in starts)
    most = max(seconds.values())
    assert counts.events == len(events)
    assert (counts.first, counts.last) == (min(starts) / 1000, max(starts) / 1000)
    assert counts.hours == Counter(start // 3_600_000 for start in starts)
    assert counts.busy_seconds == {second: n for second, n in seconds.items() if n > 1}
    assert counts.peak_1s == most
    assert counts.peak_time == min(second for second, n in seconds.items() if n == most)
    assert counts.peak_10s == at_once([(s // 1000, s // 1000 + 10) for s in starts])
    assert counts.peak_concurrency == at_once(list(zip(starts, ends, strict=True)))


def test_a_long_quiet_log_keeps_no_more_than_its_busiest_seconds():
    added = Tally()
    for number in range(30_000):
        times = 3 if number % 10 == 0 else 2
        added.add([number * 1000] * times, [0] * times)
    counts = added.counts()
    assert counts.events == 63_000
    added.add([number * 1000 for number in range(30_000, 100_000) for _ in range(2)], [0] * 140_000)
    counts = added.counts()
    assert len(counts.busy_seconds) <= 2 * tally.MAX_BUSY_SECONDS
    assert sum(times == 3 for times in counts.busy_seconds.values()) == 3000
    assert counts.peak_time == 0.0
    assert counts.peak_10s == 21


def test_events_without_times_are_counted_only():
    added = Tally()
    added.add_timeless(3)
    assert added.counts().events == 3
    assert added.counts().peak_time is None


@given(
    events=st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 20_000)), min_size=1),
    place=st.integers(0, 200),
)
def test_events_are_parted_by_when_they_began(events, place):
    ends, end = [], 1_779_177_600_000
    for step, _ in events:
        end += step
        ends.append(end)
    durations = [took for _, took in events]
    at_ms = ends[0] - 20_000 + place * 500
    split, before, since = SplitTally(True, at_ms / 1000), Tally(True), Tally(True)
    split.add(ends, durations)
    for end, took in zip(ends, durations, strict=True):
        (before if end - took < at_ms else since).add([end], [took])
    assert split.before.counts() == before.counts()
    assert split.since.counts() == since.counts()


def test_counts_so_far_change_nothing_of_what_is_counted_later():
    asked, left_alone = Tally(True), Tally(True)
    for second in range(0, 3000, 3):
        for each in (asked, left_alone):
            each.add([second * 1000 + 999, second * 1000 + 1500], [900, 400])
        assert asked.counts_so_far().events == second // 3 * 2 + 2
    assert asked.counts() == left_alone.counts()
