"""Recorded lines as Docker keeps them and as compose prints them.

Rendered: no container runs here. A line of a container goes to its json-file log as moby's
``daemon/logger/jsonfilelog`` writes it, and ``docker compose logs -t`` puts the padded name, a bar
and Docker's time before it. compose prints the lines of several containers as they arrive; here
they stand in the order of their times. Neither writes a line of its own about a restart.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from laboratory.formats.containers import nano
from laboratory.journal import gzip_bytes


def write(entries: list[dict[str, Any]], out: Path) -> None:
    """Make compose.log.gz and bot-json.log in `out`."""
    width = max(len(entry["unit"]) for entry in entries) + 1
    compose, own = [], []
    for entry in entries:
        time = round(entry["t"] * 1e6) * 1000 + len(compose) * 37 % 1000
        compose.append(f"{entry['unit']:<{width}}| {nano(time)} {entry['text']}\n")
        if entry["line"] is not None:
            said = {
                "log": f"{entry['text']}\n",
                "stream": "stderr",
                "time": nano(time, trimmed=True),
            }
            own.append(json.dumps(said, ensure_ascii=False, separators=(",", ":")) + "\n")
    gzip_bytes(out / "compose.log.gz", "".join(compose).encode())
    gzip_bytes(out / "bot-json.log.gz", "".join(own).encode())
