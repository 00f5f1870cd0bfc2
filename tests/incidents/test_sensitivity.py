"""The number of incidents is told for half and twice the gap, from the same bursts."""

from logcascade.incidents.find import find_incidents
from logcascade.incidents.grouping import EPISODE_GAP_S
from logcascade.incidents.sensitivity import measure_sensitivity
from logcascade.model.bursts import GroupedIncident
from logcascade.timeline.background import BackgroundSieve
from tests.support import STORY, at, make_burst, make_run

SPAN = (at(-3600).timestamp(), at(80_000).timestamp())


def counted(*seconds: float) -> tuple[int, int, int]:
    """Return the incidents of lone failures at these times: half the gap, the gap, twice it."""
    bursts = [make_burst("lock", each) for each in seconds]
    runs = (make_run(),)

    def find(gap_s: float) -> list[GroupedIncident]:
        sieve = BackgroundSieve(STORY, runs, *SPAN)
        return find_incidents(bursts, STORY, runs, sieve, SPAN, frozenset(), gap_s=gap_s)

    found = measure_sensitivity(find(EPISODE_GAP_S), find)
    assert found.hangs_on_gap == (len({found.with_half, found.incidents, found.with_twice}) > 1)
    return found.with_half, found.incidents, found.with_twice


def test_gaps_near_the_limit_make_the_number_hang_on_it():
    assert counted(0, 600, 1200, 2700, 2800) == (4, 2, 1)


def test_gaps_far_from_the_limit_do_not():
    assert counted(0, 60, 20_000, 20_060) == (2, 2, 2)
