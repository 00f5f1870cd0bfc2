"""Members of zip and tar archives, as blobs that are named after them and never written to disk."""

import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import BinaryIO, cast

from logcascade.errors import SourceError
from logcascade.sources.blob import Blob, is_zip
from logcascade.sources.packed import (
    MAX_LAYERS,
    PACKINGS,
    RAW_DEFLATE,
    Budget,
    Inflate,
    Packing,
    Unpacked,
)
from logcascade.sources.source import Said, unreadable
from logcascade.sources.streams import (
    CHUNK_BYTES,
    PEEK_BYTES,
    ByteStream,
    Readable,
    Rewindable,
    Slice,
)

MAX_MEMBERS = 5_000
"""Members of an archive that are looked at. A host's whole /var/log has some hundreds."""

MAX_HEADER_BYTES = 4 * 1024**2
"""The longest header that is read: a zip's whole directory; `MAX_MEMBERS` entries fit in it."""

MAX_HELD_BYTES = 64 * 1024**2
"""An archive that cannot be rewound, from a pipe or within another, is held in memory up to this;
a larger one belongs in a file."""

_NAMES: dict[str, Packing] = {each.name: each for each in PACKINGS}
_ZIP_PACKINGS = {
    zipfile.ZIP_DEFLATED: Packing("deflate", lambda: Inflate(RAW_DEFLATE)),
    zipfile.ZIP_BZIP2: _NAMES["bzip2"],
    zipfile.ZIP_LZMA: _NAMES["lzma"],
    93: _NAMES["zstd"],
    95: _NAMES["xz"],
}
"""zip's number of a method -> how it is undone. Numbers from PKWARE's APPNOTE, 4.4.5."""

_LOCAL_HEADER = struct.Struct("<4s22xHH")
"""Of a zip's member: magic, length of its name, length of its extra field (APPNOTE, 4.3.7)."""

_LZMA_HEADER = struct.Struct("<2xH")
"""Before LZMA data in a zip: version, length of the properties (APPNOTE, 5.8.8)."""

_ENCRYPTED = 0x1
_ENDS_BY_MARKER = 0x2

_REFUSED = (
    zipfile.BadZipFile,
    tarfile.TarError,
    OSError,
    ValueError,
    NotImplementedError,
    OverflowError,
    LookupError,
    EOFError,
    RecursionError,
    struct.error,
)
"""What the standard library raises over archives that are broken, or made to hurt."""

Skip = Callable[[str], None]
"""Told, in words, of a member that is not read."""


def members_of(archive: Blob, skip: Skip) -> Iterator[Blob]:
    """Yield the files in a zip or tar archive; raise `SourceError` where none can be listed."""
    if is_zip(archive.beginning(PEEK_BYTES)):
        yield from _zip_members(archive, skip)
    else:
        yield from _tar_members(archive, skip)


def _zip_members(archive: Blob, skip: Skip) -> Iterator[Blob]:
    is_held = archive.path is None or archive.is_packed
    stored, budget = _held(archive) if is_held else _on_disk(archive, Said())
    try:
        with zipfile.ZipFile(cast("BinaryIO", stored)) as opened:
            infos = opened.infolist()
    except _REFUSED as error:
        raise _damaged("zip", archive, error) from None
    finally:
        stored.release()
    if len(infos) > MAX_MEMBERS:
        skip(f"{len(infos) - MAX_MEMBERS:,} members beyond the first {MAX_MEMBERS:,}: not read")
    for info in infos[:MAX_MEMBERS]:
        why = _why_not(info)
        if why:
            skip(f"{info.filename}: not read, {why}")
        elif not info.filename.endswith("/"):
            member = _member(archive, info.filename, info.compress_size, stored, budget)
            member.modified = datetime(*_date_of(info), tzinfo=UTC).timestamp()
            member.raw = _zip_opener(member, info, stored)
            yield member


def _why_not(info: zipfile.ZipInfo) -> str:
    """Return why a member of a zip cannot be read; empty where it can."""
    if info.flag_bits & _ENCRYPTED:
        return "it is encrypted: unpack it with its password"
    if info.compress_type not in (zipfile.ZIP_STORED, *_ZIP_PACKINGS):
        return f"it is packed by method {info.compress_type}, which is not undone here"
    return ""


def _date_of(info: zipfile.ZipInfo) -> tuple[int, int, int, int, int, int]:
    """Return when a member was changed; zip has two-second steps, no zone, and odd values."""
    try:
        datetime(*info.date_time, tzinfo=UTC)
    except ValueError:
        return (1980, 1, 1, 0, 0, 0)
    return info.date_time


def _zip_opener(
    member: Blob, info: zipfile.ZipInfo, stored: Rewindable
) -> Callable[[Said], Readable]:
    def raw(said: Said) -> Readable:
        try:
            return opened(said)
        except _REFUSED:
            reason = "its place in the archive holds something else"
            raise unreadable(reason, member.name) from None

    def opened(said: Said) -> Readable:
        stored.seek(info.header_offset)
        magic, name, extra = _LOCAL_HEADER.unpack(stored.read(_LOCAL_HEADER.size))
        if magic != b"PK\x03\x04":
            raise zipfile.BadZipFile
        begin = info.header_offset + _LOCAL_HEADER.size + name + extra
        data: ByteStream = Slice(stored, begin, info.compress_size, said, member.note_progress)
        packing = _ZIP_PACKINGS.get(info.compress_type)
        if packing is not None:
            if info.compress_type == zipfile.ZIP_LZMA:
                data = _Prefixed(_lzma_header(data, info), data)
            what = (member.name, MAX_LAYERS)
            data = Unpacked(data, packing, member.budget, what, said)
        return _Checked(data, info.CRC, said)

    return raw


