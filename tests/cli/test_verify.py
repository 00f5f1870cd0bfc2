"""``logcascade verify`` on logs of the laboratory: what changed between them is known."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import jsonschema
import pytest

from logcascade.cli import work
from logcascade.diagnosis.verification import verify
from logcascade.model.verification import Outcome, RemedyState, Verdict, Verification
from tests.conftest import SAMPLES
from tests.support import answer_of

BEFORE = SAMPLES / "flood-control-cascade" / "journal.txt.gz"
WHOLE_FIX = SAMPLES / "after-whole-fix" / "journal.txt.gz"
HALF_FIX = SAMPLES / "after-throttle-alone" / "journal.txt.gz"
LITTLE_LOAD = SAMPLES / "healthy-day" / "journal.txt.gz"
OTHER_FAILURE = SAMPLES / "database-lock-root" / "journal.txt.gz"
STORY = SAMPLES / "article" / "several-cycles.log"
LOOP = SAMPLES / "crash-loop-bad-token" / "journal.txt.gz"
YEAR = ("--year", "2026")
FIXED, NOT_FIXED, WRONG_USAGE, NOTHING_READ, UNDECIDED = 0, 1, 2, 3, 5


def judged(before: Path, after: Path) -> Verification:
    old = answer_of(before)
    return verify(old.analysis, answer_of(after).analysis, old.ruleset.remedies)


def only(verification: Verification) -> Verdict:
    (verdict,) = verification.verdicts
    return verdict


@pytest.fixture
def cut(tmp_path):
    """Write the lines of a journal up to a time of its first day."""

    def write(path: Path, until: str) -> Path:
        lines = gzip.decompress(path.read_bytes()).decode().splitlines(keepends=True)
        day = lines[0][:6]
        kept = [line for line in lines if line.startswith(day) and line[7:15] < until]
        target = tmp_path / f"{until[:2]}.txt"
        target.write_text("".join(kept))
        return target

    return write


@pytest.fixture
def story(tmp_path):
    """Write the article's log of several cycles in parts, without dates as it is."""
    lines = STORY.read_text().splitlines(keepends=True)

    def write(name: str, *kept: str) -> Path:
        target = tmp_path / name
        target.write_text("".join(line for line in lines if any(word in line for word in kept)))
        return target

    return write


def test_quiet_for_many_old_periods_under_the_old_load_is_fixed():
    verification = judged(BEFORE, WHOLE_FIX)
    cascade = only(verification)
    assert verification.outcome is Outcome.FIXED
    assert cascade.first_failure == "telegram-flood-control"
    assert (cascade.before, cascade.after) == (11, 0)
    assert cascade.expected > 10
    assert cascade.p_value < 0.001


def test_the_storys_own_check_can_be_read():
    """No flood control in the first hours, no error in a day, no restart."""
    verification = judged(BEFORE, WHOLE_FIX)
    flood = verification.tallies[0]
    assert flood.rule == "telegram-flood-control"
    for tally in (flood, verification.any_failure, verification.restarts):
        assert (tally.after, tally.first_after_s) == (0, None)
        assert tally.quiet_s > 27 * 3600
        assert tally.is_settled
    assert verification.before.load.durations.slow > 600
    assert verification.after.load.durations.slow == 0


def test_sessions_now_stand_beside_sessions_before(tmp_path):
    """A bot that tells each minute what it has open: up to 59 before the change, 1 or 2 since."""
    begin = datetime(2026, 5, 19, 8, tzinfo=UTC)
    flood = "aiogram.exceptions.TelegramRetryAfter: Telegram server says - Flood control exceeded"
    lines = []
    for minute in range(1200):
        at = begin + timedelta(minutes=minute)
        sessions = minute % 60 if minute < 600 else 1 + minute % 2
        lines.append(f"{at:%Y-%m-%d %H:%M:%S},000 - bot - INFO - open sessions: {sessions}\n")
        if minute < 600 and minute % 57 == 0:
            call = "on method 'SendMessage' in chat 41. Retry in 29 seconds."
            lines.append(f"{at:%Y-%m-%d %H:%M:%S},500 - bot - ERROR - {flood} {call}\n")
    before, since = tmp_path / "before.log", tmp_path / "since.log"
    before.write_text("".join(lines[:611]))
    since.write_text("".join(lines[611:]))
    verification = judged(before, since)
    assert verification.outcome is Outcome.FIXED
    (sessions,) = (pair for pair in verification.numbers if pair.before.value == "sessions")
    assert (sessions.before.lowest, sessions.before.highest) == (0, 59)
    assert (sessions.after.lowest, sessions.after.highest) == (1, 2)


