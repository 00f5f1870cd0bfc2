from dataclasses import replace

from logcascade.model.bursts import Burst
from logcascade.model.records import LoadCounts
from logcascade.timeline.retold import without_retold, without_retold_load
from tests.support import at, make_burst


def told_by(source: int, rule: str, seconds: float, count: int = 1, **changes: object) -> Burst:
    burst = make_burst(rule, seconds, count, **changes)
    return replace(burst, first=replace(burst.first, order=(source, burst.first.record_line)))


def test_what_two_sources_tell_of_one_component_is_counted_once() -> None:
    first, again = told_by(0, "lock", 5, 12), told_by(1, "lock", 5.2, 12)
    assert without_retold([first, again]) == ([first], 12)


def test_one_source_may_tell_the_same_twice() -> None:
    twice = [told_by(0, "lock", 5), told_by(0, "lock", 5.2)]
    assert without_retold(twice) == (twice, 0)


def test_another_component_or_another_time_is_another_event() -> None:
    bursts = [
        told_by(0, "lock", 5, 12),
        told_by(1, "lock", 5, 12, component="web"),
        told_by(1, "lock", 50, 12),
    ]
    assert without_retold(bursts) == (bursts, 0)


def series(source: int, *seconds: float, **changes: object) -> Burst:
    """Return a burst of single reports at *seconds* after noon."""
    moments = tuple(at(each).timestamp() for each in seconds)
    begun = told_by(source, "lock", seconds[0], len(seconds), moments=moments, end=max(moments))
    return replace(begun, **changes)  # type: ignore[arg-type]


def counts(*bursts: Burst) -> tuple[list[tuple[int, int]], int]:
    """Return (source, reports) of the bursts that stay, and how many reports were told again."""
    kept, retold = without_retold(bursts)
    return [(burst.first.order[0], burst.count) for burst in kept], retold


def test_single_reports_are_matched_however_they_are_cut_into_bursts() -> None:
    one = series(0, 1, 4, 9, 15, 22)
    cut = [series(1, 1.1, 4.1), series(1, 9.1, 15.1, 22.1)]
    assert counts(one, *cut) == ([(0, 5)], 5)


def test_reports_that_only_a_later_source_has_are_added_to_the_same_burst() -> None:
    assert counts(series(0, 1, 4), series(1, 1.1, 4.1, 7, 9)) == ([(0, 4)], 2)
    kept, _ = without_retold([series(0, 1, 4), series(1, 1.1, 4.1, 7, 9)])
    assert kept[0].end == at(9).timestamp()


def test_many_reports_within_a_moment_are_told_again_only_as_often_as_they_were_told() -> None:
    assert counts(series(0, 1, 1.1, 1.2), series(1, 1.1, 1.2, 1.3)) == ([(0, 3)], 3)
    assert counts(series(0, 1, 1.1), series(1, 1.1, 1.2, 1.3, 1.4)) == ([(0, 4)], 2)


def test_whole_seconds_and_pairs_out_of_order_are_still_the_same() -> None:
    assert counts(series(0, 1.9, 4.2), series(1, 4, 1)) == ([(0, 2)], 2)
    reversed_ = series(1, 4.3, 2.0, moments=(at(4.3).timestamp(), at(2).timestamp()))
    assert counts(series(0, 1.9, 4.2), reversed_) == ([(0, 2)], 2)


def test_a_third_source_is_compared_with_all_before_it() -> None:
    bursts = [series(0, 1), series(1, 60), series(2, 1.1), series(2, 60.1), series(2, 90)]
    assert counts(*bursts) == ([(0, 1), (1, 1), (2, 1)], 2)


def test_reports_whose_times_are_not_kept_one_by_one_are_compared_by_their_number() -> None:
    one = replace(series(0, 1, 2, 3), count=5000, end=at(60).timestamp())
    two = replace(series(1, 1.1, 2.1, 3.1), count=5000, end=at(60).timestamp())
    assert counts(one, two) == ([(0, 5000)], 5000)


def test_reports_without_times_of_their_own_are_taken_for_told_again_once_only() -> None:
    one = replace(series(0, 1, 2, 3), count=10, end=at(60).timestamp())
    two = [replace(series(1, 1.1, 2.1), count=8), replace(series(1, 3.1), count=8)]
    assert counts(one, *two) == ([(0, 16)], 10)


def test_what_is_kept_does_not_depend_on_the_order_of_bursts_of_one_time() -> None:
    bursts = [series(0, 1), series(1, 1), series(1, 1), series(2, 1)]
    assert counts(*bursts)[1] == counts(*reversed(bursts))[1] == 2


def test_the_load_that_two_sources_count_is_counted_once() -> None:
    one = LoadCounts(events=300, hours={1: 100, 2: 200})
    web = LoadCounts(events=90, hours={1: 30, 2: 60})
    assert without_retold_load([one, LoadCounts(events=300, hours={1: 100, 2: 200}), web]) == [
        one,
        web,
    ]


def test_the_load_of_a_log_that_is_cut_or_of_half_an_hour_beside_is_counted_once_too() -> None:
    seconds = {1000 + 7 * n: 2 + n % 3 for n in range(60)}
    whole = LoadCounts(events=300, hours={0: 300}, busy_seconds=seconds, first=900.5, last=1500.5)
    cut = LoadCounts(
        events=140,
        hours={0: 140},
        busy_seconds={at: count for at, count in seconds.items() if at > 1200},
        first=1201.0,
        last=1500.6,
    )
    split = LoadCounts(events=299, hours={0: 150, 1: 149}, first=900.6, last=1500.4)
    other = LoadCounts(events=300, hours={0: 299}, busy_seconds={at + 3: 2 for at in seconds})
    assert without_retold_load([whole, cut, split, other]) == [whole, other]
