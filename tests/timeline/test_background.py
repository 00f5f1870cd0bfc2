"""What the sieve keeps as background, what it lets through, and the reasons that it gives."""

from dataclasses import replace
from datetime import timedelta

import pytest

from logcascade.model.bursts import Burst, Values
from logcascade.model.records import Severity
from logcascade.model.rules import Ended, Marks, Role, Tolerated
from logcascade.timeline.background import BackgroundSieve, hiccups
from logcascade.timeline.kept import RATE_LEAST, RATE_SPAN_S, BackgroundKind, describe_background
from logcascade.timeline.work import Work
from tests.support import STORY, at, make_burst, make_rule, make_run

BEGIN = at(0).timestamp()
DAY_S = 86_400.0
DAY = (BEGIN, BEGIN + DAY_S)
SLOW = make_rule("slow", tolerated=Tolerated(3, timedelta(minutes=1), {"took": 5.0}))


def sieve_of_a_day(*runs) -> BackgroundSieve:
    return BackgroundSieve({**STORY, "slow": SLOW}, runs, BEGIN, BEGIN + DAY_S)


def slow(seconds: float, took: float) -> Burst:
    """Return a burst of a rule that tolerates what took less than five seconds."""
    return replace(make_burst("slow", seconds), values={"took": Values({}, took)})


@pytest.mark.parametrize(("took", "fails"), [(0.2, False), (4.9, False), (5, True), (45, True)])
def test_a_single_report_of_a_large_value_is_no_hiccup(took, fails):
    below, above = hiccups([slow(0, took)], SLOW)
    assert (len(below), len(above)) == ((0, 1) if fails else (1, 0))


def test_a_report_without_the_value_is_counted_only():
    below, above = hiccups([make_burst("slow", 0)], SLOW)
    assert (len(below), len(above)) == (1, 0)


def test_many_small_values_within_the_time_are_a_failure():
    below, above = hiccups([slow(second, 0.2) for second in (0, 20, 40)], SLOW)
    assert (len(below), len(above)) == (0, 3)


def test_what_passed_by_itself_is_background_of_what_never_failed_and_says_how_often():
    sieve = sieve_of_a_day()
    assert sieve([make_burst("network", 0), make_burst("network", 9000)], frozenset()) == []
    (item,) = describe_background(sieve.kinds, DAY)
    assert (item.count, item.per_hour) == (2, None)
    assert item.because == "each passed by itself and led to nothing"


def test_a_rate_is_said_of_ten_reports_in_ten_minutes_and_of_no_less():
    def rate(count, seconds):
        kind = BackgroundKind("network", (make_burst("network", 0, count),), "harmless")
        return describe_background([kind], (BEGIN, BEGIN + seconds))[0].per_hour

    assert rate(RATE_LEAST, RATE_SPAN_S) == 60.0
    assert rate(RATE_LEAST, RATE_SPAN_S - 1) is None
    assert rate(RATE_LEAST - 1, RATE_SPAN_S) is None


def test_what_passed_by_itself_is_a_failure_beside_one_that_led_to_others():
    blip = make_burst("network", 0)
    sieve = sieve_of_a_day()
    assert sieve([blip], frozenset({"bot"})) == [blip]
    assert sieve.passed(blip)
    assert sieve.kinds == []


def test_a_steady_failure_says_by_which_count_it_is_steady():
    bursts = [make_burst("lock", 8000 * number + 500) for number in range(11)]
    sieve = sieve_of_a_day()
    assert sieve.steady(bursts, frozenset()) == frozenset(range(11))
    (item,) = describe_background(sieve.kinds, DAY)
    assert "11 times, in 10 of 10 equal parts of the log" in item.because
    assert "in 5 or more with 97.5%" in item.because


def test_a_steady_failure_that_leads_to_others_is_no_background():
    bursts = [make_burst("lock", 8000 * number + 500) for number in range(11)]
    assert sieve_of_a_day().steady(bursts, frozenset(range(4))) == frozenset()


def test_a_warning_that_led_to_nothing_is_background_and_an_error_is_not():
    error = make_burst("lock", 0)
    warning = replace(error, first=replace(error.first, severity=Severity.WARNING))
    sieve = sieve_of_a_day()
    assert sieve([error], frozenset()) == [error]
    assert sieve([warning], frozenset()) == []