def test_half_a_fix_after_which_it_still_comes_is_none_and_what_is_open_is_said():
    verification = judged(BEFORE, HALF_FIX)
    cascade = only(verification)
    assert verification.outcome is Outcome.NOT_FIXED
    assert (cascade.before, cascade.after) == (11, 6)
    assert verification.after.restarts == 6
    states = {check.id: check.state for check in cascade.remedies}
    assert states["outbound-limiter"] is RemedyState.OPEN
    assert states["sqlite-short-transactions"] is RemedyState.OPEN
    (limiter,) = (check for check in cascade.remedies if check.id == "outbound-limiter")
    assert limiter.still[0].after == 1132


def test_two_hours_before_the_first_burst_exercise_nothing(cut):
    verification = judged(BEFORE, cut(WHOLE_FIX, "10:00:00"))
    cascade = only(verification)
    assert verification.outcome is Outcome.NOT_YET_EXERCISED
    assert cascade.expected < 1
    assert "events within one second" in cascade.because


def test_five_hours_of_quiet_say_when_it_is_decidable(cut):
    verification = judged(BEFORE, cut(WHOLE_FIX, "13:00:00"))
    cascade = only(verification)
    assert verification.outcome is Outcome.NOT_YET_EXERCISED
    assert cascade.p_value > 0.05
    earliest, latest = "2026-05-21T15", "2026-05-21T17"  # three periods; the load is lower
    assert earliest <= cascade.decidable.isoformat() <= latest


def test_quiet_without_the_bursts_that_brought_it_about_is_not_yet_exercised():
    verification = judged(BEFORE, LITTLE_LOAD)
    cascade = only(verification)
    assert verification.outcome is Outcome.NOT_YET_EXERCISED
    assert "within one second; the most since is 3" in cascade.because
    assert cascade.decidable is None


def test_the_same_consequences_after_another_first_failure_are_a_change():
    verification = judged(BEFORE, OTHER_FAILURE)
    assert verification.outcome is Outcome.CHANGED
    assert only(verification).now == "SQLite: database is locked"


def test_failures_that_are_new_since_are_told():
    verification = judged(LITTLE_LOAD, HALF_FIX)
    assert [new.rule for new in verification.new_failures] == ["telegram-flood-control"]
    assert verification.because == "the log before the change shows no incident"


def test_another_logging_layout_since_is_read_as_well_and_said():
    """The same run, told by the bot's own log: nothing of the kernel's or of systemd's."""
    verification = judged(BEFORE, SAMPLES / "after-whole-fix" / "bot.log.gz")
    assert verification.outcome is Outcome.FIXED
    assert any("different formats" in note for note in verification.notes)


def test_what_goes_on_at_the_change_is_not_counted_since(tmp_path):
    lines = gzip.decompress(HALF_FIX.read_bytes()).decode().splitlines(keepends=True)
    floods = [number for number, line in enumerate(lines) if "TelegramRetryAfter" in line]
    begun = [n for one, n in pairwise(floods) if lines[n][7:9] != lines[one][7:9]]
    middle, end = begun[1] + 400, begun[2] - 10
    before, since = tmp_path / "before.txt", tmp_path / "since.txt"
    before.write_text("".join(lines[:middle]))
    since.write_text("".join(lines[middle:end]))
    verification = judged(before, since)
    cascade = only(verification)
    assert verification.tallies[0].after > 0
    assert (cascade.outcome, cascade.after) == (Outcome.NOT_YET_EXERCISED, 0)
    assert any("rest of an incident" in note for note in verification.notes)
    assert all(check.state is not RemedyState.OPEN for check in cascade.remedies)


def test_a_change_within_one_log_tells_each_half_by_itself(run):
    ran = run("verify", *YEAR, BEFORE, "--changed-at", "2026-05-19T20:00", "--format", "json")
    verdict = json.loads(ran.out)
    assert (ran.status, verdict["outcome"]) == (NOT_FIXED, "not-fixed")
    (cascade,) = verdict["verdicts"]
    assert cascade["before"] + cascade["after"] == 11
    assert verdict["before"]["last_time"] == verdict["after"]["first_time"]
    for side in ("before", "after"):
        assert 55 < verdict[side]["load"]["durations"]["p99_s"] < 65
        assert verdict[side]["load"]["durations"]["slow"] > 200
        assert verdict[side]["load"]["peak_concurrency"] > 60


def test_an_orderly_restart_with_the_change_is_no_failure():
    deploys = SAMPLES / "kills-and-deploys" / "journal.txt.gz"
    at = datetime(2026, 5, 19, 13, 40, 1, tzinfo=UTC)  # systemd stops the bot for a deploy
    old, new = work.analyse_around(work.Request([str(deploys)], year=2026), at)
    verification = verify(old.analysis, new.analysis, old.ruleset.remedies)
    assert verification.outcome is Outcome.NOT_FIXED
    assert (verification.before.restarts, verification.after.restarts) == (2, 6)
    assert (verification.restarts.before, verification.restarts.after) == (2, 6)
    assert verification.after.orderly_restarts == 3  # this deploy among them


