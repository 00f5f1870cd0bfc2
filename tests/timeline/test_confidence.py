import random

import pytest

from logcascade.model.records import Confidence
from logcascade.timeline.anchors import About, Anchor
from logcascade.timeline.confidence import confidence_in, is_fitting
from logcascade.timeline.offsets import Estimate, Possible, estimate


def found(moments: int, chance: float, named: int = 0, about: About = About.REPORT) -> Estimate:
    return Estimate(0.0, 0.0, moments, about, named, chance, frozenset())


BELIEVED = {
    "many that chance does not explain": (found(5, 1e-7), Confidence.CERTAIN),
    "many, but chance may": (found(9, 1e-3), Confidence.LIKELY),
    "two that chance hardly explains": (found(2, 1e-3), Confidence.LIKELY),
    "two that chance explains": (found(2, 0.1), None),
    "one": (found(1, 1e-9), None),
    "one process by its id": (found(1, 1.0, named=1), Confidence.LIKELY),
    "two kills by their ids": (found(2, 1.0, named=2, about=About.KILL), Confidence.CERTAIN),
    "two starts by ids that containers share": (
        found(2, 1.0, named=2, about=About.START),
        Confidence.LIKELY,
    ),
}


@pytest.mark.parametrize(("what", "belief"), BELIEVED.values(), ids=BELIEVED)
def test_an_offset_is_believed_as_far_as_chance_does_not_explain_it(
    what: Estimate, belief: Confidence | None
) -> None:
    assert confidence_in(what) is belief


def test_series_that_fit_need_three_moments_and_little_chance() -> None:
    assert is_fitting(found(3, 1e-4))
    assert not is_fitting(found(2, 1e-9))
    assert not is_fitting(found(8, 1e-2))


def reports(times: dict[str, float]) -> list[Anchor]:
    return [Anchor(("said", name), at, About.REPORT) for name, at in times.items()]


def test_two_that_agree_among_twenty_that_do_not_show_nothing() -> None:
    numbers = random.Random(2)
    names = [f"report {n}" for n in range(20)]
    here = {name: numbers.uniform(0, 80_000) for name in names}
    there = {name: numbers.uniform(0, 80_000) for name in names}
    for name in names[:2]:
        there[name] = here[name] + 500.0
    assert estimate(reports(here), reports(there), 1.0, Possible()) is None
    few = {name: here[name] for name in names[:2]}
    alone = estimate(reports(few), reports(there), 1.0, Possible())
    assert alone is not None
    assert (alone.offset_s, alone.moments) == (pytest.approx(500.0), 2)


def test_a_common_report_weighs_less_than_a_rare_one() -> None:
    """Ten that repeat each minute agree at many offsets; two of a kind settle at which."""
    minutes = [Anchor(("said", "again"), 60.0 * n, About.REPORT) for n in range(10)]
    moved = [Anchor(("said", "again"), 60.0 * n + 120, About.REPORT) for n in range(10)]
    rare = reports({"one": 31.0, "two": 333.0})
    told = estimate(
        [*minutes, *rare], [*moved, *reports({"one": 151.0, "two": 453.0})], 1.0, Possible()
    )
    assert told is not None
    assert told.offset_s == 120.0
    assert estimate(minutes, moved, 1.0, Possible()) is None


def test_offsets_further_apart_than_the_tolerance_do_not_agree() -> None:
    here, there = reports({"one": 0.0, "two": 100.0}), reports({"one": 50.0, "two": 152.0})
    assert estimate(here, there, 1.0, Possible()) is None
    near = estimate(here, there, 3.0, Possible())
    assert near is not None
    assert (near.offset_s, near.spread_s) == (51.0, 1.0)


def test_only_offsets_that_the_clock_can_have_are_looked_at() -> None:
    quarters = Possible(reach_s=50_400.0, step_s=900.0, slack_s=60.0)
    assert 7200.0 in quarters
    assert 7255.0 in quarters
    assert -19_805.0 in quarters
    assert 7300.0 not in quarters
    assert 54_000.0 not in quarters
    assert quarters.share == pytest.approx(120 / 900)
    assert 1e12 in Possible()
