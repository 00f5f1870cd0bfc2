"""Packed streams: known by their first bytes, unpacked in bounded steps, as far as they go."""

import bz2
import lzma
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from logcascade.sources.source import Said, unreadable
from logcascade.sources.streams import CHUNK_BYTES, LONGEST_MAGIC, Ahead, ByteStream, Readable

MAX_LAYERS = 3
"""Packings of one another that are opened: a gz within a tar.xz is two; more is a trick."""

FREE_BYTES = 256 * 1024**2
"""What may be unpacked from one file whatever its size."""

MAX_RATIO = 250
"""Beyond `FREE_BYTES`, how many times its size on disk may be unpacked from a file. Measured: 13 to
78 for logs of a bot, 150 for a flood of one traceback by gzip and 400 by xz; one line without a
time, repeated for ever, 340 and 6,000. What is cut there says nothing new in every line."""

PACKED_CHUNK_BYTES = 64 * 1024
"""Packed bytes given to a decoder at a time."""

MAX_XZ_MEMORY = 256 * 1024**2
"""Bytes of dictionary that an xz stream may ask for; `xz -9` asks for 65 MiB."""

GZIP = 31
"""zlib's name for gzip with its header and checksum."""

RAW_DEFLATE = -15
"""zlib's name for deflate alone, as zip has it."""


class Decoder(Protocol):
    """Unpacks one member of a packed stream, as the standard library's decompressors do."""

    @property
    def eof(self) -> bool:
        """Whether the member has ended."""

    @property
    def needs_input(self) -> bool:
        """Whether more can only come from more bytes."""

    @property
    def unused_data(self) -> bytes:
        """What was given beyond the member's end."""

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """Return at most `max_length` unpacked bytes."""


class Inflate:
    """zlib's decompressor with the manners of the others."""

    def __init__(self, wbits: int = GZIP) -> None:
        self._inflate = zlib.decompressobj(wbits)

    @property
    def eof(self) -> bool:
        """Whether the member has ended."""
        return self._inflate.eof

    @property
    def needs_input(self) -> bool:
        """Whether all that was given has been used."""
        return not self._inflate.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        """What was given beyond the member's end."""
        return self._inflate.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """Return at most `max_length` unpacked bytes."""
        return self._inflate.decompress(self._inflate.unconsumed_tail + data, max_length)


def _zstd_decoder() -> Decoder:
    """Return a decoder of one zstd frame: Python 3.14's, or its backport."""
    try:
        from compression import zstd
    except ImportError:
        try:
            from backports import zstd
        except ImportError:
            raise unreadable(
                "it is packed with zstd, which this Python cannot unpack",
                "",
                "pip install backports.zstd, or pipe it in: zstd -dc FILE | logcascade analyze -",
            ) from None
    decoder: Decoder = zstd.ZstdDecompressor()
    return decoder


def _xz_decoder() -> Decoder:
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MAX_XZ_MEMORY)


def _lzma_decoder() -> Decoder:
    return lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=MAX_XZ_MEMORY)


@dataclass(frozen=True, slots=True)
class Packing:
    """A way of packing that is undone here."""

    name: str
    decoder: Callable[[], Decoder]
    begins: Callable[[bytes], bool] = field(default=lambda _: False)
    """Whether a member can begin with these bytes."""


def _is_lzma(head: bytes) -> bool:
    """Return whether `head` is that of ``.lzma``, which has no magic bytes but odd numbers."""
    if len(head) < 13 or head[0] != 0x5D or head[1:3] != b"\0\0":
        return False
    size = int.from_bytes(head[5:13], "little")
    return size == 2**64 - 1 or size < 2**38


def _is_zstd(head: bytes) -> bool:
    """Return whether a frame begins: one of data, or one to skip."""
    return head.startswith(b"\x28\xb5\x2f\xfd") or (
        head[1:4] == b"\x2a\x4d\x18" and head[0] & 0xF0 == 0x50
    )


PACKINGS = (
    Packing("gzip", Inflate, lambda head: head.startswith(b"\x1f\x8b\x08")),
    Packing(
        "bzip2",
        bz2.BZ2Decompressor,
        lambda head: head.startswith(b"BZh") and head[4:10] in (b"1AY&SY", b"\x17rE8P\x90"),
    ),
    Packing("xz", _xz_decoder, lambda head: head.startswith(b"\xfd7zXZ\x00")),
    Packing("zstd", _zstd_decoder, _is_zstd),
    Packing("lzma", _lzma_decoder, _is_lzma),
)
"""What is unpacked here."""


