"""Failures that name the same piece of work are linked, whatever rules know of them."""

from dataclasses import replace

from logcascade.incidents.links import find_links
from logcascade.model.analysis import Link
from logcascade.model.bursts import Burst
from tests.support import STORY, make_burst


def of_work(rule: str, seconds: float, **keys: str) -> Burst:
    """Return a burst whose record names a piece of work."""
    burst = make_burst(rule, seconds)
    return replace(burst, first=replace(burst.first, keys=keys))


def linked(*bursts: Burst) -> dict[int, int]:
    return {at: each.cause for at, each in find_links(bursts, STORY).items()}


def test_an_unknown_failure_of_the_same_request_follows_the_one_before() -> None:
    bursts = (
        of_work("unknown:a", 0, request_id="7f3a"),
        of_work("unknown:b", 1, request_id="7f3a"),
    )
    (found,) = find_links(bursts, STORY).values()
    assert (found.link, found.cause) == (Link.SAME_KEY, 0)
    assert found.how == "both name the same request_id"


def test_another_request_another_key_or_a_time_long_after_links_nothing() -> None:
    first = of_work("unknown:a", 0, request_id="7f3a")
    assert linked(first, of_work("unknown:b", 1, request_id="9999")) == {}
    assert linked(first, of_work("unknown:b", 1, trace_id="7f3a")) == {}
    assert linked(first, of_work("unknown:b", 4000, request_id="7f3a")) == {}
    assert linked(make_burst("unknown:a", 0), make_burst("unknown:b", 1)) == {}


def test_between_two_known_failures_the_rules_have_the_word() -> None:
    first = of_work("network", 0, request_id="7f3a")
    assert linked(first, of_work("lock", 1, request_id="7f3a")) == {}


def test_an_unknown_failure_between_two_known_ones_joins_them() -> None:
    bursts = [
        of_work(rule, n, task_id="5") for n, rule in enumerate(("network", "unknown:a", "lock"))
    ]
    assert linked(*bursts) == {1: 0, 2: 1}
