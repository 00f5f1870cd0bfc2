"""From recorded lines to a real journal, imported and printed by systemd's own tools.

`systemd-journal-remote` stores the entries in a journal file and `journalctl` prints it, so that
the text and the JSON are those programs' own. The fields are the ones journald, systemd and the
kernel set; machine, boot and invocation ids are made up but consistent.
"""

from __future__ import annotations

import gzip
import json
import random
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

IMPORT = "/usr/lib/systemd/systemd-journal-remote"
CURSOR = re.compile(rb'"__CURSOR":"[^"]*",|,"__CURSOR":"[^"]*"(?=\})')
"""The cursor is half of the compressed file and says nothing; journalctl cannot leave it out."""
BOOTED_BEFORE_S = 412_345.678  # the host had been up for some days
BOOT_TAKES_S = 21.43  # until it starts the services


def gzip_bytes(path: Path, data: bytes) -> None:
    """Write without name and time, so that equal content is an equal file."""
    with path.open("wb") as out, gzip.GzipFile("", "wb", 9, out, mtime=0) as packed:
        packed.write(data)


def fields(entry: dict[str, Any], ids: dict[str, str]) -> dict[str, str]:
    """Return the journal fields of one recorded line."""
    common = {"_HOSTNAME": "host", "_MACHINE_ID": ids["machine"], "_BOOT_ID": ids["boot"]}
    if entry["source"] == "kernel":
        return {
            **common,
            "_TRANSPORT": "kernel",
            "SYSLOG_FACILITY": "0",
            "SYSLOG_IDENTIFIER": "kernel",
            "PRIORITY": str(entry["priority"]),
        }
    if entry["source"] == "systemd":
        own = {
            **common,
            "_TRANSPORT": "journal",
            "SYSLOG_FACILITY": "3",
            "SYSLOG_IDENTIFIER": "systemd",
            "PRIORITY": str(entry["priority"]),
            "_PID": "1",
            "_UID": "0",
            "_COMM": "systemd",
            "_SYSTEMD_UNIT": "init.scope",
            "CODE_FUNC": entry["function"],
            "UNIT": entry["unit"],
        }
        if entry["message_id"]:
            own["MESSAGE_ID"] = entry["message_id"]
        if entry["invocation"]:
            own["INVOCATION_ID"] = entry["invocation"]
        return own
    return {
        **common,
        "_TRANSPORT": "stdout",
        "SYSLOG_FACILITY": "3",
        "SYSLOG_IDENTIFIER": entry.get("comm", "python3.11"),
        "PRIORITY": "6",
        "_PID": str(entry["pid"]),
        "_UID": "0",
        "_COMM": entry.get("comm", "python3.11"),
        "_SYSTEMD_UNIT": entry.get("unit", "bot.service"),
        "_SYSTEMD_INVOCATION_ID": entry["invocation"],
    }


def export(entries: list[dict[str, Any]], seed: int) -> Iterator[bytes]:
    """Yield the entries in Journal Export Format."""
    rng = random.Random(seed)
    ids = {name: f"{rng.getrandbits(128):032x}" for name in ("machine", "boot")}
    booted, boot = entries[0]["t"] - BOOTED_BEFORE_S, 0
    for entry in entries:
        if entry.get("boot", 0) != boot:
            boot, booted = entry["boot"], entry["t"] - BOOT_TAKES_S
            ids["boot"] = f"{rng.getrandbits(128):032x}"
        head = {
            "__REALTIME_TIMESTAMP": str(round(entry["t"] * 1e6)),
            "__MONOTONIC_TIMESTAMP": str(round((entry["t"] - booted) * 1e6)),
        }
        own = fields(entry, ids)
        lines = [f"{name}={value}\n" for name, value in {**head, **own}.items()]
        yield "".join([*lines, f"MESSAGE={entry['text']}\n", "\n"]).encode()


def shown(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the lines that reach the journal: journald drops empty ones."""
    return [entry for entry in entries if entry["text"]]


def write(entries: list[dict[str, Any]], seed: int, work: Path, out: Path, with_json: bool) -> None:
    """Make journal.txt.gz and, if wanted, journal.json.gz in `out`."""
    exported, stored = work / "journal.export", work / "bot.journal"
    exported.write_bytes(b"".join(export(shown(entries), seed)))
    stored.unlink(missing_ok=True)
    subprocess.run([IMPORT, "-o", stored, exported], check=True, capture_output=True)
    gzip_bytes(out / "journal.txt.gz", journalctl(stored, "short-precise"))
    if with_json:
        gzip_bytes(out / "journal.json.gz", CURSOR.sub(b"", journalctl(stored, "json")))


def journalctl(stored: Path, output: str) -> bytes:
    """Return what journalctl prints for a journal file."""
    command = ["journalctl", "--no-pager", "--utc", "--all", "--file", str(stored)]
    return subprocess.run([*command, "-o", output], check=True, capture_output=True).stdout


def load_entries(path: Path) -> list[dict[str, Any]]:
    """Return the lines that a supervisor recorded."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]
