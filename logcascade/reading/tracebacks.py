"""Text of a record -> the exceptions it prints, as a structure with line numbers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain

from logcascade.model.records import Frame, RaisedException

TextLine = tuple[str, int]
"""A line's text and the 1-based line of the source where it stands."""

MAX_CHAIN = 100
"""Exceptions kept of one chain; beyond it those in the middle are dropped, first and last stay."""

MAX_GROUP_DEPTH = 20
"""Nested exception groups followed; deeper ones are kept as text only."""

TRACEBACK_START = re.compile(
    r"(?:[ ]*\+ )?(?:Exception Group )?Traceback \(most recent call last\):\s*$"
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
EXCEPTION_LINE = re.compile(
    r"(?P<type>[A-Za-z_]\w*(?:\.(?:<locals>|[A-Za-z_]\w*))*)(?::(?: (?P<message>.*)|\s*)|\s*)$",
    re.DOTALL,
)
_GUTTER = re.compile(
    r"(?P<indent>(?:  )+)"
    r"(?:\+-\+-+ (?P<first>\d+|\.\.\.) -+|\+-+ (?P<next>\d+|\.\.\.) -+|(?P<end>\+-{8,})"
    r"|\+ (?P<head>Exception Group Traceback.*)|\|(?: (?P<text>.*))?)\s*$"
)


@dataclass(slots=True)
class _Group:
    """The members of an exception group, each with its own lines."""

    members: list[list["_Item"]]


_Item = tuple[str, int] | _Group


def parse_exceptions(lines: Sequence[TextLine]) -> tuple[RaisedException, ...]:
    """Return the exceptions printed in `lines`, the outermost of each traceback, in order.

    A traceback that the log cuts off before ``Type: message`` gives an exception with an empty
    type, on the last line there is.
    """
    if find_traceback([text for text, _ in lines]) == len(lines):
        return ()
    return tuple(_parse_items(_nest_groups(lines)))


def find_traceback(lines: Sequence[str]) -> int:
    """Return the index of the first line of the first traceback in `lines`, or their number.

    Lines that begin in the middle of a traceback are one; frames further down, without a
    traceback's first line, are only a stack that was shown.
    """
    for index, text in enumerate(lines):
        if is_traceback_start(text) or (index == 0 and FILE_LINE.match(text)):
            return index
    return len(lines)


def is_traceback_start(text: str) -> bool:
    """Return whether `text` is a traceback's first line."""
    return "raceback" in text and bool(TRACEBACK_START.match(text) or BOXED_START.match(text))


def _nest_groups(lines: Sequence[TextLine]) -> list[_Item]:
    """Take the margins off exception groups: their members become lists within the list.

    The outermost group's own lines (one step of margin) stay in the list they stand in.
    """
    if not any(text.startswith("  +") for text, _ in lines):
        return list(lines)
    root: list[_Item] = []
    stack: list[list[_Item]] = [root]
    for text, number in lines:
        gutter = _GUTTER.match(text) if text.startswith("  ") else None
        if gutter is None:
            stack[-1 if text.startswith("  ") else 0].append((text, number))
            if not text.startswith(" "):
                del stack[1:]
            continue
        depth = len(gutter["indent"]) // 2
        if gutter["first"] or gutter["next"]:
            inner = depth + 1 if gutter["first"] else depth
            _open_member(stack, inner)
        elif gutter["end"]:
            del stack[max(depth - 1, 1) :]
        else:
            del stack[max(depth, 1) :]
            stack[-1].append((gutter["head"] or gutter["text"] or "", number))
    return root


def _open_member(stack: list[list[_Item]], depth: int) -> None:
    """Begin the next member of the group whose members stand at `depth` steps of margin."""
    depth = min(depth, MAX_GROUP_DEPTH)
    del stack[max(depth - 1, 1) :]
    parent = stack[-1]
    group = parent[-1] if parent else None
    if not isinstance(group, _Group):
        group = _Group([])
        parent.append(group)
    member: list[_Item] = []
    group.members.append(member)
    stack.append(member)


class _Chain:
    """Exceptions in the order printed, linked by the phrases between them."""

    def __init__(self) -> None:
        self.found: list[RaisedException] = []
        self._link = ""
        self._length = 0

    def phrase(self, link: str) -> None:
        self._link = link

    def add(self, raised: RaisedException) -> None:
        if self._link and self.found:
            earlier = self.found.pop()
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
        self.found.append(raised)


def _parse_items(items: list[_Item]) -> list[RaisedException]:
    """Return the outermost exceptions printed in `items`."""
    linked = _Chain()
    index = 0
    while index < len(items):
        item = items[index]
        if isinstance(item, _Group):
            index += 1
        elif CAUSE_PHRASE.match(item[0]):
            linked.phrase("cause")
            index += 1
        elif CONTEXT_PHRASE.match(item[0]):
            linked.phrase("context")
            index += 1
        elif is_traceback_start(item[0]) or (index == 0 and FILE_LINE.match(item[0])):
            raised, index = _parse_traceback(items, index)
            linked.add(raised)
        else:
            index += 1
    return linked.found


def _parse_traceback(items: list[_Item], index: int) -> tuple[RaisedException, int]:
    """Return the exception of the traceback that begins at `index`, and the index after it."""
    frames: list[Frame] = []
    last = items[index]
    after_file = False
    if not isinstance(last, _Group) and not FILE_LINE.match(last[0]):
        index += 1
    while index < len(items):
        item = items[index]
        if isinstance(item, _Group):
            break
        text = item[0]
        frame = FILE_LINE.match(text)
        if frame is not None:
            frames.append(Frame(frame["file"], int(frame["line"]), (frame["name"] or "").strip()))
            after_file = not text.startswith((" ", ">"))  # a carrier that eats leading blanks
        elif text[:1].isspace() or not text or text.startswith(("│", "╭", "╰")):
            after_file = after_file and not text.strip()
        elif _begins_anew(text):
            break
        elif after_file and not _is_named_like_exception(text):
            after_file = False
        else:
            raised = _exception_line(text, item[1], frames)
            if raised is not None:
                return _with_rest(raised, items, index + 1)
            break
        last = item
        index += 1
    line = last[1] if not isinstance(last, _Group) else 0
    return RaisedException("", "", line, tuple(frames)), index


def _begins_anew(text: str) -> bool:
    return bool(
        TRACEBACK_START.match(text) or CAUSE_PHRASE.match(text) or CONTEXT_PHRASE.match(text)
    )


def _is_named_like_exception(text: str) -> bool:
    """Tell ``Type: message`` from a source line that lost its indentation."""
    found = EXCEPTION_LINE.match(text)
    return found is not None and ("." in found["type"] or found["type"][:1].isupper())


def _exception_line(text: str, line: int, frames: list[Frame]) -> RaisedException | None:
    found = EXCEPTION_LINE.match(text.rstrip())
    if found is None:
        return None
    return RaisedException(found["type"], found["message"] or "", line, tuple(frames))


def _with_rest(
    raised: RaisedException, items: list[_Item], index: int
) -> tuple[RaisedException, int]:
    """Give `raised` the further lines of its message and the members of its group."""
    message = [raised.message]
    while index < len(items):
        item = items[index]
        if isinstance(item, _Group):
            members = tuple(chain.from_iterable(_parse_member(each) for each in item.members))
            raised = replace(raised, group=raised.group + members)
        elif item[0] == QUOTES and not raised.message and len(message) == 1:
            quoted, index = _quoted(items, index + 1)
            inner = _parse_items(quoted)
            raised = replace(raised, cause=inner[-1] if inner else None)
            continue
        elif not item[0].strip() or _begins_anew(item[0]):
            break
        elif not raised.group:
            message.append(item[0])
        index += 1
    if any(FILE_LINE.match(text) for text in message):
        message = message[:1]  # another thread's frames, printed in between
    return replace(raised, message="\n".join(message).rstrip()), index


def _quoted(items: list[_Item], index: int) -> tuple[list[_Item], int]:
    """Return the items up to the closing quotes, and the index after them."""
    quoted: list[_Item] = []
    for place in range(index, len(items)):
        item = items[place]
        if not isinstance(item, _Group) and item[0].startswith(QUOTES):
            return quoted, place + 1
        quoted.append(item)
    return quoted, len(items)


def _parse_member(items: list[_Item]) -> list[RaisedException]:
    """Return the exception that a member of a group is; one never raised has no traceback."""
    found = _parse_items(items)
    if found or not items or isinstance(items[0], _Group):
        return found[-1:]
    raised = _exception_line(*items[0], [])
    return [] if raised is None else [_with_rest(raised, items, 1)[0]]