def test_an_error_at_each_start_of_runs_that_go_on_is_background():
    runs = [make_run(f"r{n}", n * 1000.0) for n in range(3)]
    bursts = [make_burst("unknown:1", n * 1000.0 + 2, run=f"r{n}") for n in range(3)]
    sieve = sieve_of_a_day(*runs)
    assert sieve(bursts, frozenset()) == []
    assert sieve.kinds[0].because == "printed at each start, and the runs go on"


def test_what_is_printed_after_an_orderly_stop_was_asked_for_is_background():
    run = make_run("r1", end=at(105), stop_requested=at(100), ended=Ended.ORDERLY)
    sieve = sieve_of_a_day(run)
    assert sieve([make_burst("lock", 101)], frozenset()) == []
    assert [burst.rule for burst in sieve([make_burst("lock", 99)], frozenset())] == ["lock"]


def regular(rule: str = "lock", **changes: object) -> list[Burst]:
    """Return reports all over a day, the first one's detection with *changes*."""
    bursts = [make_burst(rule, 8000.0 * number + 500) for number in range(11)]
    return [replace(burst, first=replace(burst.first, **changes)) for burst in bursts]


@pytest.mark.parametrize(
    "changes",
    [
        {"severity": Severity.CRITICAL},
        {"level": Severity.CRITICAL},
        {"uncaught": True},
        {"text": "Fatal: the store is gone, giving up"},
    ],
)
def test_what_costs_a_process_or_says_that_it_is_fatal_is_never_steady(changes):
    assert sieve_of_a_day().steady(regular(), frozenset())
    assert not sieve_of_a_day().steady(regular(**changes), frozenset())


def test_a_text_that_says_it_is_not_fatal_may_be_steady():
    assert sieve_of_a_day().steady(regular(text="a non-fatal error of the store"), frozenset())


def test_the_end_of_a_worker_is_never_steady():
    hung = make_rule("hung", marks=Marks.WORKER_END, ended=Ended.KILLED)
    sieve = BackgroundSieve({**STORY, "hung": hung}, (), *DAY)
    assert not sieve.steady(regular("hung"), frozenset())


def _on_line(burst: Burst, line: int) -> Burst:
    place = replace(burst.last_location, line=line)
    first = replace(burst.first, record_line=line, last_line=line, order=(0, line))
    return replace(burst, first=first, last_location=place)


def test_a_usual_rate_needs_usual_work():
    bursts = regular()
    lines = max(burst.first.record_line for burst in bursts)
    working = BackgroundSieve(STORY, (), *DAY, work=Work({0: bursts}, {0: lines}))
    assert working.steady(bursts, frozenset())
    crowded = [_on_line(burst, line) for line, burst in enumerate(bursts, start=1)]
    alone = BackgroundSieve(STORY, (), *DAY, work=Work({0: crowded}, {0: len(crowded)}))
    assert not alone.steady(crowded, frozenset())


def test_a_hiccup_in_the_last_record_of_the_log_did_not_pass():
    blip = make_burst("network", 0)
    last = blip.first.last_line
    sieve = BackgroundSieve(STORY, (), *DAY, work=Work({0: [blip]}, {0: last}))
    assert sieve([blip], frozenset()) == [blip]
    assert not sieve.passed(blip)
    sieve = BackgroundSieve(STORY, (), *DAY, work=Work({0: [blip]}, {0: last + 5}))
    assert sieve([blip], frozenset()) == []


def test_a_hiccup_that_calls_itself_fatal_is_a_failure():
    blip = make_burst("network", 0)
    fatal = replace(blip, first=replace(blip.first, text="Fatal exception, the bot logs out"))
    assert sieve_of_a_day()([fatal], frozenset()) == [fatal]


def test_an_orderly_stop_does_not_hide_that_a_supervisor_gave_up():
    gave_up = make_rule("gave-up", marks=Marks.GIVEN_UP, severity=Severity.CRITICAL)
    run = make_run("r1", end=at(105), stop_requested=at(100), ended=Ended.ORDERLY)
    sieve = BackgroundSieve({**STORY, "gave-up": gave_up}, (run,), *DAY)
    told = make_burst("gave-up", 106)
    assert sieve([told], frozenset()) == [told]


