from collections.abc import Mapping

from logcascade.diagnosis.circumstances import facts_of
from logcascade.incidents.find import find_incidents
from logcascade.model.bursts import GroupedIncident
from logcascade.model.records import LoadCounts
from logcascade.model.traffic import merge
from tests.support import NOON, STORY, KeepAll, make_burst, make_run

HOUR = int(NOON.timestamp()) // 3600


def incident() -> GroupedIncident:
    """A failure at noon."""
    bursts = [make_burst("flood", 0, 9)]
    (item,) = find_incidents(bursts, STORY, [make_run()], KeepAll(), (None, None), frozenset())
    return item


def told(hours: Mapping[int, int]) -> list[str]:
    """Return what is said of the hours' load before noon; *hours* count from there."""
    events = {HOUR + hour: count for hour, count in hours.items()}
    counts = LoadCounts(events=sum(hours.values()), hours=events)
    return [fact for fact in facts_of(incident(), merge([counts])) if "other days" in fact]


def test_a_busy_hour_is_told_beside_the_same_hour_of_the_other_days() -> None:
    (fact,) = told({-73: 100, -49: 90, -25: 110, -1: 400})
    assert fact == (
        "400 events in the hour before it; 100 at that time on the 3 other days (median)"
    )


def test_an_hour_as_busy_as_always_is_no_circumstance() -> None:
    assert told({-73: 300, -49: 310, -25: 290, -1: 310}) == []


def test_a_peak_that_comes_daily_at_another_hour_is_not_compared() -> None:
    assert told({-70: 10, -46: 10, -22: 10, -1: 400}) == []


def test_two_other_days_show_nothing_usual() -> None:
    assert told({-49: 100, -25: 100, -1: 400}) == []
