"""From a run's working folder to its folder in `sample_logs/`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from laboratory import journal
from laboratory.story import Story
from laboratory.truth import truth

PLAIN_UP_TO = 300_000
"""Larger files are compressed."""


def write(story: Story, work: Path, out: Path) -> None:
    """Write bot.log, the journal and the truth."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    entries = journal.load_entries(work / "entries.jsonl")
    log = (work / "bot.log").read_bytes()
    if len(log) > PLAIN_UP_TO:
        journal.gzip_bytes(out / "bot.log.gz", log)
    else:
        (out / "bot.log").write_bytes(log)
    if story.journal:
        journal.write(entries, story.seed, work, out, story.json)
    names = sorted(path.name for path in out.iterdir())
    (out / "truth.json").write_text(json.dumps(truth(story, work, entries, names), indent=1) + "\n")
    shutil.copyfile(work / "manifest.json", out / "manifest.json")
