"""How the program speaks: the report to standard output, everything else to standard error."""

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

from logcascade.errors import LogcascadeError

WIDTH_ELSEWHERE = 100
"""Columns where no terminal says: a file, a pipe. Fits a ticket and half a screen."""

MOST_WIDTH = 140
"""Columns. Longer lines are hard to follow back."""


def say(text: str) -> bool:
    """Write *text* to standard output; return whether there is still somebody who reads."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    return write_out(text.encode(encoding, "backslashreplace"))


def write_out(data: bytes) -> bool:
    """Write bytes to standard output; a reader who has left is no error, False is returned."""
    if sys.stdout is None:
        return False
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        _give_up_output()
        return False
    except OSError as error:
        _give_up_output()
        reason = (error.strerror or str(error)).lower()
        raise LogcascadeError("cannot write the report", reason, "standard output") from None
    return True


def _give_up_output() -> None:
    """Make further output go nowhere, so that the interpreter's last flush does not complain."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def note(text: str) -> None:
    """Write a line for people to standard error."""
    if sys.stderr is None:
        return
    from logcascade.report.text import safe_text

    encoding = sys.stderr.encoding or "utf-8"
    shown = safe_text(text).encode(encoding, "backslashreplace").decode(encoding)
    try:
        sys.stderr.write(f"{shown}\n")
        sys.stderr.flush()
    except BrokenPipeError:
        return


def complain(error: LogcascadeError) -> None:
    """Say what is wrong, the reason, where, and what to do."""
    note(str(error))


def is_coloured(stream: TextIO | None, environment: Mapping[str, str] = os.environ) -> bool:
    """Say whether to write colours: NO_COLOR wins, then FORCE_COLOR, then what the stream is."""
    if stream is None or environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR"):
        return True
    return stream.isatty() and environment.get("TERM") != "dumb"


def width_of(stream: TextIO | None, environment: Mapping[str, str] = os.environ) -> int:
    """Return the columns to fill: COLUMNS, else the terminal's, else a fixed number."""
    given = environment.get("COLUMNS", "")
    if given.isdigit() and int(given):
        return min(int(given), MOST_WIDTH)
    if stream is not None and stream.isatty():
        columns = shutil.get_terminal_size((WIDTH_ELSEWHERE, 0)).columns
        return min(columns, MOST_WIDTH)
    return WIDTH_ELSEWHERE


def write_file(path: Path, text: str) -> None:
    """Write a text to a file; raise `LogcascadeError` where that cannot be done."""
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise LogcascadeError(
            "cannot write the file", (error.strerror or str(error)).lower(), str(path)
        ) from None
