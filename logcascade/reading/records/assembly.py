"""From a noticed place in a window to the record around it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from logcascade.cleaning.step import NOT_LOG
from logcascade.model.records import Location, Record
from logcascade.reading.blocks import MAX_RECORD_BYTES, Window
from logcascade.reading.formats.starts import Starts
from logcascade.reading.lines import Line, settle_time, severity_of
from logcascade.reading.records.escapes import unescape
from logcascade.reading.records.exception_groups import TextLine
from logcascade.reading.records.folding import (
    Fold,
    announces_traceback,
    can_continue,
    split_below,
    split_crashes,
)
from logcascade.reading.records.raised import raised_in
from logcascade.reading.records.record_blocks import RecordBlocks
from logcascade.reading.records.tracebacks import FILE_LINE, is_traceback_start
from logcascade.reading.records.window_lines import HEADER_REACH, WindowLines
from logcascade.reading.times.stamps import StampReader

MAX_UNTIMED = 20
"""Lines of other formats that may stand between what a crash printed and the time above it."""

MAX_TITLE_LEAD_S = 1.0
"""A traceback's title is printed with it, if not in the same call then in the next."""


@dataclass(slots=True, eq=False)  # frozen ones take thrice as long to make
class Candidate:
    """A record found, before it is told what its time is."""

    record: Record
    offset: int
    """Of its first line, in the source."""
    head: Line
    headerless_lines: int
    """How many of its lines no format's header covers."""
    folded: int
    """How many of its lines have a carrier's prefix of their own, less one."""


@dataclass(slots=True, eq=False)  # frozen ones take thrice as long to make
class _Segment:
    """The lines from a program's own header to the next, in absolute offsets."""

    begin: int
    end: int
    head: Line
    texts: tuple[str, ...]
    sizes: tuple[int, ...]
    """Of its lines in bytes, line breaks included; only where several records begin in it."""
    starts: tuple[int, ...]
    is_cut: bool