AGAIN = make_rule("again", role=Role.MANNER, tolerated=Tolerated(3, timedelta(minutes=10)))


def tried_again(seconds: float) -> Burst:
    """Return an unknown error of which the program says that it tries again."""
    burst = make_burst("unknown:1", seconds)
    return replace(burst, first=replace(burst.first, manner="again"))


@pytest.mark.parametrize(("work_after", "failures"), [(5, 0), (0, 1)])
def test_an_unknown_error_that_is_tried_again_passes_where_work_follows(work_after, failures):
    blip = tried_again(0)
    work = Work({0: [blip]}, {0: blip.first.last_line + work_after})
    sieve = BackgroundSieve({**STORY, "again": AGAIN}, (), *DAY, work=work)
    assert len(sieve([blip], frozenset())) == failures


def test_an_unknown_error_that_is_tried_again_and_again_is_a_failure():
    bursts = [tried_again(second) for second in (0, 60, 120)]
    sieve = BackgroundSieve({**STORY, "again": AGAIN}, (), *DAY)
    assert sieve(bursts, frozenset()) == bursts


def test_an_unknown_error_that_says_nothing_of_another_try_is_a_failure():
    burst = make_burst("unknown:1", 0)
    sieve = BackgroundSieve({**STORY, "again": AGAIN}, (), *DAY)
    assert sieve([burst], frozenset()) == [burst]


def refused(seconds: float, **changes: object) -> Burst:
    """Return a harmless refusal that the program itself reports as an error."""
    burst = make_burst("refused", seconds)
    told = replace(burst.first, role=Role.BENIGN, level=Severity.ERROR)
    return replace(burst, first=replace(told, **changes))


def test_refusals_that_the_program_calls_errors_each_time_stand_as_a_fault():
    sieve = sieve_of_a_day()
    sieve.add_benign([refused(0), refused(900)])
    (item,) = describe_background(sieve.kinds, DAY)
    assert item.standing
    assert item.because.startswith("usually harmless")


@pytest.mark.parametrize(
    "bursts",
    [
        [refused(0)],
        [refused(0), refused(900, level=Severity.INFO)],
        [refused(0), refused(900, text="refused\nTraceback (most recent call last):")],
    ],
)
def test_a_lone_refusal_one_told_quietly_or_one_nobody_caught_is_harmless_by_itself(bursts):
    sieve = sieve_of_a_day()
    sieve.add_benign(bursts)
    (item,) = describe_background(sieve.kinds, DAY)
    assert not item.standing
    assert item.because == "harmless by itself"


def test_steady_errors_stand_as_faults_before_all_that_is_harmless():
    sieve = sieve_of_a_day()
    sieve.add_benign([make_burst("harmless", second) for second in range(50)])
    sieve.steady(regular(), frozenset())
    items = describe_background(sieve.kinds, DAY)
    assert [(item.rule, item.standing) for item in items] == [("lock", True), ("harmless", False)]


def reason_beside_an_incident(seconds: list[float]) -> str:
    """Return why reports at *seconds* are background in a day with an incident at noon."""
    sieve = sieve_of_a_day()
    sieve([make_burst("network", second) for second in seconds], frozenset())
    incident = [make_burst("flood", 40_000), make_burst("lock", 40_600)]
    (item,) = describe_background(sieve.kinds, DAY, [incident])
    return item.because


def test_background_tells_its_rate_around_incidents_beside_the_one_in_healthy_time():
    even = reason_beside_an_incident([8000.0 * number for number in range(11)])
    assert "1.5 an hour around incidents, 0.43 in healthy time" in even
    assert "no more than chance makes of that, probability 0.3)" in even


def test_background_that_comes_with_incidents_says_that_it_is_more_than_chance():
    near = reason_beside_an_incident([39_500.0, 40_100.0, 41_000.0])
    assert "more than by chance, probability below 0.001)" in near


def test_few_reports_are_said_to_be_too_few():
    assert "2 bursts are too few to tell" in reason_beside_an_incident([0.0, 80_000.0])


def test_without_incidents_no_rates_are_compared():
    sieve = sieve_of_a_day()
    sieve([make_burst("network", 0)], frozenset())
    (item,) = describe_background(sieve.kinds, DAY, [])
    assert "around incidents" not in item.because
