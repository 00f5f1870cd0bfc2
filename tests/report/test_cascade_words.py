import shlex

from logcascade.model.analysis import Certainty, Coinciding, Rival, Suspicion
from logcascade.model.records import Location
from logcascade.report.cascade_words import (
    certainty,
    coinciding,
    course,
    lasted,
    link_in_words,
    merged,
    new_rule,
    suspects,
)
from logcascade.report.view import view_of
from tests.report.builders import (
    CONTEXT,
    at,
    make_analysis,
    make_cascade,
    make_first,
    make_incident,
    make_symptom,
)


def said(**changes: object) -> str:
    incident = make_incident(start=at(0), end=at(7200), **changes)
    return course(view_of(make_analysis(incidents=(incident,)), CONTEXT), incident)


def test_an_incident_that_passed_says_how_long_it_lasted() -> None:
    assert said(recovered=True) == "2 h, then the run went on healthily"


def test_episodes_lie_within_a_span_and_do_not_last_it() -> None:
    assert said(episodes=6, recovered=True) == "6 times within 2 h"


def test_an_incident_of_one_moment_that_passed_only_says_that_it_passed() -> None:
    incident = make_incident(start=at(0), end=at(0), recovered=True)
    analysis = make_analysis(incidents=(incident,))
    assert course(view_of(analysis, CONTEXT), incident) == "the run went on healthily"


def test_a_row_of_an_incident_says_how_often_it_came_again() -> None:
    assert lasted(make_incident(start=at(0), end=at(7200), episodes=6)) == "2 h, 6 times"
    assert lasted(make_incident(start=at(0), end=at(7200))) == "2 h"


def test_suspects_of_which_the_same_is_said_share_a_row() -> None:
    disk, network = (Suspicion(name, name.title(), "none seen") for name in ("disk", "network"))
    sqlite = Suspicion("sqlite", "SQLite", "2 x, all later")
    assert merged([disk, sqlite, network]) == {
        "none seen": "Disk, Network",
        "2 x, all later": "SQLite",
    }


def headings(certainty: Certainty) -> list[str]:
    one = (Suspicion("disk", "Disk", "no failure of this kind"),)
    cleared = (*one, Suspicion("sqlite", "SQLite", "50 x, all later", is_sure=True))
    cascade = make_cascade(suspected=one, ruled_out=cleared, not_shown=one)
    shown = make_incident(first_failure=make_first(certainty=certainty))
    return [heading for heading, _, _ in suspects(cascade, shown)]


def test_what_the_log_does_not_show_is_told_where_the_cause_may_be_there() -> None:
    cleared = ["Suspected", "Not to blame", "Likely not to blame"]
    assert headings(Certainty.CERTAIN) == cleared
    assert headings(Certainty.NOT_IN_LOG) == [*cleared, "Not shown"]


def test_a_command_names_the_place_as_a_shell_takes_it() -> None:
    command = new_rule(Location("my logs/bot.log", 7))
    assert shlex.split(command)[-2:] == ["--from", "my logs/bot.log:7"]
    assert shlex.split(new_rule(Location("<stdin>", 7)))[-1] == "-:7"


def test_a_consequence_that_the_log_tells_first_is_said_to_be_told_first() -> None:
    early = make_symptom(delay_s=-334.0)
    assert link_in_words(early) == "a transaction stays open; told earlier than its cause"
    assert link_in_words(make_symptom(delay_s=-0.3)) == "a transaction stays open"


def test_the_certainty_of_an_unknown_failure_says_what_it_rests_on():
    unknown = make_first(rule="unknown:1", certainty=Certainty.LIKELY)
    assert certainty(unknown) == "unknown failure; nothing earlier explains it"
    assert certainty(make_first(certainty=Certainty.LIKELY)) == "likely"


def test_what_may_have_come_first_is_not_told_again_as_coinciding():
    rival = Rival("disk", "Disk full", Location("bot.log", 1), at(0), "nothing explains it")
    near = [Coinciding(rule, rule, 1, Location("bot.log", 2), at(0)) for rule in ("disk", "lock")]
    shown = make_incident(first_failure=make_first(rivals=(rival,)), coinciding=tuple(near))
    assert [each.rule for each in coinciding(shown)[0]] == ["lock"]
