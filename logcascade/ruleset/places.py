"""The texts of a record in which a pattern may begin."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from logcascade.model.records import RaisedException, Record
from logcascade.model.rules import Role, Where

SEARCH_LIMIT = 16_384
"""Characters that a pattern sees; bounds what a bad pattern costs. What identifies a failure stands
in front: the longest text of an exception known to us, a whole HTML error page, has 5,000."""

ANYWHERE_LINES = 2_000
"""Lines of a record that an ``anywhere`` rule is tried on: ten times the longest real record."""


class Place(NamedTuple):
    """A text, and the line of the source where it begins."""

    text: str
    line: int


def _told(message: str) -> Iterator[str]:
    """Yield what follows the words that introduce an error, cut at each separator after them."""
    introduced = _INTRODUCED.match(message[:TOLD_HEAD])
    if introduced is None:
        return
    yield message[introduced.end() :]
    head = message[introduced.end() : TOLD_HEAD].partition("\n")[0]
    for separator in _SEPARATOR.finditer(head):
        if any(mark in head[: separator.start()] for mark in "\"'«»"):
            return
        yield message[introduced.end() + separator.end() :]


def errors_told(details: str) -> Iterator[str]:
    """Yield the texts of errors among the fields of a structured record: ``error="..."``."""
    for field in _FIELD.finditer(details[:SEARCH_LIMIT]):
        if field["key"] not in _ERROR_KEYS:
            continue
        if field["quoted"] is None:
            yield field["plain"]
        else:
            yield _ESCAPE.sub(lambda found: _ESCAPED.get(found[1], found[1]), field["quoted"])


def keys_of(details: str, message: str = "") -> dict[str, str]:
    """
    Return what names one piece of work, by name: fields of the record, ids in its first words.

    >>> keys_of('level=error request_id=7f3a user="Ann"')
    {'request_id': '7f3a'}
    >>> keys_of("", "Task mail.send[c1e17cb5-84cc-44b2-a7ae-7114821e08e2] raised unexpected: ...")
    {'task_id': 'c1e17cb5-84cc-44b2-a7ae-7114821e08e2'}
    """
    found = _keys_told(message[:KEYS_HEAD].partition("\n")[0])
    for field in _FIELD.finditer(details[:SEARCH_LIMIT]) if details else ():
        name = field["key"].rpartition(".")[2].casefold().replace("-", "_")
        value = field["plain"] if field["quoted"] is None else field["quoted"]
        if name in _KEYS and value and value not in _NO_VALUES:
            found[name] = value[:KEY_LIMIT]
    return found


def _keys_told(head: str) -> dict[str, str]:
    """Return the ids of work in the first words of a message, by name; the first of each counts."""
    found: dict[str, str] = {}
    for told in _TOLD_KEY.finditer(head):
        if told["request"]:
            found.setdefault("request_id", told["request"])
        elif told["task"]:
            found.setdefault("task_id", told["task"])
        elif told["id"] not in _NO_VALUES:
            found.setdefault(f"{told['what'].casefold()}_id", told["id"])
    return found


def exception_text(exception: RaisedException) -> str:
    """Return ``Type: message`` as a traceback prints it."""
    text = f"{exception.type}: {exception.message}" if exception.message else exception.type
    return text[:SEARCH_LIMIT]


_WORD = re.compile(r"(?<![\w.-])\w")

WORDS_HEAD = 600
"""Characters in which such words are looked for."""

WORD_LIMIT = 200
"""Characters that a pattern sees from one of them on."""

VERDICTS = (Role.FAILURE, Role.BENIGN)
"""The roles of rules that say whether something failed."""

TOLD_HEAD = 130
"""Characters in which the words end with which a program introduces an error's text."""

_INTRODUCED = re.compile(
    r"(?i:[^\n\"'«»]{0,60}?(?:error|fail|exception|cannot|could not|unable|ошибк)[^\n\"'«»]{0,60}?)"
    r"(?:: | - )"
)
"""Words of failing, without a quotation mark: what stands in quotes may be anybody's text."""

_FIELD = re.compile(
    r'(?<!\S)(?P<key>[^\s="]{1,80})=(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<plain>[^\s"]+))'
)
_ERROR_KEYS = frozenset(
    ["err", "error", "exc", "exception", "cause", "reason", "error.message", "err.message"]
)
"""The fields that hold the text of an error, by the names that loggers give them."""

_KEYS = frozenset(
    [
        *("request_id", "requestid", "req_id", "trace_id", "traceid", "correlation_id"),
        *("correlationid", "update_id", "task_id", "job_id", "message_id", "transaction_id"),
        *("connection_id", "conn_id"),
    ]
)
"""The fields that say which piece of work a record belongs to. Not whose it is: a user, a chat or a
host does one thing after the other, and what fails for them twice need not hang together."""

_NO_VALUES = frozenset(["-", "null", "None", "none", "0", "undefined"])
"""What loggers write where there is no such work."""

KEYS_HEAD = 300
"""Characters of a message in which ids are looked for: they stand before what users wrote."""

_TOLD_KEY = re.compile(
    r"\[req-(?P<request>[0-9a-fA-F-]{8,36})\b"
    r"|\w\[(?P<task>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\]"
    r"|\b(?P<what>(?i:request|trace|correlation|update|task|job|transaction|connection))"
    r"[ _-]?(?i:id)(?:=|: ?| )['\"]?(?P<id>(?=[\w.-]*\d)[\w.-]{1,64})(?![\w.-])"
)
"""An id in words: ``[req-...]`` of OpenStack's services, ``name[id]`` of a task, ``update id=5``.
Without a digit it is no id but the next word."""

KEY_LIMIT = 128
"""Characters of a key that are compared."""

_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r"}

_SEPARATOR = re.compile(r": | - ")


def message_places(
    record: Record, where: Iterable[Where], *, with_told: bool = False
) -> Iterator[Place]:
    """Yield the places outside exceptions, the message first.

    *with_told* adds the text of an error that the message introduces in words of its own, as in
    ``Saving failed: database is locked``.
    """
    wanted = tuple(where)
    begin = record.location.line
    if Where.MESSAGE in wanted:
        yield Place(record.message[:SEARCH_LIMIT], begin)
        if with_told:
            yield from (Place(text, begin) for text in _told(record.message[:SEARCH_LIMIT]))
            yield from (Place(text, begin) for text in errors_told(record.details))
    if Where.ANYWHERE in wanted:
        lines = record.text.split("\n", ANYWHERE_LINES)[:ANYWHERE_LINES]
        for index, line in enumerate(lines):
            yield Place(line[:SEARCH_LIMIT], begin + index)
    if Where.WORD in wanted:
        yield from (Place(text, begin) for text in _words(record))


def _words(record: Record) -> Iterator[str]:
    """Yield what begins with each word of the first line of the message, and of the fields."""
    for text in (record.message.partition("\n")[0], record.details):
        for found in _WORD.finditer(text[:WORDS_HEAD]):
            yield text[found.start() : found.start() + WORD_LIMIT]
