"""Each driver on 200 logs drawn at random; the seeds are fixed, so the figures are too."""

import random
from collections.abc import Callable

import pytest

from logcascade.diagnosis.recurrence import measure
from logcascade.diagnosis.regularity import MIN_GAPS
from logcascade.model.recurrence import Driver, Recurrence
from tests.diagnosis import restart_logs
from tests.diagnosis.restart_logs import Log

LOGS = 200
CYCLES = (4, 30)

ENOUGH_GAPS = 5
"""Gaps that a claim among planned restarts needs: with fewer, two odd ones are half of them."""

Draw = Callable[[random.Random, int], Log]


def drawn(draw: Draw) -> list[tuple[Log, Recurrence]]:
    logs = []
    for seed in range(LOGS):
        source = random.Random(f"{draw.__name__} {seed}")
        log = draw(source, source.randint(*CYCLES))
        logs.append((log, measure(log.cycles, log.events)))
    return logs


@pytest.mark.parametrize(
    ("draw", "driver"),
    [
        (restart_logs.uptime, Driver.UPTIME),
        (restart_logs.clock, Driver.CLOCK),
        (restart_logs.load, Driver.LOAD),
        (restart_logs.back_off, Driver.BACK_OFF),
    ],
)
def test_the_driver_is_right_where_there_are_gaps_enough(draw: Draw, driver: Driver) -> None:
    enough = [found for _, found in drawn(draw) if found.gaps >= ENOUGH_GAPS]
    right = sum(found.driver is driver for found in enough)
    assert len(enough) >= 0.7 * LOGS
    assert right >= 0.95 * len(enough), f"{right} of {len(enough)}"


@pytest.mark.parametrize("draw", [restart_logs.uptime, restart_logs.clock])
def test_the_period_is_within_a_percent_or_what_the_jitter_allows(draw: Draw) -> None:
    claimed = [
        (log, found)
        for log, found in drawn(draw)
        if found.period_s is not None and found.gaps >= ENOUGH_GAPS
    ]
    for log, found in claimed:
        # The median of n gaps has 1.25 sd / sqrt(n), and a quarter of the gaps may be none.
        allowed = max(0.01, 4 * 1.25 * log.jitter / (0.75 * found.gaps) ** 0.5)
        assert found.period_s == pytest.approx(log.period_s, rel=allowed)


def test_random_restarts_get_a_rhythm_in_at_most_one_of_twenty_logs() -> None:
    claims = [found for _, found in drawn(restart_logs.chance) if found.period_s is not None]
    assert len(claims) <= 0.05 * LOGS, [claim.because for claim in claims]


@pytest.mark.parametrize(
    "draw", [restart_logs.uptime, restart_logs.clock, restart_logs.load, restart_logs.back_off]
)
def test_nothing_is_claimed_with_too_few_gaps(draw: Draw) -> None:
    for count in range(MIN_GAPS + 1):
        found = measure(draw(random.Random(count), count).cycles, None)
        assert found.driver is Driver.TOO_FEW
        assert found.next_due is None
