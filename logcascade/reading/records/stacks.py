"""The errors of runtimes other than Python's: a head, a message, and the stack below it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from logcascade.model.records import Frame, RaisedException
from logcascade.reading.records.exception_groups import TextLine

MAX_CAUSES = 100
"""Errors kept of one chain."""

MAX_FRAMES = 1000
"""Frames kept of one stack: Java prints as many of one that overflowed."""

MAX_MESSAGE_LINES = 20
"""Lines of a message above its stack. A module that is not found names who asked for it."""

MAX_SOURCE_LINES = 5
"""Lines from the place where a script was stopped to its error: the source, a mark, a blank one."""

LINE_LIMIT = 2000
"""Characters of a line that are looked at."""

_NAME = r"[A-Za-z_$][\w$]{0,80}"
_SUFFIX = r"(?:Error|Exception|Rejection|Throwable|Failure|Timeout)(?: ?\[\w{1,40}\])?"
_THROWN = re.compile(
    rf"(?:^|(?<=[\s:(\[]))(?P<type>(?:{_NAME}\.){{0,10}}(?=[A-Z])[\w$]{{0,80}}{_SUFFIX})"
    r"(?::(?: (?P<message>.*))?)?(?: \{)?$"
)
"""``Type: text``, whatever stands before it: a thread, a promise, the words of who prints it."""

_CAUSE = re.compile(r"\s*(?:Caused by: |\[cause\]: )")
_SCRIPT_FRAME = re.compile(
    r"\s+at (?:(?P<name>[^\n(]{1,300}?) \()?(?P<file>[^()\n]{1,400}?):(?P<line>\d{1,7}):\d{1,7}\)?"
    r"(?: \{)?$"
)
_NATIVE_FRAME = re.compile(r"\s+at [^\n(]{1,300} \((?:<anonymous>|native|index \d{1,9})\)(?: \{)?$")
_JAVA_FRAME = re.compile(
    r"\s+at (?:[\w.@-]{1,100}/){0,2}(?P<owner>[\w.$<>-]{1,300})\.(?P<name>[\w$<>]{1,200})"
    r"\((?P<file>[^():\n]{1,200})(?::(?P<line>\d{1,7}))?\)"
)
_SHARED_FRAMES = re.compile(r"\s+\.\.\. (?P<count>\d{1,5}) (?:more|common frames omitted)$")
"""The outermost frames of a cause, left out: they are those of the error above it."""

_SCRIPT_PLACE = re.compile(r"\S[^\n]{0,300}:\d{1,7}$")
"""Where a script was stopped; its source, a mark below that and a blank line follow."""

_PANICKED = re.compile(
    r"thread '[^']{1,200}' (?:\(\d{1,9}\) )?panicked at "
    r"(?:'(?P<said>.*)', )?(?P<file>[^\n]{1,400}?):(?P<line>\d{1,7})(?::\d{1,7})?:?$"
)
_BELOW_PANIC = ("note: ", "stack backtrace:", "thread '")
_NUMBERED_NAME = re.compile(r"\s+\d{1,4}: (?P<name>\S.*)$")

_GOROUTINE = re.compile(r"goroutine \d{1,9} \[[^\]\n]{1,80}\]:$")
_GO_PLACE = re.compile(r"\t(?P<file>[^\n]{1,400}?):(?P<line>\d{1,7})(?: \+0x[0-9a-f]{1,16})?$")
_GO_HEAD = re.compile(r"(?P<type>panic|fatal error): (?P<message>.*)")
_GO_RAISE = "panic"
"""The function above which those stand that ran since."""


def find_stack(lines: Sequence[str]) -> int:
    """Return the index of the first line of the first error in `lines`, or their number."""
    for index, text in enumerate(lines):
        if "panicked at " in text and _PANICKED.match(text[:LINE_LIMIT]):
            return index
        if text.startswith("goroutine ") and _GOROUTINE.match(text):
            return _first_of_goroutine(lines, index)
        if is_frame(text):
            head = _head_above(lines, index)
            if head >= 0:
                return _place_above(lines, head)
    return len(lines)


def is_frame(text: str) -> bool:
    """Return whether `text` is a frame below an error, as JavaScript and Java print them."""
    return text.lstrip().startswith("at ") and any(
        pattern.match(text[:LINE_LIMIT]) for pattern in (_SCRIPT_FRAME, _JAVA_FRAME, _NATIVE_FRAME)
    )


def is_stack_head(lines: Sequence[str], index: int) -> bool:
    """Return whether the line at `index` is an error by itself, with its first frame below it."""
    text = lines[index]
    if not text[:1].isalpha() or not _THROWN.search(text[:LINE_LIMIT]) or _CAUSE.match(text):
        return False
    for below in lines[index + 1 : index + 1 + MAX_SOURCE_LINES]:
        if not below.strip() or is_frame(below):
            return bool(below.strip())
    return False


def parse_stack(lines: Sequence[TextLine], first: int) -> tuple[RaisedException, ...]:
    """Return the error that begins at `first`, where `find_stack` found one; none at the end."""
    if first >= len(lines):
        return ()
    text = lines[first][0]
    panicked = _PANICKED.match(text[:LINE_LIMIT])
    if panicked is not None:
        return (_panicked(lines[first:], panicked),)
    if any(_GOROUTINE.match(each) for each, _ in lines[first : first + MAX_MESSAGE_LINES]):
        return (_of_goroutine(lines[first:]),)
    thrown = _thrown(lines[first:])
    return () if thrown is None else (thrown,)


# JavaScript and Java: ``Type: text`` and frames, the innermost first; what caused it below.


@dataclass(slots=True)
class _Link:
    type: str
    line: int
    message: list[str]
    frames: list[Frame] = field(default_factory=list)
    has_stack: bool = False


def _head_above(lines: Sequence[str], frame: int) -> int:
    """Return where the error stands whose first frame is at `frame`, or -1."""
    for index in range(frame - 1, max(-1, frame - 1 - MAX_MESSAGE_LINES), -1):
        if is_frame(lines[index]):
            return -1
        if _THROWN.search(lines[index][:LINE_LIMIT]):
            return index
    return -1


def _place_above(lines: Sequence[str], head: int) -> int:
    """Return where the place stands at which the script was stopped, or `head`."""
    for index in range(head - 1, max(-1, head - 1 - MAX_SOURCE_LINES), -1):
        if _SCRIPT_PLACE.match(lines[index]) and not lines[head - 1].strip():
            return index
    return head


def _thrown(lines: Sequence[TextLine]) -> RaisedException | None:
    links: list[_Link] = []
    for text, number in lines:
        if links and is_frame(text):
            links[-1].has_stack = True
            links[-1].frames += list(_frame(text))[: MAX_FRAMES - len(links[-1].frames)]
            continue
        shared = _SHARED_FRAMES.match(text)
        if shared is not None and len(links) > 1:
            links[-1].frames += links[-2].frames[-int(shared["count"]) :]
            continue
        found = None
        if not links or (_CAUSE.match(text) and len(links) < MAX_CAUSES):
            found = _THROWN.search(text[:LINE_LIMIT])
        if found is not None:
            links.append(_Link(found["type"], number, [found["message"] or ""]))
        elif links and not links[-1].has_stack and len(links[-1].message) < MAX_MESSAGE_LINES:
            links[-1].message.append(text)
        elif links and text and not text[0].isspace() and text[0] not in "{}":
            break
    raised: RaisedException | None = None
    for link in reversed(links):
        message = "\n".join(link.message).rstrip()
        frames = tuple(reversed(link.frames))
        raised = RaisedException(link.type, message, link.line, frames, cause=raised)
    return raised


def _frame(text: str) -> Iterator[Frame]:
    """Yield the frame on a line, if it is in a file."""
    text = text[:LINE_LIMIT]
    found = _SCRIPT_FRAME.match(text)
    if found is not None:
        yield Frame(found["file"], int(found["line"]), (found["name"] or "").removeprefix("async "))
        return
    found = _JAVA_FRAME.match(text)
    if found is not None and found["line"]:
        package = found["owner"].rpartition(".")[0].replace(".", "/")
        owner = found["owner"].rpartition(".")[2]
        file = f"{package}/{found['file']}" if package else found["file"]
        yield Frame(file, int(found["line"]), f"{owner}.{found['name']}")


# Rust: the place in the head, the message below it, in older versions in the head.


def _panicked(lines: Sequence[TextLine], head: re.Match[str]) -> RaisedException:
    message = [] if head["said"] is None else [head["said"]]
    if head["said"] is None:
        for text, _ in lines[1 : 1 + MAX_MESSAGE_LINES]:
            if not text.strip() or text.startswith(_BELOW_PANIC):
                break
            message.append(text)
    line = int(head["line"])
    frame = Frame(head["file"], line, _named_at(lines, f"{head['file']}:{line}"))
    return RaisedException("panic", "\n".join(message), lines[0][1], (frame,))


def _named_at(lines: Sequence[TextLine], place: str) -> str:
    """Return the function of the stack below that was at `place`; empty where none is shown."""
    name = ""
    for text, _ in lines[1:]:
        found = _NUMBERED_NAME.match(text[:LINE_LIMIT])
        if found is not None:
            name = found["name"]
        elif text.lstrip().removeprefix("at ").removeprefix("./").startswith(f"{place}:"):
            return name
    return ""


# Go: the message, then the stack of the goroutine that it happened in.


def _first_of_goroutine(lines: Sequence[str], goroutine: int) -> int:
    """Return where the message of the stack at `goroutine` begins; itself if there is none."""
    first = goroutine
    for index in range(goroutine - 1, max(-1, goroutine - 1 - MAX_MESSAGE_LINES), -1):
        if _GO_HEAD.search(lines[index][:LINE_LIMIT]):
            first = index
            if not lines[index].startswith("\t"):  # one that was caught and raised again
                break
    return first


def _of_goroutine(lines: Sequence[TextLine]) -> RaisedException:
    head = _GO_HEAD.search(lines[0][0][:LINE_LIMIT])
    frames: list[Frame] = []
    name, has_begun = "", False
    for text, _ in lines:
        if not has_begun:
            has_begun = bool(_GOROUTINE.match(text))
            continue
        if not text.strip() or len(frames) >= MAX_FRAMES:
            break
        place = _GO_PLACE.match(text[:LINE_LIMIT])
        if place is None:
            name = text.removeprefix("created by ").rpartition("(")[0] or text
        elif name == _GO_RAISE:
            frames.clear()
        else:
            frames.append(Frame(place["file"], int(place["line"]), name))
    frames.reverse()
    kind = head["type"] if head else "panic"
    message = head["message"].removesuffix(" [recovered]") if head else ""
    return RaisedException(kind, message, lines[0][1], tuple(frames))
