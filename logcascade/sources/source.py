"""What an opened log is: its name, its bytes, and what is said about them."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import BinaryIO, Protocol

from logcascade.errors import ExitStatus, SourceError
from logcascade.model.records import Location, Part

STANDARD_INPUT = "-"
"""The path that means standard input."""

STANDARD_INPUT_NAME = "<stdin>"
"""How the report names it."""


@dataclass(slots=True, eq=False)
class Said:
    """What is to be said of a source, in words, each once."""

    problems: list[str] = field(default_factory=list)
    """What could not be read."""
    assumptions: list[str] = field(default_factory=list)
    """What was taken for granted, and loses nothing if it is right."""

    def problem(self, words: str) -> None:
        """Note what could not be read."""
        if words not in self.problems:
            self.problems.append(words)

    def assume(self, words: str) -> None:
        """Note what was taken for granted."""
        if words not in self.assumptions:
            self.assumptions.append(words)


class Layout(Protocol):
    """Which lines of a source come from which of the files it was put together from."""

    def place(self, line: int) -> Location:
        """Return the file and the line in it of a 1-based line of the source."""

    def parts(self) -> tuple[Part, ...]:
        """Return the files, oldest first; complete once the stream is exhausted."""


@dataclass(slots=True)
class Source:
    """An opened log: where its bytes are read, and what went wrong while they were."""

    name: str
    """As the report shows it."""
    stream: BinaryIO
    size: int | None
    """Bytes on disk (packed, where it is packed); None for a pipe."""
    problems: list[str] = field(default_factory=list)
    """In words, what could not be read. Complete once the stream is exhausted."""
    position: Callable[[], int] = field(default=lambda: 0)
    """Bytes of `size` taken so far, for a progress bar."""
    assumptions: list[str] = field(default_factory=list)
    """In words, what was taken for granted. Complete once the stream is exhausted."""
    modified: float | None = None
    """When its newest part was last written, in epoch seconds; None for a pipe."""
    own_name: str = ""
    """The file's own name, without the folders and the archive it is in."""
    layout: Layout | None = None
    """Where its lines stand; None for a source that is one file."""

    def __post_init__(self) -> None:
        self.own_name = self.own_name or PurePath(self.name).name or self.name

    def place(self, line: int) -> Location:
        """Return the file and the line in it of a 1-based line of the source."""
        return Location(self.name, line) if self.layout is None else self.layout.place(line)

    @property
    def parts(self) -> tuple[Part, ...]:
        """The files it was put together from, oldest first; empty where it is one file."""
        return () if self.layout is None else self.layout.parts()

    def rewind(self) -> bool:
        """Go back to the beginning of the stream; return whether that was possible."""
        seekable = getattr(self.stream, "seekable", None)
        if self.layout is not None or seekable is None or not seekable():
            return False
        self.stream.seek(0)
        return True

    def close(self) -> None:
        """Close the stream."""
        self.stream.close()


def unreadable(reason: str, where: str | os.PathLike[str], help_: str = "") -> SourceError:
    """Return the error for a log that cannot be read."""
    return SourceError(
        "cannot read the log", reason, os.fspath(where), help_, exit_status=ExitStatus.NOTHING_READ
    )


def reason_of(error: Exception) -> str:
    """Return in words why the system refused something."""
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).lower()


def refusal(error: OSError | ValueError, path: Path) -> SourceError:
    """Return why a file cannot be opened, and what to do."""
    if isinstance(error, FileNotFoundError):
        return unreadable("no such file", path, "check the path")
    if isinstance(error, PermissionError):
        help_ = "run as a user who may read it, or pipe it in: sudo cat FILE | logcascade analyze -"
        return unreadable("permission denied", path, help_)
    return unreadable(reason_of(error), path)
