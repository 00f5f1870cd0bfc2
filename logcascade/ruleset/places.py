"""The texts of a record in which a pattern may begin."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from logcascade.model.records import RaisedException, Record
from logcascade.model.rules import Where

SEARCH_LIMIT = 16_384
"""Characters that a pattern sees; bounds what a bad pattern costs. What identifies a failure stands
in front: the longest text of an exception known to us, a whole HTML error page, has 5,000."""

ANYWHERE_LINES = 2_000
"""Lines of a record that an ``anywhere`` rule is tried on: ten times the longest real record."""


class Place(NamedTuple):
    """A text, and the line of the source where it begins."""

    text: str
    line: int


def exception_text(exception: RaisedException) -> str:
    """Return ``Type: message`` as a traceback prints it."""
    text = f"{exception.type}: {exception.message}" if exception.message else exception.type
    return text[:SEARCH_LIMIT]


def message_places(record: Record, where: Iterable[Where]) -> Iterator[Place]:
    """Yield the places outside exceptions, the message first."""
    wanted = tuple(where)
    begin = record.location.line
    if Where.MESSAGE in wanted:
        yield Place(record.message[:SEARCH_LIMIT], begin)
    if Where.ANYWHERE in wanted:
        lines = record.text.split("\n", ANYWHERE_LINES)[:ANYWHERE_LINES]
        for index, line in enumerate(lines):
            yield Place(line[:SEARCH_LIMIT], begin + index)
