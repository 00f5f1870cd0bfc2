"""``logcascade verify`` on logs of the laboratory: what changed between them is known."""

import gzip
import json
from pathlib import Path

import pytest

from tests.conftest import SAMPLES

BEFORE = SAMPLES / "flood-control-cascade" / "journal.txt.gz"
WHOLE_FIX = SAMPLES / "after-whole-fix" / "journal.txt.gz"
HALF_FIX = SAMPLES / "after-throttle-alone" / "journal.txt.gz"
LITTLE_LOAD = SAMPLES / "healthy-day" / "journal.txt.gz"
OTHER_FAILURE = SAMPLES / "database-lock-root" / "journal.txt.gz"
YEAR = ("--year", "2026")
FIXED, NOT_FIXED, UNDECIDED = 0, 1, 5


@pytest.fixture
def cut(tmp_path):
    """Write the lines of a journal up to a time of its first day."""

    def write(path: Path, until: str) -> Path:
        lines = gzip.decompress(path.read_bytes()).decode().splitlines(keepends=True)
        day = lines[0][:6]
        kept = [line for line in lines if line.startswith(day) and line[7:15] < until]
        target = tmp_path / "journal.txt"
        target.write_text("".join(kept))
        return target

    return write


def judged(run, *arguments: object) -> tuple[int, dict]:
    ran = run("verify", *YEAR, *arguments, "--format", "json")
    return ran.status, json.loads(ran.out)


def test_quiet_for_many_old_periods_under_the_old_load_is_fixed(run):
    status, verdict = judged(run, BEFORE, WHOLE_FIX)
    assert (status, verdict["outcome"]) == (FIXED, "fixed")
    (cascade,) = verdict["verdicts"]
    assert cascade["first_failure"] == "telegram-flood-control"
    assert (cascade["before"], cascade["after"]) == (11, 0)
    assert cascade["expected"] > 10
    assert cascade["p_value"] < 0.001


def test_half_a_fix_after_which_it_still_comes_is_none(run):
    status, verdict = judged(run, BEFORE, HALF_FIX)
    assert (status, verdict["outcome"]) == (NOT_FIXED, "not-fixed")
    (cascade,) = verdict["verdicts"]
    assert (cascade["before"], cascade["after"]) == (11, 6)
    assert verdict["after"]["restarts"] == 6


def test_a_change_that_changed_nothing_within_one_log_is_not_fixed(run):
    status, verdict = judged(run, BEFORE, "--changed-at", "2026-05-19T20:00")
    assert (status, verdict["outcome"]) == (NOT_FIXED, "not-fixed")
    (cascade,) = verdict["verdicts"]
    assert cascade["before"] + cascade["after"] == 11
    assert verdict["before"]["last_time"] == verdict["after"]["first_time"]
    for side in ("before", "after"):  # each half tells its own handlers
        assert 55 < verdict[side]["load"]["durations"]["p99_s"] < 65
        assert verdict[side]["load"]["peak_concurrency"] > 60


def test_two_hours_before_the_first_burst_exercise_nothing(run, cut):
    status, verdict = judged(run, BEFORE, cut(WHOLE_FIX, "10:00:00"))
    assert (status, verdict["outcome"]) == (UNDECIDED, "not-yet-exercised")
    (cascade,) = verdict["verdicts"]
    assert cascade["expected"] < 1
    assert "events within one second" in cascade["because"]


def test_five_hours_of_quiet_say_when_it_is_decidable(run, cut):
    status, verdict = judged(run, BEFORE, cut(WHOLE_FIX, "13:00:00"))
    assert (status, verdict["outcome"]) == (UNDECIDED, "not-yet-exercised")
    (cascade,) = verdict["verdicts"]
    assert cascade["p_value"] > 0.05
    earliest, latest = "2026-05-21T15", "2026-05-21T17"  # three periods; the load is lower
    assert earliest <= cascade["decidable"] <= latest


def test_quiet_without_the_bursts_that_brought_it_about_is_not_yet_exercised(run):
    status, verdict = judged(run, BEFORE, LITTLE_LOAD)
    assert (status, verdict["outcome"]) == (UNDECIDED, "not-yet-exercised")
    (cascade,) = verdict["verdicts"]
    assert "within one second; the most since is 3" in cascade["because"]
    assert cascade["decidable"] is None


def test_the_same_consequences_after_another_first_failure_are_a_change(run):
    status, verdict = judged(run, BEFORE, OTHER_FAILURE)
    assert (status, verdict["outcome"]) == (NOT_FIXED, "changed")
    assert verdict["verdicts"][0]["now"] == "SQLite: database is locked"


def test_failures_that_are_new_since_are_told(run):
    status, verdict = judged(run, LITTLE_LOAD, HALF_FIX)
    assert [new["rule"] for new in verdict["new_failures"]] == ["telegram-flood-control"]
    assert (status, verdict["outcome"]) == (UNDECIDED, "not-yet-exercised")
    assert verdict["because"] == "the log before the change shows no incident"


@pytest.mark.parametrize("form", ["terminal", "markdown"])
def test_people_read_the_verdict_first_and_the_numbers_side_by_side(run, form):
    ran = run("verify", *YEAR, BEFORE, HALF_FIX, "--format", form)
    assert "Not fixed" in ran.out.splitlines()[0]
    assert any(
        line.split("Telegram flood control")[-1].replace("|", " ").split() == ["1,904", "1,132"]
        for line in ran.out.splitlines()
        if "Telegram flood control" in line
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((BEFORE,), "there is only one log"),
        ((BEFORE, HALF_FIX, "--changed-at", "2026-05-19T20:00"), "both AFTER and --changed-at"),
        ((BEFORE, "--changed-at", "yesterday"), '"yesterday" is no time'),
        ((BEFORE, "--changed-at", "2026-06-19T20:00"), "the log goes from 2026-05-19 08:00"),
        ((WHOLE_FIX, BEFORE), "ends before"),
    ],
)
def test_what_cannot_be_compared_is_refused_in_words(run, arguments, said):
    ran = run("verify", *YEAR, *arguments)
    assert ran.status == 2
    assert said in ran.err
