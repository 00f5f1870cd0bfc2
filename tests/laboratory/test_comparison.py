"""The table of remedies: figures come from records, pages from figures."""

import json

import pytest

from laboratory.comparison import ANSWER_WITHIN_S, RESULTS, figures, waits
from laboratory.comparison_pages import COMPARISONS, PAGE, helped, page, records
from laboratory.remedy_stories import ROWS
from laboratory.stories import load
from tests.remedies.code import REMEDIES
from tests.remedies.trials import kept

LOG = b"""\
2026-05-19 10:20:55,001 - bot - ERROR - TelegramRetryAfter: Flood control exceeded
Traceback (most recent call last):
sqlite3.OperationalError: database is locked
OperationalError: database is locked
    raise TimeoutError
TimeoutError
2026-05-19 10:20:56,001 - asyncio - ERROR - Unclosed client session
"""


def told(path, *facts):
    path.write_text("".join(json.dumps({"t": at, "what": what}) + "\n" for at, what in facts))


def test_figures_are_what_server_supervisor_kernel_and_log_tell(tmp_path):
    told(tmp_path / "injected.jsonl", (1.0, "burst"), (2.0, "refused"), (3.0, "refused"))
    lives = (0.0, "start"), (5.0, "oom-killed"), (6.0, "start"), (9.0, "end")
    told(tmp_path / "supervisor.jsonl", *lives)
    (tmp_path / "bot.log").write_bytes(LOG)
    (tmp_path / "peak-memory").write_text(str(490 * 2**20))
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "bot.peak").write_text("81")
    assert figures(tmp_path) == {
        "bursts": 1,
        "refused calls": 2,
        "database locks": 1,
        "handler timeouts": 1,
        "unclosed sessions": 1,
        "handlers at once": 81,
        "peak memory in MB": 490,
        "kills": 1,
        "restarts": 1,
        "questions": 0,
        "answered": 0,
        "slowest answer in s": 0.0,
    }


def facts(*told):
    return [{"t": at, "what": what, "chat": chat} for at, what, chat in told]


def test_one_person_who_asks_again_and_again_has_one_question():
    asked = facts((0, "asked", 7), (30, "asked", 7), (40, "answered", 7), (41, "answered", 7))
    assert waits(asked, end=5000.0) == (1, [40])


def test_a_question_without_an_answer_in_time_is_asked_and_not_answered():
    late = facts((0, "asked", 7), (ANSWER_WITHIN_S + 1, "answered", 7), (700, "asked", 8))
    assert waits(late, end=5000.0) == (2, [])


def test_a_question_shortly_before_the_end_is_left_out():
    assert waits(facts((4900, "asked", 7), (4901, "answered", 7)), end=5000.0) == (0, [])


FAILURES = {
    "refused calls": 100,
    "database locks": 40,
    "handler timeouts": 10,
    "unclosed sessions": 50,
    "kills": 2,
    "questions unanswered": 40,
}


@pytest.mark.parametrize(
    ("changed", "verdict"),
    [
        ({"refused calls": 50}, True),
        ({"refused calls": 51}, False),
        ({"refused calls": 0, "kills": 3}, True),
        ({"refused calls": 0, "kills": 4}, False),
        ({"refused calls": 0, "questions unanswered": 61}, False),
        ({"refused calls": 0, "kills": 4, "questions unanswered": 20}, True),
    ],
)
def test_it_helped_if_what_it_cures_was_halved_and_people_are_not_worse_off(changed, verdict):
    assert helped("throttle-middleware", FAILURES, {**FAILURES, **changed}) is verdict


def test_it_did_not_help_against_what_was_not_there():
    none = dict.fromkeys(FAILURES, 0)
    assert not helped("throttle-middleware", none, none)


def test_every_row_has_a_story_and_remedies_that_the_bot_knows():
    known = {"none", "throttle", "retry", "limiter", "handlers", "wal", "sqlite", "session"}
    for row in ROWS.values():
        assert set(load(f"remedies-{row.id}").bot["BOT_REMEDY"].split()) <= known
    assert load("remedies-none@2.5").hours == 2.5


def test_the_page_shows_the_figures_that_were_measured():
    text = PAGE.read_text(encoding="utf-8")
    assert page(text, json.loads(RESULTS.read_text())) == text


@pytest.mark.parametrize("remedy", sorted({one.remedy for one in COMPARISONS}))
def test_a_remedy_shows_the_figures_that_were_measured(remedy):
    measured = records(remedy, json.loads(RESULTS.read_text()))
    written = list(kept(remedy).values())
    assert written[: len(measured)] == measured, "the stories stand first"
    assert not any(trial["id"].startswith("story") for trial in written[len(measured) :])


IN_PROSE = [
    ("throttle-middleware", "{throttle[refused calls]} of {none[refused calls]} refused calls"),
    ("throttle-middleware", "all {throttle[kills]} kills"),
    ("sqlite-short-transactions", "from {none[refused calls]} to {sqlite[refused calls]}"),
    ("sqlite-short-transactions", "from {none[handler timeouts]} to {sqlite[handler timeouts]}"),
    ("bounded-handler-concurrency", "{handlers[handlers at once]} at once"),
    ("bounded-handler-concurrency", "all {handlers[kills]} kills"),
    ("memory-limit-and-restart-policy", "{none[kills]} kills without any other remedy"),
    ("memory-limit-and-restart-policy", "{throttle[kills]} with the throttle per user"),
    ("memory-limit-and-restart-policy", "{limiter[kills]} with the outbound limiter"),
    ("outbound-limiter", "in the measured bot {limiter[database locks]} locks"),
    ("outbound-limiter", "{limiter[unclosed sessions]} unclosed client sessions"),
    ("outbound-limiter", "{first-none[database locks]} locks of the measured bot became"),
    ("outbound-limiter", "the measured bot became {first-limiter[database locks]}"),
    ("close-bot-session", "{limiter[unclosed sessions]} of {none[unclosed sessions]}"),
]


@pytest.mark.parametrize(("remedy", "words"), IN_PROSE)
def test_figures_in_prose_are_those_that_were_measured(remedy, words):
    rows = json.loads(RESULTS.read_text())["rows"]
    prose = (REMEDIES / remedy / "remedy.toml").read_text(encoding="utf-8")
    assert words.format_map(rows) in prose
