"""What the installed libraries print when things go wrong is what the rules recognise."""

import importlib.util
import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from logcascade.model.detections import UNKNOWN_PREFIX
from logcascade.model.records import Record, Severity
from logcascade.reading.reader import make_record
from logcascade.ruleset.load import load_rules
from logcascade.ruleset.match import Matcher

HERE = Path(__file__).parent
RULES = HERE.parent.parent / "rules"

SCRIPT_LIMIT_S = 120
"""Seconds for one script. The longest runs some 25 short lives of a bot, half a second each."""

CONSTANT = {"telegram-polling-backoff", "telegram-polling-recovered", "aiogram-update-handled"}
"""Rules of lines that surround others in a bot's life: not what a scenario is about."""

LIFE = {"bot-polling-started", "bot-polling-stopped"}

BOT_SCENARIOS = {
    "flood": {"telegram-flood-control"},
    "flood-group": {"telegram-flood-control"},
    "flood-returned": {"telegram-flood-control"},
    "flood-polling": {"telegram-flood-control"},
    "conflict": {"telegram-conflict"},
    "unauthorized-start": {"telegram-unauthorized"},
    "unauthorized-polling": {"telegram-unauthorized"},
    "bad-gateway": {"telegram-server-error"},
    "restart": {"telegram-server-error"},
    "html": {"telegram-server-error"},
    "drop": {"telegram-network-error"},
    "drop-send": {"network-connection-lost"},
    "hang-send": {"asyncio-handler-timeout"},
    "not-modified": {"telegram-message-not-modified"},
    "too-old": {"telegram-query-too-old"},
    "blocked": {"telegram-bot-blocked"},
    "chat-not-found": {"telegram-chat-not-found"},
    "handler-timeout": {"asyncio-handler-timeout"},
    "locked": {"sqlite-database-locked"},
    "cancelled": set(),
    "group": {"asyncio-handler-timeout"},
    "not-handled": set(),
    "refused-start": {"network-connection-refused"},
    "sigterm": {"bot-stop-requested"},
    "ok": set(),
}

LIBRARY_SCENARIOS = {
    "unclosed_session": {"aiohttp-unclosed-session", "aiohttp-unclosed-connector"},
    "total_timeout": {"asyncio-handler-timeout"},
    "refused": {"network-connection-refused"},
    "refused_plain": {"network-connection-refused"},
    "no_such_host": {"network-dns-failure"},
    "no_such_host_plain": {"network-dns-failure"},
    "reset": {"network-connection-lost"},
    "never_retrieved": {
        "sqlite-database-locked",
        "ValueError in broken (library_faults.py)",
        "RuntimeError: x",
    },
    "destroyed_pending": {"asyncio-task-destroyed-pending"},
    "slow_callback": {"asyncio-slow-callback"},
    "closed_loop": {"asyncio-event-loop-closed"},
    "cancelled": set(),
    "descriptors": {"too-many-open-files", "sqlite-cannot-open"},
    "accept_storm": {"too-many-open-files"},
    "memory": {"python-memory-error"},
    "recursion": {"python-recursion-error"},
    "no_thread": {"python-cannot-start-thread"},
    "sqlite_faults": {
        "sqlite-database-locked",
        "sqlite-schema-mismatch",
        "sqlite-readonly",
        "sqlite-disk-full",
        "sqlite-cannot-open",
        "sqlite-database-corrupt",
    },
    "aiosqlite_locked": {"sqlite-database-locked"},
    "sqlalchemy_locked": {"sqlite-database-locked"},
    "disk_full": {"no-space-left"},
    "logging_error": {"no-space-left"},
    "bad_module": {"python-module-not-found"},
    "bad_syntax": {"python-syntax-error"},
    "fatal": {"python-fatal-error"},
}

NEEDS = {"aiosqlite_locked": "aiosqlite", "sqlalchemy_locked": "sqlalchemy"}


def need(module: str) -> None:
    if importlib.util.find_spec(module) is None:
        pytest.skip(f"{module} is not installed, so it cannot print its own lines")


def run(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(HERE / script), *arguments],
        capture_output=True,
        text=True,
        timeout=SCRIPT_LIMIT_S,
        check=False,
    )


def read_back(line: str) -> Record:
    printed = json.loads(line)
    severity = Severity[printed["severity"].upper()] if printed["severity"] else None
    return make_record(printed["text"], logger=printed["logger"], severity=severity)


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(load_rules([RULES]))


@pytest.fixture(scope="module")
def bot_lives() -> dict[str, list[Record]]:
    need("aiogram")
    lives: dict[str, list[Record]] = defaultdict(list)
    scenario = ""
    for line in run("aiogram_bot.py", *BOT_SCENARIOS).stdout.splitlines():
        record = read_back(line)
        if record.text.startswith("--- "):
            scenario = record.text.removeprefix("--- ")
        else:
            lives[scenario].append(record)
    return lives


def recognised(matcher: Matcher, records: list[Record]) -> set[str]:
    """Return the ids of rules, and the titles of what no rule knows."""
    return {
        found.title if found.rule.startswith(UNKNOWN_PREFIX) else found.rule
        for record in records
        for found in matcher.detect(record, 0)
    }


@pytest.mark.parametrize("scenario", BOT_SCENARIOS)
def test_a_real_bot_prints_what_the_rules_recognise_and_nothing_unknown(
    scenario: str, matcher: Matcher, bot_lives: dict[str, list[Record]]
) -> None:
    found = recognised(matcher, bot_lives[scenario])
    assert found - CONSTANT - LIFE == BOT_SCENARIOS[scenario]
    assert found >= LIFE, "its start and its end are marks of a run"


def test_a_refused_call_names_method_chat_and_wait(
    matcher: Matcher, bot_lives: dict[str, list[Record]]
) -> None:
    values = {
        scenario: found.values
        for scenario in ("flood", "flood-group", "flood-returned", "flood-polling")
        for record in bot_lives[scenario]
        for found in matcher.detect(record, 0)
        if found.rule == "telegram-flood-control"
    }
    sent = {"method": "SendMessage", "retry_after": 28.0}
    assert values == {
        "flood": {**sent, "chat": "5551234"},
        "flood-group": {**sent, "chat": "-1001234567890"},
        "flood-returned": {**sent, "chat": "5551234"},
        "flood-polling": {"method": "GetUpdates", "retry_after": 28.0},
    }


def test_each_update_of_a_real_bot_is_counted_as_load(
    matcher: Matcher, bot_lives: dict[str, list[Record]]
) -> None:
    found = [one for record in bot_lives["ok"] for one in matcher.detect(record, 0)]
    handled = [one for one in found if one.rule == "aiogram-update-handled"]
    assert len(handled) == 1
    assert isinstance(handled[0].values["duration"], float)


def records_of(finished: subprocess.CompletedProcess[str]) -> Iterator[Record]:
    for line in finished.stdout.splitlines():
        yield read_back(line)
    if finished.stderr.strip():
        yield make_record(finished.stderr.strip())


@pytest.mark.parametrize("scenario", LIBRARY_SCENARIOS)
def test_a_real_fault_prints_what_the_rules_recognise_and_nothing_unknown(
    scenario: str, matcher: Matcher
) -> None:
    need("aiohttp")
    need(NEEDS.get(scenario, "aiohttp"))
    found = recognised(matcher, list(records_of(run("library_faults.py", scenario))))
    assert found == LIBRARY_SCENARIOS[scenario]
