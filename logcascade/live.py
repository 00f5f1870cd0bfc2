"""A log that is still being written: what it shows so far, as often as one asks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise

from logcascade.cleaning.chain import HEAD_BYTES
from logcascade.cleaning.clean_lines import Bytes
from logcascade.model.analysis import Analysis
from logcascade.model.bursts import Burst
from logcascade.model.records import Record
from logcascade.model.scans import Scan
from logcascade.pipeline import conclude
from logcascade.reading.reader import Reader
from logcascade.reading.times.stamps import ReadingOptions
from logcascade.ruleset.collection import Ruleset
from logcascade.scanning import Findings, Search
from logcascade.timeline.stretches import stretch
from logcascade.timeline.work import PASSED_S

STEP_S = 5.0
"""Between two looks at a log that is read faster than it was written, so much time of the log
passes. Seconds: the shortest cascades that end in a kill take some ten."""

STEP_SHARE = 50
"""A look costs as much as there is to look at: one in so many reports at the most is followed by
one, beside the looks whenever nothing more has come for now."""

MOST_KEPT = 2_000
"""Bursts and marks that are looked at: days of a service that has trouble every two minutes."""

KEPT_SHARE = 0.75
"""Share of them that stays when the oldest are dropped."""

QUIET_S = 900.0
"""What is dropped ends, if possible, in a time so quiet, so that no incident is cut. Seconds: what
splits episodes."""

MOMENT_S = 0.001
"""What is cut at a moment keeps what was told at it. Seconds: the step of most clocks."""

HOPED_S = PASSED_S + 1.0
HOPED_LINES = 2
"""What is hoped for: that work goes on, for as long as shows that a failure has passed."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment at which a log is worth a look."""

    at: float | None
    """Epoch seconds of the last record that tells something; None where no time is known."""
    has_news: bool
    """Whether something was told since the last such moment."""
    is_pause: bool
    """Whether there is no more for now."""


