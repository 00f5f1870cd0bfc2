"""Inputs nobody would write: any bytes, and real logs with something done to them."""

import bz2
import gzip
import json
import lzma
import random
from collections.abc import Callable, Sequence
from pathlib import Path

MAX_BYTES = 300_000
"""Of a real log so much is taken at most: many small runs find more than a few long ones."""

HOSTILE: tuple[bytes, ...] = (
    b"\x00" * 50,
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\x1b[31m",
    b"\x1b]0;title\x07",
    b"\x1b[",
    b"\r",
    b"\r\n",
    b"\n\n\n",
    b"\x85\xe2\x80\xa8",
    b"\x1e",
    b"`" * 3 + b"\n",
    b"> > > ",
    b"{" * 2000,
    b"[" * 2000,
    b'{"a":' * 500,
    b'{"log":"',
    b'{"MESSAGE":[',
    b'{"MESSAGE":null}',
    b"__CURSOR=s=1\n",
    b"MESSAGE\n\xff\xff\xff\xff\xff\xff\xff\x7f",
    b"Traceback (most recent call last):\n",
    b'  File "a.py", line 99999999999999999999, in f\n',
    b"  + Exception Group Traceback (most recent call last):\n",
    b"  +-+---------------- 1 ----------------\n",
    b"The above exception was the direct cause of the following exception:\n",
    b"KeyError: " + b"'" * 300,
    b"9999-99-99 99:99:99,999 - a - ERROR - b\n",
    b"0000-00-00T00:00:00Z ",
    b"1e400 ",
    b"[99999999999.000000] ",
    b"Feb 29 23:59:60 host kernel: ",
    b"<999>1 - - - - - -",
    b"[/red][bold]",
    b"#012#011#999",
    b"x=" * 1500,
    b"a" * 70_000,
    b"=" * 5000 + b";",
    b"\\u0000\\ud800",
    "\u202e\u0301\U000e0001".encode(),
)
"""Pieces that programs like this one trip over."""

Mutator = Callable[[random.Random, bytes], bytes]


def any_bytes(chance: random.Random) -> bytes:
    """Return bytes without a plan, often with line breaks."""
    size = chance.choice((0, 1, 10, 1000, 20_000))
    alphabet = chance.choice((range(256), b"\n\r \t", b"0123456789-:T .,\n", b'{}[]",:\n\\'))
    return bytes(chance.choice(alphabet) for _ in range(size))


def _flip(chance: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 10, 200))):
        if changed:
            changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _insert(chance: random.Random, data: bytes) -> bytes:
    for _ in range(chance.choice((1, 3, 30))):
        place = chance.randint(0, len(data))
        data = data[:place] + chance.choice(HOSTILE) + data[place:]
    return data


def _cut(chance: random.Random, data: bytes) -> bytes:
    one, two = sorted((chance.randint(0, len(data)), chance.randint(0, len(data))))
    return data[one:two] if chance.random() < 0.5 else data[:one] + data[two:]


def _shuffle_lines(chance: random.Random, data: bytes) -> bytes:
    lines = data.split(b"\n")
    one, two = sorted((chance.randint(0, len(lines)), chance.randint(0, len(lines))))
    middle = lines[one:two]
    chance.shuffle(middle)
    return b"\n".join(lines[:one] + middle + lines[two:])


def _repeat(chance: random.Random, data: bytes) -> bytes:
    one = chance.randint(0, len(data))
    piece = data[one : one + chance.choice((1, 50, 1000))]
    return data[:one] + piece * chance.choice((2, 20, 200)) + data[one:]


def _prefix(chance: random.Random, data: bytes) -> bytes:
    prefix = chance.choice(
        (
            b"> ",
            b"    ",
            b"\t",
            b"bot-1  | ",
            b"Nov 23 19:17:52 host bot[129]: ",
            b"2026-11-23T19:25:39.642727675Z ",
            b"2016-10-06T00:17:09.669794202Z stdout P ",
            b"[ 1607.206813] ",
            b"12:",
        )
    )
    return b"\n".join(prefix + line for line in data.split(b"\n"))


def _as_json(chance: random.Random, data: bytes) -> bytes:
    key = chance.choice(("log", "MESSAGE", "message", "event", "line"))
    lines = data.decode("utf-8", "replace").split("\n")[:2000]
    pretty = chance.choice((None, 1))
    objects = [
        {key: f"{line}\n", "time": "2026-11-23T19:25:40Z", "level": "error"} for line in lines
    ]
    return "\n".join(json.dumps(each, indent=pretty) for each in objects).encode()


def _encode(chance: random.Random, data: bytes) -> bytes:
    encoding = chance.choice(("utf-16", "utf-16-le", "utf-16-be", "cp1251", "utf-8-sig", "utf-32"))
    return data.decode("utf-8", "replace").encode(encoding, "replace")


def _gzip(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


def _pack(chance: random.Random, data: bytes) -> bytes:
    packed = chance.choice((_gzip, bz2.compress, lzma.compress))(data)
    return packed if chance.random() < 0.3 else chance.choice((_flip, _cut))(chance, packed)


def _backwards(_chance: random.Random, data: bytes) -> bytes:
    return b"\n".join(reversed(data.split(b"\n")))


MUTATORS: Sequence[Mutator] = (
    _flip,
    _insert,
    _insert,
    _cut,
    _shuffle_lines,
    _repeat,
    _prefix,
    _as_json,
    _encode,
    _backwards,
)


class Inputs:
    """Makes the input of each number; the same number, the same bytes."""

    def __init__(self, folders: Sequence[Path]) -> None:
        found = {path for folder in folders for path in folder.rglob("*") if path.is_file()}
        logs = [path for path in found if path.suffix in (".log", ".gz", ".txt", ".json")]
        self._paths = sorted(path for path in logs if "truth" not in path.name)

    def make(self, number: int) -> bytes:
        """Return the input of this number."""
        chance = random.Random(number)
        if not self._paths or chance.random() < 0.1:
            return any_bytes(chance)
        data = self._real(chance)
        for _ in range(chance.choice((0, 1, 1, 2, 3, 5))):
            data = chance.choice(MUTATORS)(chance, data)[: 10 * MAX_BYTES]
        return _pack(chance, data) if chance.random() < 0.1 else data

    def _real(self, chance: random.Random) -> bytes:
        pieces = []
        for _ in range(chance.choice((1, 1, 1, 2))):
            path = chance.choice(self._paths)
            data = path.read_bytes()
            if path.suffix == ".gz":
                data = gzip.decompress(data)
            begin = chance.choice((0, chance.randint(0, len(data))))
            pieces.append(data[begin : begin + chance.choice((2000, 30_000, MAX_BYTES))])
        return b"".join(pieces)
