"""The command as people run it: a real pipe, a real growing file, signals, statuses."""

import json
import os
import signal
import subprocess
import sys
import time

import jsonschema
import msgspec
import pytest

from logcascade.report.watch_report import WatchEvent, watch_schema
from tests.watch.conftest import lines_of
from tests.watch.test_silence import healthy, written

COMMAND = [sys.executable, "-m", "logcascade", "watch"]


def start(*arguments, **options):
    environment = {**os.environ, "PYTHONWARNINGS": "error"}
    return subprocess.Popen(
        [*COMMAND, *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        **options,
    )


@pytest.fixture(scope="module")
def told():
    """The events of the story's first incident, from a pipe that ends; and the status."""
    lines = lines_of("flood-control-cascade", "journal.json.gz")[:4700]
    process = start("--json", stdin=subprocess.PIPE)
    out, err = process.communicate(b"".join(lines), timeout=300)
    return [json.loads(line) for line in out.splitlines()], err.decode(), process.returncode


def test_a_pipe_is_watched_to_its_end(told):
    events, notes, status = told
    assert status == 1
    assert [event["event"] for event in events[:4]] == ["begins", "cascade", "ended", "recovered"]
    first = events[0]["incident"]["first_failure"]
    assert first["rule"] == "telegram-flood-control"
    assert 201 <= first["line"] <= 203
    assert events[1]["cascade"]["remedies"]
    assert events[2]["ended"] == "oom-killed"
    assert len({event["number"] for event in events[:4]}) == 1
    assert "following standard input" in notes
    assert "<stdin> has ended" in notes


def test_each_event_is_what_the_schema_says(told):
    schema = json.loads(watch_schema())
    for event in told[0]:
        jsonschema.validate(event, schema)
        msgspec.convert(event, WatchEvent)


def wait_for(read, words, process):
    """Return what was read of a stream up to a line with these words."""
    lines = []
    while process.poll() is None:
        lines.append(read.readline().decode())
        if words in lines[-1]:
            break
    return lines


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_growing_file_is_watched_until_a_signal_ends_it_in_order(tmp_path, number):
    log = tmp_path / "bot.log"
    log.write_bytes(b"".join(healthy(0, 600)))
    process = start(str(log))
    assert "from its end" in wait_for(process.stderr, "following", process)[-1]
    wait_for(process.stderr, "0 incidents in what was there before", process)
    if number == signal.SIGTERM:
        with log.open("ab") as file:
            file.write(written(620, "- shop - CRITICAL - the till is on fire"))
        line = wait_for(process.stdout, "begins", process)[-1]
        assert line.startswith("19 May 12:10:20  begins")
        assert line.rstrip().endswith("bot.log:31")
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert process.returncode == (1 if number == signal.SIGTERM else 0)
    assert b"Traceback" not in err
    assert out == b""


def test_what_a_file_holds_before_its_end_is_known_and_not_told(tmp_path):
    log = tmp_path / "bot.log"
    log.write_bytes(b"".join(lines_of("flood-control-cascade", "journal.txt.gz")[:8000]))
    process = start(str(log))
    known = wait_for(process.stderr, "in what was there before", process)[-1]
    assert known.startswith("2 incidents in what was there before, the last at 2026-05-19 12:43:14")
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert (out, process.returncode) == (b"", 0)


def test_a_reader_who_has_left_ends_the_watch(tmp_path):
    log = tmp_path / "bot.log"
    log.write_bytes(b"".join([*healthy(0, 60), written(70, "- shop - CRITICAL - on fire")]))
    process = start(str(log), "--from-start")
    process.stdout.close()
    deadline = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.1)
    assert process.returncode == 1
    assert b"Traceback" not in process.stderr.read()
    process.stderr.close()


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["absent.log"], 3, b"no such file"),
        (["--on-incident", "no-such-program", "-"], 2, b"cannot run the command"),
        (["-"], 3, b"it ended without a line"),
    ],
)
def test_what_cannot_be_watched_is_said_with_its_status(tmp_path, arguments, status, words):
    process = start(*arguments, stdin=subprocess.DEVNULL, cwd=tmp_path)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, words in err) == (status, True), err
