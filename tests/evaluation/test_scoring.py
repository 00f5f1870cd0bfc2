"""The measure itself: what counts as found, as invented, as got worse."""

import gzip
import json
from pathlib import Path

import pytest

from tests.evaluation.baselines import (
    BASELINES,
    first_error,
    last_error_before_restart,
    most_frequent_error,
)
from tests.evaluation.cases import LabelError, Root, find_cases
from tests.evaluation.kinds import is_of_kind, load_kinds
from tests.evaluation.made_up import make_case, make_failure, make_incident, make_report
from tests.evaluation.new_template import Templates, first_new_template
from tests.evaluation.one_case import render_case
from tests.evaluation.scores import offers, regressions, score
from tests.evaluation.table import render

KINDS = load_kinds()


def test_a_first_failure_within_the_accepted_lines_is_found() -> None:
    scored = score(make_case(), make_report(make_incident(line=12)), KINDS)
    assert scored.found[0].incident
    assert scored.found[0].kind
    assert all(scored.checks.values())


def test_a_root_that_is_reported_as_a_symptom_is_not_found_and_the_reader_is_told() -> None:
    blamed = make_incident(rule="telegram-flood-control", line=2, symptoms=(make_failure(),))
    scored = score(make_case(), make_report(blamed), KINDS)
    assert not scored.found[0].incident
    assert "symptom of telegram-flood-control at 2" in scored.found[0].where
    assert not scored.checks["worst"]


def test_a_healthy_log_is_only_silent_without_any_incident() -> None:
    healthy = make_case(healthy=True, roots=(), fewest=0, most=2)
    loud = score(healthy, make_report(make_incident()), KINDS)
    assert not loud.checks["silent"]
    assert loud.checks["incidents"]
    assert score(healthy, make_report(), KINDS).checks["silent"]


def test_a_later_occurrence_of_a_labelled_root_counts_as_right_for_its_certainty() -> None:
    report = make_report(make_incident(), make_incident("i2", line=400, certainty="likely"))
    tally = score(make_case(most=2), report, KINDS).certainty
    assert tally == {"certain": (1, 1), "likely": (1, 1)}


def test_a_wrong_certain_is_counted_against_it() -> None:
    report = make_report(make_incident(rule="telegram-conflict", line=3))
    assert score(make_case(), report, KINDS).certainty == {"certain": (0, 1)}


def test_a_period_within_one_per_cent_is_right_and_one_outside_is_not() -> None:
    case = make_case(period=(8400.0, 8400.0), recurs=True, driver="uptime")
    near = score(case, make_report(make_incident(), period_s=8480.0, driver="uptime"), KINDS)
    far = score(case, make_report(make_incident(), period_s=8500.0, driver="clock"), KINDS)
    assert near.checks["period"]
    assert near.checks["driver"]
    assert not far.checks["period"]
    assert not far.checks["driver"]


def test_a_period_that_the_label_does_not_know_is_made_up() -> None:
    scored = score(make_case(), make_report(make_incident(), period_s=60.0), KINDS)
    assert not scored.checks["no period"]


def test_a_lost_run_does_not_shift_the_ends_of_the_others() -> None:
    case = make_case(run_ends=("oom-killed", "orderly", "running"))
    assert score(case, make_report(make_incident()), KINDS).ends == (2, 3)


def test_the_ends_of_another_component_are_not_asked_for() -> None:
    case = make_case(run_ends=("oom-killed", "running"))
    assert score(case, make_report(make_incident()), KINDS).ends == (2, 2)


def test_the_ends_of_a_unit_that_the_label_names_are_asked_for_beside_its_own() -> None:
    case = make_case(run_ends=("oom-killed", "running"), other_ends={"report": ("orderly",)})
    assert score(case, make_report(make_incident()), KINDS).ends == (3, 3)
    case = make_case(run_ends=("orderly",), other_ends={"bot": ("killed",), "web": ("running",)})
    assert score(case, make_report(make_incident()), KINDS).ends == (1, 4)


def test_an_unknown_failure_is_of_a_kind_when_it_names_the_exception() -> None:
    failure = make_failure("unknown:1a2b", text="Traceback\nKeyError: 'events'")
    assert is_of_kind(failure, "code-bug-KeyError", KINDS)
    assert not is_of_kind(failure, "code-bug-ValueError", KINDS)


def test_a_rule_for_any_bug_is_of_the_kind_of_bug_that_its_text_names() -> None:
    failure = make_failure("python-code-error", text="'Bot' object has no attribute 'close'")
    assert is_of_kind(failure, "code-bug-AttributeError", KINDS)
    assert not is_of_kind(failure, "code-bug-KeyError", KINDS)


def test_what_was_right_before_and_is_not_now_is_a_regression() -> None:
    case = make_case()
    good = score(case, make_report(make_incident()), KINDS)
    bad = score(case, make_report(), KINDS)
    stored = {"cases": {"case": {"checks": dict(good.checks)}}}
    assert list(regressions([good], stored)) == []
    assert any("root 1" in line for line in regressions([bad], stored))
    assert any("not there any more" in line for line in regressions([], stored))


