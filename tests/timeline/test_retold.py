from dataclasses import replace

from logcascade.model.bursts import Burst
from logcascade.model.records import LoadCounts
from logcascade.timeline.retold import without_retold, without_retold_load
from tests.support import make_burst


def told_by(source: int, rule: str, seconds: float, count: int = 1, **changes: object) -> Burst:
    burst = make_burst(rule, seconds, count, **changes)
    return replace(burst, first=replace(burst.first, order=(source, burst.first.record_line)))


def test_what_two_sources_tell_of_one_component_is_counted_once() -> None:
    first, again = told_by(0, "lock", 5, 12), told_by(1, "lock", 5.2, 12)
    assert without_retold([first, again]) == ([first], 12)


def test_one_source_may_tell_the_same_twice() -> None:
    twice = [told_by(0, "lock", 5), told_by(0, "lock", 5.2)]
    assert without_retold(twice) == (twice, 0)


def test_another_component_another_number_or_another_time_is_another_event() -> None:
    bursts = [
        told_by(0, "lock", 5, 12),
        told_by(1, "lock", 5, 12, component="web"),
        told_by(1, "lock", 5, 3),
        told_by(1, "lock", 50, 12),
    ]
    assert without_retold(bursts) == (bursts, 0)


def test_the_load_that_two_sources_count_is_counted_once() -> None:
    one = LoadCounts(events=300, hours={1: 100, 2: 200})
    web = LoadCounts(events=90, hours={1: 30, 2: 60})
    assert without_retold_load([one, LoadCounts(events=300, hours={1: 100, 2: 200}), web]) == [
        one,
        web,
    ]
