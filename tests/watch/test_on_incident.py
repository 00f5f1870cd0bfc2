"""The command of `--on-incident`: it gets the JSON, and cannot hold up or break the watch."""

import json
import sys
import time

import pytest

from logcascade.cli import on_incident
from logcascade.cli.on_incident import Commands
from logcascade.errors import LogcascadeError


def python(code):
    return f'{sys.executable} -c "{code}"'


@pytest.fixture
def notes():
    return []


def run(words, notes, *given, **options):
    commands = Commands(words, notes.append, **options)
    for data in given:
        commands.start(data)
    commands.finish()
    return notes


def test_it_reads_what_happened_and_its_output_is_shown(notes):
    code = "import json, sys; print(json.load(sys.stdin)['event']); print('and more')"
    run(python(code), notes, json.dumps({"event": "begins"}).encode())
    assert notes == ["--on-incident: begins", "--on-incident: and more"]


def test_no_shell_sees_it(notes):
    run("echo a;b $HOME '|' cat", notes, b"{}")
    assert notes == ["--on-incident: a;b $HOME | cat"]


def test_its_failure_is_said_and_the_next_one_runs(notes):
    run(python("import sys; sys.exit(7)"), notes, b"{}", b"{}")
    assert notes == ["--on-incident: ended with status 7"] * 2


def test_one_that_never_reads_nor_ends_is_stopped_with_all_that_it_started(notes, monkeypatch):
    monkeypatch.setattr(on_incident, "LIMIT_S", 0.3)
    began = time.monotonic()
    run("sh -c 'sleep 60 & sleep 60'", notes, b"x" * 500_000)
    assert time.monotonic() - began < 30
    assert [note for note in notes if "stopped, as it took longer" in note]


def test_endless_output_is_cut(notes):
    run(python("print('y' * 3_000_000)"), notes, b"{}")
    shown, more = notes
    assert len(shown) < 5000
    assert more == "--on-incident: more output is not shown"


def test_so_many_run_at_once_and_what_is_left_out_is_said(notes):
    commands = Commands("sleep 0.3", notes.append)
    for _ in range(on_incident.MOST_AT_ONCE + 3):
        commands.start(b"{}")
    commands.finish()
    assert notes == [f"--on-incident: left out 3, as {on_incident.MOST_AT_ONCE} were running"]


@pytest.mark.parametrize("words", ["", "no-such-program-anywhere", "echo 'open"])
def test_what_cannot_be_run_is_refused_before_anything_is_watched(words, notes):
    with pytest.raises(LogcascadeError) as raised:
        Commands(words, notes.append)
    assert raised.value.where == "--on-incident"
    assert raised.value.exit_status == 2