def test_fixed_is_success(run):
    ran = run("verify", *YEAR, LOOP, WHOLE_FIX)
    assert ran.status == FIXED
    assert ran.out.startswith("Fixed\n")
    assert "No unplanned restart for 28 h, since the log begins" in ran.out


def test_a_log_without_days_is_compared_by_its_lengths(run, story):
    before = story("before.log", "")
    again = run("verify", before, story("again.log", "INFO", "flood", "OOM"))
    assert again.status == NOT_FIXED
    assert "overlap" not in again.out
    gone = run("verify", before, story("since.log", "update handled"), "--format", "json")
    verdict = json.loads(gone.out)
    assert verdict["outcome"] == "fixed"
    numbers = [pair["before"] for pair in verdict["numbers"]]
    (sessions,) = [each for each in numbers if each["value"] == "sessions"]
    assert (sessions["lowest"], sessions["highest"]) == (42, 51)


def test_undecided_has_a_status_of_its_own(run, story, tmp_path):
    lines = story("since.log", "update handled").read_text().splitlines(keepends=True)
    short = tmp_path / "short.log"
    short.write_text("".join(lines[:10]))
    ran = run("verify", STORY, short)
    assert ran.status == UNDECIDED
    assert ran.out.startswith("Not yet exercised\n")
    assert "decidable about" in ran.out


def test_the_log_since_may_come_through_a_pipe(run):
    ran = run("verify", STORY, "-", stdin=STORY.read_bytes())
    assert ran.status == NOT_FIXED
    assert "8 x before, 8 x since" in ran.out


def test_all_logs_but_the_last_are_before_the_change(run, story, tmp_path):
    lines = STORY.read_text().splitlines(keepends=True)
    older, newer = tmp_path / "bot.log.2", tmp_path / "bot.log.1"
    older.write_text("".join(lines[: len(lines) // 2]))
    newer.write_text("".join(lines[len(lines) // 2 :]))
    ran = run("verify", older, newer, story("bot.log", "update handled"), "--format", "json")
    (cascade,) = json.loads(ran.out)["verdicts"]
    assert cascade["before"] == 8


def test_rotated_logs_are_parted_at_the_time_of_the_change(run, tmp_path):
    lines = gzip.decompress(LOOP.read_bytes()).decode().splitlines(keepends=True)
    middle = len(lines) // 2
    (tmp_path / "bot.log.1").write_text("".join(lines[:middle]))
    (tmp_path / "bot.log").write_text("".join(lines[middle:]))
    at = lines[middle].split()[2][:8]
    arguments = (*YEAR, tmp_path / "bot.log", "--rotated", "--changed-at", f"2026-05-19T{at}")
    ran = run("verify", *arguments, "--format", "json")
    verdict = json.loads(ran.out)
    assert ran.status == NOT_FIXED, ran.err
    assert verdict["before"]["incidents"] + verdict["after"]["incidents"] >= 2


def test_a_zone_may_be_for_the_log_since_alone(run, story):
    since = story("since.log", "update handled")
    assert run("verify", STORY, since, "--zone", "since.log=+02:00").status == FIXED
    ran = run("verify", STORY, since, "--zone", "other.log=+02:00")
    assert ran.status == WRONG_USAGE
    assert 'no log is named "other.log"' in ran.err


def test_the_printed_schema_is_that_of_what_is_printed(run, story):
    schema = json.loads(run("schema", "verification").out)
    ran = run("verify", STORY, story("since.log", "update handled"), "--format", "json")
    jsonschema.validate(json.loads(ran.out), schema)
    assert json.loads(run("schema").out)["title"] == "logcascade.report/1"


def test_an_empty_log_since_is_no_fix(run, tmp_path):
    (tmp_path / "after.log").write_text("")
    ran = run("verify", STORY, tmp_path / "after.log")
    assert ran.status == NOTHING_READ
    assert "after.log" in ran.err


def test_a_log_since_that_nobody_understands_is_no_fix(run, tmp_path):
    (tmp_path / "after.log").write_text("all that was said\nis in no format\n" * 50)
    ran = run("verify", STORY, tmp_path / "after.log")
    assert ran.status == UNDECIDED
    assert "no times" in ran.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((STORY,), "there is only one log"),
        ((STORY, STORY), "is named twice"),
        ((STORY, "--changed-at", "yesterday"), '"yesterday" is no time'),
        ((STORY, "--changed-at", "2026-06-19T20:00"), "the log goes from"),
        ((STORY, LOOP, "--rotated"), "--rotated without the time of the change"),
        ((*YEAR, WHOLE_FIX, LOOP), "ends before"),
    ],
)
def test_what_cannot_be_compared_is_refused_in_words(run, arguments, said):
    ran = run("verify", *arguments)
    assert ran.status == WRONG_USAGE
    assert said in ran.err
