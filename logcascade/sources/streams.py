"""Streams of bytes that can be looked into, rewound, and that say how a file changed."""

import errno
import io
import os
from abc import abstractmethod
from collections.abc import Callable
from typing import Protocol, cast

from logcascade.sources.source import Said

PEEK_BYTES = 8192
"""As much of the beginning as decides what a source is."""

LONGEST_MAGIC = 13
"""Bytes by which the shyest of packings is known."""

CHUNK_BYTES = 256 * 1024
"""Taken at a time: a multiple of what decoders and disks like, little enough to throw away."""


_TOO_LARGE = "a header is larger than any honest one"


class Readable(Protocol):
    """What streams of bytes have in common, whoever made them."""

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes, none at the end."""

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Go to a place, if it can."""

    def seekable(self) -> bool:
        """Say whether places can be gone to."""

    def close(self) -> None:
        """Close it."""


class ByteStream(io.RawIOBase):
    """A stream that is read forward; `take` is all that a kind of stream has to say."""

    @abstractmethod
    def take(self, most: int) -> bytes:
        """Return the next bytes, at least one and at most `most`; none at the end."""

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        """Return the next bytes, as many as there are at once; all for a negative size."""
        if size is None or size < 0:
            return b"".join(iter(lambda: self.take(CHUNK_BYTES), b""))
        return self.take(size)

    def readinto(self, buffer: object, /) -> int:
        """Fill a buffer as far as there are bytes at once."""
        view = memoryview(cast("bytearray", buffer))
        data = self.take(len(view))
        view[: len(data)] = data
        return len(data)


class Ahead(ByteStream):
    """A stream into whose beginning one can look."""

    def __init__(self, stream: Readable, *, is_pipe: bool = False) -> None:
        self._stream = stream
        self._is_pipe = is_pipe
        self._held = b""
        self._at_end = False

    def head(self, size: int = PEEK_BYTES) -> bytes:
        """Return the first bytes, fewer only where the stream ends.

        Text that trickles through a pipe is not waited for: its first bytes say what it is.
        """
        while len(self._held) < size and not self._at_end and not self._is_enough():
            data = self._some(size - len(self._held))
            self._at_end = not data
            self._held += data
        return self._held[:size]

    def _is_enough(self) -> bool:
        """Return whether what a pipe has given is text: a tar's first header has NUL bytes."""
        if not self._is_pipe or b"\0" in self._held:
            return False
        return len(self._held) >= LONGEST_MAGIC or self._held.endswith(b"\n")

    def take(self, most: int) -> bytes:
        """Return what was looked at first, then the rest."""
        if self._held:
            data, self._held = self._held[:most], self._held[most:]
            return data
        return b"" if self._at_end else self._some(most)

    def _some(self, most: int) -> bytes:
        read1 = getattr(self._stream, "read1", None)
        return cast("bytes", read1(most) if read1 else self._stream.read(most))

    def close(self) -> None:
        """Close what is below, too."""
        if not self.closed:
            self._stream.close()
        super().close()


