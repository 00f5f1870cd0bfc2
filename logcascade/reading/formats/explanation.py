"""Which formats a source's lines were recognised in, stretch by stretch, and why."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import regex

from logcascade.cleaning.clean_lines import CleanLines
from logcascade.reading.blocks import Windows
from logcascade.reading.formats.learning import choose_formats, first_lines
from logcascade.reading.formats.line_format import Format
from logcascade.reading.formats.samples import used_formats
from logcascade.reading.lines import Line, LineReader, settle_time
from logcascade.reading.times.head_times import learn_times
from logcascade.reading.times.stamps import StampReader

MAX_STRETCHES = 40
"""Stretches told apart; a log that changes its format more often is told as a mixture."""

LOOK_AHEAD = 8
"""Changes of format after which the one before is no longer expected back: until then two
writers are taken to be interleaved."""

NEAREST = 3
"""Formats named that came nearest to a line that none recognised."""

PARTIAL_COLUMNS = 200
"""Of such a line so much is compared with each format's beginning."""

MATCH_BUDGET_S = 0.05
"""Seconds for one such comparison; a hostile line can make it long."""

Kinds = tuple[str, ...]
"""The formats of a line, outermost first; empty for one that none recognised."""


@dataclass(frozen=True, slots=True)
class Use:
    """How one format was recognised: which parts of its beginning were found."""

    format: str
    title: str
    stamp: str
    """The kind of its time stamp; ``none`` where it has none."""
    parts: tuple[str, ...]


@dataclass(slots=True)
class Stretch:
    """Lines in the same formats, or in a mixture of the same ones."""

    first: int
    """1-based."""
    last: int
    kinds: Counter[Kinds] = field(default_factory=Counter)
    """How many lines begin in each combination of formats."""
    others: int = 0
    """Lines without a beginning of their own: they go on with the one above, or are no log."""
    first_time: datetime | None = None
    last_time: datetime | None = None
    example: str = ""
    """Its first line."""
    nearest: tuple[tuple[str, int], ...] = ()
    """For lines that no format recognised: formats, and the columns of the first line that fit."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a source was taken for."""

    stretches: tuple[Stretch, ...]
    uses: tuple[Use, ...]
    """The formats found, in the order they were met."""
    assumptions: tuple[str, ...]

    @property
    def is_mixture(self) -> bool:
        """Whether the format changes too often to tell all stretches apart."""
        return len(self.stretches) == MAX_STRETCHES


def explain(lines: CleanLines, formats: Sequence[Format], stamps: StampReader) -> Explanation:
    """Return which formats the lines of a source are in. Reads every line: slow, and thorough."""
    raws = first_lines(lines.head())
    formats, assumed = choose_formats(formats, raws)
    reader = LineReader(formats)
    learn_times((reader.read(raw, 0, 0) for raw in raws), stamps)
    uses: dict[str, Use] = {}
    titles = {each.id: each for each in formats}
    runs: list[Stretch] = []
    for line, text in _lines(Windows(lines), reader):
        kinds = used_formats(line)
        for name in kinds:
            if name not in uses:
                uses[name] = _use(titles[name], text, line)
        if not runs or (kinds and kinds not in runs[-1].kinds):
            _begin(runs, line.number, text)
            if len(runs) > 4 * MAX_STRETCHES:
                runs = _joined(runs)
        _extend(runs[-1], line, kinds, stamps)
    stretches = _joined(runs)
    for each in stretches:
        if not each.kinds:
            each.nearest = _nearest(each.example, formats)
    return Explanation(
        tuple(stretches), tuple(uses.values()), (*stamps.assumptions, *assumed, *lines.notes)
    )


def _lines(windows: Windows, reader: LineReader) -> Iterator[tuple[Line, str]]:
    number = 0
    for window in windows:
        place = window.fresh + 1
        for raw in window.buffer[place:-1].split(b"\n") if window.lines else ():
            number += 1
            yield reader.read(raw, window.base + place, number), raw.decode("utf-8", "replace")
            place += len(raw) + 1


def _begin(runs: list[Stretch], number: int, text: str) -> None:
    runs.append(Stretch(number, number, example=text))


def _extend(run: Stretch, line: Line, kinds: Kinds, stamps: StampReader) -> None:
    run.last = line.number
    if not kinds:
        run.others += 1
        return
    run.kinds[kinds] += 1
    moment = settle_time(line, stamps)
    if moment is not None:
        run.first_time = run.first_time or moment
        run.last_time = moment


def _joined(runs: Sequence[Stretch]) -> list[Stretch]:
    """Join stretches whose formats alternate; beyond the limit, join all that are left."""
    joined: list[Stretch] = []
    for index, run in enumerate(runs):
        if joined and (
            _comes_back(joined[-1], runs[index : index + LOOK_AHEAD])
            or len(joined) == MAX_STRETCHES
        ):
            _add(joined[-1], run)
        else:
            joined.append(run)
    return joined


def _comes_back(stretch: Stretch, following: Iterable[Stretch]) -> bool:
    return any(kinds in stretch.kinds for run in following for kinds in run.kinds)


def _add(stretch: Stretch, run: Stretch) -> None:
    stretch.last = run.last
    stretch.kinds += run.kinds
    stretch.others += run.others
    stretch.first_time = stretch.first_time or run.first_time
    stretch.last_time = run.last_time or stretch.last_time


def _use(each: Format, text: str, line: Line) -> Use:
    """Return which parts of the beginning of `each` were found on `line`."""
    if line.header is not None and line.header.format.id == each.id:
        header = line.header
        found: dict[str, object] = {
            "stamp": header.stamp,
            "level": header.severity is not None,
            "logger": header.logger,
            "program": header.program,
            "pid": header.pid,
        }
    elif each.notation:
        found = {f"{each.notation} fields": True}
    else:
        match = each.start.match(text)
        found = dict(match.groupdict()) if match else {}
    parts = tuple(name for name, value in found.items() if value and not name.startswith("_"))
    return Use(each.id, each.title, each.stamp, parts)


def _nearest(text: str, formats: Iterable[Format]) -> tuple[tuple[str, int], ...]:
    """Return the formats whose beginning fits the most columns of `text`, with how many."""
    text = text[:PARTIAL_COLUMNS]
    reached = [(_columns_that_fit(each, text), each.id) for each in formats if not each.notation]
    best = sorted((item for item in reached if item[0]), key=lambda item: (-item[0], item[1]))
    return tuple((name, columns) for columns, name in best[:NEAREST])


def _columns_that_fit(each: Format, text: str) -> int:
    """Return how many characters of `text` can begin a line of the format."""
    pattern = regex.compile(each.start_source, regex.ASCII)

    def fits(columns: int) -> bool:
        try:
            found = pattern.match(text[:columns], partial=True, timeout=MATCH_BUDGET_S)
        except TimeoutError:
            return False
        return found is not None

    low, high = 0, len(text)
    while low < high:  # what fits some columns fits fewer, too
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return low