class Live:
    """One source while it is being written: read once, concluded from as often as one asks."""

    def __init__(
        self,
        stream: Bytes,
        name: str,
        own_name: str,
        ruleset: Ruleset,
        search: Search,
        options: ReadingOptions,
        most_kept: int = MOST_KEPT,
    ) -> None:
        """
        *stream* gives None where there is no more for now, and nothing once it has ended.

        Lines are counted as they are read. What a person finds where is for who opened it to say.
        """
        self._stream = _Again(stream)
        self._name, self._own_name = name, own_name
        self._ruleset, self._search = ruleset, search
        self._options = options
        self._most_kept = most_kept
        self._since: float | None = None
        self._at: float | None = None
        self._line = 0
        self._is_within = False
        self._arrived: tuple[datetime | None, int] = (None, 0)
        self._settled: tuple[datetime | None, int] = self._arrived
        self.dropped = 0
        """Bursts and marks of which nothing is known any more."""
        self._begin()

    def _begin(self) -> None:
        self._reader = Reader(
            self._stream,
            self._name,
            self._search.formats,
            self._search.finder,
            self._search.load_patterns,
            self._options,
            sampled=self._search.sampled,
            is_live=True,
        )
        self._findings = Findings(self._own_name, 0, self._search.matcher)

    def moments(self) -> Iterator[Moment]:
        """
        Yield the moments worth a look, until the stream ends: pauses, and where much was told.

        What the first bytes teach of the log is learned again when there are twice as many, up to
        what a whole log is learned from: the first line of a pipe may be in the middle of a record.
        """
        is_over = False
        replayed = 0
        while not is_over:
            learned = self._stream.size
            is_over = True
            news = 0
            looked: float | None = None
            for record in self._reader.follow():
                if replayed:
                    news += record is not None and self._add(record)
                    replayed -= record is None
                elif record is not None:
                    if news and self._is_time(record, looked, news):
                        yield self._moment(news, is_pause=False)
                        news, looked = 0, self._at
                    news += self._add(record)
                elif learned and self._stream.can_replay and self._stream.size >= 2 * learned:
                    self._note_arrived()
                    replayed = self._stream.replay()
                    self._begin()
                    is_over = False
                    break
                else:
                    learned = learned or self._stream.size
                    yield self._moment(news, is_pause=True)
                    news, looked = 0, self._at
            if is_over:
                self._note_arrived()
                yield self._moment(news, is_pause=True)

    def conclude(self, now: float | None, *, hopeful: bool) -> Analysis:
        """
        Return what the log shows so far.

        Args:
            now: Epoch seconds by the clock of the log; None where it has no times.
            hopeful: Whether work is taken to go on from now on, so that nothing is called a failure
                that may pass by itself in the next seconds.
        """
        scan = self._scan()
        summary = scan.summary
        last = summary.last_time
        if hopeful:
            summary = replace(summary, lines=summary.lines + HOPED_LINES)
            last = None if last is None else _later(last, HOPED_S)
        if last is not None and now is not None:
            last = max(last, datetime.fromtimestamp(now, UTC))
        scan = replace(scan, summary=replace(summary, last_time=last), place=None)
        notes = self._search.matcher.notes()
        return conclude([scan], self._ruleset, notes, tries_gaps=False)

    @property
    def last_time(self) -> datetime | None:
        """The time of the last line that was looked at and has one."""
        return self._settled[0]

    @property
    def lines(self) -> int:
        """Lines that were looked at; what came after the pause before is not yet among them."""
        return self._settled[1]

    @property
    def records(self) -> int:
        """Records read so far, healthy ones included."""
        return self._reader.summary().records

    @property
    def problems(self) -> tuple[str, ...]:
        """What could not be read so far, in words."""
        return self._reader.summary().problems

    def _scan(self) -> Scan:
        scan = self._findings.scan(self._reader, so_far=True)
        time, lines = self._settled
        end = None if time is None else time.timestamp()
        if self._is_within and self._at is not None:
            end, lines = self._at, self._line
        if end is not None and lines < scan.summary.lines:
            scan = stretch(scan, None, end + MOMENT_S)
            scan = replace(scan, summary=replace(scan.summary, lines=lines))
        if self._since is None or scan.summary.first_time is None:
            return scan
        return stretch(scan, self._since, None)

    def _add(self, record: Record) -> bool:
        if not self._findings.add(record):
            return False
        self._at = record.time.timestamp() if record.time else self._at
        self._line = record.location.line + record.line_count - 1
        return True

    def _is_time(self, record: Record, looked: float | None, news: int) -> bool:
        """Return whether to look before *record* is taken."""
        if record.time is None or news * STEP_SHARE < self._findings.kept:
            return False
        return looked is None or record.time.timestamp() - looked >= STEP_S

    def _note_arrived(self) -> None:
        """Note what has come: at the next pause it has been looked at."""
        summary = self._reader.summary()
        self._settled, self._arrived = self._arrived, (summary.last_time, summary.lines)

    def _moment(self, news: int, *, is_pause: bool) -> Moment:
        if is_pause:
            self._note_arrived()
        self._is_within = not is_pause
        self._findings.thin_gauges(self._most_kept)
        return Moment(self._at, news > 0, is_pause)

    @property
    def is_full(self) -> bool:
        """Whether there is more than can be looked at again and again."""
        return self._findings.kept > self._most_kept

    def drop_oldest(self) -> None:
        """Drop the oldest of what was found; nothing before it is known any more."""
        scan = self._findings.scan(self._reader, so_far=True)
        told = sorted(scan.told, key=lambda burst: burst.start)
        before = len(told)
        since = _cut(told, before - round(self._most_kept * KEPT_SHARE))
        self._findings.forget(since)
        self._since = since
        self.dropped += before - sum(burst.start >= since for burst in told)


def _cut(told: Sequence[Burst], least: int) -> float:
    """Return the time before which to drop: at least so many, up to a quiet time if any."""
    for before, after in pairwise(told[least - 1 : least + len(told) // 4]):
        if after.start - before.end > QUIET_S:
            return after.start
    return told[least].start


def _later(time: datetime, seconds: float) -> datetime:
    return datetime.fromtimestamp(time.timestamp() + seconds, UTC)


class _Again:
    """A stream that is being written, whose first bytes can be read again."""

    def __init__(self, stream: Bytes) -> None:
        self._stream = stream
        self._first: list[bytes] = []
        self._waiting: list[bytes | None] = []
        self.size = 0

    @property
    def can_replay(self) -> bool:
        """Whether all that was read is still there, and not yet enough to learn from."""
        return 0 < self.size <= HEAD_BYTES

    def replay(self) -> int:
        """Go back to the beginning, with what was read last unsettled again; return the pauses."""
        *before, last = self._first
        self._waiting = [None, last, None, *reversed(before)]
        return self._waiting.count(None)

    def read(self, size: int = -1, /) -> bytes | None:
        """Return the next bytes, None where there are no more for now, nothing at the end."""
        if self._waiting:
            return self._waiting.pop()
        data = self._stream.read(size)
        if data:
            self.size += len(data)
            if self.can_replay:
                self._first.append(data)
            else:
                self._first.clear()
        return data
