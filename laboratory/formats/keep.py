"""Keeps what a program wrote beside what it was asked to write, for the tests of the formats."""

import gzip
import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / "tests" / "format_logs"

NEUTRAL = {
    str(ROOT): "/opt/bot",
    sys.prefix: "/opt/bot/.venv",
    sys.base_prefix: "/usr",
}
"""Folders of the machine that a log was made on -> what stands in their place in what is kept."""


def keep(
    name: str,
    log: bytes,
    truth: Iterable[Mapping[str, Any]],
    options: Mapping[str, Any] | None = None,
) -> None:
    """Write the log, the truth and the options of `name`; see `tests/format_logs`.

    Equal input gives equal files: no time of writing is kept in them.
    """
    for path, neutral in NEUTRAL.items():
        log = log.replace(path.encode(), neutral.encode())
    folder = FOLDER / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "log.gz").write_bytes(gzip.compress(log, 9, mtime=0))
    lines = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in truth)
    (folder / "truth.jsonl.gz").write_bytes(gzip.compress(lines.encode(), 9, mtime=0))
    path = folder / "options.json"
    if options:
        path.write_text(json.dumps(options, indent=2) + "\n", encoding="utf-8")
    else:
        path.unlink(missing_ok=True)
