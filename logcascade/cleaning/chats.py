"""What chats and web pages make of a pasted log: entities, lines that say who wrote, wraps."""

import html
import re
from collections.abc import Iterator

from logcascade.cleaning.step import NOT_LOG

MAX_TITLE_SHARE = 0.2
"""Of the lines: one title stands above a whole paste. Where there are more, they are the log."""

CHAT_BYTES = 16 * 1024
"""What a chat did to a log shows in so much of the beginning."""

WRAP_COLUMNS = (60, 250)
"""Widths at which lines are wrapped: of terminals and of chats."""

MAX_CHARACTER_BYTES = 4

MIN_WRAPPED_SHARE = 0.2
"""Of the lines: so many are exactly as long as the longest, and so many hold the rest of them."""

MIN_WRAPPED = 5

_ENTITY = re.compile(rb"&(?:lt|gt|amp|quot|apos|nbsp|#39|#x27|#34);")
_MARKUP = re.compile(rb"</?(?:pre|code|details|summary|br|p|div|span)\b[^<>\n]*>|(?m:^(?:> ?)+)")
"""Tags of the page, and quotation marks, are no text of the log."""

_NAME = rb"[^\n\[\]:|<>]{1,60}"
_DAY = rb"(?:\d{1,2}[./]\d{1,2}[./](?:\d{4}|\d{2})|\d{4}-\d{2}-\d{2})"
_HOUR = rb"\d{1,2}:\d{2}(?: ?[AP]M)?"
_TITLE = re.compile(
    rb"(?m)^(?:"
    rb"\["
    + _DAY
    + rb",? "
    + _HOUR
    + rb"\] (?!(?:DEBUG|INFO|WARN|ERROR|CRIT))"
    + _NAME
    + rb":[ ]?"  # Telegram
    rb"|" + _NAME + rb", \[" + _DAY + rb",? " + _HOUR + rb"\]:?$"  # Telegram, older
    rb"|" + _DAY + rb", " + _HOUR + rb" - " + _NAME + rb": "  # WhatsApp
    rb"|" + _NAME + rb"  ?\[?" + rb"\d{1,2}:\d{2} [AP]M\]?$"  # Slack
    rb"|"
    + _NAME
    + rb" (?:\xe2\x80\x94|-) (?:Today at |Yesterday at |"
    + _DAY
    + rb",? )"
    + _HOUR
    + rb"$"  # Discord
    rb")"
)
_STAMPED = re.compile(rb".{0,60}?\d\d:\d\d:\d\d")


class Entities:
    """Turns the entities of HTML back into the signs they stand for."""

    notes = ("entities of HTML (&gt; and the like): read as signs",)

    def feed(self, data: bytes, *, final: bool) -> bytes:
        """Return the lines with signs."""
        return _ENTITY.sub(lambda entity: _sign(entity[0]), data) if b"&" in data else data

    def problems(self) -> Iterator[str]:
        """Yield nothing: nothing is left out."""
        yield from ()


def _sign(entity: bytes) -> bytes:
    return b" " if entity == b"&nbsp;" else html.unescape(entity.decode()).encode()


def choose_entities(head: bytes) -> Entities | None:
    """Return the step if `head` has entities, and none of the signs they are written for."""
    if b"&" not in head:
        return None
    signs = {_sign(entity) for entity in set(_ENTITY.findall(head))} - {b"&", b" "}
    text = _MARKUP.sub(b"", head)
    return Entities() if signs and not any(sign in text for sign in signs) else None


class Titles:
    """Takes off the lines by which a chat says who wrote what follows, and when."""

    notes = ("who wrote it, as a chat says: taken off",)

    def feed(self, data: bytes, *, final: bool) -> bytes:
        """Return the lines; a title with no text behind it is no log."""
        return _TITLE.sub(_rest, data)

    def problems(self) -> Iterator[str]:
        """Yield nothing: it is no part of the log."""
        yield from ()


def _rest(title: re.Match[bytes]) -> bytes:
    is_alone = title.end() == len(title.string) or title.string.startswith(b"\n", title.end())
    return NOT_LOG if is_alone else b""


def choose_titles(head: bytes) -> Titles | None:
    """Return the step if there are some titles of a chat among the lines of `head`."""
    head = head[:CHAT_BYTES]
    titles = len(_TITLE.findall(head))
    if not titles:
        return None
    lines = sum(bool(line.strip()) for line in head.split(b"\n"))
    return Titles() if titles <= max(1, MAX_TITLE_SHARE * lines) else None


class Wrapped:
    """Says that lines were wrapped; where, nothing tells for certain, so it is not undone."""

    def __init__(self, width: int) -> None:
        self.notes = (f"lines look wrapped at {width} characters: read as they stand",)

    def feed(self, data: bytes, *, final: bool) -> bytes:
        """Return `data`."""
        return data

    def problems(self) -> Iterator[str]:
        """Yield nothing: nothing is left out."""
        yield from ()


def choose_wrapped(head: bytes) -> Wrapped | None:
    """Return the step if many lines are exactly as long as the longest, and go on in the next."""
    lines = head[: head.rfind(b"\n", 0, CHAT_BYTES) + 1].split(b"\n")
    lines = [line for line in lines if line.strip()]
    if max(map(len, lines), default=0) > MAX_CHARACTER_BYTES * WRAP_COLUMNS[1]:
        return None
    widths = [len(line.decode("utf-8", "replace")) for line in lines]
    width = max(widths, default=0)
    if not WRAP_COLUMNS[0] <= width <= WRAP_COLUMNS[1]:
        return None
    full = [number for number, each in enumerate(widths[:-1]) if each == width]
    enough = max(MIN_WRAPPED, MIN_WRAPPED_SHARE * len(lines))
    if len(full) < enough or len(lines) - len(full) < enough:
        return None
    if any(_STAMPED.match(lines[number + 1]) for number in full):
        return None
    return Wrapped(width)
