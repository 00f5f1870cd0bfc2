"""Time stamps as printed -> aware times, and in words what had to be assumed for it."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from logcascade.reading.formats import StampKind

Day = date

DAY_ONE = date(1970, 1, 1)
"""The day a log without dates begins on, where nobody says."""

YEAR_ONE = 1972
"""The year a log without years begins in, where nobody says: one with a 29 February."""

ZONE_STEP = timedelta(minutes=15)
"""All zones' offsets are multiples of it."""

MAX_CARRIER_LAG = timedelta(minutes=5)
"""A carrier (journald, docker) stamps a line this long after its program did, at the most."""

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), 1
    )
}
_ZONES = {
    "UTC": 0.0, "GMT": 0.0, "Z": 0.0, "WET": 0.0, "WEST": 1.0, "BST": 1.0, "CET": 1.0, "CEST": 2.0,
    "EET": 2.0, "EEST": 3.0, "MSK": 3.0, "IST": 5.5, "JST": 9.0, "KST": 9.0, "EST": -5.0,
    "EDT": -4.0, "CST": -6.0, "CDT": -5.0, "MST": -7.0, "MDT": -6.0, "PST": -8.0, "PDT": -7.0,
}  # fmt: skip
"""Hours ahead of UTC for names that `date` prints. IST and CST have other meanings elsewhere."""

_SPACED_ZONE = re.compile(r" (?=[+-]\d\d)")
_COLON_BEFORE_CLOCK = re.compile(r"(?<=\d{4}):(?=\d\d:\d\d:)")
_YEAR_LAST = re.compile(r"\d\d?[./-]\d\d?[./-]\d{4}")
_FRACTION = re.compile(r"\d\d?:\d\d:\d\d[.,](\d+)")
_SECONDS = re.compile(r"\d\d?:\d\d:\d\d")


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """What a person knows that the log does not say."""

    zone: tzinfo | None = None
    """Of stamps without one; UTC where not given."""
    date: Day | None = None
    """Of the first line of a log without dates."""
    year: int | None = None
    """Of the first line of a log without years."""


class Rollovers:
    """Where in a source its clock begins a new round (a day, a year), by offset."""

    def __init__(self) -> None:
        self._offsets: list[int] = []
        self._rounds: list[int] = []

    def add(self, offset: int, step: int) -> None:
        """Note that from `offset` on the clock is `step` rounds further (or back)."""
        self._rounds.append((self._rounds[-1] if self._rounds else 0) + step)
        self._offsets.append(offset)

    def at(self, offset: int) -> int:
        """Return how many rounds have begun before `offset`."""
        place = bisect_right(self._offsets, offset)
        return self._rounds[place - 1] if place else 0

    def is_within(self, begin: int, end: int) -> bool:
        """Return whether a round begins, or is left again, between two offsets."""
        return bisect_right(self._offsets, begin) != bisect_right(self._offsets, end)


class StampReader:
    """Reads the stamps of one source, and remembers what it had to assume."""

    def __init__(self, options: ReadingOptions) -> None:
        self._options = options
        self._zone: tzinfo = options.zone or UTC
        self._assumed: dict[str, None] = {}
        self.rollovers = Rollovers()
        self.resolution_s = 0.0

    @property
    def assumptions(self) -> tuple[str, ...]:
        """In words, in the order they became necessary."""
        return tuple(self._assumed)

    def read(self, kind: StampKind, text: str, offset: int) -> datetime | None:
        """Return what the stamp says, without a zone where it has none; None if unreadable.

        `offset` is the place of the line in the source: it decides day or year where the stamp
        does not say.
        """
        try:
            if kind == "iso":
                return _read_iso(text)
            if kind == "clock":
                return self._read_clock(text, offset)
            if kind == "syslog":
                return self._read_syslog(text, offset)
            if kind == "epoch":
                return datetime.fromtimestamp(float(text), UTC)
            if kind == "words":
                return _read_words(text)
        except (ValueError, OverflowError, OSError):
            return None
        return None

    def settle(self, inner: datetime | None, outer: datetime | None) -> datetime | None:
        """Return in UTC the time of a line that its program and its carrier stamped.

        The program's stamp is the more exact one; where it lacks a zone, the zone is the one
        that brings it nearest to the carrier's.
        """
        if inner is None:
            return self._aware(outer) if outer is not None else None
        if inner.tzinfo is not None or outer is None:
            return self._aware(inner)
        carried = self._aware(outer)
        naive = inner.replace(tzinfo=UTC)
        steps = round((carried - naive) / ZONE_STEP)
        settled = naive + steps * ZONE_STEP
        return settled if abs(carried - settled) <= MAX_CARRIER_LAG else carried

    def note_resolution(self, text: str) -> None:
        """Take the step of the clock from a stamp's digits; the finest seen counts."""
        fraction = _FRACTION.search(text)
        if fraction is not None:
            step = 10.0 ** -min(len(fraction[1]), 6)
        elif text.replace(".", "", 1).isdecimal():
            step = 1e-6
        elif _SECONDS.search(text):
            step = 1.0
        else:
            step = 60.0
        if not self.resolution_s or step < self.resolution_s:
            self.resolution_s = step

    def _aware(self, moment: datetime) -> datetime:
        if moment.tzinfo is None:
            self._assumed[f"zone {self._zone_name()}"] = None
            moment = moment.replace(tzinfo=self._zone)
        try:
            return moment.astimezone(UTC)
        except OverflowError:
            return moment.replace(tzinfo=UTC)

    def _zone_name(self) -> str:
        return str(self._zone)

    def _read_clock(self, text: str, offset: int) -> datetime:
        day = self._options.date or DAY_ONE
        if self._options.date is None:
            words = f"no date in the log: day 1 is taken as {DAY_ONE.isoformat()}"
        else:
            words = f"date {day.isoformat()} for day 1"
        moment = datetime.combine(day, time.fromisoformat(text))
        self._assumed[words] = None
        return moment + timedelta(days=self.rollovers.at(offset))

    def _read_syslog(self, text: str, offset: int) -> datetime:
        first = self._options.year or YEAR_ONE
        year = first + self.rollovers.at(offset)
        month = _MONTHS.get(text[:3], 0)
        moment = datetime.combine(date(year, month, int(text[4:6])), time.fromisoformat(text[7:]))
        self._assumed[f"year {first} assumed"] = None
        return moment


def _read_iso(text: str) -> datetime:
    text = text.strip()
    if text.endswith(("UTC", "GMT")):
        text = text[:-3].rstrip() + "Z"
    text = _SPACED_ZONE.sub("", text, 1)
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        year_last = _YEAR_LAST.match(text) is not None
        return _read_words(text, yearfirst=not year_last, dayfirst=year_last)


def _read_words(text: str, *, yearfirst: bool = False, dayfirst: bool = False) -> datetime:
    """Read a stamp in words with dateutil; its zone name only where its meaning is known."""
    from dateutil.parser import parse

    def offset_of(name: str | None, offset: int | None) -> tzinfo | None:
        if offset is not None:
            return timezone(timedelta(seconds=offset))
        hours = _ZONES.get(name or "")
        return None if hours is None else timezone(timedelta(hours=hours))

    default = datetime(YEAR_ONE, 1, 1)  # noqa: DTZ001 - naive stays naive
    text = _COLON_BEFORE_CLOCK.sub(" ", text)
    moment = parse(text, default=default, yearfirst=yearfirst, dayfirst=dayfirst, tzinfos=offset_of)
    if not isinstance(moment, datetime):
        raise ValueError(text)  # noqa: TRY004 - an unreadable text, whatever the parser made of it
    return moment
