"""What the lines of one event look like: learned from some, then taken from whole blocks."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain, repeat, zip_longest
from operator import add, sub

from logcascade.reading.formats.line_format import StampKind
from logcascade.reading.lines import Line
from logcascade.reading.times.stamps import DATELESS, MAX_CARRIER_LAG, StampReader

MAX_TEXTS = 8
"""Different texts before, between or after the stamps that are told from anything else."""

SECOND_MS = 1000
SURE_LAG_MS = (MAX_CARRIER_LAG - timedelta(seconds=1)) // timedelta(milliseconds=1)
"""With a carrier's stamp so near, the program's zone is not in doubt."""


_DAYS: Mapping[StampKind, str] = {
    "iso": r"[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9][ T]",
    "clock": "",
    "syslog": r"[A-Z][a-z]{2} [ 0-3][0-9] ",
}
_DECIMALS = re.compile(r"[0-9]+(?P<decimals>\.[0-9]{6})?")
_CLOCK = (
    r"[0-9]{2}:[0-9]{2}:[0-9]{2}(?:(?P<point>[.,])[0-9]{3}(?P<finer>[0-9]*))?"
    r"(?P<zone>(?: ?(?:Z|[+-][0-9]{2}:?[0-9]{2}))?)"
)
_DIGITS = re.compile(r"[0-9]+")
_NAMED_GROUP = re.compile(r"\(\?P<(\w+)>")
_OPEN_GROUP = re.compile(r"(?<!\\)\((?!\?)")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)

_IN_HOUR = {f"{n // 60:02}:{n % 60:02}": n * SECOND_MS for n in range(3600)}
_IN_SECOND = {f"{n:03}": n for n in range(SECOND_MS)}

Columns = Sequence[Sequence[str]]
"""What the groups of an expression took: for each group its texts, event by event."""

HourReader = Callable[[StampKind, str], datetime | None]
"""Reads a stamp; called for the two ends of each hour only."""


class UnusualError(Exception):
    """Some events are not as their shape has it: their lines have to be read one by one."""


def milliseconds(moment: datetime) -> int:
    """Return the whole milliseconds since the epoch."""
    return (moment - _EPOCH) // _MILLISECOND


@dataclass(frozen=True, slots=True)
class Stamp:
    """A stamp whose hour, minute with second, and thousandth are in groups of their own."""

    kind: StampKind
    pattern: str
    groups: int
    zone: str = ""

    @classmethod
    def like(cls, kind: StampKind, text: str) -> "Stamp | None":
        """Return the shape of `text`; None for an unusual one."""
        if kind == "epoch" and (epoch := _DECIMALS.fullmatch(text)):
            has_decimals = epoch["decimals"] is not None
            return cls(
                kind,
                r"([0-9]+)\.([0-9]{3})[0-9]{3}" if has_decimals else "([0-9]+)",
                1 + has_decimals,
            )
        day = _DAYS.get(kind)
        found = day is not None and re.fullmatch(rf"{day}{_CLOCK}", text)
        if not found:
            return None
        pattern, groups = rf"({day}[0-9][0-9]):([0-5][0-9]:[0-5][0-9])", 2
        if found["point"]:
            pattern, groups = pattern + re.escape(found["point"]) + "([0-9][0-9][0-9])", 3
        if found["finer"]:
            pattern += "[0-9]*"
        return cls(kind, pattern + re.escape(found["zone"]), groups, found["zone"])

    def times(self, columns: Columns, read: HourReader) -> list[int]:
        """Return the times of all events, in milliseconds."""
        if self.kind == "epoch" and self.groups == 1:
            return [int(seconds) * SECOND_MS for seconds in columns[0]]
        if self.kind == "epoch":
            return list(map(int, map(add, columns[0], columns[1])))
        hours = {hour: self._hour(hour, read) for hour in set(columns[0])}
        if self.groups == 2:
            return [hours[hour] + _IN_HOUR[rest] for hour, rest in zip(*columns[:2], strict=True)]
        return [
            hours[hour] + _IN_HOUR[rest] + _IN_SECOND[thousandth]
            for hour, rest, thousandth in zip(*columns[:3], strict=True)
        ]

    def _hour(self, text: str, read: HourReader) -> int:
        """Return when the hour in `text` begins; no zone may change its clock within it."""
        begin = read(self.kind, f"{text}:00:00{self.zone}")
        end = read(self.kind, f"{text}:59:59{self.zone}")
        if begin is None or end is None or end - begin != timedelta(minutes=59, seconds=59):
            raise UnusualError
        return milliseconds(begin)


@dataclass(frozen=True, slots=True)
class EventShape:
    """The lines of one event: stamps, and the texts before, between and after them."""

    formats: tuple[str, ...]
    stamps: tuple[Stamp, ...]
    texts: tuple[frozenset[str], ...]
    """Patterns for what stands before each stamp, and between the last and the message."""

    @classmethod
    def of(cls, line: Line, text: str) -> "EventShape | None":
        """Return the shape of `line`, whose `text` holds its stamps and ends with its message.

        None for a line whose time is not plainly that of a stamp or two.
        """
        carrier, header = line.carrier, line.header
        stamps = [] if carrier.stamp is None else [carrier.stamp]
        if header is not None and header.stamp and not (stamps and header.stamp_kind in DATELESS):
            stamps.append((header.stamp_kind, header.stamp))
        shapes, texts = [], []
        if not text.endswith(line.texts[0]):
            return None
        rest = text.removesuffix(line.texts[0])
        for kind, stamp in stamps:
            shape = Stamp.like(kind, stamp)
            before, found, rest = rest.partition(stamp)
            if shape is None or not found:
                return None
            shapes.append(shape)
            texts.append(frozenset([_digits_open(before)]))
        texts.append(frozenset([_digits_open(rest)]))
        formats = (*carrier.formats, header.within, header.format.id) if header else carrier.formats
        return cls(formats, tuple(shapes), tuple(texts))

    def joined(self, other: "EventShape") -> "EventShape":
        """Return the shape of these lines and `other`'s, if they differ in their texts only."""
        texts = tuple(ours | theirs for ours, theirs in zip(self.texts, other.texts, strict=False))
        is_alike = (self.formats, self.stamps) == (other.formats, other.stamps)
        if not is_alike or max(map(len, texts)) > MAX_TEXTS:
            return self
        return EventShape(self.formats, self.stamps, texts)

    @property
    def groups(self) -> int:
        """How many groups the stamps take."""
        return sum(stamp.groups for stamp in self.stamps)

    def expressions(self, message: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
        """Return what takes from such lines their stamps and the duration in the `message`.

        One for any text, and one that takes a fifth less time, for text that is all ASCII.
        """
        texts = ["(?:" + "|".join(sorted(each)) + ")" for each in self.texts]
        stamps = [stamp.pattern for stamp in self.stamps]
        beginning = "".join(chain(*zip_longest(texts, stamps, fillvalue="")))
        source = f"\n{beginning}(?:{_only_group(message, 'duration')})"
        return re.compile(source, re.MULTILINE), re.compile(source, re.MULTILINE | re.ASCII)

    def times(self, columns: Columns, stamps: StampReader, offset: int) -> list[int]:
        """Return when the events were, by the columns of their stamps.

        Raises `UnusualError` where the lines' own offsets or their carrier's clock would tell.
        """
        outer, inner = self.stamps[0], self.stamps[-1]
        if inner is outer:
            return outer.times(columns, _aware_reader(stamps, offset))
        if inner.zone or inner.kind == "epoch":  # it needs no other stamp to be understood
            return inner.times(columns[outer.groups :], _aware_reader(stamps, offset))
        carried = outer.times(columns[: outer.groups], _aware_reader(stamps, offset))
        naive = inner.times(columns[outer.groups :], _naive_reader(stamps, offset))
        lags = list(map(sub, carried, naive))
        nearest, latest = (stamps.offset_of(lag * _MILLISECOND) for lag in (min(lags), max(lags)))
        if nearest is None or nearest != latest:
            raise UnusualError
        zone = nearest // _MILLISECOND
        if min(lags) < zone - SURE_LAG_MS or max(lags) > zone + SURE_LAG_MS:
            raise UnusualError
        return list(map(add, naive, repeat(zone)))


def _aware_reader(stamps: StampReader, offset: int) -> HourReader:
    return lambda kind, text: stamps.settle(stamps.read(kind, text, offset), None)


def _naive_reader(stamps: StampReader, offset: int) -> HourReader:
    def read(kind: StampKind, text: str) -> datetime | None:
        moment = stamps.read(kind, text, offset)
        return moment and moment.replace(tzinfo=UTC)

    return read


def _digits_open(text: str) -> str:
    """Return a pattern for `text` that takes any numbers in place of its own."""
    return _DIGITS.sub("[0-9]+", re.escape(text))


def _only_group(source: str, name: str) -> str:
    """Return the pattern with no group but `name`."""
    plain = _OPEN_GROUP.sub("(?:", source)
    return _NAMED_GROUP.sub(lambda group: "(" if group[1] == name else "(?:", plain)
