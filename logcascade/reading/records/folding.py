"""Which lines belong together: by the shape of tracebacks and of what is printed around them."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Literal, get_args

from logcascade.model.records import Severity
from logcascade.reading.records.stacks import is_stack_head
from logcascade.reading.records.tracebacks import (
    CAUSE_PHRASE,
    CONTEXT_PHRASE,
    EXCEPTION_LINE,
    FILE_LINE,
    QUOTES,
    first_of_chain,
    is_named_like_exception,
    is_traceback_start,
    is_uncompiled,
)

_DETAIL = (
    r"Original description: |\(background on |\(Background on |\[SQL: |\[parameters: "
    r"|\[SQL parameters hidden |\[Previous line repeated |\[cached since |DETAIL: |HINT: "
    r"|\(Use `node --trace|Message: |Arguments: |Unable to print the message and arguments"
    r"|Use the traceback above to help|Caused by: |Require stack:$|- /"
    r"|For further information visit "
)
"""Further lines of an exception's text that libraries print at column 0."""

_STACK = (
    r"Call stack:$|(?:\w+: )?(?:Stack|Object c\w+(?: at)?) \(most recent call (?:last|first)\):$"
    r"|(?:Current t|T)hread 0x[0-9a-f]+ |<no Python frame>$|Extension modules: "
    r"|Object allocated at \(most"
)
"""The title of a stack that is shown without an exception: nothing raises at its end."""

_SHAPES = re.compile(
    rf"(?P<quotes>{QUOTES}$)|(?P<bar>\||\+-)|(?P<stack>{_STACK})|(?P<detail>{_DETAIL})"
    rf"|(?P<exception>(?:{EXCEPTION_LINE.pattern}))"
)

_CONTEXT_LINE = re.compile(r"[a-z][a-z_]*: \S")
"""One ``key: repr`` line of asyncio's exception handler."""

_OBJECT_LINE = re.compile(r"[a-z][a-z_]*: [<\[]")
"""The same where its value can be nothing but an object: also without a header above it."""

_NAMED_EXCEPTION = re.compile(r"(?:[a-z_]\w*\.)*[A-Z]\w*[a-z]\w*:(?: |$)")
"""``Type: text`` as the second line of an error's message; a timeout has no text."""

_ITEMIZED = re.compile(r"\S+: \d+ validation errors? for ")
"""An exception whose message names the parts that are wrong, each on a line at column 0."""
_ITEM = re.compile(r"[\w.\[\]<>()-]+$")

_INTRODUCTION = re.compile(
    r"Exception (?:in|ignored|occurred)|Unhandled|Uncaught|Unexpected|Task exception|Future excep"
    r"|Task was destroyed|--- Logging error|Error in|An error|Failed|socket\.accept|Fatal"
    r"|Original exception was:"
)
"""A bare line that announces the traceback below it."""

MAX_DETAIL_LINES = 100
"""Lines of a statement that is printed over several: the longest in real logs has some dozens."""

MAX_MIXED = 8
"""Threads whose tracebacks are followed while they are printed into each other."""

_MARGINS = (" ", "\t", "│", "╭", "╰")
_STARTS = ("T", "  + E", "E", "╭", "+")
"""What the first line of a traceback begins with, unless all of it is indented."""
_MEMBER = re.compile(r"(?:  )+\+-\+?-+ (?:\d+|\.\.\.) -+$")
_GROUP_MARGIN = "  "
_GROUP_END = "    +" + "-" * 8


_Kind = Literal[
    "blank",
    "indented",
    "start",  # of a traceback
    "phrase",  # which says that the next traceback follows from the one above
    "frame",
    "stack",  # the title of one
    "quotes",
    "bar",  # of a box or a table drawn with ASCII characters
    "detail",
    "exception",  # it could be ``Type: message``
    "other",
]
"""What a line is, by its shape alone."""

_State = Literal[
    "message",
    "frames",  # of a traceback
    "raised",  # its ``Type: message`` has been read
    "chained",  # the next traceback belongs to it
    "stack",  # shown without an exception
    "quoted",  # within the traceback that another process sent
]
"""What the record being put together has come to."""

