import re
from dataclasses import replace

import pytest

from logcascade.model.analysis import Background, Certainty, Link, Restarts, Rival, UnknownFailure
from logcascade.model.records import Location
from logcascade.model.recurrence import Driver
from logcascade.report.presentable import presentable
from logcascade.report.terminal import render_terminal
from tests.report.builders import (
    CONTEXT,
    at,
    make_analysis,
    make_cascade,
    make_first,
    make_hostile,
    make_incident,
    make_quiet,
    make_recurrence,
    make_source,
    make_symptom,
)


def shown(analysis, width=80, **options):
    return render_terminal(presentable(analysis), CONTEXT, width=width, **options)


def test_the_first_screen_says_what_failed_first_how_often_and_what_to_do():
    screen = "\n".join(shown(make_analysis()).splitlines()[:24])
    assert "Telegram flood control   one incident of 3 reports" in screen
    assert "do first: logcascade remedy outbound-limiter" in screen
    assert "(certain)  12:00:00  bot.log:40" in screen


def test_the_first_lines_account_for_what_was_read_and_assumed():
    lines = shown(make_quiet(sources=(make_source(unparsed_lines=3),))).splitlines()
    assert lines[0] == "bot.log   1,000 lines, 3 not understood   python-logging"
    assert lines[1] == "19 May 2026, 11:00:00 to 13:00:00 UTC, 2 h"
    assert lines[2] == "assumed: zone UTC (--zone gives another)"


def test_consequences_stand_below_what_led_to_them_with_delay_and_count():
    symptoms = (
        make_symptom("a-timeout", delay_s=2.0, count=4),
        make_symptom("a-session", delay_s=4.0, because_of="a-timeout"),
        make_symptom("a-kill", delay_s=19.0, count=1, because_of="a-session"),
        make_symptom("a-lock", delay_s=7.0),
    )
    analysis = make_analysis(incidents=(make_incident(symptoms=symptoms),))
    rows = [line for line in shown(analysis).splitlines() if line.lstrip().startswith("then ")]
    assert [line.index("then") for line in rows] == [3, 5, 7, 3]
    assert "+2 s  4 x  a timeout  line 60" in rows[0]


def test_an_observed_order_is_never_shown_as_a_cause():
    symptom = make_symptom(link=Link.OBSERVED_ORDER, how="")
    analysis = make_analysis(incidents=(make_incident(symptoms=(symptom,)),))
    assert "observed order, not a proven cause" in shown(analysis, 120)


def test_doubts_and_rivals_stand_with_the_first_failure():
    rival = Rival("x-y", "Disk full", Location("bot.log", 39), at(0), "it may be earlier")
    failure = make_first(
        certainty=Certainty.LIKELY, rivals=(rival,), doubts=("the log begins with it",)
    )
    text = shown(make_analysis(incidents=(make_incident(first_failure=failure),)))
    assert "(likely)" in text
    assert "the log begins with it" in text
    assert "Disk full  bot.log:39  it may be earlier" in text


def test_a_rhythm_is_told_with_its_spread_and_the_next_time():
    recurrence = make_recurrence(
        driver=Driver.UPTIME, because="fixed time after start", period_s=8400.0, spread_s=110.0,
        gaps=11, p_value=1e-9, next_due=at(8400),
    )  # fmt: skip
    incidents = tuple(make_incident(id=f"i{number}") for number in range(1, 13))
    names = tuple(each.id for each in incidents)
    cascade = make_cascade(recurrence=recurrence, incidents=names, count=10, aftershocks=2)
    text = shown(make_analysis(incidents=incidents, cascades=(cascade,)))
    assert "10 times, every 2 h 20 min +-110 s of uptime" in text
    assert "next due about 14:20" in text
    assert "2 aftershocks right after a restart are not counted" in text
    assert "2 x  sqlite database locked  line 60  (12 of 12)" in text


def test_a_log_without_times_is_told_by_its_order():
    first = make_first(time=None, occurred_from=None, occurred_to=None)
    symptom = make_symptom(time=None, delay_s=None)
    incident = make_incident(start=None, end=None, first_failure=first, symptoms=(symptom,))
    source = make_source(first_time=None, last_time=None, assumptions=())
    text = shown(make_analysis(sources=(source,), incidents=(incident,)))
    assert "no times in the log: only the order is known" in text
    assert "1970" not in text
    assert "None" not in text


def test_a_healthy_log_gets_a_calm_report_of_what_was_checked():
    background = Background(
        "telegram-bot-blocked", "Blocked by the user", 40, 1.67, Location("bot.log", 9), "harmless"
    )
    restarts = Restarts(1, 1, (at(9),), None, None, Driver.TOO_FEW)
    text = shown(make_quiet(background=(background,), restarts=restarts))
    assert "No incident found: 40 reports seen, all judged harmless, as told below." in text
    assert "900 records in 1,000 lines" in text
    assert "Restarts       1, orderly" in text
    assert "Blocked by the user  40 x, 1.7 an hour  bot.log:9  harmless" in text


