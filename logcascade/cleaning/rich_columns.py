"""``rich.logging.RichHandler``: a table without lines, drawn to a width.

A record is ``[time] LEVEL    message   file.py:12``: the place stands at the right edge, a time
that is the same as the one above is left blank, and a long message goes on in its own column. The
step puts the time back, joins the message and takes the places away.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

MIN_WIDTH = 40
"""Columns of the narrowest table: below it a line may look like a record by chance."""

MAX_WIDTH = 500
"""Columns of the widest: what is longer was not drawn for eyes, and would take long to match."""

MAX_RECORD_LINES = 1000
"""A longer message is put out as far as it goes."""

_RECORD = re.compile(
    r"(?P<time>\[(?:\d\d[/.-]\d\d[/.-]\d\d(?:\d\d)? )?\d\d:\d\d:\d\d(?:[.,]\d+)?\]| {10,28})"
    r" (?P<level>[A-Z][A-Z ]{7}) (?P<text>.*?) +(?P<place>[\w.<>-]+:\d+)"
)
_STAMPED = re.compile(
    rb"^\[(?:\d\d[/.-]\d\d[/.-]\d\d(?:\d\d)? )?\d\d:\d\d:\d\d(?:[.,]\d+)?\] [A-Z][A-Z ]{7} "
    rb".{0,1000} [\w.<>-]+:\d+\r?$",
    re.MULTILINE,
)
_NEW_LINE = re.compile(
    r"\s|Traceback \(most recent call|During handling of|The above exception"
    r"|(?:\w+\.)*\w*(?:Error|Exception|Exit|Group|Interrupt|Warning)(?::|$)"
)
"""What stands at the beginning of a line of its own, whether it had had room above or not."""


def applies(lines: bytes) -> bool:
    """Return whether `lines` have two records of such a table, of one width."""
    widths = [len(each[0].decode("utf-8", "replace").rstrip()) for each in _STAMPED.finditer(lines)]
    return any(widths.count(width) > 1 and width >= MIN_WIDTH for width in set(widths))


@dataclass(slots=True)
class _Record:
    """The record that is being put together."""

    beginning: str
    """Time and level, as they are put out."""
    begins_at: int
    """The message's column."""
    ends_at: int
    """The column after the message's."""
    width: int
    """Of the whole table."""
    texts: list[list[str]] = field(default_factory=list)
    """For each line of the source what is put out for it: nothing where it continues one above."""
    last: str = ""
    """The last row of the message."""


class RichColumns:
    """Takes the columns apart; lines that are in no such table stay as they are."""

    def __init__(self) -> None:
        self._time = ""
        self._record: _Record | None = None
        self._places = 0
        self.notes: list[str] = []

    def feed(self, data: bytes, *, final: bool) -> bytes:
        """Return the records that end in `data`; the last one is held back."""
        out: list[bytes] = []
        for raw in data.split(b"\n")[:-1]:
            self._take(raw, out)
        if final:
            self._end(out)
        return b"".join(out)

    def problems(self) -> Iterator[str]:
        """Yield nothing: what is left out is said among the notes."""
        return iter(())

    def _take(self, raw: bytes, out: list[bytes]) -> None:
        text = raw.decode("utf-8", "surrogateescape").removesuffix("\r")
        found = _RECORD.fullmatch(text) if len(text) <= MAX_WIDTH else None
        if found is not None and (found["time"].strip() or self._time):
            self._end(out)
            self._begin(found)
        elif not self._goes_on(text):
            self._end(out)
            out.append(raw + b"\n")

    def _begin(self, found: re.Match[str]) -> None:
        self._time = found["time"].strip() or self._time
        if not self._places:
            self.notes.append("the places in the code at the right edge of the log are left out")
        self._places += 1
        begins_at = found.start("text")
        record = _Record(
            f"{self._time} {found['level']} ",
            begins_at,
            found.start("place") - 1,
            len(found[0]),
        )
        row = found.string[begins_at : record.ends_at]
        record.texts.append([row.rstrip()])
        record.last = row.rstrip()
        self._record = record

    def _goes_on(self, text: str) -> bool:
        """Take in a further row of the message; return whether `text` is one."""
        record = self._record
        if record is None or len(record.texts) > MAX_RECORD_LINES or len(text) > record.width:
            return False
        if text[: record.begins_at].strip() or text[record.ends_at :].strip():
            return False
        if len(text) < record.begins_at:
            return False  # rows are filled with blanks to their end
        row = text[record.begins_at :].rstrip()
        room = record.ends_at - record.begins_at
        if not _is_wrapped(record.last, row, room):
            record.texts.append([row])
        else:
            open_texts = next(texts for texts in reversed(record.texts) if texts)
            is_folded = len(record.last) == room and " " not in record.last
            open_texts.append(row if is_folded else " " + row)
            record.texts.append([])
        record.last = row
        return True

    def _end(self, out: list[bytes]) -> None:
        record, self._record = self._record, None
        if record is None:
            return
        beginning = record.beginning
        for texts in record.texts:
            line = beginning + "".join(texts)
            out.append(line.encode("utf-8", "surrogateescape") + b"\n")
            beginning = ""


def _is_wrapped(last: str, row: str, room: int) -> bool:
    """Return whether a message goes on in `row` only because it did not fit above.

    A row ends where the next word has no room; where it had, the message has a line break.
    """
    if not row or _NEW_LINE.match(row):
        return False
    return len(last) + 1 + len(row.partition(" ")[0]) > room
