"""From a run's working folder to its folder in `sample_logs/`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from laboratory import containers, journal
from laboratory.story import Story
from laboratory.truth import truth

PLAIN_UP_TO = 300_000
"""Larger files are compressed."""


def cut(
    story: Story, entries: list[dict[str, Any]], log: bytes
) -> tuple[list[dict[str, Any]], bytes]:
    """Return entries and log without the lines of the times that the story loses."""
    lines = log.split(b"\n")
    left: list[dict[str, Any]] = []
    kept: list[bytes] = []
    for entry in entries:
        if story.loses(entry["t"]):
            continue
        if entry.get("line") is not None:
            kept.append(lines[entry["line"] - 1])
            entry = {**entry, "line": len(kept)}
        left.append(entry)
    return left, b"\n".join([*kept, b""])


def write(story: Story, work: Path, out: Path) -> None:
    """Write bot.log, the journal and the truth."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    entries = journal.load_entries(work / "entries.jsonl")
    log = (work / "bot.log").read_bytes()
    if story.lost:
        entries, log = cut(story, entries, log)
    if len(log) > PLAIN_UP_TO:
        journal.gzip_bytes(out / "bot.log.gz", log)
    else:
        (out / "bot.log").write_bytes(log)
    if story.containers:
        containers.write(entries, out)
    elif story.journal:
        journal.write(entries, story.seed, work, out, story.json)
    names = sorted(path.name for path in out.iterdir())
    (out / "truth.json").write_text(json.dumps(truth(story, work, entries, names), indent=1) + "\n")
    made = json.loads((work / "manifest.json").read_text())
    if story.lost:
        made = {**made, "story": story.name, "cut_from": story.cut_from, "lost_s": story.lost}
    (out / "manifest.json").write_text(json.dumps(made, indent=1) + "\n")
