"""Open a path or standard input as a named stream of bytes, unpacked where it is packed."""

import gzip
import io
import os
import stat
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast

from logcascade.encodings import utf_16_of
from logcascade.errors import ExitStatus, SourceError

STANDARD_INPUT = "-"
"""The path that means standard input."""

STANDARD_INPUT_NAME = "<stdin>"
"""How the report names it."""

PEEK_BYTES = 8192
"""As much of the beginning as decides what a source is; one read of a buffered stream."""

MAX_CONTROL_SHARE = 0.05
"""Text has next to no control bytes; random bytes have one in ten. NUL bytes are not counted:
a rotated log may begin with a hole full of them."""

_PACKED: tuple[tuple[bytes, str, str], ...] = (
    (b"\x28\xb5\x2f\xfd", "zstd", "zstd -dc"),
    (b"\xfd7zXZ\x00", "xz", "xz -dc"),
    (b"BZh", "bzip2", "bzip2 -dc"),
    (b"PK\x03\x04", "zip", "unzip -p"),
    (b"\x04\x22\x4d\x18", "lz4", "lz4 -dc"),
)
"""Magic bytes of packed files that are not unpacked here, with the program that does."""

_GZIP_MAGIC = b"\x1f\x8b"
_TEXT_CONTROLS = frozenset(b"\x00\x08\t\n\x0c\r\x1b")


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
    modified: float | None = None
    """When the file was last written to, in seconds since 1970; None for a pipe."""

    def rewind(self) -> bool:
        """Go back to the beginning of the stream; return whether that was possible."""
        seekable = getattr(self.stream, "seekable", None)
        if seekable is None or not seekable():
            return False
        self.stream.seek(0)
        return True

    def close(self) -> None:
        """Close the stream."""
        self.stream.close()


class _Unpacked(io.RawIOBase):
    """The text of a gzip stream, as far as it can be read; a broken rest becomes a problem."""

    def __init__(self, packed: BinaryIO, problems: list[str]) -> None:
        self._packed = packed
        self._gzip = gzip.GzipFile(fileobj=packed, mode="rb")
        self._problems = problems
        self._broken = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast("bytearray", buffer))
        if self._broken:
            return 0
        try:
            data = self._gzip.read1(len(view))
        except EOFError:
            data = self._stop("the gzip data is cut short; what comes before the cut was read")
        except (gzip.BadGzipFile, zlib.error) as error:
            data = self._stop(f"the gzip data is damaged ({error}); what comes before was read")
        view[: len(data)] = data
        return len(data)

    def _stop(self, words: str) -> bytes:
        self._broken = True
        self._problems.append(words)
        return b""

    def close(self) -> None:
        if not self.closed:
            self._gzip.close()
            self._packed.close()
        super().close()


def open_source(path: str | os.PathLike[str], stdin: BinaryIO | None = None) -> Source:
    """Return the opened log at `path`, or standard input for ``-``.

    gzip is known by its first bytes, not by its name. Raises `SourceError` for what cannot be
    opened or is no text.
    """
    name = os.fspath(path)
    if name == STANDARD_INPUT:
        if stdin is None:
            raise SourceError("no standard input to read", where=name)
        return _recognise(STANDARD_INPUT_NAME, _peekable(stdin), None)
    stream = _open_file(Path(name))
    status = os.fstat(stream.fileno())
    size = status.st_size if stat.S_ISREG(status.st_mode) else None
    try:
        source = _recognise(name, stream, size)
    except BaseException:
        stream.close()
        raise
    source.modified = None if size is None else status.st_mtime
    return source


def _open_file(path: Path) -> io.BufferedReader:
    """Open a file for reading, or say in words why it cannot be."""
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise _unreadable("no such file", path, "check the path") from None
    except IsADirectoryError:
        raise _unreadable("this is a directory", path, f"name the files in it: {path}/*") from None
    except PermissionError:
        if path.is_dir():  # how Windows refuses to open a directory
            help_ = f"name the files in it: {path}/*"
            raise _unreadable("this is a directory", path, help_) from None
        help_ = "run as a user who may read it, or pipe it in: sudo cat FILE | logcascade analyze -"
        raise _unreadable("permission denied", path, help_) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _unreadable(reason.lower(), path, "") from None


def _unreadable(reason: str, path: Path | str, help_: str) -> SourceError:
    return SourceError(
        "cannot read the log", reason, str(path), help_, exit_status=ExitStatus.NOTHING_READ
    )


def _peekable(stream: BinaryIO) -> io.BufferedReader:
    """Return `stream` with a buffer that can be looked into without reading."""
    if isinstance(stream, io.BufferedReader):
        return stream
    if isinstance(stream, io.RawIOBase):
        return io.BufferedReader(stream)
    return io.BufferedReader(_Borrowed(stream))


class _Borrowed(io.RawIOBase):
    """A raw face for a stream that has only ``read``."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast("bytearray", buffer))
        data = self._stream.read(len(view))
        view[: len(data)] = data
        return len(data)


def _recognise(name: str, stream: io.BufferedReader, size: int | None) -> Source:
    """Return the source behind `stream`, unpacked; refuse what is certainly no text."""
    try:
        head = stream.peek(PEEK_BYTES)[:PEEK_BYTES]
    except OSError as error:
        raise _unreadable((error.strerror or str(error)).lower(), name, "") from None
    problems: list[str] = []
    position = stream.tell if size is not None else _nowhere
    if head.startswith(_GZIP_MAGIC):
        unpacked = io.BufferedReader(_Unpacked(cast("BinaryIO", stream), problems), PEEK_BYTES)
        _refuse_binary(name, unpacked.peek(PEEK_BYTES)[:PEEK_BYTES])
        return Source(name, cast("BinaryIO", unpacked), size, problems, position)
    _refuse_binary(name, head)
    return Source(name, cast("BinaryIO", stream), size, problems, position)


def _nowhere() -> int:
    return 0


def _refuse_binary(name: str, head: bytes) -> None:
    """Raise `SourceError` if `head` is the beginning of a file that is no text."""
    for magic, kind, program in _PACKED:
        if head.startswith(magic):
            help_ = f"unpack it into a pipe: {program} {name} | logcascade analyze -"
            raise _unreadable(f"it is packed with {kind}", name, help_)
    written = len(head) - head.count(0)
    if utf_16_of(head) or not written:
        return
    controls = sum(byte < 0x20 and byte not in _TEXT_CONTROLS for byte in head)
    if controls > MAX_CONTROL_SHARE * written:
        raise _unreadable("it is a binary file, not a text log", name, "name a text log")
