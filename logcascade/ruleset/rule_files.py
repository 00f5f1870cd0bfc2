"""A folder -> the rule files in it, a file -> its text: bounded, whatever lies there."""

import os
import stat
from itertools import islice
from pathlib import Path

MOST_ENTRIES = 100_000
"""Files and folders that are looked at. A folder with more is not one of rules: it is a disk."""

MOST_FILES = 10_000
"""Rule files that are read: some 4 s. Nobody has written a tenth of it."""

_SUFFIX = ".toml"
_SKIPPED = (".", "__")
"""Beginnings of names that are no rules: hidden files, caches of Python."""


MOST_BYTES = 1_000_000
"""Of one file: a hundred times the longest rule."""

_TOO_MANY = f"it holds more than {MOST_ENTRIES:,} files and folders"


class TooManyFilesError(Exception):
    """A folder holds more than a folder of rules can; the text says what."""


class UnreadableError(Exception):
    """A file cannot be read as text; the text says why."""

    def __init__(self, reason: str, advice: str = "") -> None:
        """Keep what to do beside the reason."""
        super().__init__(reason)
        self.advice = advice


def rule_files(folder: Path, *, apart: str) -> list[Path]:
    """
    Return the rule files below a folder, sorted; the folder *apart* in it is not looked into.

    Of a file, return that file. Links are followed, and no folder is read twice, so that they
    cannot lead round in a circle.

    Raises:
        OSError: a folder cannot be read.
        TooManyFilesError: it holds more than it may.

    """
    if folder.is_file():
        return [folder]
    found: list[Path] = []
    seen: set[tuple[int, int]] = set()
    entries = 0
    waiting = [folder]
    while waiting:
        place = waiting.pop()
        status = place.stat()
        if (status.st_dev, status.st_ino) in seen:
            continue
        seen.add((status.st_dev, status.st_ino))
        held = _entries(place)
        entries += len(held)
        if entries > MOST_ENTRIES:
            raise TooManyFilesError(_TOO_MANY)
        for entry in held:
            if entry.is_dir():
                if place != folder or entry.name != apart:
                    waiting.append(place / entry.name)
            elif entry.name.endswith(_SUFFIX):
                found.append(place / entry.name)
        if len(found) > MOST_FILES:
            raise TooManyFilesError(f"it holds more than {MOST_FILES:,} rule files")
    return sorted(found)


def folders_in(place: Path) -> list[Path]:
    """Return the folders right below one, sorted; none where it is no folder.

    Raises:
        OSError: it cannot be read.
        TooManyFilesError: it holds more than it may.

    """
    if not place.is_dir():
        return []
    return [place / entry.name for entry in _entries(place) if entry.is_dir()]


def _entries(place: Path) -> list[os.DirEntry[str]]:
    with os.scandir(place) as every:
        entries = list(islice(every, MOST_ENTRIES + 1))
    if len(entries) > MOST_ENTRIES:
        raise TooManyFilesError(_TOO_MANY)
    seen = (entry for entry in entries if not entry.name.startswith(_SKIPPED))
    return sorted(seen, key=lambda entry: entry.name)


def read_text(path: Path) -> str:
    """
    Return the text of a file, without a mark of its byte order.

    Raises:
        UnreadableError: it is no file of that kind; its text says why.

    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableError("this is a folder, a device or a pipe, not a file")
        if status.st_size > MOST_BYTES:
            size = f"{status.st_size:,} bytes"
            raise UnreadableError(f"the file has {size}, more than any such file needs")
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UnreadableError(f"the file cannot be read: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        at = f"byte 0x{error.object[error.start]:02x} at {error.start}"
        raise UnreadableError(f"the file is not UTF-8: {at}", "save the file in UTF-8") from None
