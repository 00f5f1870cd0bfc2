"""Find literals in a block of bytes: with hyperscan where it can be imported, else without."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

INTERESTING: tuple[str, ...] = (
    "ERRO",  # ERROR, and supervisord's four letters
    "CRIT",
    "FATAL",
    "[error",
    "[critical",
    "[fatal",
    "level=error",
    "level=fatal",
    ": E ",
    "Traceback (most recent call last):",
    'File "',
    "Error: ",
    "Exception: ",
    '"PRIORITY":"0"',
    '"PRIORITY":"1"',
    '"PRIORITY":"2"',
    '"PRIORITY":"3"',
    '"PRIORITY" : "3"',
)
"""What makes a line worth reading though no rule asks for it: an error that no rule knows is
still reported. Written so that healthy lines do not hold them."""


NUMBERS: tuple[str, ...] = ('"MESSAGE":[', '"MESSAGE" : [')
"""How a journal begins a message that it writes as the numbers of its bytes: such a line must be
decoded before it is known whether it is worth reading."""


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


def build_finder(literals: Sequence[bytes]) -> Finder:
    """Return the fastest finder this machine has for `literals`; all find the same.

    A literal that holds another one is left out: wherever it stands, the shorter is found too,
    on the same line. Raises `ValueError` for an empty literal or one with a line break.
    """
    needed = _without_redundant(literals)
    if not needed:
        return PlainFinder(())
    try:
        return HyperscanFinder(needed)
    except ImportError:
        return PlainFinder(needed)


def build_record_finder(literals: Iterable[str]) -> Finder:
    """Return the finder of records worth reading: those with a rule's literal or an error's mark.

    Each literal is looked for also as JSON writes it.
    """
    wanted: dict[bytes, None] = {}
    for literal in (*INTERESTING, *NUMBERS, *literals):
        wanted[literal.encode()] = None
        wanted[json.dumps(literal, ensure_ascii=False)[1:-1].encode()] = None
        wanted[json.dumps(literal)[1:-1].encode()] = None
    return build_finder(list(wanted))


def _without_redundant(literals: Sequence[bytes]) -> list[bytes]:
    """Return `literals` in a fixed order, without those that hold another one."""
    for literal in literals:
        if not literal or b"\n" in literal:
            raise ValueError(f"not a literal to look for within a line: {literal!r}")
    kept: list[bytes] = []
    for literal in sorted(set(literals), key=lambda each: (len(each), each)):
        if not any(shorter in literal for shorter in kept):
            kept.append(literal)
    return kept
