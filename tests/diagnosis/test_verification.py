"""What became of cascades, on analyses made for the question at hand."""

from dataclasses import replace

import pytest

from logcascade.bundled import rules_folder
from logcascade.diagnosis.verification import verify
from logcascade.model.analysis import (
    Analysis,
    Background,
    Cascade,
    Certainty,
    Incident,
    RemedyChoice,
)
from logcascade.model.occurrences import Occurrences, Readings
from logcascade.model.records import Location, Severity
from logcascade.model.recurrence import Driver
from logcascade.model.spells import Spells
from logcascade.model.verification import Outcome, RemedyState
from logcascade.ruleset.load import load_rules
from tests.report.builders import (
    at,
    make_analysis,
    make_cascade,
    make_first,
    make_incident,
    make_recurrence,
    make_source,
    make_symptom,
)

HOUR = 3600.0
FLOOD, LOCK, SESSION = (
    "telegram-flood-control",
    "sqlite-database-locked",
    "aiohttp-unclosed-session",
)
TIMEOUT, KILL = "asyncio-handler-timeout", "process-oom-killed"
TITLES = {
    FLOOD: "Flood control",
    LOCK: "Locked",
    SESSION: "Session open",
    TIMEOUT: "Timeout",
    KILL: "Killed",
}
REMEDIES = load_rules([rules_folder()]).remedies


def incident(number: int, start: float, rules: tuple[str, ...], **changes) -> Incident:
    """Return an incident of *rules*, the first of them first, of a minute."""
    first = make_first(rule=rules[0], title=TITLES[rules[0]], time=at(start))
    symptoms = tuple(make_symptom(rule, title=TITLES[rule], time=at(start)) for rule in rules[1:])
    return make_incident(
        id=f"i{number}",
        start=at(start),
        end=at(start + 60),
        first_failure=replace(first, **changes),
        symptoms=symptoms,
    )


def log(
    begin: float,
    hours: float,
    *cascades: tuple[tuple[str, ...], int],
    advised: tuple[str, ...] = (),
    severity: Severity = Severity.CRITICAL,
    **changes,
) -> Analysis:
    """Return a log of *hours* in which each of *cascades*, its rules and how often, came evenly."""
    incidents: list[Incident] = []
    made: list[Cascade] = []
    for rules, count in cascades:
        gap = hours * HOUR / count
        several = [
            incident(len(incidents) + number, begin + (number + 0.5) * gap, rules)
            for number in range(count)
        ]
        incidents += several
        made.append(
            make_cascade(
                id=f"c{len(made) + 1}",
                first_failure=rules[0],
                title=TITLES[rules[0]],
                incidents=tuple(each.id for each in several),
                count=count,
                severity=severity,
                recurrence=make_recurrence(driver=Driver.IRREGULAR, spells=Spells(count, None)),
                remedies=tuple(RemedyChoice(name, name, 1, "") for name in advised),
            )
        )
    occurrences = {
        rule: Occurrences(rule, TITLES[rule], count, at(begin + 1), at(begin + hours * HOUR - 1))
        for rules, count in cascades
        for rule in rules
    }
    analysis = make_analysis(
        sources=(make_source(first_time=at(begin), last_time=at(begin + hours * HOUR)),),
        runs=(),
        incidents=tuple(incidents),
        cascades=tuple(made),
        occurrences=tuple(occurrences.values()),
        load=None,
    )
    return replace(analysis, **changes)


CASCADE = (FLOOD, LOCK, SESSION, TIMEOUT, KILL)
BEFORE = log(
    0,
    28,
    (CASCADE, 11),
    advised=("outbound-limiter", "sqlite-short-transactions", "close-bot-session"),
)


def test_what_the_cascade_had_hidden_remains_and_is_followed_by_nothing():
    """As measured with the limiter alone: 200 locks and 198 unclosed sessions, no kill."""
    limited = log(30 * HOUR, 28, ((LOCK,), 11), ((SESSION,), 10), severity=Severity.ERROR)
    verification = verify(BEFORE, limited, REMEDIES)
    assert verification.outcome is Outcome.FIXED
    (verdict,) = verification.verdicts
    assert [(each.title, each.followed_by) for each in verdict.remains] == [
        ("Locked", ()),
        ("Session open", ()),
    ]
    states = {check.id: check.state for check in verdict.remedies}
    assert states == {
        "outbound-limiter": RemedyState.QUIET,
        "sqlite-short-transactions": RemedyState.OPEN,
        "close-bot-session": RemedyState.OPEN,
    }
    assert not verification.new_failures


