"""Text of a record -> the exceptions it prints, as a structure with line numbers."""

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from logcascade.model.records import Frame, RaisedException
from logcascade.reading.records.exception_groups import Group, Item, TextLine, nest_groups

MAX_CHAIN = 100
"""Exceptions kept of one chain; beyond it those in the middle are dropped, first and last stay."""

MAX_MESSAGE_LINES = 50
"""Lines that an exception never raised may have above the phrase that follows it."""

MAX_SOURCE_LINES = 8
"""Lines of source and marks below the place of a syntax error, and the error itself."""

TRACEBACK_START = re.compile(
    r"(?P<margin> *)(?:\+ )?(?:Exception Group )?Traceback \(most recent call last\):\s*$"
)
"""A traceback's first line. ``Stack (most recent call last)`` and the like raise nothing."""
BOXED_START = re.compile(r"[ ]*\S+ Traceback \(most recent call last\) ")
QUOTES = '"""'
"""Around the traceback that another process sent, in the text of the exception that brings it."""
CAUSE_PHRASE = re.compile(r"\s*The above exception was the direct cause of the following exception")
CONTEXT_PHRASE = re.compile(r"\s*During handling of the above exception, another exception occur")
FILE_LINE = re.compile(
    r'\s*(?:> )?File "(?P<file>[^"]*)", line (?P<line>\d+)(?:, in (?P<name>.*))?'
)
BOXED_FRAME = re.compile(
    r"[│|] (?P<file>[^│|]*?\S):(?P<line>\d+) in (?P<name>.*?) *[│|]$"
    r"|[│|] in (?P<only>\S+):(?P<at>\d+) *[│|]$"
)
EXCEPTION_LINE = re.compile(
    r"(?P<type>[A-Za-z_]\w*(?:\.(?:<locals>|[A-Za-z_]\w*))*)(?::(?: (?P<message>.*)|\s*)|\s*)$",
    re.DOTALL,
)
_UNCOMPILED = re.compile(r" *(?:Syntax|Indentation|Tab)Error(?::|$)")
AFTER_MESSAGE = re.compile(
    r"Call stack:$|Stack \(most recent call last\):$|Original exception was:$"
    r"|Message: |Arguments: |Extension modules: |(?:Current t|T)hread 0x[0-9a-f]+ "
)
"""What is printed below an exception without a line between, and is no part of its message."""
_ANEW = ("T", "D", "E", "╭", "+")
"""What a traceback's first line or a chain's phrase begins with, at column 0."""
_BOX = ("│", "╭", "╰", "|", "+-")


def parse_exceptions(
    lines: Sequence[TextLine], first: int | None = None
) -> tuple[RaisedException, ...]:
    """Return the exceptions printed in `lines`, the outermost of each traceback, in order.

    `first` is what `find_traceback` returns for them, if that is known.

    A traceback that the log cuts off before ``Type: message`` gives an exception with an empty
    type, on the last line there is.
    """
    if first is None:
        first = find_traceback([text for text, _ in lines])
    if first == len(lines):
        return ()
    return tuple(_parse_items(nest_groups(_without_margin(lines[first:]))))


def find_traceback(lines: Sequence[str]) -> int:
    """Return the index of the first line of the first exception in `lines`, or their number.

    Lines that begin in the middle of a traceback are one; frames further down, without a
    traceback's first line, are only a stack that was shown.
    """
    for index, text in enumerate(lines):
        if "raceback" in text and is_traceback_start(text):
            return first_of_chain(lines, index) if index else 0
        if (
            'File "' in text
            and FILE_LINE.match(text)
            and (index == 0 or is_uncompiled(lines, index))
        ):
            return index
    return len(lines)


def is_uncompiled(lines: Sequence[str], index: int) -> bool:
    """Return whether the place at `index` is of a file that cannot be compiled.

    The interpreter says so without a traceback where that file is the program itself.
    """
    place = FILE_LINE.match(lines[index])
    return place is not None and place["name"] is None and any(
        _UNCOMPILED.match(text) for text in lines[index + 1 : index + 1 + MAX_SOURCE_LINES]
    )  # fmt: skip


def is_traceback_start(text: str) -> bool:
    """Return whether `text` is a traceback's first line."""
    return "raceback" in text and bool(TRACEBACK_START.match(text) or BOXED_START.match(text))


def is_named_like_exception(text: str) -> bool:
    """Tell ``Type: message`` from a source line that lost its indentation."""
    found = EXCEPTION_LINE.match(text.rstrip())
    return (
        found is not None
        and ("." in found["type"] or found["type"][:1].isupper())
        and not AFTER_MESSAGE.match(text)
    )