def _lzma_header(data: ByteStream, info: zipfile.ZipInfo) -> bytes:
    """Return the header that zip leaves out of LZMA data, in the form that `.lzma` has it."""
    (size,) = _LZMA_HEADER.unpack(data.read(_LZMA_HEADER.size))
    unpacked = 2**64 - 1 if info.flag_bits & _ENDS_BY_MARKER else info.file_size
    return data.read(size) + unpacked.to_bytes(8, "little")


class _Prefixed(ByteStream):
    """Bytes, then a stream."""

    def __init__(self, first: bytes, stream: ByteStream) -> None:
        self._first = first
        self._stream = stream

    def take(self, most: int) -> bytes:
        """Return the bytes, then the stream."""
        data, self._first = self._first[:most], self._first[most:]
        return data or self._stream.take(most)


class _Checked(ByteStream):
    """A member of a zip; that its checksum is wrong is known and said at its end."""

    def __init__(self, stream: ByteStream, checksum: int, said: Said) -> None:
        self._stream = stream
        self._checksum = checksum
        self._said = said
        self._sum = 0

    def take(self, most: int) -> bytes:
        """Return the next bytes."""
        data = self._stream.take(most)
        self._sum = zlib.crc32(data, self._sum)
        if not data and most and self._sum != self._checksum and not self._said.problems:
            self._said.problem("its checksum in the archive is another: it is damaged")
        return data


def _tar_members(archive: Blob, skip: Skip) -> Iterator[Blob]:
    said = Said()
    stored, budget = _held(archive) if archive.budget.is_pipe else _on_disk(archive, said)
    infos = list(_tar_infos(stored, archive, skip))
    stored.release()
    for info in infos:
        if info.issparse():
            skip(f"{info.name}: not read, it is stored with holes")
        elif info.isreg():
            member = _member(archive, info.name, info.size, stored, budget)
            member.modified = float(info.mtime)
            member.raw = _tar_opener(member, info, stored)
            yield member
    for words in said.problems:
        skip(words)


def _tar_infos(stored: Rewindable, archive: Blob, skip: Skip) -> Iterator[tarfile.TarInfo]:
    """Yield what a tar archive lists; where its headers end in the middle, say so."""
    seen = 0
    try:
        with tarfile.open(fileobj=cast("BinaryIO", stored), mode="r:") as opened:
            for info in opened:
                if seen == MAX_MEMBERS:
                    skip(f"the members beyond the first {MAX_MEMBERS:,}: not read")
                    return
                seen += 1
                yield info
    except _REFUSED as error:
        if not seen:
            raise _damaged("tar", archive, error) from None
        skip(f"the tar archive is damaged or cut short ({error}); what comes before was read")


def _tar_opener(
    member: Blob, info: tarfile.TarInfo, stored: Rewindable
) -> Callable[[Said], Readable]:
    def raw(said: Said) -> Readable:
        return Slice(stored, info.offset_data, info.size, said, member.note_progress)

    return raw


def _member(archive: Blob, name: str, size: int, stored: Rewindable, budget: Budget) -> Blob:
    folder, _, file_name = name.rpartition("/")
    return Blob(
        name=f"{archive.name}:{name}",
        folder=f"{archive.name}:{folder}",
        file_name=file_name or name,
        raw=_nothing,
        budget=budget,
        size=size,
        is_named=False,
        release=stored.release,
    )


def _nothing(_said: Said) -> Readable:
    return io.BytesIO()


def _on_disk(archive: Blob, said: Said) -> tuple[Rewindable, Budget]:
    """Return the archive's bytes with places, read from where it lies."""
    reopen: Callable[[Said], Readable] = archive.open if archive.is_packed else archive.raw
    size = None if archive.is_packed else archive.size
    return Rewindable(lambda: reopen(said), size, MAX_HEADER_BYTES), archive.budget


def _held(archive: Blob) -> tuple[Rewindable, Budget]:
    """Return the archive's bytes with places, from memory; raise where they are too many."""
    stream = archive.open()
    pieces: list[bytes] = []
    size = 0
    while data := stream.take(CHUNK_BYTES):
        pieces.append(data)
        size += len(data)
        if size > MAX_HELD_BYTES:
            raise unreadable(
                f"an archive in a pipe or in another archive, larger than {MAX_HELD_BYTES:,} bytes",
                archive.name,
                "save it as a file and name that",
            )
    held = b"".join(pieces)
    budget = Budget(max(archive.budget.packed, size)) if archive.budget.is_pipe else archive.budget
    return Rewindable(lambda: io.BytesIO(held), size, MAX_HEADER_BYTES), budget


def _damaged(kind: str, archive: Blob, error: BaseException) -> SourceError:
    return unreadable(f"the {kind} archive is damaged ({error})", archive.name)
