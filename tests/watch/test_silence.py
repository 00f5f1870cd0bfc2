"""What a watch does not tell: what is healthy, what passes by itself, what is usual."""

import pytest

from logcascade.model.happenings import Kind
from tests.watch.conftest import lines_of

HOUR = 3600


def written(second, text):
    """Return a line of a bot, so many seconds after noon."""
    hour, rest = divmod(second, HOUR)
    return f"2026-05-19 {12 + hour:02}:{rest // 60:02}:{rest % 60:02},000 {text}\n".encode()


def healthy(begin, end, every=20):
    """Return lines of work from one second after noon to another."""
    line = "- aiogram.event - INFO - Update id={} is handled. Duration 120 ms by bot id=1"
    return [written(second, line.format(second)) for second in range(begin, end, every)]


def hiccup(second):
    failed = "TelegramNetworkError: HTTP Client says - ServerDisconnectedError: Server disconnected"
    return written(second, f"- aiogram.dispatcher - ERROR - Failed to fetch updates - {failed}")


@pytest.mark.parametrize(
    ("story", "name"),
    [
        ("healthy-day", "journal.txt.gz"),
        ("healthy-gunicorn", "journal.txt.gz"),
        ("healthy-celery", "journal.txt.gz"),
    ],
)
def test_nothing_is_told_of_a_healthy_log(watch_lines, story, name):
    lines = lines_of(story, name)
    heard = watch_lines(lines, seconds=120.0)
    assert heard.told == []
    assert heard.live.lines == len(lines)


def test_one_hiccup_that_passes_is_not_told_even_while_it_may_yet_not(watch_lines):
    lines = [*healthy(0, 600), hiccup(605), *healthy(610, 3000)]
    heard = watch_lines(lines, seconds=1.0)
    assert heard.told == []


def test_a_hiccup_after_which_nothing_comes_is_told_when_hope_is_lost(watch_lines):
    heard = watch_lines([*healthy(0, 600), hiccup(605)], seconds=1.0, then_s=2.0 * HOUR)
    (only,) = heard.of(Kind.BEGINS)
    assert only.location.line == 31
    assert [each.kind for _, each in heard.told] == [Kind.BEGINS]


def test_more_hiccups_than_are_tolerated_are_told_before_the_outage_ends(watch_lines):
    lines = [*healthy(0, 600), *map(hiccup, range(605, 700, 5)), *healthy(1000, 3000)]
    heard = watch_lines(lines, seconds=1.0)
    (begun,) = heard.of(Kind.BEGINS)
    assert begun.location.line == 31
    read = next(read for read, each in heard.told if each is begun)
    assert read < 31 + 19
    assert len(heard.of(Kind.RECOVERED)) == 1


def test_a_bug_that_turns_out_to_be_usual_is_taken_back_and_not_told_again(watch_lines):
    bug = "- shop - ERROR - cannot price the order"
    lines = sorted([*healthy(0, 9 * HOUR), *(written(s, bug) for s in range(300, 9 * HOUR, 611))])
    heard = watch_lines(lines, seconds=60.0)
    assert heard.kinds()[-1] == "corrected"
    taken_back = heard.told[-1][1]
    assert "usual rate" in taken_back.because
    assert heard.told[-1][0] < len(lines) / 2


def test_lines_in_a_format_that_the_first_lines_had_not_are_said_to_be_unknown(watch_lines):
    moved = b"all is well in the shop, and nothing says when\n" * 1500
    changed = [each for n in range(0, 400, 20) for each in (moved, *healthy(1300 + n, 1310 + n))]
    heard = watch_lines([*healthy(0, 1200), *changed])
    assert [note for note in heard.notes if "if the format has changed" in note]
    assert watch_lines(healthy(0, 40_000), seconds=600.0).notes == []
