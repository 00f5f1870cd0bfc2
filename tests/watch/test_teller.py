"""What is new from one analysis to the next, on analyses made by hand."""

from dataclasses import replace

from logcascade.model.analysis import (
    Analysis,
    Background,
    Cascade,
    Certainty,
    FirstFailure,
    Incident,
    Link,
    Restarts,
    Spell,
    Symptom,
)
from logcascade.model.happenings import Kind
from logcascade.model.records import Location, Severity, SourceSummary
from logcascade.model.recurrence import Driver, Recurrence
from logcascade.model.rules import Ended
from logcascade.watch.teller import RECOVERED_S, Teller
from tests.support import STORY, at, make_run

NOTHING = Restarts(0, 0, (), None, None, Driver.TOO_FEW)


def place(line):
    return Location("bot.log", line)


def symptom(rule, line, seconds, because_of="flood"):
    return Symptom(
        rule, rule, "bot", 1, place(line), at(seconds), 1.0, because_of, Link.MECHANISM, "",
        f"{rule} happened", {},
    )  # fmt: skip


def incident(rule, line, seconds, *symptoms, **changes):
    first = FirstFailure(
        rule, rule, place(line), line, at(seconds), at(seconds), at(seconds), Certainty.LIKELY,
        {}, (), (), f"{rule} happened", 1,
    )  # fmt: skip
    last = max([line, *(each.location.line for each in symptoms)])
    end = max([at(seconds), *(each.time for each in symptoms)])
    made = Incident(
        "i1", "c1", "bot", "r1", at(seconds), end, place(line), place(last), Severity.ERROR,
        first, tuple(symptoms), (),
    )  # fmt: skip
    return replace(made, **changes)


def analysis(*incidents, runs=(), lines=1000, cascades=(), background=()):
    source = SourceSummary("bot.log", "text", lines, 0, 0, 0, lines, at(0), at(0))
    return Analysis(
        (source,), tuple(runs) or (make_run(),), tuple(incidents), tuple(cascades), NOTHING,
        tuple(background), None, (),
    )  # fmt: skip


def now(seconds):
    return at(seconds).timestamp()


def look(teller, seconds, *incidents, **options):
    """Return the kinds of what is told of an analysis at a time."""
    found = analysis(*incidents, **options)
    return [each.kind for each in teller.look(found, now(seconds), now(seconds))]


def test_a_first_failure_and_its_cascade_are_told_once_each():
    teller = Teller(STORY)
    alone = incident("flood", 100, 0)
    grown = incident("flood", 100, 0, symptom("timeout", 103, 2))
    more = incident("flood", 100, 0, symptom("timeout", 103, 2), symptom("lock", 109, 7))
    assert look(teller, 1, alone) == [Kind.BEGINS]
    assert look(teller, 2, alone) == []
    assert look(teller, 3, grown) == [Kind.CASCADE]
    assert look(teller, 8, more) == []
    assert teller.begun == 1


def test_an_order_that_was_only_observed_makes_no_cascade():
    observed = replace(symptom("timeout", 103, 2), link=Link.OBSERVED_ORDER)
    assert look(Teller(STORY), 3, incident("flood", 100, 0, observed)) == [Kind.BEGINS]


def test_a_first_failure_that_turns_out_to_be_a_consequence_is_corrected():
    teller = Teller(STORY)
    look(teller, 1, incident("timeout", 103, 2))
    told_late = incident("flood", 100, 0, symptom("timeout", 103, 2))
    happened = teller.look(analysis(told_late), now(9), now(9))
    corrected, cascade = happened
    assert (corrected.kind, cascade.kind) == (Kind.CORRECTED, Kind.CASCADE)
    assert corrected.was.first_failure.rule == "timeout"
    assert corrected.incident.first_failure.rule == "flood"
    assert corrected.number == cascade.number == 1
    assert teller.begun == 1


def test_the_same_failure_some_lines_earlier_is_no_other():
    teller = Teller(STORY)
    look(teller, 1, incident("flood", 103, 0))
    assert look(teller, 2, incident("flood", 100, 0, symptom("lock", 109, 7))) == [Kind.CASCADE]


def test_two_that_turn_out_to_be_one_are_told_apart_no_longer():
    teller = Teller(STORY)
    first, second = incident("flood", 100, 0), incident("timeout", 103, 2)
    assert look(teller, 3, first, second) == [Kind.BEGINS, Kind.BEGINS]
    one = incident("flood", 100, 0, symptom("timeout", 103, 2))
    assert look(teller, 4, one) == [Kind.CORRECTED, Kind.CASCADE]


def test_what_becomes_background_is_taken_back_with_the_reason():
    teller = Teller(STORY)
    look(teller, 1, incident("flood", 100, 0))
    usual = Background("flood", "flood", 9, 1.0, place(10), "at its usual rate")
    (corrected,) = teller.look(analysis(background=[usual]), now(5), now(5))
    assert corrected.incident is None
    assert corrected.because == "at its usual rate"


