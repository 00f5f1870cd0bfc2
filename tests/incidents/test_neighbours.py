"""Who stands near whom in a run, also where there are more failures than anybody counts."""

from logcascade.incidents.neighbours import MAX_KINDS, Neighbours
from tests.support import make_burst


def bursts_of(*kinds):
    return [make_burst(kind, seconds=at) for at, kind in enumerate(kinds)]


def near(bursts, index, begin=-1000.0, end=1000.0):
    first = bursts[0].start
    found = Neighbours(bursts, lambda _: True).near(index, first + begin, first + end)
    return {each.rule: list(each.indices()) for each in found}


def test_neighbours_are_told_by_kind_in_the_order_of_their_first_ones():
    bursts = bursts_of("lock", "flood", "timeout", "lock", "flood")
    assert near(bursts, 1) == {"lock": [0, 3], "timeout": [2]}
    assert list(near(bursts, 1)) == ["lock", "timeout"]


def test_only_those_that_begin_in_the_span_are_near():
    bursts = bursts_of("lock", "flood", "timeout", "lock")
    assert near(bursts, 1, begin=2, end=2) == {"timeout": [2]}


def test_reports_are_added_up():
    bursts = bursts_of("lock", "flood", "lock")
    (found,) = Neighbours(bursts, lambda _: True).near(1, 0.0, 4e9)
    assert found.reports == 2
    assert found.around(1, most=1) == [0, 2]


def test_of_very_many_kinds_only_the_nearest_are_neighbours():
    kinds = [f"unknown:{number}" for number in range(10 * MAX_KINDS)]
    found = near(bursts_of(*kinds), 5 * MAX_KINDS, end=4e9)
    assert len(found) == 2 * MAX_KINDS - 1
    assert f"unknown:{5 * MAX_KINDS - 1}" in found
