"""The logs in a folder: regular files, in the order of their names, each with a word if skipped."""

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from logcascade.errors import SourceError
from logcascade.sources.blob import Blob, file_blob
from logcascade.sources.source import refusal

MAX_FILES = 5_000
"""Files of a folder that are looked at; a host's whole /var/log has some hundreds."""

MAX_DEPTH = 16
"""Folders within folders. Logs of pods lie four deep."""

_KINDS = (
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISCHR, "a device"),
)


SHOWN_NAMES = 3
"""Of what was skipped for one reason so many names are said."""


class Skipped:
    """What was skipped in a folder or an archive because it is no log: nothing is lost by it."""

    def __init__(self) -> None:
        self._names: dict[str, list[str]] = {}

    def add(self, kind: str, name: str) -> None:
        """Note that something is of a kind that is no log."""
        self._names.setdefault(kind, []).append(name)

    def words(self) -> str:
        """Return all of it in one phrase; empty where nothing was skipped."""
        return "; ".join(f"{kind}: {listed(names)}" for kind, names in self._names.items())


@dataclass(slots=True)
class Listing:
    """What a folder holds."""

    files: list[Blob] = field(default_factory=list)
    journals: list[Path] = field(default_factory=list)
    """Folders with files that journald wrote; it is one journal, whatever the files."""
    skipped: Skipped = field(default_factory=Skipped)
    errors: list[SourceError] = field(default_factory=list)
    is_full: bool = False


def list_folder(folder: Path) -> Listing:
    """Return what a folder and those in it hold; links to folders are not followed.

    Raises `SourceError` where the folder itself cannot be listed.
    """
    listing = Listing()
    try:
        entries = _entries(folder)
    except OSError as error:
        raise refusal(error, folder) from None
    _add(entries, folder, 0, listing)
    return listing


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as found:
        return sorted(found, key=lambda entry: entry.name)


def _add(entries: list[os.DirEntry[str]], folder: Path, depth: int, listing: Listing) -> None:
    if any(is_journal_name(entry.name) for entry in entries):
        listing.journals.append(folder)
    for entry in entries:
        if len(listing.files) >= MAX_FILES:
            listing.is_full = True
            return
        if entry.name.startswith("."):
            listing.skipped.add("hidden", entry.name)
        elif not is_journal_name(entry.name):
            _add_entry(entry, depth, listing)


def _add_entry(entry: os.DirEntry[str], depth: int, listing: Listing) -> None:
    path = Path(entry.path)
    try:
        status = entry.stat()
        if stat.S_ISDIR(status.st_mode):
            if entry.is_symlink():
                listing.skipped.add("a link to a folder", entry.name)
            elif depth == MAX_DEPTH:
                listing.skipped.add(f"deeper than {MAX_DEPTH} folders", entry.name)
            else:
                _add(_entries(path), path, depth + 1, listing)
        elif not stat.S_ISREG(status.st_mode):
            listing.skipped.add(kind_of(status), entry.name)
        elif not status.st_size:
            listing.skipped.add("empty", entry.name)
        else:
            listing.files.append(file_blob(path, status, is_named=False))
    except OSError as error:
        listing.errors.append(refusal(error, path))


def listed(names: Sequence[str]) -> str:
    """Return the first names, and how many more there are."""
    more = len(names) - SHOWN_NAMES
    shown = ", ".join(names[:SHOWN_NAMES])
    return f"{shown} and {more:,} more" if more > 0 else shown


def kind_of(status: os.stat_result) -> str:
    """Return in words what a path is that is neither file nor folder."""
    kinds: Iterator[str] = (word for test, word in _KINDS if test(status.st_mode))
    return next(kinds, "a special file")


def is_journal_name(name: str) -> bool:
    """Return whether a file is named as journald names its own."""
    return name.endswith((".journal", ".journal~"))