_QUOTED: _State = "quoted"
_NEXT: Mapping[_State, Mapping[_Kind, _State]] = {
    "message": {
        "blank": "message",
        "indented": "message",
        "phrase": "chained",
        "frame": "frames",
        "stack": "stack",
        "quotes": "quoted",
    },
    "frames": {
        "blank": "frames",
        "indented": "frames",
        "phrase": "chained",
        "frame": "frames",
        "bar": "frames",
        "detail": "frames",
        "exception": "raised",
    },
    "raised": {
        "blank": "raised",
        "indented": "raised",
        "frame": "raised",  # another thread's, printed in between
        "phrase": "chained",
        "stack": "stack",
        "quotes": "quoted",
        "bar": "raised",
        "detail": "raised",
    },
    "chained": {
        "blank": "chained",
        "indented": "chained",
        "start": "frames",
        "phrase": "chained",  # after a group that was never raised
        "frame": "frames",
        "exception": "raised",
    },
    "stack": {
        "blank": "stack",
        "indented": "stack",
        "frame": "stack",
        "stack": "stack",
        "detail": "stack",
    },
    "quoted": {**dict.fromkeys(get_args(_Kind), _QUOTED), "quotes": "raised"},
}
"""What a line of some kind makes of a record; where nothing is said it is no part of it.

What depends on more than the state is in `Fold`."""


_BELOW_TITLE = frozenset(["blank", "indented", "frame", "stack"])
"""What may stand between a title and its traceback."""


def is_chain_phrase(text: str) -> bool:
    """Return whether `text` says that the next traceback follows from the one above."""
    return "above exception" in text and bool(
        CAUSE_PHRASE.match(text) or CONTEXT_PHRASE.match(text)
    )


_NAMED_SHAPES: Mapping[str, _Kind] = {
    "quotes": "quotes",
    "bar": "bar",
    "stack": "stack",
    "detail": "detail",
    "exception": "exception",
}
"""The groups of the expression for what begins at column 0."""


@lru_cache(maxsize=8)  # a line is asked about as a record's first, its next, and on the way back
def _kind_of(text: str) -> _Kind:
    if not text or text.isspace():
        return "blank"
    if "raceback (most" in text and is_traceback_start(text):
        return "start" if text.startswith(_STARTS) else "indented"
    if 'File "' in text and FILE_LINE.match(text):
        return "frame"
    if text.startswith(_MARGINS):
        return "indented"
    if is_chain_phrase(text):
        return "phrase"
    found = _SHAPES.match(text)
    return "other" if found is None else _NAMED_SHAPES[found.lastgroup or ""]


def can_continue(text: str) -> bool:
    """Return whether `text` may belong to the line before it, as far as its shape tells."""
    return _kind_of(text) not in {"other", "bar"} or bool(_CONTEXT_LINE.match(text))


def announces_traceback(text: str) -> bool:
    """Return whether a bare line is the title of the traceback below it."""
    return bool(_INTRODUCTION.match(text)) or text.rstrip().endswith((":", QUOTES))