@dataclass(slots=True, eq=False)
class Budget:
    """How much may be unpacked from one file on disk, over all that is packed in it."""

    packed: int
    """Bytes on disk; of a pipe, those that have come so far."""
    is_pipe: bool = False
    unpacked: int = 0
    _reached: dict[tuple[str, int], int] = field(default_factory=dict)

    def allows(self, what: tuple[str, int], reached: int) -> bool:
        """Count that of `what` so many bytes were unpacked; what is read again is not new."""
        before = self._reached.get(what, 0)
        if reached > before:
            self._reached[what] = reached
            self.unpacked += reached - before
        return self.unpacked <= max(FREE_BYTES, MAX_RATIO * self.packed)


class Unpacked(ByteStream):
    """What was packed, as far as it can be read; a broken rest becomes a problem."""

    def __init__(
        self,
        packed: Readable,
        packing: Packing,
        budget: Budget,
        what: tuple[str, int],
        said: Said,
    ) -> None:
        self._packed = packed
        self._packing = packing
        self._budget = budget
        self._what = what
        self._said = said
        self._decoder: Decoder | None = packing.decoder()
        self._pending = b""
        self._unpacked = 0
        self._ended = False

    def take(self, most: int) -> bytes:
        """Return the next unpacked bytes; all members of a stream are one text."""
        while most and not self._ended:
            data = self._step(min(most, CHUNK_BYTES))
            if data:
                self._unpacked += len(data)
                if not self._budget.allows(self._what, self._unpacked):
                    self._stop(
                        f"more than {MAX_RATIO} times its size on disk comes out of it: "
                        f"unpacking stopped after {self._unpacked:,} bytes"
                    )
                return data
        return b""

    def _step(self, most: int) -> bytes:
        """Return what comes of the next packed bytes, if anything."""
        decoder = self._decoder
        if decoder is None:
            self._begin_member()
            return b""
        name = self._packing.name
        given = self._more() if decoder.needs_input else b""
        is_cut = not given and decoder.needs_input
        try:
            data = decoder.decompress(given, most)
        except Exception as error:  # noqa: BLE001 - every packing has an error class of its own
            return self._stop(f"the {name} data is damaged ({error}); what comes before was read")
        if decoder.eof:
            self._pending = decoder.unused_data
            self._decoder = None
        elif is_cut and not data:
            self._stop(f"the {name} data is cut short; what comes before the cut was read")
        return data

    def _more(self) -> bytes:
        data, self._pending = self._pending or self._packed.read(PACKED_CHUNK_BYTES), b""
        if self._budget.is_pipe and self._what[1] == 0:
            self._budget.packed += len(data)
        return data

    def _begin_member(self) -> None:
        """Go on to the next member; padding is nothing, and anything else is left out."""
        head = self._pending.lstrip(b"\0")
        while len(head) < LONGEST_MAGIC:
            self._pending = b""
            more = self._more()
            if not more:
                break
            head = (head + more).lstrip(b"\0")
        self._pending = head
        if self._packing.begins(head):
            self._decoder = self._packing.decoder()
        elif head:
            self._stop(f"what follows the {self._packing.name} data is none: left out")
        else:
            self._ended = True

    def _stop(self, words: str) -> bytes:
        self._ended = True
        self._said.problem(words)
        return b""

    def close(self) -> None:
        """Close what is below, too."""
        if not self.closed:
            self._packed.close()
        super().close()


def packing_of(head: bytes) -> Packing | None:
    """Return how the stream that begins with `head` is packed; None where it is not."""
    return next((each for each in PACKINGS if each.begins(head)), None)


def unpacked(stream: Readable, name: str, budget: Budget, said: Said) -> Ahead:
    """Return the stream without the packings around it, at most `MAX_LAYERS`."""
    ahead = Ahead(stream, is_pipe=budget.is_pipe)
    for layer in range(MAX_LAYERS):
        packing = packing_of(ahead.head())
        if packing is None:
            break
        ahead = Ahead(Unpacked(ahead, packing, budget, (name, layer), said))
    return ahead