def test_a_lesser_failure_of_which_others_follow_is_no_change_where_the_old_one_is_gone():
    limited = log(30 * HOUR, 28, ((LOCK, SESSION), 11), severity=Severity.ERROR)
    (verdict,) = verify(BEFORE, limited, REMEDIES).verdicts
    assert verdict.outcome is Outcome.FIXED
    assert verdict.remains[0].followed_by == ("Session open",)
    assert verdict.remains[0].no_longer == ("Killed", "Timeout")


def test_what_ends_as_badly_as_before_after_another_first_failure_is_a_change():
    (verdict,) = verify(BEFORE, log(30 * HOUR, 28, ((LOCK, KILL), 11)), REMEDIES).verdicts
    assert (verdict.outcome, verdict.now) == (Outcome.CHANGED, "Locked")


def test_what_still_comes_and_leads_to_less_is_not_fixed_and_says_so():
    since = log(30 * HOUR, 28, ((FLOOD, LOCK), 11), severity=Severity.ERROR)
    (verdict,) = verify(BEFORE, since, REMEDIES).verdicts
    assert verdict.outcome is Outcome.NOT_FIXED
    assert verdict.no_longer == ("Killed", "Session open", "Timeout")


def test_what_comes_without_an_incident_of_its_own_still_comes():
    since = log(30 * HOUR, 28, ((LOCK, FLOOD), 3), severity=Severity.ERROR)
    (verdict,) = verify(BEFORE, since, REMEDIES).verdicts
    assert verdict.outcome is Outcome.NOT_FIXED
    assert verdict.because == "it still comes, and begins no incident of its own"


def standing(hours: float, count: int, begin: float = 0.0) -> Analysis:
    """Return a log without incidents in which one fault stands in the background."""
    quiet = log(begin, hours)
    if not count:
        return quiet
    spells = Spells(count, hours * HOUR / count)
    told = Occurrences(LOCK, "Locked", count, at(begin + 1), at(begin + hours * HOUR - 1), spells)
    place = Location("bot.log", 7)
    fault = Background(LOCK, "Locked", count, count / hours, place, "steady", standing=True)
    return replace(quiet, background=(fault,), occurrences=(told,))


@pytest.mark.parametrize(
    ("since", "outcome"),
    [
        (standing(28, 0, 30 * HOUR), Outcome.FIXED),
        (standing(28, 40, 30 * HOUR), Outcome.NOT_FIXED),
        (standing(1, 0, 30 * HOUR), Outcome.NOT_YET_EXERCISED),
    ],
)
def test_a_fault_that_stands_in_the_background_is_judged_as_well(since, outcome):
    verification = verify(standing(28, 40), since, REMEDIES)
    assert verification.outcome is outcome
    assert verification.verdicts[0].before == 40


def test_a_fault_that_stands_since_is_new():
    (new,) = verify(log(0, 28), standing(28, 40, 30 * HOUR), REMEDIES).new_failures
    assert (new.rule, new.count, new.location.line) == (LOCK, 40, 7)


def test_a_remedy_whose_failures_never_came_is_not_told():
    before = log(0, 28, ((LOCK,), 11), advised=("outbound-limiter",))
    (verdict,) = verify(before, log(30 * HOUR, 28), REMEDIES).verdicts
    assert verdict.remedies[0].state is RemedyState.NOT_TOLD


@pytest.mark.parametrize(
    ("since", "outcome"),
    [
        (log(30 * HOUR, 28), Outcome.FIXED),
        (log(30 * HOUR, 4), Outcome.NOT_YET_EXERCISED),
        (log(30 * HOUR, 28, ((FLOOD,), 11)), Outcome.NOT_FIXED),
    ],
)
def test_the_cascade_that_still_comes_decides_then_the_one_that_is_undecided(since, outcome):
    before = log(0, 28, ((LOCK,), 40), ((FLOOD,), 11))
    assert verify(before, since, REMEDIES).outcome is outcome


def test_one_that_is_fixed_does_not_hide_one_that_is_undecided():
    before = log(0, 28, ((LOCK,), 40), ((FLOOD,), 2))
    verification = verify(before, log(30 * HOUR, 28), REMEDIES)
    assert [each.outcome for each in verification.verdicts] == [
        Outcome.FIXED,
        Outcome.NOT_YET_EXERCISED,
    ]
    assert verification.outcome is Outcome.NOT_YET_EXERCISED
    assert verification.because.startswith("Flood control: ")


def test_what_came_once_does_not_keep_the_others_from_being_fixed():
    before = log(0, 28, ((LOCK,), 40), ((FLOOD,), 1))
    assert verify(before, log(30 * HOUR, 28), REMEDIES).outcome is Outcome.FIXED


