"""Time stamps as printed -> aware times, and in words what had to be assumed for it."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from fnmatch import fnmatchcase

from logcascade.model.records import SourceClock
from logcascade.reading.formats.line_format import StampKind
from logcascade.reading.times.epochs import read_epoch
from logcascade.reading.times.rollovers import Rounds
from logcascade.reading.times.stamp_texts import (
    AMBIGUOUS_ZONES,
    is_known_zone,
    read_clock,
    read_iso,
    read_words,
    read_yearless,
    zone_name,
)
from logcascade.reading.times.years import LEEWAY, YEAR_ONE, latest_year

Day = date

DAY_ONE = date(1970, 1, 1)
"""The day a log without dates begins on, and a machine boots on, where nobody says."""

ZONE_STEP = timedelta(minutes=15)
"""All zones' offsets are multiples of it."""

MAX_CARRIER_LAG = timedelta(minutes=5)
"""A carrier (journald, docker) stamps a line this long after its program did, at the most."""

MAX_KNOWN_LAG = timedelta(minutes=45)
"""The same, where the program's zone is known from other lines: what it prints may lie in a buffer
for long. Less than summer time adds."""

MAX_SAID = 3
"""So many of a kind are named one by one: missing hours, unknown zones."""

_SAME_PLACE = (timedelta(), timedelta(hours=1))
"""How far the offsets of one place differ: by summer time, or not at all."""

_FRACTION = re.compile(r"\d\d?:?\d\d:?\d\d[.,](\d+)")
_SECONDS = re.compile(r"\d\d?:\d\d:\d\d|T\d{6}")
_UPTIME = re.compile(r"(\d{1,12})(?:\.(\d{1,9}))?", re.ASCII)

MAX_ROUNDS = 200
"""Years that a source is followed through, for the sake of its leap days."""

_BY_WHAT_MISSES: tuple[SourceClock, ...] = ("uptime", "dateless", "yearless", "local")
"""Of several clocks in a source the one that leaves most open is its."""

DATED: frozenset[StampKind] = frozenset(["iso", "words", "epoch"])
"""Kinds of stamps that have a date with a year."""

DATELESS: frozenset[StampKind] = frozenset(["clock", "uptime"])
"""Kinds of stamps that have no date at all."""


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """What a person, or the machine, knows that the log does not say."""

    zone: tzinfo | None = None
    """Of stamps without one; UTC where not given."""
    date: Day | None = None
    """Of the first line of a log without dates; a `datetime` also of the boot, for a log that
    counts from there."""
    year: int | None = None
    """Of the first line of a log without years."""
    zones: tuple[tuple[str, tzinfo], ...] = ()
    """Zones of single sources, by their names or patterns of them; the last that fits counts."""
    zone_because: str = ""
    """What names the zones, where it is not the person who asks."""
    today: Day | None = None
    """No stamp without a year is later."""
    modified: Day | None = None
    """When the source was last written to: no stamp without a year is later."""
    year_because: str = ""
    """Why it is this `year`, where no person said so."""

    def of_source(self, name: str, modified: float | None = None) -> "ReadingOptions":
        """Return what counts for the source `name`, last written to at `modified` (epoch)."""
        zone = self.zone
        for pattern, each in self.zones:
            if is_named(name, pattern):
                zone = each
        written = None if modified is None else datetime.fromtimestamp(modified, UTC).date()
        return replace(self, zone=zone, zones=(), modified=written)

    @property
    def latest(self) -> tuple[Day, str] | None:
        """The latest day a stamp without a year can mean, and why; None where nobody knows."""
        known = []
        if self.today is not None:
            known.append((self.today, f"the latest by today, {self.today.isoformat()}"))
        if self.modified is not None:
            written = f"the latest by when the log was written, {self.modified.isoformat()}"
            known.append((self.modified, written))
        return min(known, key=lambda each: each[0], default=None)


def is_named(name: str, pattern: str) -> bool:
    """Return whether `pattern` names the source: its path, the end of it, or a glob of either."""
    name, pattern = name.replace("\\", "/"), pattern.replace("\\", "/")
    return any(
        name == each or fnmatchcase(name, each) for each in (pattern, f"*/{pattern.lstrip('/')}")
    )


