"""What the stamps of a clock do: pass midnight, repeat an hour, step, begin anew at a boot."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Literal, Protocol

from logcascade.reading.formats.line_format import StampKind
from logcascade.reading.times.rollovers import Turn
from logcascade.reading.times.stamp_texts import read_clock, read_iso, read_words, read_yearless
from logcascade.reading.times.stamps import StampReader
from logcascade.reading.times.years import month_step

HALF_DAY_S = 12 * 3600
"""A clock that steps back by more has passed midnight."""

NEARLY_A_DAY_S = 23 * 3600
"""A step forward by more, just after midnight, is a late line of the day before."""

NEAR_MIDNIGHT_S = 600
"""So near to midnight lines of the other day can still come."""

REBOOT_BACK_S = 60
"""A time since boot that steps back by so much counts from another boot. Lines of several
processors are out of order by milliseconds."""

REBOOT_FROM_S = 5
"""A step back to less than this is another boot however small it is: machines die early, too."""

STEP_BACK_S = 5 * 60
"""A wall clock that goes back by more was set, or another writer's begins. Lines that are merely
late lie within seconds, those of a full buffer within minutes."""

FOLD_BACK_S = 60
"""Within the hour that is told twice a step back by more begins the second time."""

MOST_FOLDED_S = 3600
"""An hour is what the clocks are put back by at the most."""

LATE_S = 10
"""A line of the first time comes this long after the second has begun, at the most."""

FOLD_OVER = timedelta(hours=2)
"""After so long the repeated hour is over: what is ambiguous then is another year's."""

NOT_SET = timedelta(days=3650)
"""A clock that leaps ahead by more was not set before."""

DAY_S = 24 * 3600

Event = tuple[Turn | Literal["step"], int]
"""What begins with a stamp, and by how much; a step in seconds, forward or (negative) back."""


class Watch(Protocol):
    """Follows the stamps of one kind through a source, wherever their ten minutes change."""

    def events(self, last: str, stamp: str) -> Iterator[Event]:
        """Yield what begins with `stamp` after `last`; nothing for what cannot be read."""


class WallClock:
    """Follows local times: which hour is told for the second time, where the clock was set."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = None if isinstance(zone, timezone) or zone is UTC else zone
        self._folded_until: datetime | None = None

    def events(self, last: datetime, moment: datetime) -> Iterator[Event]:
        """Yield what happens between two local times that follow each other."""
        back_s = (last - moment).total_seconds()
        if self._is_ambiguous(moment):
            if self._folded_until is not None and moment > self._folded_until:
                self._folded_until = None
                yield "fold", -1
            if self._folded_until is None and FOLD_BACK_S < back_s <= MOST_FOLDED_S:
                self._folded_until = moment + FOLD_OVER
                yield "fold", 1
                return
            if self._folded_until is not None and back_s < LATE_S - MOST_FOLDED_S:
                self._folded_until = None
                yield "fold", -1
                return
        if back_s > STEP_BACK_S or moment - last > NOT_SET:
            yield "step", -int(back_s)

    def _is_ambiguous(self, moment: datetime) -> bool:
        """Return whether the clocks of the zone show this time twice."""
        if self._zone is None:
            return False
        first = moment.replace(tzinfo=self._zone, fold=0).utcoffset()
        second = moment.replace(tzinfo=self._zone, fold=1).utcoffset()
        return first is not None and second is not None and first > second


class DatedWatch:
    """Follows stamps with a date and a year."""

    def __init__(self, stamps: StampReader, clock: WallClock, kind: StampKind) -> None:
        self._stamps, self._clock, self._kind = stamps, clock, kind

    def events(self, last: str, stamp: str) -> Iterator[Event]:
        """Yield where the clock was put back, or set."""
        before, moment = self._read(last), self._read(stamp)
        if before is not None and moment is not None:
            yield from self._clock.events(before, moment)

    def _read(self, text: str) -> datetime | None:
        try:
            if self._kind == "iso":
                moment = read_iso(text)
            else:
                moment = read_words(text, day_first=bool(self._stamps.day_first))
        except (ValueError, OverflowError):
            return None
        is_local = moment.tzinfo is None or not moment.utcoffset()
        return moment.replace(tzinfo=None) if is_local else None


class MidnightWatch:
    """Follows stamps without a date."""

    def __init__(self, stamps: StampReader, clock: WallClock) -> None:
        self._day = datetime.combine(stamps.day, time())
        self._clock = clock
        self._days = self._after_midnight = 0

    def events(self, last: str, stamp: str) -> Iterator[Event]:
        """Yield where a day begins, and where the clock was put back, or set."""
        try:
            before, moment = (datetime.combine(self._day, read_clock(t)) for t in (last, stamp))
        except ValueError:
            return
        seconds = (moment - before).total_seconds()
        step = 1 if seconds < -HALF_DAY_S else -1 if seconds > NEARLY_A_DAY_S else 0
        day = timedelta(days=self._days)
        if step > 0 or (step < 0 and self._after_midnight > 0):
            self._days += step
            self._after_midnight += step
            yield "day", step
        of_day = (moment - self._day).total_seconds()
        if NEAR_MIDNIGHT_S <= of_day <= DAY_S - NEAR_MIDNIGHT_S:
            self._after_midnight = 0
        if not step:
            yield from self._clock.events(before + day, moment + day)


class NewYearWatch:
    """Follows stamps without a year."""

    def __init__(self, stamps: StampReader, clock: WallClock) -> None:
        self._stamps, self._clock = stamps, clock
        self._years = self._after_new_year = 0

    def events(self, last: str, stamp: str) -> Iterator[Event]:
        """Yield where a year begins, and where the clock was put back, or set."""
        try:
            before, after = read_yearless(last), read_yearless(stamp)
        except ValueError:
            return
        month = after[0]
        step = month_step(before[0], month)
        if step > 0 or (step < 0 and self._after_new_year > 0):
            self._years += step
            self._after_new_year += step
            yield "year", step
        if month not in (1, 12):
            self._after_new_year = 0
        if not step:
            year = self._stamps.year + self._years
            try:
                moments = [
                    datetime.combine(date(year, month, day), clock) + over
                    for month, day, clock, over in (before, after)
                ]
            except (ValueError, OverflowError):
                return
            yield from self._clock.events(*moments)


class BootWatch:
    """Follows stamps that count from a boot."""

    def events(self, last: str, stamp: str) -> Iterator[Event]:
        """Yield where another boot begins: how many seconds later it is placed."""
        before, since = float(last), float(stamp)
        back = before - since
        if back >= REBOOT_BACK_S or (back > 0 and since < REBOOT_FROM_S and back >= 1):
            yield "boot", int(before) + 1
