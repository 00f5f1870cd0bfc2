import random
from itertools import pairwise

import pytest

from logcascade.model.durations import BOUNDS_MS, GROWTH, in_classes, percentile_ms
from logcascade.model.traffic import Traffic
from logcascade.reading.events.tally import CHUNK_EVENTS, Tally


def test_classes_are_no_wider_than_a_tenth_or_a_millisecond() -> None:
    assert all(0 < end - begin <= max(1.0, 0.1 * begin) for begin, end in pairwise(BOUNDS_MS))
    assert len(BOUNDS_MS) < 200
    assert GROWTH == 1.1


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("share", [0.5, 0.95, 0.99, 1.0])
def test_a_percentile_is_that_of_the_sorted_durations_to_five_percent(
    seed: int, share: float
) -> None:
    draw = random.Random(seed)
    took = [int(draw.lognormvariate(5, 2)) for _ in range(2000)]
    exact = sorted(took)[int(share * len(took)) - 1]
    assert percentile_ms(in_classes(took), share) == pytest.approx(exact, rel=0.055, abs=0.5)


def test_every_duration_is_in_one_class_however_long() -> None:
    took = [0, 1, 2, 1000, 86_400_000, 10**12]
    assert sum(in_classes(took).values()) == len(took)
    assert in_classes([]) == {}


def tallied(pieces: list[list[tuple[int, int]]]) -> Traffic:
    tally = Tally(has_durations=True)
    for piece in pieces:
        tally.add([end for end, _ in piece], [took for _, took in piece])
    return Traffic((tally.counts(),))


def test_durations_are_the_same_whatever_the_blocks() -> None:
    draw = random.Random(2)
    events = [(1_000_000 + 40 * n, draw.randint(1, 5000)) for n in range(2 * CHUNK_EVENTS + 7)]
    whole = tallied([events])
    cut = tallied([events[at : at + 1000] for at in range(0, len(events), 1000)])
    assert whole == cut
    found = whole.durations()
    assert found is not None
    assert found.p50_s == pytest.approx(2.5, rel=0.08)
    assert found.slowest_s == 5.0


def test_the_mean_number_at_once_is_the_rate_times_the_mean_duration() -> None:
    """Ten events a second that take half a second each: five at once (Little's law)."""
    found = tallied([[(1_000_000 + 100 * n, 500) for n in range(1000)]]).durations()
    assert found is not None
    assert found.mean_concurrency == pytest.approx(5.0, rel=0.01)
    assert (found.mean_s, found.slowest_s) == (0.5, 0.5)


def test_the_slowest_is_told_with_the_first_moment_it_ended() -> None:
    found = tallied([[(1_000_000, 10), (2_000_000, 45_000), (3_000_000, 45_000)]]).durations()
    assert found is not None
    assert found.slowest_s == 45.0
    assert found.slowest_time.timestamp() == 2000.0


def test_events_without_durations_tell_none() -> None:
    tally = Tally()
    tally.add([1_000_000, 2_000_000], [0, 0])
    counts = tally.counts()
    assert counts.durations == {}
    assert Traffic((counts,)).durations() is None