class StampReader:
    """Reads the stamps of one source, and remembers what it had to assume."""

    def __init__(self, options: ReadingOptions) -> None:
        self.options = options
        self.zone: tzinfo = options.zone or UTC
        self.year = options.year or YEAR_ONE
        self.year_because = options.year_because
        self.day: Day = options.date or DAY_ONE
        self.day_because = ""
        self.boot: datetime | None = None
        """Where other stamps tell it, or a person did."""
        self.boot_because = ""
        self.is_dated = False
        """Whether lines have dates: a time since boot among them says nothing more."""
        self.day_first: bool | None = None
        """What the first number of ``03/04/2026`` is; None where it has to be assumed."""
        self.program_offsets: frozenset[timedelta] = frozenset()
        """How far programs' stamps are ahead of UTC, by the stamps of their carriers."""
        self.rollovers = Rounds()
        self.resolution_s = 0.0
        self._assumed: dict[str, None] = {}
        self._missing: set[SourceClock] = set()
        self._missing_days: set[tuple[int, int, int]] = set()
        self._said: dict[str, set[str]] = {}
        if options.date is not None:
            self.boot = datetime.combine(
                options.date, options.date.time() if isinstance(options.date, datetime) else time()
            )

    @property
    def assumptions(self) -> tuple[str, ...]:
        """In words, in the order they became necessary."""
        return tuple(self._assumed)

    @property
    def clock(self) -> SourceClock:
        """What the stamps leave open, and nobody has said; the most where they differ."""
        return next((each for each in _BY_WHAT_MISSES if each in self._missing), "wall")

    def assume(self, words: str) -> None:
        """Remember one thing that is taken for granted."""
        self._assumed[words] = None

    def has_time(self, kind: StampKind) -> bool:
        """Return whether stamps of a kind are times here."""
        return kind != "none" and not (kind == "uptime" and self.is_dated)

    def read(self, kind: StampKind, text: str, offset: int) -> datetime | None:
        """Return what the stamp says, without a zone where it has none; None if unreadable.

        `offset` is the place of the line in the source: it decides day or year where the stamp
        does not say.
        """
        try:
            if kind == "iso":
                moment = self._read_iso(text)
            elif kind == "clock":
                moment = self._read_clock(text, offset)
            elif kind == "syslog":
                moment = self._read_syslog(text, offset)
            elif kind == "epoch":
                return read_epoch(text)
            elif kind == "words":
                moment = self._read_words(text)
            elif kind == "uptime" and not self.is_dated:
                return self._read_uptime(text, offset)
            else:
                return None
        except (ValueError, OverflowError, OSError):
            return None
        if moment.tzinfo is None and self.rollovers.fold.at(offset):
            return moment.replace(fold=1)
        return moment

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
        ahead = self.offset_of(carried - naive)
        return carried if ahead is None else naive + ahead

    def offset_of(self, apart: timedelta) -> timedelta | None:
        """Return what to add to a program's local time that is so far from its carrier's.

        A multiple of `ZONE_STEP`; one that other lines have shown, before any other: a late line
        is not of another zone. None where the two tell of different moments.
        """
        nearest = round(apart / ZONE_STEP) * ZONE_STEP
        known = self.program_offsets
        is_near = abs(apart - nearest) <= MAX_CARRIER_LAG
        is_shown = not known or any(abs(nearest - each) in _SAME_PLACE for each in known)
        if is_near and is_shown:
            return nearest
        late = [each for each in known if timedelta() < apart - each < MAX_KNOWN_LAG]
        return max(late, default=nearest if is_near else None)

    def note_resolution(self, text: str) -> None:
        """Take the step of the clock from a stamp's digits; the finest seen counts."""
        fraction = _FRACTION.search(text)
        if fraction is not None:
            step = 10.0 ** -min(len(fraction[1]), 6)
        elif text.replace(".", "", 1).isdecimal():
            step = 10.0 ** -min(max(len(text.replace(".", "", 1)) - 10, 0), 6)
            if "." in text:
                step = min(step, 10.0 ** -min(len(text.partition(".")[2]), 6))
        elif _SECONDS.search(text):
            step = 1.0
        else:
            step = 60.0
        if not self.resolution_s or step < self.resolution_s:
            self.resolution_s = step

    def better_year(self, last: datetime | None) -> tuple[int, str] | None:
        """Return the first line's year by all the source, and why; None where it was taken."""
        known = self.options.latest
        if self.options.year is not None or "yearless" not in self._missing:
            return None
        days = set(self._missing_days)
        limit = known[0] + LEEWAY if known else date.max
        if last is not None and last.date() > limit:
            days.add((self.rollovers.year.last, last.month, min(last.day, 28)))
        year = latest_year(days, limit, self.year) if days else None
        because = known[1] if known and not self._missing_days else "it has a 29 February"
        return None if year is None else (year, because)

    def _aware(self, moment: datetime) -> datetime:
        if moment.tzinfo is None:
            self._note_missing_zone()
            local, moment = moment, moment.replace(tzinfo=self.zone)
        else:
            local = None
        try:
            utc = moment.astimezone(UTC)
            if local is not None and not isinstance(self.zone, timezone):
                self._note_gap(local, utc)
        except OverflowError:
            return moment.replace(tzinfo=UTC)
        return utc

    def _note_missing_zone(self) -> None:
        because = self.options.zone_because
        self._assumed[f"zone {self.zone}{f', as {because} says' if because else ''}"] = None
        if self.options.zone is None:
            self._missing.add("local")

    def _note_gap(self, local: datetime, utc: datetime) -> None:
        """Say it where a time was left out when the clocks were put forward."""
        if utc.astimezone(self.zone).replace(tzinfo=None, fold=local.fold) != local:
            self._say("gap", f"there was no {local:%Y-%m-%d %H} h in {self.zone}: clocks forward")

    def _say(self, about: str, words: str) -> None:
        """Remember an assumption, but not more of its kind than a person reads."""
        said = self._said.setdefault(about, set())
        if len(said) < MAX_SAID:
            said.add(words)
            self._assumed[words] = None

    def _read_iso(self, text: str) -> datetime:
        """Read a date with a year: most have it first, which is read fastest."""
        try:
            return read_iso(text)
        except ValueError:
            return self._read_words(text)

    def _read_words(self, text: str) -> datetime:
        moment = read_words(text, day_first=bool(self.day_first))
        name = zone_name(text)
        if name in AMBIGUOUS_ZONES and moment.tzinfo is not None:
            self._say("zone", f"zone {name} is {moment:%z} from UTC")
        elif name and moment.tzinfo is None and not is_known_zone(name):
            self._say("zone", f"zone {name} is not known")
        return moment

    def _read_clock(self, text: str, offset: int) -> datetime:
        moment = datetime.combine(self.day, read_clock(text))
        if self.day_because:
            self._assumed[f"date {self.day:%Y-%m-%d} for day 1: {self.day_because}"] = None
        elif self.options.date is not None:
            self._assumed[f"date {self.day:%Y-%m-%d} for day 1"] = None
        else:
            words = f"no date in the log: day 1 is taken as {DAY_ONE.isoformat()}"
            self._assumed[words] = None
            self._missing.add("dateless")
        return moment + timedelta(days=self.rollovers.day.at(offset))

    def _read_syslog(self, text: str, offset: int) -> datetime:
        month, day, clock, over = read_yearless(text)
        rounds = self.rollovers.year.at(offset)
        because = f": {self.year_because}" if self.year_because else ""
        self._assumed[f"year {self.year} assumed{because}"] = None
        if self.options.year is None or self.options.year_because:
            self._missing.add("yearless")
        if (month, day) == (2, 29) and rounds <= MAX_ROUNDS:
            self._missing_days.add((rounds, month, day))
        moment = datetime.combine(date(self.year + rounds, month, day), clock) + over
        self._missing_days.discard((rounds, month, day))
        return moment

    def _read_uptime(self, text: str, offset: int) -> datetime | None:
        found = _UPTIME.fullmatch(text.strip())
        if found is None:
            return None
        since = timedelta(
            seconds=int(found[1]) + self.rollovers.boot.at(offset),
            microseconds=int(((found[2] or "") + "000000")[:6]),
        )
        if self.boot is not None:
            because = f": {self.boot_because}" if self.boot_because else ""
            self._assumed[f"boot at {self.boot:%Y-%m-%d %H:%M:%S}{because}"] = None
            return self.boot + since
        words = f"no wall clock in the log: boot is taken as {DAY_ONE.isoformat()}"
        self._assumed[words] = None
        self._missing.add("uptime")
        if self.rollovers.boot.last:
            self._assumed["later boots are placed right after the one before"] = None
        return datetime.combine(DAY_ONE, time(), UTC) + since
