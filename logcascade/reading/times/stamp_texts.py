"""The text of a time stamp -> what it says, and no more: no zone where it names none."""

import re
from datetime import date, datetime, time, timedelta, timezone, tzinfo

from logcascade.reading.times.months import month_number

_ZONE_HOURS = {
    "UTC": 0.0, "GMT": 0.0, "Z": 0.0, "WET": 0.0, "WEST": 1.0, "BST": 1.0, "WAT": 1.0, "CET": 1.0,
    "CEST": 2.0, "MEZ": 1.0, "MESZ": 2.0, "MET": 1.0, "MEST": 2.0, "SAST": 2.0, "CAT": 2.0,
    "EET": 2.0, "EEST": 3.0, "IDT": 3.0, "EAT": 3.0, "MSK": 3.0, "PKT": 5.0, "IST": 5.5,
    "WIB": 7.0, "HKT": 8.0, "AWST": 8.0, "JST": 9.0, "KST": 9.0, "ACST": 9.5, "ACDT": 10.5,
    "AEST": 10.0, "AEDT": 11.0, "NZST": 12.0, "NZDT": 13.0, "NST": -3.5, "NDT": -2.5, "AST": -4.0,
    "ADT": -3.0, "EST": -5.0, "EDT": -4.0, "CST": -6.0, "CDT": -5.0, "MST": -7.0, "MDT": -6.0,
    "PST": -8.0, "PDT": -7.0, "AKST": -9.0, "AKDT": -8.0, "HST": -10.0,
}  # fmt: skip
"""Hours ahead of UTC for names that `date` prints."""

AMBIGUOUS_ZONES = frozenset(["IST", "CST", "CDT", "BST", "AST"])
"""Names that mean another zone elsewhere: India, Ireland or Israel; America, China or Cuba."""

_CENTURY = "20"
"""Of years with two digits: nothing that is read here is older."""

_WEEKDAY = r"(?:[^\W\d_]{1,9}\.?,? +)?"
_MONTH = r"(?P<month>[^\W\d_]{3,9}\.?|1?\d[月월])"
_YEAR = r"(?P<year>\d{4}|\d\d)"
_HALF = r"(?: ?(?P<half>[AaPp])\.?[Mm]\.?)?"
_CLOCK = rf"(?P<clock>\d?\d:\d\d(?::\d\d(?:[.,]\d{{0,9}})?)?{_HALF})"
_ZONE = r"(?: ?(?P<zone>Z|[+-]\d\d(?::?\d\d)?(?::?\d\d)?|[A-Z]{2,5}|\[[A-Za-z_/+-]+\]))?"
_END = r"\]?:?"

_YEAR_FIRST = re.compile(
    rf"{_WEEKDAY}{_YEAR}(?P<mark>[-/.]?)(?P<month>\d\d)(?P=mark)(?P<day>\d\d)"
    rf"(?:[T _:-]| {{2}}| at )(?P<clock>\d\d:?\d\d(?::?\d\d(?:[.,]\d{{0,9}})?)?){_HALF}"
    rf"{_ZONE}{_END}"
)
_DATED = (
    re.compile(rf"{_WEEKDAY}(?P<day>\d?\d)[ /-]{_MONTH}[ /-]{_YEAR},?[ :T]+{_CLOCK}{_ZONE}{_END}"),
    re.compile(rf"{_WEEKDAY}{_MONTH} +(?P<day>\d?\d),? +{_CLOCK}{_ZONE} +{_YEAR}{_END}"),
    re.compile(rf"{_WEEKDAY}{_MONTH} +(?P<day>\d?\d),? +{_YEAR},? +{_CLOCK}{_ZONE}{_END}"),
)
_NUMBERED = re.compile(
    rf"{_WEEKDAY}(?P<one>\d?\d)(?P<mark>[./-])(?P<two>\d?\d)(?P=mark){_YEAR},?[ T:]+"
    rf"{_CLOCK}{_ZONE}{_END}"
)
_YEARLESS = re.compile(
    rf" ?(?:{_MONTH} *(?P<day>[ 0-3]?\d)|(?P<numbers>[01]\d-?[0-3]\d)) +{_CLOCK}{_END}"
)
_TIME = re.compile(r"(\d?\d):?(\d\d)(?::?(\d\d)(?:[.,](\d*))?)?")
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)?:?(\d\d)?")
_SPACED_OFFSET = re.compile(r"(?<=\d) (?=[+-]\d)")


def read_iso(text: str) -> datetime:
    """
    Return the moment of a stamp whose date has the year first, in numbers only.

    Aware where it names an offset or a zone. Raises `ValueError` for any other text.
    """
    try:
        return datetime.fromisoformat(_SPACED_OFFSET.sub("", text, 1))
    except ValueError:
        found = _YEAR_FIRST.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    return _moment(found, int(found["month"]), int(found["day"]))