def test_each_file_of_a_story_is_a_case_of_its_own(tmp_path: Path) -> None:
    story = tmp_path / "story"
    story.mkdir()
    for name in ("bot.log", "journal.log"):
        (story / name).write_text("a line\n", encoding="utf-8")
    truth = {
        "n_incidents": 1,
        "confidence": "high",
        "first_failure_kind": "sqlite-locked",
        "files": {
            "bot.log": {"first_failure_line": [3], "accept_ranges": [[3, 4]]},
            "journal.log": {"first_failure_line": [7], "accept_ranges": [[7, 9]]},
        },
    }
    (story / "truth.json").write_text(json.dumps(truth), encoding="utf-8")
    cases = list(find_cases([tmp_path]))
    assert [case.name for case in cases] == ["story/bot.log", "story/journal.log"]
    assert cases[1].roots == (Root(7, 7, 9, "sqlite-locked"),)


def test_a_packed_log_has_its_lines_counted_unpacked(tmp_path: Path) -> None:
    (tmp_path / "bot.log.gz").write_bytes(gzip.compress(b"one\ntwo\rstill two\n"))
    case = make_case(log=tmp_path / "bot.log.gz")
    assert case.read_lines() == ["one", "two\rstill two", ""]


def test_one_of_two_alternative_remedies_is_enough() -> None:
    assert offers(["a", "c"], ["a|b", "c"])
    assert not offers(["a"], ["a|b", "c"])


def test_a_remedy_for_another_disease_is_wrong() -> None:
    assert offers(["a"], ["a", "!b"])
    assert offers([], ["!b"])
    assert not offers(["a", "b"], ["a", "!b"])


def test_an_incident_at_an_echo_of_the_one_before_is_not_wrong() -> None:
    case = make_case(most=2, echoes=(50,))
    report = make_report(make_incident(), make_incident("i2", rule="telegram-conflict", line=50))
    assert score(case, report, KINDS).certainty == {"certain": (2, 2)}


def test_a_label_with_lists_of_different_length_is_refused(tmp_path: Path) -> None:
    (tmp_path / "input.log").write_text("a line\n", encoding="utf-8")
    label = {
        "n_incidents": 2,
        "first_failure_line": [1, 2],
        "first_failure_kind": ["one"],
        "confidence": "high",
    }
    (tmp_path / "label.json").write_text(json.dumps(label), encoding="utf-8")
    with pytest.raises(LabelError, match="differ in length"):
        list(find_cases([tmp_path]))


def test_the_naive_readings_choose_what_a_hurried_reader_would() -> None:
    lines = ["INFO up", "ERROR a 1", "ERROR b 7", "ERROR b 8", "INFO Start polling", "ERROR c"]
    assert first_error(lines) == 2
    assert most_frequent_error(lines) == 3
    assert last_error_before_restart(lines) == 4


def test_the_table_names_what_was_expected_and_what_was_found() -> None:
    case = make_case()
    naive = dict.fromkeys(BASELINES, True)
    text = render([score(case, make_report(), KINDS)], {"case": naive})
    assert "line 10 sqlite-locked: nowhere" in text
    assert "first failures found              0 of 1" in text


def test_a_label_that_does_not_say_how_sure_it_is_is_refused(tmp_path: Path) -> None:
    (tmp_path / "input.log").write_text("a line\n", encoding="utf-8")
    label = {"n_incidents": 0, "healthy": True}
    (tmp_path / "label.json").write_text(json.dumps(label), encoding="utf-8")
    with pytest.raises(LabelError, match="confidence is None"):
        list(find_cases([tmp_path]))


def test_a_line_unlike_any_of_the_beginning_is_the_first_new_template() -> None:
    lines = [f"10:00:{n:02} INFO handled update {n} of user {n}" for n in range(60)]
    lines[3] = "10:00:03 INFO wholly other words while the log is still learnt from"
    lines[40] = "10:00:40 ERROR no connection to the far side"
    assert first_new_template(lines) == 41
    assert first_new_template([line for line in lines if "ERROR" not in line]) is None


def test_lines_that_differ_in_fewer_than_half_of_their_words_are_of_one_template() -> None:
    templates = Templates()
    assert templates.add("1 INFO job alpha done in 3 ms")
    assert not templates.add("2 INFO job beta done in 4 ms")
    assert templates.add("3 WARNING queue gamma grows by 5 pieces")


def test_all_about_one_case_has_the_label_and_the_report() -> None:
    report = make_report(make_incident(symptoms=(make_failure("process-oom-killed", 44),)))
    case = make_case(words={"why": "the lock was held", "traps": ["looks like two"]})
    text = render_case(score(case, report, KINDS), report)
    for words in ("the lock was held", "looks like two", "because: it is the earliest", "at 44"):
        assert words in text


@pytest.mark.parametrize(
    ("slopes", "is_right"),
    [((35.0,), True), ((36e6,), True), ((12.0, 60.0), True), ((12.0,), False), ((), False)],
    ids=["in its unit", "in another unit", "one of two numbers", "another slope", "none"],
)
def test_what_grows_is_named_where_a_slope_is_right(slopes, is_right) -> None:
    report = make_report(make_incident())
    report["cascades"][0]["growth"] = [{"per_hour": slope} for slope in slopes]
    case = make_case(grows=(36.0, 36e6, 60.0))
    assert score(case, report, KINDS).checks["growth"] is is_right


def test_an_echo_is_its_whole_record_where_the_label_tells_it(tmp_path: Path) -> None:
    label = {"confidence": "high", "echo_lines": [5], "echo_ranges": [[4, 6]], "n_incidents": 1}
    (tmp_path / "bot.log").write_text("one\n")
    (tmp_path / "truth.json").write_text(json.dumps(label))
    [case] = find_cases([tmp_path])
    assert case.echoes == (4, 5, 6)