class FileBytes(ByteStream):
    """A regular file, read up to the size it had when reading began, and what became of it."""

    def __init__(
        self,
        file: io.FileIO,
        identity: tuple[int, int] | None,
        said: Said,
        on_progress: Callable[[int], None],
    ) -> None:
        self._file = file
        self._said = said
        self._on_progress = on_progress
        status = os.fstat(self._file.fileno())
        self._size = status.st_size
        self._place = 0
        self._is_checked = False
        self._has_holes = hasattr(os, "SEEK_DATA") and status.st_blocks * 512 < status.st_size
        self._hole_bytes = 0
        if identity is not None and identity != (status.st_dev, status.st_ino):
            said.problem("another file had taken its name before it was read: rotated meanwhile")

    def take(self, most: int) -> bytes:
        """Return the next bytes; files of a system that know no size are read to their end."""
        if self._has_holes:
            self._pass_hole()
        wanted = min(most, self._size - self._place) if self._size else most
        data = self._file.read(wanted) if wanted > 0 else b""
        self._place += len(data)
        self._on_progress(self._place)
        if not data and most and not self._is_checked:
            self._is_checked = True
            self._compare()
        return data

    def _pass_hole(self) -> None:
        """Go on to where something was written.

        A writer that kept its place through a truncation leaves a hole before it, of any size,
        that would be read as NUL bytes.
        """
        try:
            place = os.lseek(self._file.fileno(), self._place, os.SEEK_DATA)
        except OSError as error:
            place = self._size if error.errno == errno.ENXIO else self._place
        place = min(place, self._size)
        self._hole_bytes += place - self._place
        self._place = self._file.seek(place)

    def _compare(self) -> None:
        """Say it where the file has holes, or was written to, or cut, while it was read."""
        if self._hole_bytes:
            self._said.assume(
                f"a hole of {self._hole_bytes:,} bytes, never written, holds no lines"
            )
        now = os.fstat(self._file.fileno()).st_size
        if self._place < self._size:
            self._said.problem(
                f"it became shorter while it was read: only {self._place:,} bytes of "
                f"{self._size:,} could be read"
            )
        elif self._size and now > self._size:
            self._said.assume(f"it grew while it was read: only its first {self._size:,} bytes")

    def seekable(self) -> bool:
        """Say that any place can be gone to."""
        return True

    def tell(self) -> int:
        """Return the place of the next byte."""
        return self._place

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Go to a place."""
        self._place = self._file.seek(offset, whence)
        return self._place

    def close(self) -> None:
        """Close the file."""
        if not self.closed:
            self._file.close()
        super().close()


class Rewindable(ByteStream):
    """A stream that can only be read forward, as one with places: going back opens it anew.

    A single read is refused beyond `most_read`: who reads archives' headers with it cannot be
    made to fill the memory by a header that announces gigabytes.
    """

    def __init__(self, reopen: Callable[[], Readable], size: int | None, most_read: int) -> None:
        self._reopen = reopen
        self._stream: Readable | None = None
        self._size = size
        self._most_read = most_read
        self._place = 0

    def read(self, size: int | None = -1, /) -> bytes:
        """Return exactly `size` bytes, fewer only at the end; the rest for a negative size."""
        is_rest = size is None or size < 0
        left = self._most_read + 1 if size is None or size < 0 else size
        if left > self._most_read and not is_rest:
            raise ValueError(_TOO_LARGE)
        pieces: list[bytes] = []
        while left > 0 and (data := self.take(min(left, CHUNK_BYTES))):
            pieces.append(data)
            left -= len(data)
        if is_rest and not left:
            raise ValueError(_TOO_LARGE)
        return b"".join(pieces)

    def take(self, most: int) -> bytes:
        """Return the next bytes."""
        data = self._opened().read(most)
        self._place += len(data)
        return data

    def seekable(self) -> bool:
        """Say that any place can be gone to, if slowly."""
        return True

    def tell(self) -> int:
        """Return the place of the next byte."""
        return self._place

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Go to a place: forward by reading, back by beginning again."""
        if whence == os.SEEK_CUR:
            offset += self._place
        elif whence == os.SEEK_END:
            if self._size is None:
                raise io.UnsupportedOperation("where it ends is not known")
            offset += self._size
        if offset < 0:
            raise ValueError("a place before the beginning")
        if offset == self._place:
            return offset
        if self._opened().seekable():
            self._place = self._opened().seek(offset)
            return self._place
        if offset < self._place:
            self.release()
        while self._place < offset and self.take(min(CHUNK_BYTES, offset - self._place)):
            pass
        return self._place

    def _opened(self) -> Readable:
        if self._stream is None:
            self._stream = self._reopen()
            self._place = 0
        return self._stream

    def release(self) -> None:
        """Close what is below until it is needed again, from its beginning."""
        if self._stream is not None:
            self._stream.close()
        self._stream = None
        self._place = 0

    def close(self) -> None:
        """Close what is below, too."""
        self.release()
        super().close()


class Slice(ByteStream):
    """A range of the bytes of an archive; ranges of one archive share its stream."""

    def __init__(
        self,
        archive: Rewindable,
        begin: int,
        size: int,
        said: Said,
        on_progress: Callable[[int], None],
    ) -> None:
        self._archive = archive
        self._begin = begin
        self._size = size
        self._said = said
        self._on_progress = on_progress
        self._place = 0

    def take(self, most: int) -> bytes:
        """Return the next bytes of the range."""
        wanted = min(most, self._size - self._place)
        if wanted <= 0:
            return b""
        self._archive.seek(self._begin + self._place)
        data = self._archive.take(wanted)
        self._place += len(data)
        self._on_progress(self._place)
        if not data:
            self._said.problem("the archive ends within it; what comes before was read")
        return data
