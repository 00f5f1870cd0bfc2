"""A log that is still being written, as a stream that waits for what comes."""

import os
import select
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from logcascade.model.records import Location
from logcascade.sources.blob import JOURNAL_MAGIC, why_no_text
from logcascade.sources.folders import kind_of
from logcascade.sources.packed import packing_of
from logcascade.sources.source import STANDARD_INPUT_NAME, refusal, unreadable
from logcascade.sources.streams import CHUNK_BYTES, PEEK_BYTES

POLL_S = 1.0
"""A file is looked at so often, and what a pipe gives is gathered for so long. Seconds: a line is
told of one to two of them after it was written."""

HISTORY_BYTES = 16 * 1024 * 1024
"""So much before the end of a file is read to know its format, its usual rates and its rhythm: days
of a small service, read in a second or two."""

LINGER_S = 3.0
"""A rotated file is read on until it was quiet for so long: its writer may not know yet."""

ABSENT_S = 10.0
"""A file that is away for so long is worth a word; rotation takes less."""

MARK_BYTES = 64
"""So many bytes before the place that was read to are compared: a file that was cut, and has grown
beyond that place again, has others there."""

MOST_PIECES = 1_000
"""Rotations and cuts that are remembered, to say in which file a line stands."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """How to wait; handed in by who knows a clock."""

    now: Callable[[], float]
    """Seconds since any moment, never backwards."""
    sleep: Callable[[float], None]
    is_over: Callable[[], bool]
    """Whether somebody has asked for the end."""


class Followed(Protocol):
    """A stream that gives None where there is no more for now, and nothing once it is over."""

    name: str
    own_name: str
    is_history: bool
    """Whether what was read so far had been written before the watch began."""
    has_ended: bool
    """Whether no more can come."""

    def read(self, size: int = -1, /) -> bytes | None:
        """Return the next bytes."""

    def place(self, line: int) -> Location:
        """Return where the line `line` of the stream stands, both 1-based."""

    def close(self) -> None:
        """Close what is open."""


def follow(
    path: Path, waiting: Waiting, note: Callable[[str], None], *, from_start: bool
) -> Followed:
    """
    Return the log at `path`, to be followed; raise `SourceError` where that cannot be done.

    Args:
        path: A file, or a named pipe.
        waiting: How to wait for more.
        note: Told in words what becomes of the file.
        from_start: Whether what is there is new, too; otherwise some of it is history.
    """
    try:
        status = path.stat()
        if stat.S_ISFIFO(status.st_mode) or stat.S_ISCHR(status.st_mode):
            return FollowedPipe(path.open("rb", buffering=0), str(path), waiting)
        if not stat.S_ISREG(status.st_mode):
            raise unreadable(f"this is {kind_of(status)}", path, "name one log file")
        return FollowedFile(path, waiting, note, from_start=from_start)
    except (OSError, ValueError) as error:
        raise refusal(error, path) from None


class FollowedPipe:
    """A pipe: what came within `POLL_S` is given at once."""

    is_history = False

    def __init__(
        self, stream: BinaryIO, name: str, waiting: Waiting, poll_s: float = POLL_S
    ) -> None:
        self.name = name
        self.own_name = Path(name).name if name != STANDARD_INPUT_NAME else name
        self._stream = stream
        self._file = stream.fileno()
        self._waiting = waiting
        self._poll_s = poll_s
        self.has_ended = False
        self._is_pause_due = False

    def read(self, size: int = -1, /) -> bytes | None:
        """Return what has come, None after it and where nothing has, nothing at the end."""
        if self.has_ended or self._waiting.is_over():
            return b""
        if self._is_pause_due:
            self._is_pause_due = False
            return None
        wanted = size if 0 < size < CHUNK_BYTES else CHUNK_BYTES
        pieces: list[bytes] = []
        left, until = wanted, self._waiting.now() + self._poll_s
        while left > 0 and self._is_ready(until) and not self.has_ended:
            data = os.read(self._file, left)
            self.has_ended = not data
            pieces.append(data)
            left -= len(data)
        self._is_pause_due = left > 0 and not self.has_ended
        given = b"".join(pieces)
        if not given and not self.has_ended:
            self._is_pause_due = False
            return None
        return given

    def _is_ready(self, until: float) -> bool:
        """Return whether there is something to read, waited for until a time at the most."""
        left = max(until - self._waiting.now(), 0.0)
        ready, _, _ = select.select([self._file], [], [], left)
        return bool(ready)

    def place(self, line: int) -> Location:
        """Return the line: a pipe has no other."""
        return Location(self.name, line)

    def close(self) -> None:
        """Close the pipe."""
        self._stream.close()


@dataclass(frozen=True, slots=True)
class _Piece:
    """A file, or what was written to it after it had been cut."""

    first_line: int
    """The first line of the stream that begins in it."""
    skipped: int
    """Its own lines before that."""


class FollowedFile:
    """A file by its name: through rotation, truncation and short absence."""

    has_ended = False

    def __init__(
        self,
        path: Path,
        waiting: Waiting,
        note: Callable[[str], None],
        *,
        from_start: bool,
        poll_s: float = POLL_S,
    ) -> None:
        self.name, self.own_name = str(path), path.name
        self._path = path
        self._waiting = waiting
        self._note = note
        self._poll_s = poll_s
        self._file: BinaryIO = path.open("rb", buffering=0)
        self._newer: list[BinaryIO] = []
        self._newest = _identity(os.fstat(self._file.fileno()))
        self._place = 0
        self._mark = b""
        self._changed_at = self._absent_since = waiting.now()
        self._is_absent = False
        self._breaks = 0
        self._is_line_open = False
        self._pieces = [_Piece(1, 0)]
        self._pauses = 0
        self._is_caught_up = False
        self._refuse_packed()
        size = os.fstat(self._file.fileno()).st_size
        self._history_until = 0 if from_start else size
        self.is_history = self._history_until > 0
        if size > HISTORY_BYTES and not from_start:
            self._pass_over(size - HISTORY_BYTES)

    def read(self, size: int = -1, /) -> bytes | None:
        """Return what was written, None after it and where nothing was, nothing when it is over."""
        if self._waiting.is_over():
            return b""
        if self._pauses:
            self._pauses -= 1
            self.is_history = self.is_history and self._pauses > 0
            return None
        if self._is_caught_up:
            self._waiting.sleep(self._poll_s)
            if self._waiting.is_over():
                return b""
        wanted = size if 0 < size < CHUNK_BYTES else CHUNK_BYTES
        if self.is_history:
            wanted = min(wanted, self._history_until - self._place)
        data = self._more(wanted)
        self._is_caught_up = len(data) < wanted and not self.is_history
        if self.is_history and (not data or self._place >= self._history_until):
            self._pauses, self._is_caught_up = 2, True  # the second settles what came before
        elif data and self._is_caught_up:
            self._pauses = 1
        self._breaks += data.count(b"\n")
        self._is_line_open = self._is_line_open if not data else not data.endswith(b"\n")
        if data or self.is_history:
            return data or None
        return None

    def place(self, line: int) -> Location:
        """Return the line of the file, as it was then, that is line `line` of the stream."""
        known = (each for each in reversed(self._pieces) if each.first_line <= line)
        piece = next(known, self._pieces[0])
        return Location(self.name, line - piece.first_line + 1 + piece.skipped)

    def close(self) -> None:
        """Close all that is open."""
        for file in (self._file, *self._newer):
            file.close()

    def _refuse_packed(self) -> None:
        head = os.pread(self._file.fileno(), PEEK_BYTES, 0)
        reason, help_ = why_no_text(head, self.name) or ("", "")
        if packing_of(head) is not None:
            reason = "it is packed: nothing will be added to it"
            help_ = f"logcascade analyze {self.name}"
        elif head.startswith(JOURNAL_MAGIC):
            reason = "it is a systemd journal"
            help_ = "journalctl -f -o json | logcascade watch"
        if reason:
            self.close()
            raise unreadable(reason, self._path, help_)

    def _pass_over(self, size: int) -> None:
        """Begin after the first line break from the offset `size` on; count the lines before."""
        lines = 0
        while size > 0 and (data := self._file.read(min(size, CHUNK_BYTES))):
            lines += data.count(b"\n")
            size -= len(data)
        while data := self._file.read(CHUNK_BYTES):
            end = data.find(b"\n")
            if end >= 0:
                self._file.seek(end + 1 - len(data), os.SEEK_CUR)
                lines += 1
                break
        self._place = self._file.tell()
        self._pieces = [_Piece(1, lines)]

    def _more(self, wanted: int) -> bytes:
        """Return the next bytes of the file, or of what has taken its place."""
        if self._was_cut():
            self._note(f"{self.name} was cut: followed from its new beginning")
            self._place = self._file.seek(0)
            self._pass_hole()
            return self._begin_piece()
        data = self._file.read(wanted)
        if data:
            self._place += len(data)
            self._mark = (self._mark + data)[-MARK_BYTES:]
            self._changed_at = self._waiting.now()
            return data
        self._look_for_newer()
        if self._newer and self._waiting.now() - self._changed_at >= LINGER_S:
            self._file.close()
            self._file = self._newer.pop(0)
            self._place = 0
            self._changed_at = self._waiting.now()
            self._note(f"{self.name} was rotated: the new file is followed")
            return self._begin_piece()
        return b""

    def _was_cut(self) -> bool:
        """Return whether what was read last is no longer where it was."""
        size = os.fstat(self._file.fileno()).st_size
        if size < self._place:
            return True
        begin = self._place - len(self._mark)
        return size > self._place and (
            os.pread(self._file.fileno(), len(self._mark), begin) != self._mark
        )

    def _pass_hole(self) -> None:
        """Go on to where something was written: a writer may have kept its place."""
        if hasattr(os, "SEEK_DATA"):
            try:
                self._place = os.lseek(self._file.fileno(), 0, os.SEEK_DATA)
            except OSError:  # there is nothing yet
                self._place = self._file.seek(0)

    def _begin_piece(self) -> bytes:
        """Count lines anew; return what ends the line that was cut off."""
        self._mark = b""
        self._pieces.append(_Piece(self._breaks + 1 + self._is_line_open, 0))
        del self._pieces[:-MOST_PIECES]
        return b"\n" if self._is_line_open else b""

    def _look_for_newer(self) -> None:
        """Open what has the file's name now, if that is another file; say where nothing has."""
        now = self._waiting.now()
        try:
            identity = _identity(self._path.stat())
            if identity != self._newest:
                self._newer.append(self._path.open("rb", buffering=0))
                self._newest = identity
                self._changed_at = now
        except OSError:
            if not self._is_absent and now - self._absent_since >= ABSENT_S:
                self._is_absent = True
                self._note(f"{self.name} is not there: waiting for it")
            return
        self._absent_since, self._is_absent = now, False


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino
