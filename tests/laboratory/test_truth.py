"""The truth files agree with the logs they speak of."""

import gzip
import json
import re
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest

from laboratory.truth import HEAD

SAMPLES = Path(__file__).parents[2] / "sample_logs"
TRUTHS = sorted(SAMPLES.glob("*/truth.json"))
FIRST = {
    "telegram-flood-control": r"TelegramRetryAfter: ",
    "sqlite-database-locked": r"sqlite3\.OperationalError: database is locked$",
    "process-oom-killed": r"Memory cgroup out of memory: Killed process \d+",
    "telegram-network-error": r"TelegramNetworkError: ",
    "telegram-unauthorized": r"TelegramUnauthorizedError: ",
    "telegram-conflict": r"TelegramConflictError: ",
    "python-syntax-error": r"SyntaxError: ",
    "python-module-not-found": r"ModuleNotFoundError: ",
    "service-killed": r"Main process exited, code=killed, status=9/KILL",
    "sqlite-locked": r"sqlite3\.OperationalError: database is locked",
    "network-disconnect": r"ServerDisconnectedError: |ClientOSError: ",
    "event-loop-blocked": r"Executing <.* took 4\d",
    "fd-exhaustion": r"OSError: \[Errno 24\]",
    "disk-full": r"disk is full|No space left on device",
    "code-bug-KeyError": r"KeyError: ",
    "ConnectionRefusedError": r"ConnectionRefusedError: ",
    "redis-down": r"(ConnectionRefusedError|ConnectionResetError|ConnectionError): ",
    "worker-timeout": r"WORKER TIMEOUT \(pid:\d+\)",
    "worker-killed": r"Worker \(pid:\d+\) was sent SIGKILL",
    "worker-lost": r"exited with 'signal 9 \(SIGKILL\)'",
}
KEYS = {
    "source",
    "format",
    "n_incidents",
    "first_failure_line",
    "accept_ranges",
    "first_failure_kind",
    "downstream_kinds",
    "restart_times",
    "restart_period_s",
    "healthy",
    "expected_remedy",
    "confidence",
    "why",
    "files",
    "run_ends",
    "period_s",
    "driver",
}
ENDS = {"orderly", "crashed", "killed", "oom-killed", "unknown", "running"}
DRIVERS = {"uptime", "clock", "load", "back-off", "irregular", "too-few", None}

BEFORE_RECORD = re.compile(r"^\w{3} \d\d [\d:.]+ host [\w.-]+\[\d+\]: |^[\w-]+ +\| \S+Z ")
"""What the journal and compose put before a line."""
STARTED = re.compile(r"Start polling(\W|$)|Starting gunicorn|Collector starts|shop@host ready")
"""The line by which each program of the laboratory says that it runs."""


@cache
def lines_of(path: Path) -> list[str]:
    data = path.read_bytes()
    if path.suffix == ".gz":
        data = gzip.decompress(data)
    lines = data.decode().split("\n")
    if ".json" in path.name or path.name.startswith("bot-json"):
        entries = [json.loads(line) if line else {"log": ""} for line in lines]
        lines = [entry.get("MESSAGE", entry.get("log")).rstrip("\n") for entry in entries]
    return lines


def cases():
    return [
        pytest.param(truth, path.parent / name, id=f"{path.parent.name}/{name}")
        for path in TRUTHS
        for truth in [json.loads(path.read_text())]
        for name in truth["files"]
    ]


def kinds_of(truth, said):
    kinds = said.get("first_failure_kind") or truth["first_failure_kind"]
    return kinds if isinstance(kinds, list) else [kinds] * len(said["first_failure_line"])


def without_head(kind):
    """A kind whose record may be none of the bot's logging: systemd's, the kernel's, Python's."""
    return kind in {"process-oom-killed", "service-killed"} or kind.startswith("python-")


def test_there_are_samples():
    assert len(TRUTHS) >= 8


