"""Reads one source: the records worth a look, and the account of all its lines."""

import heapq
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO

from logcascade.model.records import (
    LoadCounts,
    Location,
    Record,
    Severity,
    SourceSummary,
)
from logcascade.reading.account import MAX_UNPARSED_SAMPLE, Account, RoundCounter
from logcascade.reading.assembly import Assembler, Candidate
from logcascade.reading.blocks import BLOCK_BYTES, CONTEXT_BYTES, MAX_LINE_BYTES, Window, Windows
from logcascade.reading.ends import Ends
from logcascade.reading.finder import NUMBERS, Finder
from logcascade.reading.formats import Format
from logcascade.reading.lines import LineReader, severity_of
from logcascade.reading.load import LoadCounter, LoadPattern
from logcascade.reading.samples import used_formats
from logcascade.reading.shape import CommonShape
from logcascade.reading.stamps import ReadingOptions, StampReader
from logcascade.reading.tracebacks import find_traceback, parse_exceptions

MAX_HEAD_LINES = 2000
"""First lines that are read one by one to learn the formats of a source."""

MAX_SAMPLE_LINES = 5
"""Lines named in the report of what no format recognised."""

_NUMBERS = tuple(mark.encode() for mark in NUMBERS)

PLAIN_TEXT = "text"
"""The format of a source in which no other is recognised."""


