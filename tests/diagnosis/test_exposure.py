"""How often a cascade would have come since a change; simulated where chance is claimed."""

import random

import pytest

from logcascade.diagnosis.chance import at_most
from logcascade.diagnosis.exposure import ENOUGH, measure_exposure
from logcascade.diagnosis.verification import verify
from logcascade.model.analysis import Driver
from logcascade.model.verification import Outcome
from tests.report.builders import (
    at,
    make_analysis,
    make_cascade,
    make_incident,
    make_quiet,
    make_recurrence,
    make_source,
)

HOUR = 3600.0


def before(count: int = 10, hours: float = 100, **recurrence: object):
    cascade = make_cascade(
        incidents=("i1",), count=count, recurrence=make_recurrence(next_due=None, **recurrence)
    )
    source = make_source(first_time=at(0), last_time=at(hours * HOUR))
    return make_analysis(
        sources=(source,), cascades=(cascade,), incidents=(make_incident(),), load=None
    )


def quiet(hours: float):
    source = make_source(first_time=at(0), last_time=at(hours * HOUR))
    return make_quiet(sources=(source,), runs=(), load=None)


@pytest.mark.parametrize(
    ("hours", "outcome"),
    [(29, Outcome.NOT_YET_EXERCISED), (31, Outcome.FIXED)],
    ids=["less than three old intervals", "more than three"],
)
def test_three_old_intervals_of_quiet_are_no_chance(hours, outcome):
    past = before(driver=Driver.IRREGULAR, period_s=None)
    verification = verify(past, quiet(hours))
    assert verification.outcome is outcome
    assert (verification.verdicts[0].decidable is None) == (outcome is Outcome.FIXED)


def test_a_failure_that_came_once_takes_three_times_the_old_log_to_be_fixed():
    past = before(count=1, driver=Driver.TOO_FEW, period_s=None)
    assert verify(past, quiet(290)).outcome is Outcome.NOT_YET_EXERCISED
    assert verify(past, quiet(310)).outcome is Outcome.FIXED


def test_a_rhythm_of_the_clock_is_counted_by_its_period():
    past = before(count=3, driver=Driver.CLOCK, period_s=24 * HOUR)
    exposure = measure_exposure(past.cascades[0], past, quiet(96))
    assert exposure.expected == pytest.approx(4)


def test_unchanged_random_failures_are_seldom_called_fixed():
    """At any moment of quiet: the promise is one in twenty, whatever the rate."""
    rng = random.Random(4)
    wrong = 0
    for _ in range(1000):
        interval = rng.uniform(1, 50)
        watched = rng.uniform(0, 10) * interval
        wrong += rng.expovariate(1 / interval) > watched >= ENOUGH * interval
    assert wrong <= 50


def test_the_probability_of_so_few_is_exact_and_bears_large_numbers():
    assert at_most(1, 3, 0.5) == pytest.approx(0.5)
    assert 0.4 < at_most(50_000, 100_000, 0.5) < 0.6
    assert at_most(0, 100_000, 0.5) == pytest.approx(0)