def test_an_end_that_nothing_explains_is_told_as_the_end_alone():
    ended = make_run(end=at(5), ended=Ended.OOM_KILLED, end_location=place(100))
    runs = [ended, make_run("r2", start=6)]
    alone = incident("oom", 100, 5)
    assert look(Teller(STORY), 7, alone, runs=runs) == [Kind.ENDED]


def test_an_orderly_end_is_not_told():
    runs = [make_run(end=at(5), ended=Ended.ORDERLY, end_location=place(104))]
    assert look(Teller(STORY), 7, incident("flood", 100, 0), runs=runs) == [Kind.BEGINS]


def test_it_recovers_when_it_is_quiet_and_at_work_and_not_before():
    teller = Teller(STORY)
    one = incident("flood", 100, 0)
    look(teller, 1, one)
    assert teller.alarm == now(RECOVERED_S)
    assert look(teller, RECOVERED_S - 1, one, lines=2000) == []
    assert look(teller, RECOVERED_S + 1, one, lines=1001) == []
    assert look(teller, RECOVERED_S + 2, one, lines=2000) == [Kind.RECOVERED]
    assert look(teller, RECOVERED_S + 9, one, lines=3000) == []


def test_what_was_not_started_again_has_not_recovered():
    teller = Teller(STORY)
    runs = [make_run(end=at(5), ended=Ended.KILLED, end_location=place(104))]
    one = incident("flood", 100, 0)
    assert look(teller, 6, one, runs=runs) == [Kind.BEGINS, Kind.ENDED]
    assert look(teller, RECOVERED_S + 9, one, runs=runs, lines=5000) == []


def test_a_new_spell_is_told_after_a_rest_and_not_within_the_trouble():
    teller = Teller(STORY)
    look(teller, 1, incident("flood", 100, 0))

    def spells(*seconds):
        began = tuple(Spell(place(100 + each), at(each)) for each in seconds)
        return incident("flood", 100, 0, spells=began, end=at(seconds[-1]), episodes=len(began))

    assert look(teller, 61, spells(0, 60)) == []
    assert look(teller, 5001, spells(0, 60, 5000)) == [Kind.BEGINS]
    assert teller.begun == 2


def test_what_was_there_before_is_known_and_only_what_comes_is_told():
    teller = Teller(STORY)
    before = incident("flood", 100, 0, symptom("lock", 109, 7))
    teller.know(analysis(before), now(10))
    assert look(teller, 11, before) == []
    assert look(teller, 21, before, incident("timeout", 200, 20)) == [Kind.BEGINS]


def test_of_what_is_not_over_when_the_watch_begins_the_rest_is_told():
    teller = Teller(STORY)
    teller.know(analysis(incident("flood", 100, 0)), now(10))
    grown = incident("flood", 100, 0, symptom("lock", 109, 15))
    runs = [make_run(end=at(20), ended=Ended.KILLED, end_location=place(120))]
    assert look(teller, 21, grown, runs=runs) == [Kind.CASCADE, Kind.ENDED]
    assert teller.begun == 0


def test_what_only_now_is_seen_to_have_failed_long_ago_is_not_told():
    assert look(Teller(STORY), RECOVERED_S + 1, incident("flood", 100, 0)) == []


def cascade(count, due_s):
    rhythm = Recurrence(
        Driver.UPTIME, "", 8400.0, 60.0, count - 1, 0.001, None, None, None, None,
        None if due_s is None else at(due_s),
    )  # fmt: skip
    return Cascade(
        "c1", "flood", "flood", ("i1",) * count, count, Severity.ERROR, rhythm, (), (), ()
    )


def test_what_is_due_is_told_shortly_before_and_once_and_then_that_it_is_overdue():
    teller = Teller(STORY)
    past = incident("flood", 100, 0)
    teller.know(analysis(past, cascades=[cascade(4, 8400)]), now(1000))
    assert teller.alarm == now(8400 - 168)  # 2 % of the period
    known = [cascade(4, 8400)]
    assert look(teller, 8000, past, cascades=known) == []
    assert look(teller, 8250, past, cascades=known) == [Kind.DUE]
    assert look(teller, 8500, past, cascades=known) == []
    stayed_away = [cascade(4, None)]
    assert look(teller, 8400 + 841, past, cascades=stayed_away) == [Kind.OVERDUE]
    assert look(teller, 9999, past, cascades=stayed_away) == []


def test_what_came_is_not_overdue_and_the_next_is_due_anew():
    teller = Teller(STORY)
    past = incident("flood", 100, 0)
    teller.know(analysis(past, cascades=[cascade(4, 8400)]), now(1000))
    look(teller, 8250, past, cascades=[cascade(4, 8400)])
    assert look(teller, 9999, past, cascades=[cascade(5, 16_800)]) == []
    assert look(teller, 16_700, past, cascades=[cascade(5, 16_800)]) == [Kind.DUE]
