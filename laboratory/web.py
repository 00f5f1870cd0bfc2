"""A small web application for gunicorn: four pages, and an export that takes its time."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from typing import Any

EXPORT_S = 45.0
"""How long the export waits for the drive that holds the orders."""

logger = logging.getLogger("web")


def export() -> bytes:
    """Collect all orders."""
    time.sleep(EXPORT_S)
    return b"orders"


def app(
    environ: dict[str, Any], start: Callable[[str, list[tuple[str, str]]], Any]
) -> Iterable[bytes]:
    """Answer one request."""
    time.sleep(0.03)
    body = export() if environ["PATH_INFO"] == "/export" else b"ok"
    start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]