@pytest.mark.parametrize("path", TRUTHS, ids=lambda path: path.parent.name)
def test_truth_is_complete(path):
    truth = json.loads(path.read_text())
    assert truth.keys() >= KEYS
    assert truth["driver"] in DRIVERS
    assert {run["ended"] for run in truth["run_ends"]} <= ENDS
    present = {p.name for p in path.parent.iterdir()} - {"truth.json", "manifest.json"}
    assert set(truth["files"]) == present
    main = truth["files"][truth["file"]]
    for key in ("n_incidents", "first_failure_line", "accept_ranges"):
        assert truth[key] == main[key]
    assert truth["healthy"] == (truth["n_incidents"] == 0)


@pytest.mark.parametrize(("truth", "path"), cases())
def test_each_first_failure_stands_where_the_truth_says(truth, path):
    said = truth["files"][path.name]
    lines = lines_of(path)
    assert len(said["accept_ranges"]) == len(said["first_failure_line"])
    kinds = kinds_of(truth, said)
    for line, (first, last), kind in zip(
        said["first_failure_line"], said["accept_ranges"], kinds, strict=True
    ):
        assert re.search(FIRST[kind], lines[line - 1])
        assert first <= line <= last <= len(lines)


@pytest.mark.parametrize(("truth", "path"), cases())
def test_a_record_begins_and_ends_where_the_truth_says(truth, path):
    said = truth["files"][path.name]
    if path.parent.name == "article":
        pytest.skip("an illustration has no such head")
    if "python-json-logger" in truth["format"] or "structlog" in truth["format"]:
        kinds = kinds_of(truth, said)
        records = zip(said["accept_ranges"], kinds, strict=True)
        assert all(first == last or without_head(kind) for (first, last), kind in records)
        return
    lines = [BEFORE_RECORD.sub("", line) for line in lines_of(path)]
    for (first, last), kind in zip(said["accept_ranges"], kinds_of(truth, said), strict=True):
        assert HEAD.match(lines[first - 1]) or without_head(kind)
        if path.name.startswith("compose"):
            continue  # the other container's lines stand between
        assert not any(HEAD.match(line) for line in lines[first:last])


@pytest.mark.parametrize(("truth", "path"), cases())
def test_the_bots_own_log_shows_no_kill(truth, path):
    if ", cut: " in truth["source"]:
        pytest.skip("starts and kills may be among the lost lines")
    ends = [run["ended"] for run in truth["files"][path.name]["run_ends"]]
    if path.parent.name != "article" and path.name.startswith("bot.log"):
        assert "oom-killed" not in ends
        starts = sum(STARTED.search(line) is not None for line in lines_of(path))
        never_polled = sum(
            bool(re.search(r"^(Syntax|ModuleNotFound)Error: ", line)) for line in lines_of(path)
        )
        assert starts + never_polled == len(ends)
    elif path.name.startswith("journal"):
        kills = sum("Memory cgroup out of memory" in line for line in lines_of(path))
        assert kills == ends.count("oom-killed")


@pytest.mark.parametrize("path", TRUTHS, ids=lambda path: path.parent.name)
def test_runs_follow_each_other(path):
    if path.parent.name == "article":
        pytest.skip("the illustration has no dates")
    runs = json.loads(path.read_text())["run_ends"]
    for unit in {run.get("unit") for run in runs}:
        own = [run for run in runs if run.get("unit") == unit]
        times = [datetime.fromisoformat(t) for run in own for t in (run["start"], run["end"])]
        assert times == sorted(times)


def test_samples_stay_small():
    sizes = {p: p.stat().st_size for p in SAMPLES.rglob("*") if p.is_file()}
    assert max(sizes.values()) < 3_000_000
    assert sum(sizes.values()) < 12_000_000


@pytest.mark.parametrize("path", sorted(SAMPLES.rglob("*.gz")), ids=lambda path: path.name)
def test_compressed_without_name_and_time(path):
    head = path.read_bytes()[:10]
    assert head[3] == 0, "no file name"
    assert head[4:8] == bytes(4), "no time"
