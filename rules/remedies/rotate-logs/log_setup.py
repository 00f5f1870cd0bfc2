"""A log file that cannot fill the disk: rotated by the program that writes it.

Call it once, before anything is logged:

    set_up_logging(Path("/var/log/bot/bot.log"))

One process a file: two that rotate the same one lose lines. Workers of one server log to standard
output instead, and the supervisor, journald or Docker limits what is kept.
"""

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

MAX_BYTES = 20_000_000
"""Of one file. Long enough that the beginning of an incident is still there: see KEPT."""
KEPT = 9
"""Older files beside the one that is written. All together: (KEPT + 1) * MAX_BYTES, 200 MB."""
LINE = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def set_up_logging(
    path: Path, level: int = logging.INFO, max_bytes: int = MAX_BYTES, kept: int = KEPT
) -> RotatingFileHandler:
    """Log to *path*, and to `path.1`, `path.2`, ... what is older; drop the oldest."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # backslashreplace: a character that cannot be encoded must not cost the line
    handler = RotatingFileHandler(
        path, maxBytes=max_bytes, backupCount=kept, encoding="utf-8", errors="backslashreplace"
    )
    handler.setFormatter(logging.Formatter(LINE))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(level)
    return handler