def first_of_chain(lines: Sequence[str], start: int) -> int:
    """Return where the first exception begins that the traceback at `start` follows from.

    It is `start` itself, unless exceptions stand above it that were made but not raised, and so
    have no traceback of their own, or that bring the traceback of another process, in quotes.
    """
    margin = _margin(lines[start])
    first, before = start, start + 1
    while first < before:
        first, before = _followed_by(lines, first, margin), first
    return first


def _followed_by(lines: Sequence[str], start: int, margin: str) -> int:
    """Return where the one without a traceback begins that the one at `start` follows from."""
    place = start - 1
    while place > 0 and not lines[place].strip():
        place -= 1
    above = lines[place].removeprefix(margin) if place >= 0 else ""
    if above == QUOTES:
        is_named = place > 0 and is_named_like_exception(lines[place - 1].removeprefix(margin))
        return place - 1 if is_named else start
    if not _link(above):
        return start
    for index in range(place - 1, max(-1, place - MAX_MESSAGE_LINES), -1):
        if is_named_like_exception(lines[index].removeprefix(margin).removeprefix("  | ")):
            return index
    return start


def _margin(start: str) -> str:
    """Return the blanks that stand before a traceback's first line, and so before all others."""
    found = TRACEBACK_START.match(start)
    if found is None:
        return ""
    return found["margin"].removeprefix("  ") if "+ " in found[0] else found["margin"]


def _without_margin(lines: Sequence[TextLine]) -> Sequence[TextLine]:
    start = next((text for text, _ in lines if is_traceback_start(text)), "")
    margin = _margin(start)
    return [(text.removeprefix(margin), number) for text, number in lines] if margin else lines


class _Chain:
    """Exceptions in the order printed, linked by the phrases between them."""

    def __init__(self) -> None:
        self.found: list[RaisedException] = []
        self._link = ""
        self._length = 0
        self._open: deque[int] = deque()
        """Which of them have not come to ``Type: message``."""

    @property
    def unfinished(self) -> int:
        """How many of the tracebacks have not come to ``Type: message``."""
        return len(self._open)

    def phrase(self, link: str) -> None:
        self._link = link

    def add(self, raised: RaisedException) -> None:
        if raised.type and not raised.frames and not self._link and self.unfinished:
            self._finish(raised)
            return
        if self._link and self.found:
            earlier = self.found.pop()
            if not earlier.type:
                self._open.pop()
            if self._length >= MAX_CHAIN:
                earlier = earlier.cause or earlier.context or earlier
            else:
                self._length += 1
            if self._link == "cause":
                raised = replace(raised, cause=earlier)
            else:
                raised = replace(raised, context=earlier)
        else:
            self._length = 1
        self._link = ""
        if not raised.type:
            self._open.append(len(self.found))
        self.found.append(raised)

    def _finish(self, raised: RaisedException) -> None:
        """Give the first unfinished traceback its end: threads printed into each other."""
        index = self._open.popleft()
        self.found[index] = replace(raised, frames=self.found[index].frames)


def _link(text: str) -> str:
    """Return how the next traceback follows from the one above, if `text` is the phrase for it."""
    if "above exception" not in text:
        return ""
    if CAUSE_PHRASE.match(text):
        return "cause"
    return "context" if CONTEXT_PHRASE.match(text) else ""


def _text(items: list[Item], index: int) -> str:
    """Return the text at `index`; nothing where there is none."""
    item = items[index] if index < len(items) else ("", 0)
    return "" if isinstance(item, Group) else item[0]


def _parse_items(items: list[Item]) -> list[RaisedException]:
    """Return the outermost exceptions printed in `items`."""
    linked = _Chain()
    index = free = 0
    while index < len(items):
        text = _text(items, index)
        link = _link(text)
        if link:
            raised = _never_raised(items, free, index)
            if raised is not None:
                linked.add(raised)
            linked.phrase(link)
            index += 1
            while index < len(items) - 1 and not _text(items, index).strip():
                index += 1
            if is_named_like_exception(_text(items, index)):
                raised, index = _exception_at(items, index, ())
                linked.add(raised)
        elif is_traceback_start(text) or (index == 0 and FILE_LINE.match(text)):
            raised, index = _parse_traceback(items, index, linked.unfinished)
            linked.add(raised)
        elif is_named_like_exception(text) and (
            linked.unfinished or _text(items, index + 1) == QUOTES
        ):
            raised, index = _exception_at(items, index, (), linked.unfinished)
            linked.add(raised)
        else:
            index += 1
            continue
        free = index
    return linked.found


