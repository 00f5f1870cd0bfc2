"""Exceptions that a message prints without a traceback, or before one that was cut off."""

import re
from itertools import islice

from logcascade.model.records import RaisedException, Record, Severity

LINE_COUNT = 20
"""Lines of a message that are looked at: the class stands in front, a page of HTML behind it."""

LINE_LIMIT = 2000
"""Characters of a line that are looked at."""

_TYPE = r"(?P<type>(?:[A-Za-z_]\w{0,99}\.){0,9}[A-Z]\w{0,99})"
_TYPE_AND_TEXT = re.compile(rf"{_TYPE}(?:: (?P<text>.*)|:?)$")
_REPR = re.compile(rf"{_TYPE}\((?:(?P<quote>['\"])(?P<text>.*)(?P=quote))?,?\)>?$")
_FUTURE = re.compile(r"(?:future|task): <")
_OUTCOME = " exception="
_INTRODUCED = re.compile(
    r"(?i:raised unexpected: |\b(?:raised|exc|exception|err|error)(?:=|: ?| ))"
    r"(?=[A-Za-z_][\w.]{0,999}\()"
)
"""The words before the ``repr`` of an exception that ends a message."""

INTRODUCED_MOST = 5
"""Places in a line at which such a ``repr`` is looked for."""
_ERROR_NAME = re.compile(
    r"(?:Error|Exception|Warning|Timeout|Exhausted|Refused|Interrupt|Exit|Fault|Failure)\Z"
)


def printed_exceptions(
    record: Record, *, is_carried: bool = False, with_introduced: bool = True
) -> tuple[RaisedException, ...]:
    """Return what looks like ``Type: text`` (or its ``repr``) at the start of a message's lines.

    Without a level, a line of text that a user sent cannot be told from one of the program's:
    then only the first line counts, unless the message is known to tell of an exception. A level
    below WARNING says that nothing failed. *with_introduced* adds a ``repr`` that words
    of failing introduce.
    """
    severity = record.severity
    if severity is not None and severity < Severity.WARNING:
        return ()
    lines = record.message.split("\n", LINE_COUNT)[:LINE_COUNT]
    found = []
    for index, line in enumerate(lines if severity is not None or is_carried else lines[:1]):
        exception = _read_line(line[:LINE_LIMIT], lines[index + 1 :], record.location.line + index)
        if exception is None and with_introduced:
            exception = _introduced(line[:LINE_LIMIT], record.location.line + index)
        if exception is not None:
            found.append(exception)
    return tuple(found)


def is_error_name(name: str) -> bool:
    """Tell whether a class is named as exceptions are: for lines that no rule knows."""
    return _ERROR_NAME.search(name) is not None


def _read_line(line: str, following: list[str], number: int) -> RaisedException | None:
    printed = _TYPE_AND_TEXT.match(line)
    if printed:
        text = "\n".join([printed["text"] or "", *following])
        return RaisedException(type=printed["type"], message=text.rstrip(), line=number)
    if _FUTURE.match(line):
        _, _, line = line.rpartition(_OUTCOME)
    printed = _REPR.match(line)
    if printed:
        return RaisedException(type=printed["type"], message=printed["text"] or "", line=number)
    return None


def _introduced(line: str, number: int) -> RaisedException | None:
    """Return the error with whose ``repr`` *line* ends, after words that introduce it."""
    for introduced in islice(_INTRODUCED.finditer(line), INTRODUCED_MOST):
        if any(mark in line[: introduced.start()] for mark in "\"'«»"):
            return None  # what stands in quotes may be anybody's text
        printed = _REPR.match(line, introduced.end())
        if printed and is_error_name(printed["type"]):
            return RaisedException(printed["type"], printed["text"] or "", number)
    return None
