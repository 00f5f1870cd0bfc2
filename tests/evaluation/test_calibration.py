"""What a certainty was worth, and which bars are reached."""

import pytest

from tests.evaluation.bars import Bar, find_bars
from tests.evaluation.calibration import calibrate, exact_interval
from tests.evaluation.kinds import load_kinds
from tests.evaluation.made_up import make_case, make_incident, make_report
from tests.evaluation.scores import score

KINDS = load_kinds()


@pytest.mark.parametrize(
    ("right", "total", "low", "high"),
    [
        (0, 10, 0.0, 0.3085),
        (10, 10, 0.6915, 1.0),
        (9, 10, 0.5550, 0.9975),
        (1, 2, 0.0126, 0.9874),
        (50, 100, 0.3983, 0.6017),
        (0, 0, 0.0, 1.0),
    ],
)
def test_the_interval_is_the_tabulated_one(right, total, low, high):
    assert exact_interval(right, total) == pytest.approx((low, high), abs=5e-5)


def test_many_incidents_of_one_case_count_as_one_case():
    row, *_ = calibrate([{"certain": (40, 40)}, {"certain": (0, 1), "likely": (1, 1)}])
    assert (row.right, row.total, row.cases_right, row.cases) == (40, 41, 1, 2)


def test_a_log_that_shows_no_root_is_told_right_only_as_not_in_the_log():
    unseen = make_case(roots=(), fewest=0, most=2)
    said = make_report(make_incident(certainty="not-in-log"), make_incident("i2", line=20))
    assert score(unseen, said, KINDS).certainty == {"not-in-log": (1, 1), "certain": (0, 1)}


def bars_of(*scores):
    return {bar.demand: bar for bar in find_bars(scores)}


def test_one_wrong_certain_misses_its_bar():
    wrong = score(make_case(), make_report(make_incident(rule="telegram-conflict")), KINDS)
    bar = bars_of(wrong)["{} times right when it said certain"]
    assert (bar.right, bar.total, bar.is_reached) == (1, 1, True)
    stray = make_report(make_incident(rule="telegram-conflict", line=3))
    bar = bars_of(score(make_case(), stray, KINDS))["{} times right when it said certain"]
    assert (bar.right, bar.total, bar.is_reached) == (0, 1, False)


def test_only_labels_of_high_confidence_count_for_the_bars():
    low = score(make_case(confidence="low"), make_report(), KINDS)
    high = score(make_case(), make_report(make_incident()), KINDS)
    bar = bars_of(low, high)["first failure exact on {} of the high-confidence cases"]
    assert (bar.right, bar.total) == (1, 1)


def test_a_root_at_its_line_but_of_another_kind_is_not_exact():
    other = make_report(make_incident(rule="telegram-conflict"))
    bar = bars_of(score(make_case(), other, KINDS))[
        "first failure exact on {} of the high-confidence cases"
    ]
    assert not bar.is_reached


def test_more_is_asked_of_our_own_logs_than_of_strangers():
    found = [score(make_case(collection="corpus"), make_report(make_incident()), KINDS)] * 9
    missed = score(make_case(collection="corpus"), make_report(), KINDS)
    demand = "first failure exact on {} of the high-confidence cases"
    assert bars_of(*found, missed)[demand].is_reached
    own = [score(make_case(), make_report(make_incident()), KINDS)] * 9
    assert not bars_of(*own, score(make_case(), make_report(), KINDS))[demand].is_reached


def test_a_rhythm_claimed_with_too_few_gaps_misses_its_bar():
    case = make_case(driver="too-few")
    said = make_report(make_incident(), period_s=60.0, driver="uptime")
    assert not bars_of(score(case, said, KINDS))[
        "no rhythm claimed on {} logs that show none"
    ].is_reached
    assert bars_of(score(case, make_report(make_incident()), KINDS))[
        "no rhythm claimed on {} logs that show none"
    ].is_reached


def test_a_bar_is_told_as_the_demand_with_its_counts():
    bar = Bar("corpus", "first failure exact on {} of the cases", 14, 19, 0.85)
    assert bar.words() == (
        "corpus: first failure exact on 14 of 19 of the cases (74%, asked 85%): MISSED"
    )