def _never_raised(items: list[Item], begin: int, end: int) -> RaisedException | None:
    """Return the exception without a traceback that ends before `end`, if there is one."""
    for index in range(end - 1, begin - 1, -1):
        if is_named_like_exception(_text(items, index)):
            return _exception_at(items[:end], index, ())[0]
    return None


def _parse_traceback(items: list[Item], index: int, unfinished: int) -> tuple[RaisedException, int]:
    """Return the exception of the traceback that begins at `index`, and the index after it.

    `unfinished` tracebacks above it may end below it.
    """
    frames: list[Frame] = []
    last = items[index]
    has_lost_indent = False  # a carrier eats leading blanks: source lines may be anything
    is_boxed = bool(BOXED_START.match(_text(items, index)))
    if not FILE_LINE.match(_text(items, index)):
        index += 1
    while index < len(items):
        item = items[index]
        if isinstance(item, Group):
            break
        text = item[0]
        frame = FILE_LINE.match(text)
        if frame is not None:
            frames.append(Frame(frame["file"], int(frame["line"]), (frame["name"] or "").strip()))
            has_lost_indent = not text.startswith((" ", ">"))
        elif text.startswith(_BOX):
            frames += _boxed_frame(text)
        elif not text or text[:1].isspace():
            pass
        elif _begins_anew(text) or AFTER_MESSAGE.match(text):
            break
        elif is_named_like_exception(text) or not (has_lost_indent or is_boxed):
            if text.startswith("[Previous line repeated"):
                index += 1
                continue
            if EXCEPTION_LINE.match(text.rstrip()):
                return _exception_at(items, index, frames, unfinished)
            break
        last = item
        index += 1
    line = last[1] if not isinstance(last, Group) else 0
    return RaisedException("", "", line, tuple(frames)), index


def _boxed_frame(text: str) -> list[Frame]:
    """Return the frame that a line within a box names, or none."""
    found = BOXED_FRAME.match(text)
    if found is None:
        return []
    if found["only"] is not None:
        return [Frame("", int(found["at"]), found["only"])]
    return [Frame(found["file"], int(found["line"]), found["name"])]


def _begins_anew(text: str) -> bool:
    return text[:1] in _ANEW and bool(is_traceback_start(text) or _link(text))


def _exception_at(
    items: list[Item], index: int, frames: Sequence[Frame], unfinished: int = 0
) -> tuple[RaisedException, int]:
    """Return the exception whose ``Type: message`` is at `index`, and the index after it all."""
    item = items[index]
    found = None if isinstance(item, Group) else EXCEPTION_LINE.match(item[0].rstrip())
    if isinstance(item, Group) or found is None:
        return RaisedException("", "", 0, tuple(frames)), index + 1
    raised = RaisedException(found["type"], found["message"] or "", item[1], tuple(frames))
    return _with_rest(raised, items, index + 1, unfinished)


def _with_rest(
    raised: RaisedException, items: list[Item], index: int, unfinished: int
) -> tuple[RaisedException, int]:
    """Give `raised` the further lines of its message and the members of its group."""
    message = [raised.message]
    while index < len(items):
        item = items[index]
        if isinstance(item, Group):
            members = tuple(chain.from_iterable(_parse_member(each) for each in item.members))
            raised = replace(raised, group=raised.group + members)
        elif item[0] == QUOTES and not raised.message and len(message) == 1:
            quoted, index = _quoted(items, index + 1)
            inner = _parse_items(quoted)
            raised = replace(raised, cause=inner[-1] if inner else None)
            continue
        elif (
            _begins_anew(item[0])
            or AFTER_MESSAGE.match(item[0])
            or (unfinished and (FILE_LINE.match(item[0]) or is_named_like_exception(item[0])))
        ):
            break
        elif not raised.group:
            message.append(item[0])
        index += 1
    if any(FILE_LINE.match(text) for text in message):
        message = message[:1]  # another thread's frames, printed in between
    return replace(raised, message="\n".join(message).rstrip()), index


def _quoted(items: list[Item], index: int) -> tuple[list[Item], int]:
    """Return the items up to the closing quotes, and the index after them."""
    quoted: list[Item] = []
    for place in range(index, len(items)):
        item = items[place]
        if not isinstance(item, Group) and item[0].startswith(QUOTES):
            return quoted, place + 1
        quoted.append(item)
    return quoted, len(items)


def _parse_member(items: list[Item]) -> list[RaisedException]:
    """Return the exception that a member of a group is; one never raised has no traceback."""
    found = _parse_items(items)
    if found or not is_named_like_exception(_text(items, 0)):
        return found[-1:]
    return [_exception_at(items, 0, ())[0]]
