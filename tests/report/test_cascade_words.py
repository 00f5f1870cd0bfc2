from logcascade.report.cascade_words import course
from logcascade.report.view import view_of
from tests.report.builders import CONTEXT, at, make_analysis, make_incident


def said(**changes: object) -> str:
    incident = make_incident(start=at(0), end=at(7200), **changes)
    return course(view_of(make_analysis(incidents=(incident,)), CONTEXT), incident)


def test_an_incident_that_passed_says_how_long_it_lasted() -> None:
    assert said(recovered=True) == "2 h, then the run went on healthily"


def test_episodes_lie_within_a_span_and_do_not_last_it() -> None:
    assert said(episodes=6, recovered=True) == "6 times within 2 h"