class Assembler:
    """Puts records together around the places that a finder noticed, in one source."""

    def __init__(self, starts: Starts, stamps: StampReader, source: str) -> None:
        self._source = source
        self._stamps = stamps
        self._start = starts.after_break
        self._carried_here = starts.carried
        self._window = Window(b"\n", -1, 0, 1, 1)
        self._lines = WindowLines(starts)
        self._taken: set[int] = set()
        self._taken_until = 0
        self._segment: _Segment | None = None
        self._searched = 0
        self._last_start = -1
        self._is_last_carried = False
        self._blocks = RecordBlocks(starts.formats, self._lines)
        self.lost_texts = 0
        self.cut_objects = 0

    @property
    def cut_records(self) -> int:
        """Records that are longer than is followed."""
        return self._lines.cut_records

    def enter(self, window: Window) -> None:
        """Go on to the next window; what lies before its context is forgotten."""
        self._window = window
        self._lines.enter(window)
        self._taken = {offset for offset in self._taken if offset >= window.base}

    # From a hit to its record.

    def assemble(self, hit: int) -> Candidate | None:
        """Return the record around the noticed place, or None if it was returned before."""
        if hit < self._taken_until:
            return None
        start = self._lines.start_of(hit)
        if start < self._taken_until or start in self._taken:
            return None
        owner = self._header_before(start)
        if owner < 0 and self._lines.is_blank(start):
            return None  # above all entries, left by the first one's other lines
        if owner == start:
            report = self._blocks.lines_of(self._lines.at(start))
            if len(report) > 1:
                return self._from_block(report)
        if owner > self._lines.gap_before(start):
            head = self._lines.at(owner)
            if not head.carrier.formats:
                return self._from_segment(head, start)
            if owner != start and self._is_indented_below(owner, start):
                if owner in self._taken:
                    return None
                start = owner
        return self._from_stream(self._lines.at(start))

    def _from_block(self, lines: list[Line]) -> Candidate:
        """Return the report that is written as the messages on `lines`."""
        self._taken.update(line.start for line in lines)
        texts = [(text, line.number) for line in lines for text in line.texts]
        folded = sum(bool(line.carrier.formats) or line.header is not None for line in lines) - 1
        return self._candidate(
            lines[0], texts, lines[0].start, len(lines), is_crash=False, folded=folded
        )

    def _header_before(self, start: int) -> int:
        """Return where the last line with a header at or before `start` begins, or -1.

        Hits come in ascending order, so that no byte is searched twice.
        """
        buffer, base = self._window.buffer, self._window.base
        if self._start.match(buffer, start - base - 1):
            self._searched = start + 1
            return self._note_start(start)
        last = self._lines.last_header(max(self._searched - 1, base), start)
        if last >= 0:
            self._note_start(last)
        self._searched = max(self._searched, start)
        return self._last_start if start - self._last_start <= MAX_RECORD_BYTES else -1

    def _time_above(self, start: int) -> datetime | None:
        """Return the time of the last line above `start` that has one, of few; None without."""
        low = max(self._lines.gap_before(start), start - MAX_RECORD_BYTES, self._window.base)
        for _ in range(MAX_UNTIMED):
            start = self._lines.last_header(low, start - 1)
            if start < 0:
                break
            time = settle_time(self._lines.at(start), self._stamps)
            if time is not None:
                return time
        return None

    def _note_start(self, start: int) -> int:
        place = start - self._window.base
        self._last_start = start
        self._is_last_carried = self._carried_here.match(self._window.buffer, place) is not None
        return start

    def _is_indented_below(self, owner: int, start: int) -> bool:
        """Return whether all lines after `owner` up to `start` are indented: one entry's text."""
        buffer, base = self._window.buffer, self._window.base
        place = buffer.find(b"\n", owner - base)
        while 0 <= place < start - base:
            if buffer[place + 1 : place + 2] not in (b" ", b"\t", b"\n", b"\r"):
                return False
            place = buffer.find(b"\n", place + 1)
        return True

    def _from_segment(self, head: Line, start: int) -> Candidate | None:
        """Return the record at `start` among those below a program's own header."""
        segment = self._segment
        if segment is None or segment.begin != head.start or segment.end <= start:
            segment = self._segment = self._read_segment(head)
        if segment.end <= start:  # cut just above: it ends with a whole line
            return self._from_stream(self._lines.at(start))
        begin, first = segment.begin, 0
        ends = (*segment.starts[1:], len(segment.texts))
        for group, last in enumerate(ends):
            end = segment.end if group + 1 == len(ends) else begin + sum(segment.sizes[first:last])
            if start < end:
                break
            begin, first = end, last
        self._taken_until = end
        number = self._lines.number(begin)
        texts = [(text, number + index) for index, text in enumerate(segment.texts[first:last])]
        if first == 0 and head.is_whole:
            texts = [(text, number) for text in head.texts]
        while len(texts) > 1 and not texts[-1][0].strip():
            texts.pop()
        if segment.is_cut and end == segment.end:
            self._lines.cut_records += 1
        return self._candidate(head, texts, begin, last - first, is_crash=first > 0, folded=0)

    def _read_segment(self, head: Line) -> _Segment:
        """Read the lines from `head` to the next header, at most `MAX_RECORD_BYTES`."""
        buffer, base = self._window.buffer, self._window.base
        begin = head.start - base
        limit = min(len(buffer), begin + MAX_RECORD_BYTES)
        following = self._start.search(
            buffer, head.end - base, min(len(buffer), limit + HEADER_REACH)
        )
        end = following.start() + 1 if following is not None else len(buffer)
        gap = buffer.find(NOT_LOG, begin, end)
        end = gap if gap >= 0 else end
        is_cut = end > limit
        if is_cut:
            end = max(buffer.rfind(b"\n", begin, limit) + 1, head.end + 1 - base)
        raw = buffer[begin : end - 1]
        texts = raw.decode("utf-8", "backslashreplace").split("\n")
        if "\r" in texts[-1] or "\r" in texts[0]:
            texts = [text.rstrip("\r") for text in texts]
        texts[0] = head.texts[0]
        starts = tuple(
            split_below(texts) if head.is_whole else split_crashes(texts, severity_of(head))
        )
        sizes: tuple[int, ...] = ()
        if len(starts) > 1:
            sizes = tuple(len(each) + 1 for each in raw.split(b"\n"))
        return _Segment(head.start, end + base, head, tuple(texts), sizes, starts, is_cut)

    def _from_stream(self, line: Line) -> Candidate | None:
        """Return the record that `line` belongs to, by its stream and by shape."""
        known = self._lines_back(line)
        fold = _begin_fold(known[0])
        record = [known[0]]
        for each in known[1:]:
            if self._is_told_later(record, each) or not _takes_all(fold, each):
                fold = _begin_fold(each)
                record = []
            record.append(each)
        last = record[-1]
        while not last.is_whole:
            following = self._lines.next_of_stream(last, record[0].start)
            if following is None or following.header is not None or following.start in self._taken:
                break
            if self._is_told_later(record, following) or not _takes_all(fold, following):
                break
            record.append(following)
            last = following
        while len(record) > 1 and not any(text.strip() for text in record[-1].texts):
            record.pop()
        self._taken.update(each.start for each in record)
        return self._from_lines(record)

    def _is_told_later(self, record: list[Line], line: Line) -> bool:
        """Return whether a traceback begins in `line` for which `record` is too old a title."""
        if not (record and line.carrier.formats and is_traceback_start(line.texts[0])):
            return False
        if record[0].header is not None:
            return False  # it was logged with what is above, however slowly it was written
        above, own = (settle_time(each, self._stamps) for each in (record[-1], line))
        if above is None or own is None:
            return False
        return (own - above).total_seconds() > MAX_TITLE_LEAD_S

    def _from_lines(self, record: list[Line]) -> Candidate:
        head = record[0]
        texts: list[TextLine] = []
        line_count = 0
        for each in record:
            line_count += 1
            texts += [(text, each.number) for text in each.texts]
            if each.carrier.formats and not each.is_whole:
                below = list(self._indented_below(each))
                line_count += len(below)
                texts += below
            self.lost_texts += each.is_lost
        is_carried = bool(head.carrier.formats)
        gap = self._lines.gap_before(head.start)
        is_covered = is_carried or (self._last_start > gap and not self._is_last_carried)
        return self._candidate(
            head,
            texts,
            head.start,
            line_count,
            is_crash=False,
            folded=len(record) - 1 if is_carried else 0,
            headerless=0 if is_covered else line_count,
        )

    def _indented_below(self, line: Line) -> Iterator[TextLine]:
        """Yield the further lines of an entry whose carrier indents them by its prefix's width."""
        margin = " " * line.prefix_width
        following = self._lines.after(line)
        while (
            following is not None
            and not following.carrier.formats
            and following.header is None
            and following.texts[0].startswith((" ", "\t"))
            and following.end - line.start <= MAX_RECORD_BYTES
        ):
            self._taken.add(following.start)
            text = following.texts[0]
            yield (text.removeprefix(margin), following.number)
            following = self._lines.after(following)

    def _lines_back(self, line: Line) -> list[Line]:
        """Return the lines of the same stream from one that begins a record down to `line`."""
        found = [line]
        if line.carrier.formats and not any(line.texts):
            return found  # it was noticed by its carrier's level alone
        while True:
            current = found[-1]
            if current.header is not None:
                break
            before = self._lines.previous_of_stream(current, line.start)
            if (
                before is None
                or before.is_whole
                or before.start in self._taken
                or before.start < self._taken_until
            ):
                break
            first = current.texts[0]
            after_frame = bool(FILE_LINE.match(before.texts[-1]))
            announced = is_traceback_start(first) and announces_traceback(before.texts[-1])
            if not (can_continue(first) or after_frame or announced):
                break
            found.append(before)
        found.reverse()
        return found

    # From lines to a record.

    def _candidate(
        self,
        head: Line,
        texts: list[TextLine],
        offset: int,
        line_count: int,
        *,
        is_crash: bool,
        folded: int,
        headerless: int = 0,
    ) -> Candidate:
        carrier = head.carrier
        header = head.header
        own = None if is_crash else header
        texts = [(unescape(text), number) for text, number in texts]
        lines = [text for text, _ in texts]
        is_structured = head.is_whole and not is_crash
        time = settle_time(head, self._stamps)
        is_inherited = is_crash
        said, raised = raised_in(texts, own.severity if own else None)
        if time is None and raised and not carrier.formats:  # else the time is another stream's
            time = self._time_above(offset)
            is_inherited = time is not None
        self.cut_objects += head.is_cut and not is_crash
        record = Record(
            location=Location(self._source, texts[0][1]),
            line_count=line_count,
            time=time,
            severity=None if is_crash else severity_of(head),
            logger=own.logger if own else "",
            component=carrier.component or (header.component if header else ""),
            program=(header.program if header else "") or carrier.program,
            pid=_number((header.pid if header else "") or carrier.pid),
            run_key=carrier.run_key,
            message="\n".join(
                lines[: min(said, head.message_lines) if is_structured else said]
            ).strip("\n"),
            text="\n".join(lines),
            exceptions=raised or (head.raised if is_structured else ()),
            details=head.details if is_structured else "",
            time_is_inherited=is_inherited,
        )
        return Candidate(record, offset, head, headerless, folded)


def _begin_fold(line: Line) -> Fold:
    fold = Fold(
        line.texts[0],
        has_header=line.header is not None,
        is_carried=bool(line.carrier.formats),
        severity=severity_of(line),
    )
    for text in line.texts[1:]:
        fold.takes(text)
    return fold


def _takes_all(fold: Fold, line: Line) -> bool:
    """Return whether the record goes on with `line`."""
    if line.header is not None or not fold.takes(line.texts[0]):
        return False
    for text in line.texts[1:]:
        fold.takes(text)
    return True


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() else None
