"""A journal file or folder is printed by journalctl, with the fields that reading makes use of."""

import gzip
import json
import os
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

import logcascade
from logcascade.errors import SourceError
from logcascade.sources import open_source, open_sources
from logcascade.sources.journal import FIELDS
from tests.sources.conftest import LINE, text_of

REMOTE = Path("/usr/lib/systemd/systemd-journal-remote")
ENTRIES = 400

needs_systemd = pytest.mark.skipif(
    not REMOTE.exists() or shutil.which("journalctl") is None,
    reason="journalctl or systemd-journal-remote is not installed",
)


@pytest.fixture(scope="session")
def journal(tmp_path_factory):
    """Return a journal file that systemd itself wrote from entries in its export format."""
    folder = tmp_path_factory.mktemp("journal")
    begin = 1_795_461_472_000_000
    entries = "".join(
        f"__REALTIME_TIMESTAMP={begin + number * 1000}\n__MONOTONIC_TIMESTAMP={number * 1000}\n"
        f"_BOOT_ID={'ab' * 16}\n_MACHINE_ID={'cd' * 16}\n_TRANSPORT=stdout\nPRIORITY=6\n"
        f"SYSLOG_IDENTIFIER=bot\n_PID=7\n_SYSTEMD_UNIT=bot.service\nUNWANTED=x\n"
        f"MESSAGE=message {number} {'long ' * (2000 if number == 9 else 0)}\n\n"
        for number in range(ENTRIES)
    )
    (folder / "export").write_text(entries)
    stored = folder / "bot.journal"
    command = [REMOTE, "-o", stored, folder / "export"]
    subprocess.run(command, check=True, capture_output=True)
    (folder / "export").unlink()
    return stored


def test_the_fields_are_those_that_the_format_reads():
    formats = Path(logcascade.__file__).parent / "formats"
    table = tomllib.loads((formats / "journal-json.toml").read_text(encoding="utf-8"))["json"]
    wanted = {name for names in table.values() if isinstance(names, list) for name in names}
    assert wanted - {"__REALTIME_TIMESTAMP"} == set(FIELDS)


@needs_systemd
def test_a_journal_file_is_read_entry_by_entry(journal):
    source = open_source(journal)
    entries = [json.loads(line) for line in text_of(source).splitlines()]
    assert len(entries) == ENTRIES
    assert entries[3]["MESSAGE"] == "message 3 "
    assert len(entries[9]["MESSAGE"]) > 10_000
    assert "UNWANTED" not in entries[0]
    assert (source.size, source.problems) == (None, [])


@needs_systemd
def test_a_folder_of_journal_files_is_one_journal_beside_other_logs(journal, tmp_path):
    (tmp_path / "cd").mkdir()
    shutil.copy(journal, tmp_path / "cd" / "system.journal")
    (tmp_path / "bot.log").write_bytes(LINE)
    opened = open_sources([tmp_path])
    assert [source.own_name for source in opened.sources] == ["cd", "bot.log"]
    assert text_of(opened.sources[0]).count(b"\n") == ENTRIES
    assert text_of(opened.sources[1]) == LINE
    assert len(open_sources([tmp_path / "cd"]).sources[0].stream.read(10)) == 10


@needs_systemd
def test_a_journal_is_analyzed(run, journal):
    ran = run("analyze", journal)
    assert ran.status == 0
    assert f"{ENTRIES} lines, all understood   journal-json" in ran.out


@needs_systemd
def test_what_journalctl_complains_of_is_a_problem(journal, tmp_path):
    broken = bytearray(journal.read_bytes()[:200_000])
    broken[300:5000] = b"\xff" * 4700
    (tmp_path / "bot.journal").write_bytes(broken)
    source = open_source(tmp_path / "bot.journal")
    text_of(source)
    assert source.problems
    assert all(words.startswith("journalctl: ") for words in source.problems)


@needs_systemd
def test_a_journal_that_is_not_read_to_its_end_leaves_no_process(journal):
    source = open_source(journal)
    source.stream.read(10)
    process = source.stream._process
    source.close()
    assert process.returncode is not None
    with pytest.raises(ProcessLookupError):
        os.kill(process.pid, 0)


@pytest.mark.parametrize("is_folder", [False, True])
def test_without_journalctl_it_is_said_what_to_do(tmp_path, monkeypatch, is_folder):
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "bot.journal").write_bytes(b"LPKSHHRH" + bytes(300))
    opened = open_sources([tmp_path if is_folder else tmp_path / "bot.journal"])
    (error,) = opened.errors
    assert "journalctl, which can read it, is not on this machine" in error.reason
    assert "-o json > journal.json" in error.help


def test_a_packed_journal_is_refused(tmp_path):
    (tmp_path / "a.gz").write_bytes(gzip.compress(b"LPKSHHRH" + bytes(300)))
    with pytest.raises(SourceError, match="journalctl reads only files on disk"):
        open_source(tmp_path / "a.gz")