class Fold:
    """A record being put together line by line, where nothing but shape tells its end."""

    def __init__(
        self, first: str, *, has_header: bool, is_carried: bool, severity: Severity | None
    ) -> None:
        self._has_header = has_header
        self._is_alarming = has_header and (severity is None or severity >= Severity.WARNING)
        # What one process printed right above a traceback is its title; in a bare file the lines
        # of several processes follow each other.
        is_title = is_carried and not first[:1].isspace()  # a drawing is none
        self._may_open = self._is_alarming if has_header else is_title
        self._wants_title = not has_header and not is_carried
        self._has_title = self._wants_title and announces_traceback(first)
        self._begun = 1
        """Tracebacks begun and not ended: several threads print into each other."""
        self._group_is_open = False
        self._is_itemized = False
        self._bracket_lines = 0
        """Lines that a detail in brackets may still have: SQL over several lines."""
        self._lost_indent = _has_lost_indent(first)
        kind = _kind_of(first)
        self._is_thrown = kind == "exception"
        self._state: _State = "message"
        if kind in {"start", "frame"}:
            self._state = "frames"
        elif kind in {"phrase", "stack"}:
            self._state = _NEXT["message"][kind]

    def takes(self, text: str) -> bool:
        """Return whether `text` is the record's next line; if so it has become part of it."""
        kind = _kind_of(text)
        state = self._next(kind, text)
        if state is None:
            return False
        if self._bracket_lines or kind == "detail":
            self._note_bracket(kind, text)
        if kind == "frame":
            self._lost_indent = _has_lost_indent(text)
        if text.startswith("  ") and "+-" in text:
            self._group_is_open = bool(_MEMBER.match(text)) or (
                self._group_is_open and not text.startswith(_GROUP_END)
            )
        elif state == "raised" and kind == "exception":
            self._is_itemized = bool(_ITEMIZED.match(text))
            self._begun -= 1
            if self._begun:
                state = "frames"
        elif kind == "start":
            self._begun = self._begun + 1 if self._state == "frames" else 1
        if self._wants_title and not (
            self._has_title and (kind in _BELOW_TITLE or _OBJECT_LINE.match(text))
        ):
            self._has_title = announces_traceback(text)
        self._state = state
        return True

    def _next(self, kind: _Kind, text: str) -> _State | None:
        """Return what the record comes to with the line `text`, or None if it is not its line."""
        state = self._state
        if kind == "start" and state in {"message", "stack"}:
            return "frames" if self._may_open or self._has_title else None
        if kind == "start" and state == "frames":
            return state if self._is_mixed(text) else None
        if kind == "frame" and state == "raised" and ", in " not in text:
            return None  # a program that cannot be compiled: nothing else begins so
        if (
            state == "frames"
            and self._lost_indent  # a carrier eats leading blanks: source lines may be anything
            and kind in {"other", "exception"}
            and not is_named_like_exception(text)
        ):
            return state
        known = _NEXT[state].get(kind)
        if known is not None:
            return known
        if kind == "start" or not self._takes_odd(kind, text):
            return None
        return state

    def _note_bracket(self, kind: _Kind, text: str) -> None:
        """Note whether a detail such as ``[SQL: ...`` goes on below."""
        if text.rstrip().endswith("]"):
            self._bracket_lines = 0
        elif kind == "detail":
            self._bracket_lines = MAX_DETAIL_LINES if text.startswith("[SQL: ") else 0
        else:
            self._bracket_lines -= 1

    def _is_mixed(self, text: str) -> bool:
        """Return whether a traceback begins in one that has not ended: another thread's."""
        return self._begun < MAX_MIXED and not text.startswith(_GROUP_MARGIN)

    def _takes_odd(self, kind: _Kind, text: str) -> bool:
        """Return whether a line that says little by its shape belongs to what is above it."""
        if self._bracket_lines or self._group_is_open:
            return True  # Python 3.11 and 3.12 draw no margin before a message's further lines
        if self._state == "raised":
            return self._is_itemized and bool(_ITEM.match(text))
        if self._state != "message":
            return False
        if not self._has_header:
            return bool(_OBJECT_LINE.match(text)) or (kind == "detail" and self._is_thrown)
        return self._is_alarming and (
            kind == "detail"
            or bool(_CONTEXT_LINE.match(text))
            or bool(_NAMED_EXCEPTION.match(text))
        )


def _has_lost_indent(text: str) -> bool:
    """Return whether a frame's line stands at column 0: its source line will, too."""
    return text.startswith('File "') and bool(FILE_LINE.match(text))


def split_crashes(texts: Sequence[str], severity: Severity | None) -> list[int]:
    """Return where in the lines under a header a record of its own begins; 0 is the first.

    A traceback is the header's where that one is a warning or worse. One below a lesser line, and
    one that follows another without a word of connection, was printed by a crash, not logged;
    unless it repeats the exception that the header's own ended with. A program that cannot be
    compiled has no traceback: its place begins the record of that crash.
    """
    starts = [0]
    may_follow = severity is None or severity >= Severity.WARNING
    seen, is_chained = "", False
    is_open = in_traceback = is_traceback_start(texts[0])
    for index, text in enumerate(texts):
        if in_traceback and text and not text.startswith(_MARGINS) and not seen and index:
            seen, in_traceback = text, False
        if index and is_chain_phrase(text):
            is_chained = True
        elif index and text.startswith(_STARTS) and is_traceback_start(text):
            is_chained = is_chained or texts[index - 1] == QUOTES
            first = index
            if is_chained and not is_open:
                first = first_of_chain(texts, index)
                is_chained = first == index
            is_retold = len(starts) == 1 and _repeats(texts, index, seen)
            if not is_chained and not may_follow and not is_retold:
                before = first - 1
                announced = before > starts[-1] and announces_traceback(texts[before])
                starts.append(before if announced else max(first, 1))
            is_chained, may_follow = False, False
            in_traceback, seen, is_open = True, "", True
        elif index and not in_traceback and is_stack_head(texts, index):
            if not may_follow:
                starts.append(index)
            may_follow, is_open = False, True
        elif (
            index
            and text.startswith("  File ")  # a carrier that eats blanks leaves them as frames
            and not in_traceback
            and not is_chained
            and is_uncompiled(texts, index)
        ):
            if not may_follow:
                starts.append(index)
            may_follow, in_traceback, seen, is_open = False, True, "", True
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
