"""Reads one source: the records worth a look, and the account of all its lines."""

import heapq
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from logcascade.cleaning.backwards import Backwards
from logcascade.cleaning.clean_lines import Block, Bytes, CleanLines
from logcascade.model.records import (
    LoadCounts,
    Location,
    Place,
    Record,
    Severity,
    SourceSummary,
)
from logcascade.reading.account import MAX_UNPARSED_SAMPLE, Account
from logcascade.reading.blocks import BLOCK_BYTES, CONTEXT_BYTES, Window, Windows
from logcascade.reading.events.load import LoadCounter, LoadPattern
from logcascade.reading.finder import NUMBERS, Finder
from logcascade.reading.formats.learning import choose_formats, first_lines
from logcascade.reading.formats.line_format import Format
from logcascade.reading.formats.samples import used_formats
from logcascade.reading.formats.shape import CommonShape
from logcascade.reading.formats.starts import Starts
from logcascade.reading.greeting import Greetings
from logcascade.reading.lines import Line, severity_of
from logcascade.reading.records.assembly import Assembler, Candidate
from logcascade.reading.records.raised import raised_in
from logcascade.reading.sampling import LineSample, SampledSearch
from logcascade.reading.times.ends import Ends
from logcascade.reading.times.head_times import learn_times
from logcascade.reading.times.order import is_newest_first, is_upside_down
from logcascade.reading.times.rounds import RoundCounter
from logcascade.reading.times.stamps import ReadingOptions, StampReader

MAX_SAMPLE_LINES = 5
"""Lines named in the report of what no format recognised."""

_NUMBERS = tuple(mark.encode() for mark in NUMBERS)

PLAIN_TEXT = "text"
"""The format of a source in which no other is recognised."""


