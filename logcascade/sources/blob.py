"""Bytes that can be opened again and again: a file, a member of an archive; a pipe, once."""

import io
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from logcascade.encodings import utf_16_of
from logcascade.errors import SourceError
from logcascade.sources.packed import Budget, packing_of, unpacked
from logcascade.sources.source import Said, reason_of, refusal
from logcascade.sources.streams import Ahead, ByteStream, FileBytes, Readable

MAX_CONTROL_SHARE = 0.05
"""Text has next to no control bytes; random bytes have one in ten. NUL bytes are not counted:
a rotated log may begin with a hole full of them."""

JOURNAL_MAGIC = b"LPKSHHRH"
"""The first bytes of a file that journald wrote."""

_CONTROLS = re.compile(rb"[\x01-\x07\x0b\x0e-\x1a\x1c-\x1f]")
"""Bytes below the space that no text has; a backspace and a form feed do occur."""

_FOREIGN: tuple[tuple[bytes, str, str], ...] = (
    (b"\x04\x22\x4d\x18", "lz4", "lz4 -dc"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip", "7z x -so"),
    (b"Rar!\x1a\x07", "RAR", "unrar p -inul"),
    (b"LZIP", "lzip", "lzip -dc"),
    (b"\x1f\x9d", "compress", "gzip -dc"),
    (b"\x89LZO", "lzop", "lzop -dc"),
)
"""Magic bytes of packed files that are not unpacked here, with the program that does."""

_TAR_MAGIC = slice(257, 262)
_ZIP_MAGICS = (b"PK\x03\x04", b"PK\x05\x06")


@dataclass(slots=True, eq=False)
class Blob:
    """What may be a log, before anything is known of it but how to open it."""

    name: str
    """As the report shows it: ``logs.zip:var/log/bot.log`` for a member of an archive."""
    folder: str
    """The folder or archive it is in; empty for the current one."""
    file_name: str
    """Its own name in that folder."""
    raw: Callable[[Said], Readable]
    """Opens its bytes as they are stored."""
    budget: Budget
    """Shared with all that is packed in the same file."""
    size: int | None = None
    """Bytes as stored; None for a pipe."""
    modified: float | None = None
    """Epoch seconds of the last change."""
    identity: tuple[int, int] | None = None
    """Device and number of the file, equal for all its names."""
    path: Path | None = None
    """Where it is on disk; None for a pipe or a member of an archive."""
    is_named: bool = True
    """Whether the user named it; what was found in a folder may turn out to be no log."""
    said: Said = field(default_factory=Said)
    is_packed: bool = False
    """Whether its bytes as stored are not yet its text."""
    taken: int = 0
    """Bytes of `size` read so far."""
    head: bytes = b""
    """The first bytes of its text, once it has been looked into."""
    release: Callable[[], None] = field(default=lambda: None)
    """Closes what it shares with others until that is needed again."""
    _once: Ahead | None = None

    def open(self, said: Said | None = None) -> Ahead:
        """Return the text from its beginning; a pipe has only one."""
        if self._once is not None:
            return self._once
        said = self.said if said is None or self.size is None else said
        stream = unpacked(self.raw(said), self.name, self.budget, said)
        if self.budget.is_pipe:
            self._once = stream
        return stream

    def note_progress(self, taken: int) -> None:
        """Remember how far it has been read."""
        self.taken = taken

    def beginning(self, size: int) -> bytes:
        """Return the first bytes of the text; raise `SourceError` or `OSError` if it cannot."""
        stream = self.open(Said())
        try:
            return stream.head(size)
        finally:
            if not self.budget.is_pipe:
                stream.close()


class Later(ByteStream):
    """The text of a blob, opened when it is first asked for: files by the thousand stay closed."""

    def __init__(self, blob: Blob) -> None:
        self._blob = blob
        self._stream: Readable | None = None
        self._ended = False

    def take(self, most: int) -> bytes:
        """Return the next bytes; what has vanished meanwhile is a problem and no bytes."""
        if self._ended:
            return b""
        if self._stream is None:
            try:
                self._stream = self._blob.open()
            except SourceError as error:
                self._blob.said.problem(error.reason)
            except OSError as error:
                self._blob.said.problem(f"it could be listed but not read: {reason_of(error)}")
        data = b"" if self._stream is None else self._stream.read(most)
        self._ended = not data and most > 0
        return data

    def seekable(self) -> bool:
        """Say whether it can be read again from its beginning."""
        return not self._blob.budget.is_pipe

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Go back to the beginning; no other place can be gone to."""
        if offset or whence != os.SEEK_SET or not self.seekable():
            raise io.UnsupportedOperation("a log is read again from its beginning or not at all")
        if self._stream is not None:
            self._stream.close()
        self._stream, self._ended = None, False
        return 0

    def close(self) -> None:
        """Close the blob's stream."""
        self._ended = True
        if self._stream is not None:
            self._stream.close()
        self._blob.release()


def file_blob(path: Path, status: os.stat_result, *, is_named: bool = True) -> Blob:
    """Return the blob of a regular file."""
    identity = (status.st_dev, status.st_ino) if status.st_ino else None

    def raw(said: Said) -> Readable:
        try:
            file = path.open("rb", buffering=0)
        except (OSError, ValueError) as error:
            raise refusal(error, path) from None
        return FileBytes(file, identity, said, blob.note_progress)

    name = str(path)
    blob = Blob(
        name,
        str(path.parent),
        path.name,
        raw,
        Budget(status.st_size),
        size=status.st_size,
        modified=status.st_mtime,
        identity=identity,
        path=path,
        is_named=is_named,
    )
    return blob


def is_tar(head: bytes) -> bool:
    """Return whether `head` is that of a tar archive."""
    return head[_TAR_MAGIC] == b"ustar"


def is_zip(head: bytes) -> bool:
    """Return whether `head` is that of a zip archive."""
    return head.startswith(_ZIP_MAGICS)


def why_no_text(head: bytes, name: str) -> tuple[str, str] | None:
    """Return why what begins with `head` is no text, and what to do; None where it may be text."""
    packing = packing_of(head)
    if packing is not None:
        return f"it is packed more often than is undone here, at last with {packing.name}", ""
    for magic, kind, program in _FOREIGN:
        if head.startswith(magic):
            help_ = f"unpack it into a pipe: {program} {name} | logcascade analyze -"
            return f"it is packed with {kind}", help_
    written = len(head) - head.count(0)
    if utf_16_of(head) or not written:
        return None
    if len(_CONTROLS.findall(head)) > MAX_CONTROL_SHARE * written:
        return "it is a binary file, not a text log", "name a text log"
    return None
