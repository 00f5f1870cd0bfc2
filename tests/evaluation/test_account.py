"""Which incidents count as split, merged, invented and missing."""

import pytest

from tests.evaluation.account import account
from tests.evaluation.cases import Root
from tests.evaluation.kinds import load_kinds
from tests.evaluation.made_up import make_case, make_failure, make_incident, make_report

KINDS = load_kinds()
LOCK = Root(10, 8, 12, "sqlite-locked")
CONFLICT = Root(50, 50, 52, "conflict-two-pollers")


def counted(case, *incidents):
    told = account(case, make_report(*incidents), KINDS)
    names = ("right", "again", "folded", "split", "merged", "invented")
    counts = {name: len(getattr(told, name)) for name in names} | {"missing": told.missing}
    return {name: count for name, count in counts.items() if count}


def conflict(name="i2", line=50, **more):
    return make_incident(name, "telegram-conflict", line, **more)


def test_each_labelled_root_told_by_an_incident_of_its_own_is_right():
    case = make_case(roots=(LOCK, CONFLICT), fewest=2, most=2)
    assert counted(case, make_incident(), conflict()) == {"right": 2}


def test_a_later_occurrence_that_the_label_allows_is_no_invention():
    case = make_case(most=3)
    assert counted(case, make_incident(), make_incident("i2", line=90)) == {"right": 1, "again": 1}


def test_more_repeats_than_the_label_allows_are_one_incident_told_as_several():
    incidents = [make_incident(f"i{line}", line=line) for line in (10, 90, 91)]
    assert counted(make_case(most=2), *incidents) == {"right": 1, "again": 1, "split": 1}


def test_two_incidents_within_the_lines_of_one_root_are_one_told_as_two():
    case = make_case(most=5)
    assert counted(case, make_incident(), make_incident("i2", line=11)) == {"right": 1, "split": 1}


def test_a_labelled_symptom_told_as_an_incident_of_its_own_is_split_off():
    case = make_case(most=5, symptoms=("process-oom-killed",))
    killed = make_incident("i2", "process-oom-killed", 44)
    assert counted(case, make_incident(), killed) == {"right": 1, "split": 1}


@pytest.mark.parametrize("role", ["symptoms", "coinciding"])
def test_a_root_told_within_another_roots_incident_is_merged_and_not_missing(role):
    case = make_case(roots=(LOCK, CONFLICT), fewest=2, most=2)
    both = make_incident(**{role: (make_failure("telegram-conflict", 51),)})
    assert counted(case, both) == {"right": 1, "merged": 1}


def test_one_incident_at_the_lines_of_two_roots_is_merged():
    case = make_case(roots=(LOCK, Root(11, 9, 14, "sqlite-locked")), fewest=2, most=2)
    assert counted(case, make_incident(line=11)) == {"right": 1, "merged": 1}


def test_a_root_that_has_its_own_incident_is_not_merged_by_being_a_symptom_of_another_too():
    case = make_case(roots=(LOCK, CONFLICT), fewest=2, most=2)
    first = make_incident(symptoms=(make_failure("telegram-conflict", 51),))
    assert counted(case, first, conflict()) == {"right": 2}


def test_a_root_that_is_the_symptom_of_an_invention_is_not_merged():
    blamed = make_incident(rule="telegram-flood-control", line=2, symptoms=(make_failure(),))
    assert counted(make_case(), blamed) == {"invented": 1}


def test_an_incident_that_the_label_does_not_know_is_invented_even_where_more_are_allowed():
    assert counted(make_case(most=9), make_incident(), conflict()) == {"right": 1, "invented": 1}


def test_every_incident_of_a_healthy_log_is_invented():
    healthy = make_case(roots=(), fewest=0, most=2, healthy=True)
    assert counted(healthy, make_incident()) == {"invented": 1}


def test_a_labelled_root_that_no_incident_tells_is_missing():
    case = make_case(roots=(LOCK, CONFLICT), fewest=2, most=4)
    assert counted(case, make_incident(), make_incident("i2", line=90)) == {
        "right": 1,
        "again": 1,
        "missing": 1,
    }


def test_fewer_repeats_than_the_label_asks_for_are_missing():
    assert counted(make_case(fewest=3, most=7), make_incident()) == {"right": 1, "missing": 2}


def test_an_end_without_a_line_that_shows_it_may_be_told_where_the_label_allows_it():
    unseen = make_case(roots=(), fewest=0, most=1)
    assert counted(unseen, make_incident()) == {"again": 1}
    assert counted(unseen) == {}


def test_what_is_wrong_is_said_in_a_few_words():
    case = make_case(roots=(LOCK, CONFLICT), fewest=2, most=2)
    invented = make_incident("i3", "process-oom-killed", 99)
    told = account(case, make_report(make_incident(), invented), KINDS)
    assert told.words() == "1 invented, 1 missing"
    assert told.untold == ("line 50 conflict-two-pollers",)


AGAIN = Root(90, 90, 90, "sqlite-locked")


def test_a_root_that_a_report_counts_as_a_later_episode_is_told():
    case = make_case(roots=(LOCK, AGAIN), fewest=2, most=2)
    assert counted(case, make_incident(episodes=2, end=95)) == {"right": 1, "folded": 1}


@pytest.mark.parametrize(
    ("episodes", "end", "kind"),
    [(1, 95, "sqlite-locked"), (2, 80, "sqlite-locked"), (2, 95, "conflict-two-pollers")],
    ids=["not counted", "after its end", "of another kind"],
)
def test_a_root_that_no_episode_can_be_is_missing(episodes, end, kind):
    case = make_case(roots=(LOCK, Root(90, 90, 90, kind)), fewest=2, most=2)
    found = counted(case, make_incident(episodes=episodes, end=end))
    assert found == {"right": 1, "missing": 1}