def test_a_standing_fault_is_told_apart_from_what_is_harmless():
    place = Location("bot.log", 9)
    fault = Background(
        "unknown:ab", "bad brightness", 56, 0.7, place, "all the time", standing=True
    )
    harmless = Background(
        "telegram-bot-blocked", "Blocked by the user", 40, 1.67, place, "harmless"
    )
    text = shown(make_quiet(background=(fault, harmless)))
    assert "No incident found, but 1 standing fault." in text
    assert "Standing       bad brightness  56 x" in text
    assert "Background     Blocked by the user" in text


def test_silence_of_a_log_that_was_not_understood_is_no_good_news():
    text = shown(make_quiet(sources=(make_source(unparsed_lines=900),)))
    assert "Cannot say whether anything failed.\n900 of 1,000 lines were not understood." in text
    assert "No incident found" not in text


def test_lines_that_read_like_failures_are_named_where_no_incident_was_found():
    places = tuple(Location("bot.log", line) for line in (3, 7))
    text = " ".join(shown(make_quiet(sources=(make_source(doubtful=places),))).split())
    assert "Cannot say whether anything failed." in text
    assert "no rule that knows it: bot.log:3 and bot.log:7." in text


def test_what_no_rule_knows_is_shown_with_the_way_to_name_it():
    unknown = UnknownFailure("ab", "boo <n>", 3, Location("bot.log", 5))
    text = shown(make_analysis(unknown_failures=(unknown,)), 120)
    assert "boo <n>  3 x  bot.log:5" in text
    assert "begin a rule: logcascade rules new --from" in " ".join(text.split())


def test_an_unknown_first_failure_says_what_is_not_known_and_how_to_write_it_down():
    first = make_first(rule="unknown:ab", location=Location("bot.log", 5))
    cascade = make_cascade(first_failure="unknown:ab", remedies=())
    incident = make_incident(first_failure=first)
    text = shown(make_analysis(incidents=(incident,), cascades=(cascade,)), 120)
    assert "no rule knows it" in text
    assert "what it means, what it leads to and what helps" in text
    assert "logcascade rules new --from bot.log:5" in text


def test_a_failure_whose_cause_the_log_does_not_show_is_not_called_the_first():
    incident = make_incident(first_failure=make_first(certainty=Certainty.NOT_IN_LOG))
    text = shown(make_analysis(incidents=(incident,)), 100)
    assert "First seen     (the cause is not in this log)" in text
    assert "First failure" not in text


def test_what_was_left_out_is_said():
    text = shown(make_quiet(sources=(make_source(problems=("the gzip data is cut short",)),)))
    assert "Left out       bot.log: the gzip data is cut short" in text


def test_brief_is_one_line_for_each_cascade():
    other = replace(make_cascade(), id="c2")
    text = shown(make_analysis(cascades=(make_cascade(), other)), 120, brief=True)
    assert [line[:3] for line in text.splitlines()[5:]] == ["1  ", "2  "]


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_wider_than_the_terminal(width):
    for analysis in (make_analysis(), make_quiet(), make_hostile()):
        assert max(len(line) for line in shown(analysis, width).splitlines()) <= width


def test_log_text_can_neither_mark_up_nor_move_the_cursor():
    text = shown(make_hostile(), 120)
    assert "[red]x[/red] [/dev/sda1]" in text
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_colours_are_written_only_when_asked_for():
    assert "\x1b[" in shown(make_analysis(), colour=True)
    assert "\x1b[" not in shown(make_analysis())


def test_a_doubt_that_only_names_the_rivals_is_not_said_twice():
    rival = Rival("x-y", "Disk full", Location("bot.log", 39), at(0), "it may be earlier")
    doubts = ("may have come after another failure: Disk full", "no rule knows this failure")
    failure = make_first(certainty=Certainty.LIKELY, rivals=(rival,), doubts=doubts)
    text = shown(make_analysis(incidents=(make_incident(first_failure=failure),)))
    assert text.count("Disk full") == 1
    assert "no rule knows this failure" in text


def test_several_cascades_are_counted_before_the_first():
    other = replace(make_cascade(), id="c2")
    text = shown(make_analysis(cascades=(make_cascade(), other)))
    assert "2 cascades, the worst first" in text.splitlines()[3]


def test_an_incident_that_passed_is_said_to_have_passed():
    text = shown(make_analysis(incidents=(make_incident(recovered=True),)))
    assert "20 s, then the run went on healthily" in text


def test_with_colours_too_only_ours_reach_the_terminal():
    text = shown(make_hostile(), 120, colour=True)
    assert "\x1b" not in re.sub(r"\x1b\[[0-9;]*m", "", text)
    assert "\x1b[4m" not in shown(make_hostile("\x1b[4munderlined"), 120, colour=True)