def read_words(text: str, *, day_first: bool = False) -> datetime:
    """
    Return the moment of a stamp with a year, in whatever order and words.

    `day_first` tells what the first number of ``03/04/2026`` is; the other separators leave no
    doubt. Aware where it names a known zone. Raises `ValueError` for what cannot be read.
    """
    text = text.strip().strip("[]")
    for pattern in _DATED:
        found = pattern.fullmatch(text)
        if found is not None and month_number(found["month"]):
            return _moment(found, month_number(found["month"]), int(found["day"]))
    found = _NUMBERED.fullmatch(text)
    if found is not None:
        one, two = int(found["one"]), int(found["two"])
        is_day_first = day_first or found["mark"] != "/"
        return _moment(found, *((two, one) if is_day_first else (one, two)))
    try:
        return read_iso(text)
    except ValueError:
        return _read_freely(text)


def read_yearless(text: str) -> tuple[int, int, time, timedelta]:
    """Return month, day, time and what the time lacks to a leap second's end; or `ValueError`."""
    found = _YEARLESS.fullmatch(text.rstrip())
    if found is None:
        raise ValueError(text)
    month = found["numbers"][:2] if found["numbers"] else found["month"]
    day = found["numbers"][-2:] if found["numbers"] else found["day"]
    number = month_number(month)
    if not number:
        raise ValueError(text)
    return (number, int(day), *_time_of(found["clock"], found["half"]))


def read_clock(text: str) -> time:
    """Return the time of day that is all of `text`; raise `ValueError` for any other."""
    found = re.fullmatch(_CLOCK, text.strip())
    if found is None:
        raise ValueError(text)
    return _time_of(found["clock"], found["half"])[0]


def slashed_numbers(text: str) -> tuple[int, int] | None:
    """Return the first two numbers of ``03/04/2026 ...``: nobody knows which is the month."""
    found = _NUMBERED.fullmatch(text.strip().strip("[]"))
    return (int(found["one"]), int(found["two"])) if found and found["mark"] == "/" else None


def zone_name(text: str) -> str:
    """Return the name of a zone that stands in a stamp as a word; empty where there is none."""
    names = re.finditer(r"(?<![A-Za-z])[A-Z]{2,5}(?![A-Za-z])", text)
    return next((name[0] for name in names if name[0] not in ("AM", "PM")), "")


def is_known_zone(name: str) -> bool:
    """Return whether it is known how far a zone of this name is ahead."""
    return name in _ZONE_HOURS


def _moment(found: re.Match[str], month: int, day: int) -> datetime:
    year = found["year"] if len(found["year"]) == 4 else _CENTURY + found["year"]
    clock, over = _time_of(found["clock"], found["half"])
    moment = datetime.combine(date(int(year), month, day), clock) + over
    return moment.replace(tzinfo=_zone_of(found["zone"]))


def _time_of(clock: str, half: str | None) -> tuple[time, timedelta]:
    """Return a time of day; that of a leap second is what goes before, and a second."""
    found = _TIME.match(clock)
    if found is None:
        raise ValueError(clock)
    hour, second = int(found[1]), int(found[3] or 0)
    if half:
        if not 1 <= hour <= 12:
            raise ValueError(clock)
        hour = hour % 12 + 12 * (half in "pP")
    over = timedelta(seconds=1) if second == 60 else timedelta()
    micros = int(((found[4] or "") + "000000")[:6])
    return time(hour, int(found[2]), min(second, 59) if over else second, micros), over


def _zone_of(name: str | None) -> tzinfo | None:
    offset = _OFFSET.fullmatch(name or "")
    if offset:
        hours, minutes, seconds = (int(part or 0) for part in offset.groups()[1:])
        ahead = timedelta(hours=hours, minutes=minutes, seconds=seconds)
        return timezone(-ahead if offset[1] == "-" else ahead)
    hours_ahead = _ZONE_HOURS.get(name or "")
    return None if hours_ahead is None else timezone(timedelta(hours=hours_ahead))


def _read_freely(text: str) -> datetime:
    """Read what no pattern here fits with dateutil; it has to find a year of its own."""
    from dateutil.parser import parse

    def offset_of(name: str | None, offset: int | None) -> tzinfo | None:
        return timezone(timedelta(seconds=offset)) if offset is not None else _zone_of(name)

    moments = []
    for year in (1972, 1976):
        default = datetime(year, 1, 1)  # noqa: DTZ001 - naive stays naive
        moments.append(parse(text, default=default, tzinfos=offset_of))
    if not isinstance(moments[0], datetime) or moments[0] != moments[1]:
        raise ValueError(text)
    return moments[0]