class Reader:
    """Reads a stream once, in blocks: records, then summary and load.

    Only records that hold one of the finder's literals, and a sample of others, are put together
    and yielded; the rest is counted. Memory does not grow with the stream.
    """

    def __init__(
        self,
        stream: Bytes,
        name: str,
        formats: Sequence[Format],
        finder: Finder,
        load_patterns: Sequence[LoadPattern] = (),
        options: ReadingOptions | None = None,
        *,
        place: Place | None = None,
        sampled: SampledSearch | None = None,
        split_at: float | None = None,
        block_bytes: int = BLOCK_BYTES,
        is_live: bool = False,
    ) -> None:
        """
        Read nothing yet; *stream* is read by `records`.

        Where *split_at* (epoch seconds) is given, events before it and since are counted apart.
        *is_live* says that the stream is still being written, and so the oldest line first.
        """
        self._name = name
        self._source_place = place or partial(Location, name)
        self._all_formats = tuple(formats)
        self._finder = finder
        self._sample = LineSample(sampled or SampledSearch(()))
        self._load_patterns = tuple(load_patterns)
        self._split_at = split_at
        self._lines = CleanLines(stream, block_bytes)
        self._block_bytes = block_bytes
        self._is_live = is_live
        self._backwards: Backwards | None = None
        self._options = options or ReadingOptions()
        self._stamps = StampReader(self._options)
        self._formats: Counter[tuple[str, ...]] = Counter()
        self._account: Account | None = None
        self._assembler: Assembler | None = None
        self._load = LoadCounter((), Starts(()), self._stamps)
        self._greetings = Greetings()
        self._headerless_lines = 0
        self._headerless_records = 0
        self._folded = 0
        self._explained: set[int] = set()
        self._assumed: tuple[str, ...] = ()

    @property
    def progress(self) -> int:
        """Bytes read so far."""
        return self._lines.bytes_read

    def place(self, line: int) -> Location:
        """Return where a person finds the line `line` of the order of reading, 1-based.

        Complete once `records` is exhausted; all else counts lines as they were read.
        """
        return self._source_place(line if self._backwards is None else self._backwards.line(line))

    def records(self) -> Iterator[Record]:
        """Yield the records worth a look, in the order of their first lines."""
        return (record for record in self.follow() if record is not None)

    def follow(self) -> Iterator[Record | None]:
        """Yield what `records` does, and None at each pause of a stream that is being written."""
        waiting: list[tuple[int, int, Record]] = []
        found = 0
        for candidate, safe in self._candidates():
            while waiting and (safe is None or waiting[0][0] < safe):
                yield heapq.heappop(waiting)[2]
            if safe is None:
                yield None
            if candidate is not None:
                found += 1
                record = candidate.record
                if self._greetings.holds(record.message):
                    record = replace(record, is_greeting=True)
                heapq.heappush(waiting, (candidate.offset, found, record))
        while waiting:
            yield heapq.heappop(waiting)[2]

    @property
    def better_year(self) -> tuple[int, str] | None:
        """The year that all of the source asks for, and why, if its first lines told another."""
        return None if self._account is None else self._stamps.better_year(self._ends.times()[1])

    def loads(self) -> Mapping[str, LoadCounts]:
        """Return for each load rule what was counted; complete once `records` is exhausted."""
        return self._load.counts(so_far=self._is_live)

    def load(self) -> LoadCounts:
        """Return the counts of the rule that counted most; the first of several.

        One event is often logged by several loggers: sums over rules would count it twice.
        """
        return _most(self.loads())

    def load_since(self) -> LoadCounts:
        """Return the same of the events from *split_at* on."""
        return _most(self._load.counts_since())

    def summary(self) -> SourceSummary:
        """Return the account of the source; complete once `records` is exhausted."""
        account, lines = self._account, self._lines
        if account is None:
            return SourceSummary(
                self._name, PLAIN_TEXT, 0, lines.bytes_read, 0, 0, 0, None, None,
                problems=tuple(self._problems()),
            )  # fmt: skip
        first_time, last_time = self._ends.times()
        return SourceSummary(
            name=self._name,
            format=self._format_name(),
            lines=account.lines,
            bytes=lines.bytes_read,
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
            clock=self._stamps.clock,
        )

    def _candidates(self) -> Iterator[tuple[Candidate | None, int | None]]:
        """Yield each record found, with the offset before which nothing more will begin.

        At a pause that offset is None: what was found is not held back any longer.
        """
        lines = self._learn(self._lines.head())
        assert self._account is not None  # noqa: S101 - _learn has just made them
        assert self._assembler is not None  # noqa: S101 - the same
        for window in Windows(self._in_order(lines), self._block_bytes):
            others = self._shape.others(window)
            headers = self._account.scan(window, others)
            self._rounds.scan(window, others)
            if headers:
                self._ends.scan(window)
            self._load.scan(window)
            self._assembler.enter(window)
            for hit in self._hits(window):
                if window.buffer.startswith(_NUMBERS, hit) and not self._is_wanted(hit, window):
                    continue
                candidate = self._assembler.assemble(hit + window.base)
                if candidate is not None:
                    self._note(candidate)
                    yield candidate, hit + window.base - CONTEXT_BYTES
            yield None, None if window.is_pause else window.base + window.high - CONTEXT_BYTES

    def _hits(self, window: Window) -> Iterable[int]:
        """Return where something worth a look is: what is looked for, and lines of the sample."""
        place = (window.buffer, window.low, window.high)
        found, greetings = self._finder.find(*place), self._greetings.find(*place)
        taken = self._sample.take(window.buffer, window.base, window.low, window.high)
        return heapq.merge(found, greetings, taken) if greetings or taken else found

    def _in_order(self, head: Sequence[Line]) -> Iterable[Block]:
        """Return the lines of the source, the oldest first."""
        if self._is_live or not is_newest_first(head, self._options):
            return self._lines
        start = re.compile(rb"\n") if is_upside_down(head) else self._starts.after_break
        self._backwards = Backwards(self._lines, start)
        return self._backwards

    def _learn(self, head: bytes) -> list[Line]:
        """Take from the first lines which formats the source is in; return them, understood."""
        raws = first_lines(head)
        formats, self._assumed = choose_formats(self._all_formats, raws)
        starts = Starts(formats)
        lines = [(raw, starts.reader.read(raw, 0, 0)) for raw in raws]
        self._formats.update(used for used in (used_formats(line) for _, line in lines) if used)
        formats = self._usual_first(formats)
        starts = self._starts = Starts(formats, starts.reader)
        most = self._format_name()
        self._shape = CommonShape(
            ((raw, line) for raw, line in lines if " > ".join(used_formats(line)) == most), starts
        )
        learn_times((line for _, line in lines), self._stamps)
        self._account = Account(starts, self._name)
        self._rounds = RoundCounter(formats, self._stamps, lines)
        self._assembler = Assembler(starts, self._stamps, self._name)
        self._greetings = Greetings(line for _, line in lines)
        self._ends = Ends(starts, self._stamps)
        self._load = LoadCounter(self._load_patterns, starts, self._stamps, self._split_at)
        return [line for _, line in lines]

    def _usual_first(self, formats: Sequence[Format]) -> tuple[Format, ...]:
        """Return `formats`, those that most lines begin in first: hardly another is tried then."""
        within = {each.id: each.within or each.id for each in formats}
        begun = Counter(within[used[0]] for used in self._formats.elements())
        return tuple(sorted(formats, key=lambda each: -begun[each.id]))

    def _is_wanted(self, hit: int, window: Window) -> bool:
        """Return whether a message that is written as numbers holds what a finder looks for."""
        begin = window.buffer.rfind(b"\n", 0, hit) + 1
        line = self._starts.reader.read(window.buffer[begin : window.buffer.find(b"\n", hit)], 0, 0)
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
        better = self.better_year
        years = () if better is None else (f"year {better[0]} fits better: {better[1]}",)
        order = () if self._backwards is None else ("newest first: read backwards",)
        used = {each for ids in self._formats for each in ids}
        told = tuple(each.note for each in self._all_formats if each.note and each.id in used)
        # Which became necessary first depends on the cut: whole blocks are counted before records.
        times = (*sorted(self._stamps.assumptions), *years, *self._rounds.assumptions())
        return (*times, *self._assumed, *order, *self._lines.notes, *told)

    def _problems(self) -> Iterator[str]:
        assembler = self._assembler
        yield from self._lines.problems()
        if self._backwards is not None and self._backwards.failure:
            yield self._backwards.failure
        if assembler is not None and assembler.cut_records:
            yield f"{_count(assembler.cut_records, 'record')} longer than is followed: cut there"
        if assembler is not None and assembler.lost_texts:
            lost = _count(assembler.lost_texts, "message")
            yield f"{lost} not in the log: too large for the journal"
        if self._greetings.is_exhausted:
            yield "its first line comes again too often: as a start it is followed only so far"
        if assembler is not None and assembler.cut_objects:
            yield f"{_count(assembler.cut_objects, 'JSON line')} cut off: read as far as they go"


def _count(number: int, word: str) -> str:
    return f"{number} {word}" + "s" * (number != 1)


def make_record(
    text: str, *, logger: str = "", severity: Severity | None = None, program: str = ""
) -> Record:
    """Return the record whose text, without its prefix, is `text`; as if read from a source."""
    lines = [(line, number) for number, line in enumerate(text.splitlines(), 1)] or [("", 1)]
    texts = [line for line, _ in lines]
    said, raised = raised_in(lines, severity)
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
        message="\n".join(texts[:said]).strip("\n"),
        text="\n".join(texts),
        exceptions=raised,
    )


def _most(counts: Mapping[str, LoadCounts]) -> LoadCounts:
    return max(counts.values(), key=lambda each: each.events, default=LoadCounts())
