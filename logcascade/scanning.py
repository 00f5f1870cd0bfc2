"""One source -> what it holds: its records read, and what the rules recognise in them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from logcascade.model.records import Record
from logcascade.model.rules import COUNTED, Role
from logcascade.model.scans import Scan
from logcascade.reading.doubts import Doubts
from logcascade.reading.events.load import LoadPattern
from logcascade.reading.finder import Finder, build_record_finder
from logcascade.reading.formats.line_format import Format
from logcascade.reading.reader import Reader
from logcascade.reading.sampling import SampledSearch
from logcascade.reading.times.stamps import ReadingOptions
from logcascade.ruleset.collection import Ruleset
from logcascade.ruleset.match import Matcher
from logcascade.sources.source import Source
from logcascade.timeline.bursts import BurstCollector
from logcascade.timeline.greetings import GreetingJudge

Progress = Callable[[str, int], None]
"""Called with a source's name and the bytes read of it so far."""

_ASIDE = COUNTED | {Role.MANNER}
"""Roles that make no record worth a look: events are counted elsewhere, and a manner is looked for
in records that report a failure."""

UNIT_SECONDS = {"milliseconds": 0.001}
"""Seconds in one unit of a load rule's duration; all others are seconds."""


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for in every source; made once for all of them."""

    matcher: Matcher
    formats: Sequence[Format]
    finder: Finder
    load_patterns: Sequence[LoadPattern]
    sampled: SampledSearch
    """The literals of gauges: a sample of their lines is read."""

    @classmethod
    def for_rules(cls, ruleset: Ruleset, formats: Sequence[Format]) -> "Search":
        """Return the search for what the rules know, and for what any log may report."""
        reports = (block.literal for each in formats for block in each.blocks)
        looked_for = _literals_of(ruleset, lambda role: role not in _ASIDE)
        finder = build_record_finder((*looked_for, *reports), formats)
        gauges = _literals_of(ruleset, lambda role: role is Role.GAUGE)
        return cls(
            Matcher(ruleset), formats, finder, _load_patterns(ruleset), SampledSearch(gauges)
        )


def scan(
    source: Source,
    number: int,
    search: Search,
    options: ReadingOptions,
    on_progress: Progress | None = None,
    split_at: float | None = None,
) -> Scan:
    """
    Read one source to its end: records, detections, bursts. *number* is its place among all.

    Healthy events are counted apart before and from *split_at*, in epoch seconds, where given.
    """
    options = options.of_source(source.name, source.modified)
    reader = Reader(
        source.stream,
        source.name,
        search.formats,
        search.finder,
        search.load_patterns,
        options,
        place=source.place,
        sampled=search.sampled,
        split_at=split_at,
    )
    findings = Findings(source.own_name, number, search.matcher)
    for record in reader.records():
        findings.add(record)
        if on_progress:
            on_progress(source.name, reader.progress)
    found = findings.scan(reader)
    better = reader.better_year
    if better is not None and source.rewind():
        known = replace(options, year=better[0], year_because=better[1])
        return scan(source, number, search, known, on_progress, split_at)
    summary = replace(
        found.summary,
        problems=(*found.summary.problems, *source.problems),
        assumptions=(*found.summary.assumptions, *source.assumptions),
        parts=source.parts,
    )
    return replace(found, summary=summary)


class Findings:
    """What the records of one source report, gathered in the order of the log."""

    def __init__(self, own_name: str, number: int, matcher: Matcher) -> None:
        """*own_name* is that of the file, *number* the source's place among all."""
        self._number = number
        self._matcher = matcher
        self._collector, self._gauges = (BurstCollector(_component(own_name)) for _ in range(2))
        self._doubts = Doubts()
        self._greetings = GreetingJudge(self._collector)

    def add(self, record: Record) -> bool:
        """Take the next record; return whether it reports a failure, a start or an end."""
        found = self._matcher.detect(record, self._number)
        if not found:
            self._doubts.note(record)
        tells = False
        for detection in found:
            if detection.role is Role.GAUGE:
                self._gauges.add(detection)
            elif detection.role is not Role.LOAD:
                tells = tells or detection.role is not Role.BENIGN
                self._greetings.note(detection)
                self._collector.add(detection)
        greeting = self._matcher.greeting(record, self._number, found)
        if greeting is not None:
            self._greetings.add(greeting)
        return tells or greeting is not None

    @property
    def kept(self) -> int:
        """How many bursts and marks are kept of what was found; what gauges tell is not counted."""
        return self._collector.kept

    def forget(self, before: float) -> None:
        """Drop what began before a time, in epoch seconds."""
        for each in (self._collector, self._gauges):
            each.forget(before)

    def thin_gauges(self, most: int) -> None:
        """Drop the oldest of what gauges tell, where there is more than that."""
        self._gauges.keep_newest(most)

    def scan(self, reader: Reader, *, so_far: bool = False) -> Scan:
        """Return all that *reader* has given; *so_far* says that it will give more."""
        collectors = (self._collector, self._gauges)
        bursts = [
            burst for each in collectors for burst in (each.so_far() if so_far else each.bursts())
        ]
        return Scan(
            replace(reader.summary(), doubtful=tuple(map(reader.place, self._doubts.lines))),
            reader.load(),
            tuple(bursts),
            tuple(self._collector.marks()),
            self._collector.left_out,
            reader.place,
            reader.load_since(),
        )


def _component(name: str) -> str:
    """Return what to call the writer of a source whose lines do not name it."""
    return name.split(".", 1)[0] or name


def _literals_of(ruleset: Ruleset, wants: Callable[[Role], bool]) -> list[str]:
    """Return the literals of the rules whose role is wanted."""
    wanted = {
        literal for rule in ruleset.rules.values() if wants(rule.role) for literal in rule.literals
    }
    return sorted(wanted)


def _load_patterns(ruleset: Ruleset) -> list[LoadPattern]:
    return [
        LoadPattern(
            rule.id,
            tuple(literal.encode() for literal in rule.literals),
            pattern.text,
            UNIT_SECONDS.get(rule.units.get("duration", ""), 1.0),
        )
        for rule in ruleset.rules.values()
        if rule.role is Role.LOAD
        for pattern in rule.patterns
    ]