def test_a_log_without_incidents_has_nothing_to_fix():
    verification = verify(log(0, 28), log(30 * HOUR, 28, ((FLOOD, KILL), 2)), REMEDIES)
    assert verification.outcome is Outcome.NOT_YET_EXERCISED
    assert verification.because == "the log before the change shows no incident"
    assert [new.rule for new in verification.new_failures] == [FLOOD]


def in_the_middle(certainty: Certainty, start: float) -> Analysis:
    """Return a log that begins within an incident, at *start* after its first line."""
    since = log(30 * HOUR, 28, ((LOCK, KILL), 1))
    begun = incident(0, 30 * HOUR + start, (LOCK, KILL), certainty=certainty)
    return replace(since, incidents=(begun,))


@pytest.mark.parametrize(
    ("certainty", "start", "outcome"),
    [
        (Certainty.NOT_IN_LOG, 30, Outcome.FIXED),
        (Certainty.CERTAIN, 30, Outcome.CHANGED),
        (Certainty.NOT_IN_LOG, 300, Outcome.CHANGED),
    ],
    ids=["its end", "a whole one", "too late to be the end of one"],
)
def test_the_end_of_an_incident_before_is_nothing_new(certainty, start, outcome):
    verification = verify(BEFORE, in_the_middle(certainty, start), REMEDIES)
    assert verification.outcome is outcome
    assert any("rest of an incident" in note for note in verification.notes) == (
        outcome is Outcome.FIXED
    )


def test_an_incident_that_goes_on_at_the_change_is_not_counted_since():
    going_on = replace(BEFORE.incidents[-1], start=at(28 * HOUR - 20), end=at(28 * HOUR))
    before = replace(BEFORE, incidents=(*BEFORE.incidents[:-1], going_on))
    since = log(28 * HOUR, 28, ((FLOOD, KILL), 1))
    told = [replace(each, last=at(28 * HOUR + 70)) for each in since.occurrences]
    rest = incident(0, 28 * HOUR + 10, (FLOOD, KILL))
    since = replace(since, incidents=(rest,), occurrences=tuple(told))
    (verdict,) = verify(before, since, REMEDIES).verdicts
    assert (verdict.outcome, verdict.after) == (Outcome.FIXED, 0)


def test_each_failure_says_when_it_first_came_since_and_for_how_long_it_is_quiet():
    since = log(30 * HOUR, 10, ((LOCK,), 2), severity=Severity.ERROR)
    rows = {row.rule: row for row in verify(BEFORE, since, REMEDIES).tallies}
    assert (rows[LOCK].first_after_s, rows[LOCK].quiet_s) == (1.0, 1.0)
    assert (rows[FLOOD].first_after_s, rows[FLOOD].quiet_s) == (None, 10 * HOUR)
    assert rows[FLOOD].expected == pytest.approx(11 * 10 / 28)
    assert rows[FLOOD].is_settled


def test_a_quiet_that_tells_nothing_yet_says_when_it_will():
    verification = verify(BEFORE, log(30 * HOUR, 5), REMEDIES)
    for row in (*verification.tallies, verification.any_failure):
        assert not row.is_settled
        assert at(38 * HOUR) < row.decidable < at(40 * HOUR)  # 3.4 old intervals after 30 h


def test_numbers_stand_beside_each_other_even_where_one_side_lacks_them():
    sessions = Readings("told", "Told", "sessions", "count", 9, 0, 20, 47, is_gauge=True)
    retry = Readings(FLOOD, "Flood control", "retry_after", "seconds", 9, 27, 28, 32)
    before = replace(BEFORE, readings=(retry, sessions))
    since = replace(log(30 * HOUR, 28), readings=(replace(sessions, lowest=1, highest=2),))
    first, second = verify(before, since, REMEDIES).numbers
    assert (first.before.highest, first.after.highest) == (47, 2)
    assert (second.before.value, second.after) == ("retry_after", None)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"sources": (make_source(format="loguru", first_time=at(0), last_time=at(9)),)},
            "formats",
        ),
        ({}, "overlap in time"),
    ],
)
def test_what_cannot_be_compared_is_said(changes, said):
    since = replace(log(0, 28), **changes)
    assert any(said in note for note in verify(BEFORE, since, REMEDIES).notes)


def test_other_programs_are_said_but_not_those_named_by_their_file():
    run = make_analysis().runs[0]
    before, since = replace(BEFORE, runs=(run,)), log(30 * HOUR, 28)
    other = replace(since, runs=(replace(run, component="shop.service"),))
    assert "bot" not in {source.name for source in other.sources}
    named = replace(before, sources=(replace(before.sources[0], name="journal"),))
    notes = verify(named, other, REMEDIES).notes
    assert "the logs name different programs, bot before and shop.service since" in notes
    assert not any("programs" in note for note in verify(before, other, REMEDIES).notes)