class Reader:
    """Reads a stream once, in blocks: records, then summary and load.

    Only records that hold one of the finder's literals are put together and yielded; the others
    are counted. Memory does not grow with the stream.
    """

    def __init__(
        self,
        stream: BinaryIO,
        name: str,
        formats: Sequence[Format],
        finder: Finder,
        load_patterns: Sequence[LoadPattern] = (),
        options: ReadingOptions | None = None,
        *,
        block_bytes: int = BLOCK_BYTES,
    ) -> None:
        self._name = name
        self._all_formats = tuple(formats)
        self._finder = finder
        self._load_patterns = tuple(load_patterns)
        self._windows = Windows(stream, block_bytes)
        self._stamps = StampReader(options or ReadingOptions())
        self._formats: Counter[tuple[str, ...]] = Counter()
        self._account: Account | None = None
        self._assembler: Assembler | None = None
        self._load = LoadCounter((), (), self._stamps)
        self._headerless_lines = 0
        self._headerless_records = 0
        self._folded = 0
        self._explained: set[int] = set()

    @property
    def progress(self) -> int:
        """Bytes read so far."""
        return self._windows.bytes_read

    def records(self) -> Iterator[Record]:
        """Yield the records worth a look, in the order of their first lines."""
        waiting: list[tuple[int, int, Record]] = []
        found = 0
        for candidate, safe in self._candidates():
            while waiting and waiting[0][0] < safe:
                yield heapq.heappop(waiting)[2]
            if candidate is not None:
                found += 1
                heapq.heappush(waiting, (candidate.offset, found, candidate.record))
        while waiting:
            yield heapq.heappop(waiting)[2]

    def loads(self) -> Mapping[str, LoadCounts]:
        """Return for each load rule what was counted; complete once `records` is exhausted."""
        return self._load.counts()

    def load(self) -> LoadCounts:
        """Return the counts of the rule that counted most; the first of several.

        One event is often logged by several loggers: sums over rules would count it twice.
        """
        return max(self.loads().values(), key=lambda each: each.events, default=LoadCounts())

    def summary(self) -> SourceSummary:
        """Return the account of the source; complete once `records` is exhausted."""
        account, windows = self._account, self._windows
        if account is None:
            return SourceSummary(
                self._name, PLAIN_TEXT, 0, windows.bytes_read, 0, 0, 0, None, None,
                problems=tuple(self._problems()),
            )  # fmt: skip
        first_time, last_time = self._ends.times()
        return SourceSummary(
            name=self._name,
            format=self._format_name(),
            lines=account.lines,
            bytes=windows.bytes_read,
            records=account.headers - self._folded + self._headerless_records,
            record_lines=account.record_lines + self._headerless_lines,
            unparsed_lines=account.unparsed_lines - self._headerless_lines,
            first_time=first_time,
            last_time=last_time,
            assumptions=self._assumptions(),
            problems=tuple(self._problems()),
            unparsed_sample=tuple(
                place for place in account.unparsed_sample if place.line not in self._explained
            )[:MAX_SAMPLE_LINES],
            resolution_s=self._stamps.resolution_s,
        )

    def _candidates(self) -> Iterator[tuple[Candidate | None, int]]:
        """Yield each record found, with the offset before which nothing more will begin."""
        for window in self._windows:
            if self._account is None:
                self._learn()
            assert self._account is not None  # noqa: S101 - _learn has just made them
            assert self._assembler is not None  # noqa: S101 - the same
            others = self._shape.others(window)
            self._account.scan(window, others)
            self._rounds.scan(window, others)
            self._ends.scan(window)
            self._load.scan(window)
            self._assembler.enter(window)
            for hit in self._finder.find(window.buffer, window.low, window.high):
                if window.buffer.startswith(_NUMBERS, hit) and not self._is_wanted(hit, window):
                    continue
                candidate = self._assembler.assemble(hit + window.base)
                if candidate is not None:
                    self._note(candidate)
                    yield candidate, hit + window.base - CONTEXT_BYTES
            yield None, window.base + window.high - CONTEXT_BYTES

    def _learn(self) -> None:
        """Take from the first lines which formats the source is in."""
        raws = self._windows.head.split(b"\n", MAX_HEAD_LINES)[:MAX_HEAD_LINES]
        raws = [raw for raw in raws if raw.strip()]
        formats = self._shared_enough(raws)
        reader = LineReader(formats)
        lines = [(raw, reader.read(raw, 0, 0)) for raw in raws]
        self._formats.update(used for used in (used_formats(line) for _, line in lines) if used)
        formats = self._usual_first(formats)
        most = self._format_name()
        self._shape = CommonShape(
            ((raw, line) for raw, line in lines if " > ".join(used_formats(line)) == most), formats
        )
        self._account = Account(formats, self._name)
        self._rounds = RoundCounter(formats, self._stamps.rollovers)
        self._assembler = Assembler(formats, self._stamps, self._name)
        self._reader = reader
        self._ends = Ends(formats, self._stamps)
        self._load = LoadCounter(self._load_patterns, formats, self._stamps)

    def _usual_first(self, formats: Sequence[Format]) -> tuple[Format, ...]:
        """Return `formats`, those that most lines begin in first: hardly another is tried then."""
        within = {each.id: each.within or each.id for each in formats}
        begun = Counter(within[used[0]] for used in self._formats.elements())
        return tuple(sorted(formats, key=lambda each: -begun[each.id]))

    def _shared_enough(self, raws: Sequence[bytes]) -> tuple[Format, ...]:
        """Return the formats without those that fit too few of the first lines."""
        if not raws:
            return tuple(each for each in self._all_formats if not each.share)
        whole = [raw.decode("utf-8", "replace") for raw in raws]
        wrappers = [each for each in self._all_formats if each.is_wrapper]
        wrappers = [each for each in wrappers if _share(each, whole) >= each.share]
        reader = LineReader(wrappers)
        within = [reader.read(raw, 0, 0).texts[0] for raw in raws]
        records = [each for each in self._all_formats if not each.is_wrapper]
        records = [each for each in records if _share(each, within) >= each.share]
        return (*wrappers, *records)

    def _is_wanted(self, hit: int, window: Window) -> bool:
        """Return whether a message that is written as numbers holds what a finder looks for."""
        begin = window.buffer.rfind(b"\n", 0, hit) + 1
        line = self._reader.read(window.buffer[begin : window.buffer.find(b"\n", hit)], 0, 0)
        if line.header is not None and (severity_of(line) or Severity.DEBUG) >= Severity.ERROR:
            return True  # the word for it went with the header
        data = "\n".join(line.texts).encode("utf-8", "surrogatepass")
        return bool(self._finder.find(data, 0, len(data)))

    def _note(self, candidate: Candidate) -> None:
        self._folded += candidate.folded
        self._headerless_lines += candidate.headerless_lines
        self._headerless_records += candidate.headerless_lines > 0
        if candidate.headerless_lines and len(self._explained) < MAX_UNPARSED_SAMPLE:
            first = candidate.record.location.line
            self._explained.update(range(first, first + candidate.headerless_lines))
        if not self._formats:
            used = used_formats(candidate.head)
            if used:
                self._formats[used] += 1

    def _format_name(self) -> str:
        """Return the formats most lines are in; with what most of those are within, if anything."""
        if not self._formats:
            return PLAIN_TEXT
        most = self._formats.most_common(1)[0][0]
        within = [
            (times, used)
            for used, times in self._formats.items()
            if len(used) > len(most) and used[: len(most)] == most
        ]
        return " > ".join(max(within)[1] if within else most)

    def _assumptions(self) -> tuple[str, ...]:
        read_as = (f"read as {self._windows.encoding}",) if self._windows.encoding else ()
        return self._stamps.assumptions + read_as

    def _problems(self) -> Iterator[str]:
        windows, assembler = self._windows, self._assembler
        if windows.failure:
            yield windows.failure
        if windows.nul_bytes:
            yield f"{_count(windows.nul_bytes, 'NUL byte')} left out"
        if windows.long_lines:
            yield (
                f"{_count(windows.long_lines, 'line')} longer than {MAX_LINE_BYTES} bytes: only "
                f"the beginning was examined (first: line {windows.first_long_line})"
            )
        if assembler is not None and assembler.cut_records:
            yield f"{_count(assembler.cut_records, 'record')} longer than is followed: cut there"
        if assembler is not None and assembler.lost_texts:
            lost = _count(assembler.lost_texts, "message")
            yield f"{lost} not in the log: too large for the journal"


def _share(each: Format, texts: Sequence[str]) -> float:
    """Return the share of `texts` that begin in the format `each`; 1 where it does not matter."""
    if not each.share:
        return 1.0
    return sum(each.start.match(text) is not None for text in texts) / len(texts)


def _count(number: int, word: str) -> str:
    return f"{number} {word}" + "s" * (number != 1)


def make_record(
    text: str, *, logger: str = "", severity: Severity | None = None, program: str = ""
) -> Record:
    """Return the record whose text, without its prefix, is `text`; as if read from a source."""
    lines = [(line, number) for number, line in enumerate(text.splitlines(), 1)] or [("", 1)]
    texts = [line for line, _ in lines]
    return Record(
        location=Location("example", 1),
        line_count=len(lines),
        time=None,
        severity=severity,
        logger=logger,
        component="",
        program=program,
        pid=None,
        run_key="",
        message="\n".join(texts[: find_traceback(texts)]).strip("\n"),
        text="\n".join(texts),
        exceptions=parse_exceptions(lines),
    )
