"""Which lines belong together: by the shape of tracebacks and of what is printed around them."""

import re
from collections.abc import Sequence

from logcascade.model.records import Severity
from logcascade.reading.tracebacks import (
    CAUSE_PHRASE,
    CONTEXT_PHRASE,
    EXCEPTION_LINE,
    FILE_LINE,
    QUOTES,
    is_traceback_start,
)

_DETAIL = re.compile(
    r"Original description: |\(background on |\[SQL: |\[parameters: |\[Previous line repeated "
    r"|\[cached since |DETAIL: |HINT: |\(Use `node --trace"
)
"""Further lines of an exception's text that libraries print at column 0."""

_CONTEXT_LINE = re.compile(r"[a-z][a-z_]*: \S")
"""One ``key: repr`` line of asyncio's exception handler."""

_OBJECT_LINE = re.compile(r"[a-z][a-z_]*: [<\[]")
"""The same where its value can be nothing but an object: also without a header above it."""

_NAMED_EXCEPTION = re.compile(r"(?:[a-z_]\w*\.)*[A-Z]\w*[a-z]\w*:(?: |$)")
"""``Type: text`` as the second line of an error's message; a timeout has no text."""

_INTRODUCTION = re.compile(
    r"Exception (?:in|ignored|occurred)|Unhandled|Uncaught|Unexpected|Task exception|Future excep"
    r"|Task was destroyed|--- Logging error|Error in|An error|Failed|socket\.accept|Fatal"
)
"""A bare line that announces the traceback below it."""

_MARGINS = (" ", "\t", "│", "╭", "╰")


def is_chain_phrase(text: str) -> bool:
    """Return whether `text` says that the next traceback follows from the one above."""
    return "above exception" in text and bool(
        CAUSE_PHRASE.match(text) or CONTEXT_PHRASE.match(text)
    )


def can_continue(text: str) -> bool:
    """Return whether `text` may belong to the line before it, as far as its shape tells."""
    return (
        not text.strip()
        or text.startswith(_MARGINS)
        or is_traceback_start(text)
        or is_chain_phrase(text)
        or bool(FILE_LINE.match(text))
        or bool(EXCEPTION_LINE.match(text.rstrip()))
        or bool(_DETAIL.match(text))
        or bool(_CONTEXT_LINE.match(text))
    )


def announces_traceback(text: str) -> bool:
    """Return whether a bare line is the title of the traceback below it."""
    return bool(_INTRODUCTION.match(text)) or text.rstrip().endswith(":")


class Fold:
    """A record being put together line by line, where nothing but shape tells its end."""

    def __init__(
        self, first: str, *, has_header: bool, is_carried: bool, severity: Severity | None
    ) -> None:
        self._has_header = has_header
        self._is_carried = is_carried
        self._severity = severity
        self._in_traceback = is_traceback_start(first) or bool(FILE_LINE.match(first))
        self._is_raised = False
        self._is_chained = is_chain_phrase(first)
        self._source_is_next = _lost_indent(first)
        self._may_open = self._opens_tracebacks(first)

    def _opens_tracebacks(self, first: str) -> bool:
        if self._has_header:
            return self._severity is None or self._severity >= Severity.WARNING
        # What one process printed right above a traceback is its title; in a bare file the lines
        # of several processes follow each other.
        return self._is_carried or announces_traceback(first)

    @property
    def _is_alarming(self) -> bool:
        return self._has_header and (self._severity is None or self._severity >= Severity.WARNING)

    def takes(self, text: str) -> bool:
        """Return whether `text` is the record's next line; if so it has become part of it."""
        if not text.strip():
            return True
        if is_traceback_start(text):
            return self._takes_traceback()
        if is_chain_phrase(text):
            self._is_chained = self._in_traceback or self._is_raised
            return self._is_chained
        if self._is_raised:
            return self._takes_after_exception(text)
        if self._in_traceback:
            return self._takes_in_traceback(text)
        return self._takes_in_message(text)

    def _takes_traceback(self) -> bool:
        if self._in_traceback or self._is_raised:
            if not self._is_chained:
                return False
        elif not (self._may_open or self._is_chained):
            return False
        self._in_traceback, self._is_raised, self._is_chained = True, False, False
        return True

    def _takes_after_exception(self, text: str) -> bool:
        return text.startswith(_MARGINS) or bool(_DETAIL.match(text))

    def _takes_in_traceback(self, text: str) -> bool:
        if FILE_LINE.match(text):
            self._source_is_next = _lost_indent(text)
            return True
        if text.startswith(_MARGINS) or _DETAIL.match(text):
            return True
        named = EXCEPTION_LINE.match(text.rstrip())
        if self._source_is_next and not (named and "." in named["type"]):
            self._source_is_next = False
            return True
        if named:
            self._in_traceback, self._is_raised = False, True
            return True
        return False

    def _takes_in_message(self, text: str) -> bool:
        if FILE_LINE.match(text):
            self._in_traceback = True
            self._source_is_next = _lost_indent(text)
            return True
        if text.startswith(_MARGINS) or (not self._has_header and _OBJECT_LINE.match(text)):
            return True
        return self._is_alarming and bool(
            _DETAIL.match(text) or _CONTEXT_LINE.match(text) or _NAMED_EXCEPTION.match(text)
        )


def _lost_indent(text: str) -> bool:
    """Return whether a frame's line stands at column 0: its source line will, too."""
    return text.startswith('File "') and bool(FILE_LINE.match(text))


def split_crashes(texts: Sequence[str], severity: Severity | None) -> list[int]:
    """Return where in the lines under a header a record of its own begins; 0 is the first.

    A traceback is the header's where that one is a warning or worse. One below a lesser line, and
    one that follows another without a word of connection, was printed by a crash, not logged;
    unless it repeats the exception above it.
    """
    starts = [0]
    may_follow = severity is None or severity >= Severity.WARNING
    seen, is_chained = "", False
    in_traceback = False
    for index, text in enumerate(texts):
        if in_traceback and text and not text.startswith(_MARGINS) and not seen:
            seen, in_traceback = text, False
        if index and is_chain_phrase(text):
            is_chained = True
        elif index and text.startswith("T") and is_traceback_start(text):
            is_chained = is_chained or texts[index - 1] == QUOTES
            if not is_chained and not may_follow and not _repeats(texts, index, seen):
                before = index - 1
                announced = before > starts[-1] and announces_traceback(texts[before])
                starts.append(before if announced else index)
            is_chained, may_follow = False, False
            in_traceback, seen = True, ""
    return starts


def split_below(texts: Sequence[str]) -> list[int]:
    """Return the same where the first line is a record complete in itself."""
    return [0, *(1 + start for start in split_crashes(texts[1:], None))] if len(texts) > 1 else [0]


def _repeats(texts: Sequence[str], index: int, seen: str) -> bool:
    """Return whether the traceback at `index` ends with the exception line `seen` above it."""
    if not seen:
        return False
    for text in texts[index + 1 :]:
        if text and not text.startswith(_MARGINS):
            return text == seen
    return False
