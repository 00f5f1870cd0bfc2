"""Find literals in a block of bytes: with hyperscan where it can be imported, else without."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

from logcascade.reading.fields.alarms import alarming
from logcascade.reading.formats.line_format import Format

INTERESTING: tuple[str, ...] = (
    "ERRO",  # ERROR, and supervisord's four letters
    "CRIT",
    "FATAL",
    "[error",
    "[critical",
    "[fatal",
    ": E ",
    "Traceback (most recent call last):",
    'File "',
    "Error: ",
    "Exception: ",
)
"""What makes a line worth reading though no rule asks for it: an error that no rule knows is
still reported. Written so that healthy lines do not hold them."""


NUMBERS: tuple[str, ...] = ('"MESSAGE":[', '"MESSAGE" : [')
"""How a journal begins a message that it writes as the numbers of its bytes: such a line must be
decoded before it is known whether it is worth reading."""


MAX_NESTED_JSON = 2
"""A line of JSON as the message of a line of JSON: Docker's around a program's."""


MAX_PLAIN_BYTES = 256 * 1024
"""So much is searched without hyperscan: to import it and to build its tables takes 60 ms, to look
for 440 literals in so many bytes some 40."""


class Finder(Protocol):
    """Finds where any of a fixed set of literals begins."""

    def find(self, buffer: bytes, start: int, end: int) -> list[int]:
        """Return the offsets in ``buffer[start:end]`` where a literal begins, ascending, once each.

        A literal that reaches beyond `end` is not found.
        """
        ...


class HyperscanFinder:
    """One pass of hyperscan over the block, whatever the number of literals."""

    def __init__(self, literals: Sequence[bytes]) -> None:
        import hyperscan

        self._lengths = [len(literal) for literal in literals]
        self._database: Any = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        self._database.compile(
            expressions=list(literals),
            ids=list(range(len(literals))),
            elements=len(literals),
            flags=0,
            literal=True,
        )

    def find(self, buffer: bytes, start: int, end: int) -> list[int]:
        """Return where literals begin; see `Finder`."""
        if end <= start:
            return []
        found: set[int] = set()
        add, lengths = found.add, self._lengths

        def on_match(number: int, _start: int, stop: int, _flags: int, _context: object) -> None:
            add(start + stop - lengths[number])

        self._database.scan(memoryview(buffer)[start:end], match_event_handler=on_match)
        return sorted(found)


class PlainFinder:
    """The same with the standard library: one pass of ``bytes.find`` for each literal."""

    def __init__(self, literals: Sequence[bytes]) -> None:
        self._literals = tuple(literals)

    def find(self, buffer: bytes, start: int, end: int) -> list[int]:
        """Return where literals begin; see `Finder`."""
        found: set[int] = set()
        for literal in self._literals:
            place = buffer.find(literal, start, end)
            while place >= 0:
                found.add(place)
                place = buffer.find(literal, place + 1, end)
        return sorted(found)


class SparingFinder:
    """Finds without hyperscan as long as that takes less time than to set hyperscan up."""

    def __init__(self, literals: Sequence[bytes]) -> None:
        self._literals = tuple(literals)
        self._finder: Finder = PlainFinder(literals)
        self._plain_bytes = MAX_PLAIN_BYTES

    def find(self, buffer: bytes, start: int, end: int) -> list[int]:
        """Return where literals begin; see `Finder`."""
        if self._plain_bytes >= 0:
            self._plain_bytes -= max(end - start, 0)
            if self._plain_bytes < 0:
                self._finder = _fastest(self._literals)
        return self._finder.find(buffer, start, end)


def _fastest(literals: Sequence[bytes]) -> Finder:
    try:
        return HyperscanFinder(literals)
    except ImportError:
        return PlainFinder(literals)


def build_finder(literals: Sequence[bytes]) -> Finder:
    """Return the fastest finder for `literals` on this machine; all find the same.

    A literal that holds another one is left out: wherever it stands, the shorter is found too,
    on the same line. Raises `ValueError` for an empty literal or one with a line break.
    """
    needed = _without_redundant(literals)
    return SparingFinder(needed) if needed else PlainFinder(())


def build_record_finder(literals: Iterable[str], formats: Iterable[Format] = ()) -> Finder:
    """Return the finder of records worth reading: those with a rule's literal or an error's mark.

    `formats` say what an error's mark is in lines of theirs. Each literal is looked for also as
    JSON writes it, and as JSON within JSON does.
    """
    wanted: dict[bytes, None] = {literal.encode(): None for literal in NUMBERS}
    for literal in (*INTERESTING, *literals):
        wanted.update(dict.fromkeys(written_forms(literal)))
    for literal in alarming(formats):
        wanted.update(dict.fromkeys(written_forms(literal, 1)))
    return build_finder(list(wanted))


def written_forms(literal: str, nested: int = MAX_NESTED_JSON) -> Iterator[bytes]:
    """Yield the literal as it is, and as up to so many writers of JSON around it write it."""
    yield literal.encode()
    for ensure_ascii in (False, True):
        written = literal
        for _ in range(nested):
            written = json.dumps(written, ensure_ascii=ensure_ascii)[1:-1]
            yield written.encode()


def _without_redundant(literals: Sequence[bytes]) -> list[bytes]:
    """Return `literals` in a fixed order, without those that hold another one."""
    for literal in literals:
        if not literal or b"\n" in literal:
            raise ValueError(f"not a literal to look for within a line: {literal!r}")
    ordered = sorted(set(literals), key=lambda each: (len(each), each))
    size = len(ordered[0]) if ordered else 0
    kept: list[bytes] = []
    beginning: dict[bytes, list[bytes]] = {}
    for literal in ordered:
        pieces = (literal[at : at + size] for at in range(len(literal) - size + 1))
        if any(each in literal for piece in pieces for each in beginning.get(piece, ())):
            continue
        kept.append(literal)
        beginning.setdefault(literal[:size], []).append(literal)
    return kept
