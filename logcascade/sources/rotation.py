"""Rotated logs by their names: which belong to one log, and which came first."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeVar

_PACKED = re.compile(r"\.(?:gz|bz2|xz|lzma|zst|zip)\Z", re.IGNORECASE)
_COUNTED = re.compile(r"(?P<rest>.+)\.(?P<number>\d{1,4}|old)\Z")
_COUNTED_WITHIN = re.compile(r"(?P<stem>.+)\.(?P<number>\d{1,4})(?P<extension>\.[A-Za-z]\w*)\Z")
_DATED = re.compile(
    r"(?P<stem>.+?)[-._]{1,2}"
    r"(?P<date>(?P<year>(?:19|20)\d\d)(?P<dash>-?)(?P<month>\d\d)(?:(?P=dash)(?P<day>\d\d))?"
    r"(?:[-_T]?\d\d(?:[-_.:]?\d\d){0,2}(?:[-_.]\d{3,6})?|-\d{10})?)"
    r"(?:\.(?P<number>\d{1,4}))?"
    r"(?P<extension>\.[A-Za-z]\w*)?\Z"
)
"""Of logging.handlers, logrotate, loguru, winston and pm2: to the day, hour, minute, second or
fraction, or with an epoch; at the end of the name or before its extension."""

OLD = 1
"""The number that ``bot.log.old`` stands for: the one before the log itself."""


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """A place in a rotated set; sorts from the oldest to the log that is written now."""

    group: int
    """0 for names with a date, 1 for names with a number, 2 for the log itself."""
    date: str = ""
    number: int = 0
    """Of several logs of one date: the first has the lowest. Of numbers alone, negative: the
    highest is the oldest."""


NOW = Slot(2)
"""The log that is written now: its name has no mark."""


@dataclass(frozen=True, slots=True)
class RotatedName:
    """What a file name says of rotation."""

    base: str
    """The name of the log that is written now: ``bot.log`` for ``bot.log.2.gz``."""
    slot: Slot
    is_packed: bool
    is_vague: bool = False
    """``bot.1.log``: with ``bot.log`` beside it one of its rotated logs, else a log of its own."""


class Named(Protocol):
    """Something in a folder, with a name."""

    @property
    def folder(self) -> str:
        """The folder or archive it is in."""

    @property
    def file_name(self) -> str:
        """Its own name."""


_N = TypeVar("_N", bound=Named)


def parse_name(name: str) -> RotatedName:
    """
    Return which log a file belongs to and its place among the rotated ones.

    >>> parse_name("bot.log.2.gz").base, parse_name("bot-2026-11-23.log").base
    ('bot.log', 'bot.log')
    """
    plain = _PACKED.sub("", name) or name
    is_packed = plain != name
    found = _DATED.match(plain)
    if found and _is_date(found):
        base = found["stem"] + (found["extension"] or "")
        digits = re.sub(r"\D", "", found["date"])
        return RotatedName(base, Slot(0, digits, int(found["number"] or 0)), is_packed)
    found = _COUNTED.match(plain)
    if found:
        rest = parse_name(found["rest"])
        if rest.slot.group == 0:  # bot-2026-11-23.log.1
            number = 0 if found["number"] == "old" else int(found["number"])
            return RotatedName(rest.base, Slot(0, rest.slot.date, number), is_packed)
        number = OLD if found["number"] == "old" else int(found["number"])
        return RotatedName(found["rest"], Slot(1, "", -number), is_packed)
    found = _COUNTED_WITHIN.match(plain)
    if found:
        base = found["stem"] + found["extension"]
        return RotatedName(base, Slot(1, "", -int(found["number"])), is_packed, is_vague=True)
    return RotatedName(plain, NOW, is_packed)


def _is_date(found: re.Match[str]) -> bool:
    if found["day"] is None and not found["dash"]:
        return False  # six digits are as well a number
    try:
        date(int(found["year"]), int(found["month"]), int(found["day"] or 1))
    except ValueError:
        return False
    return True


def rotated_sets(items: Iterable[_N]) -> list[tuple[str, list[_N]]]:
    """Return the items by the log they belong to, each oldest first; the sets in order of mention.

    The text with each is the name of the log that is written now, whether it is there or not.
    """
    sets: dict[tuple[str, str], list[tuple[RotatedName, _N]]] = {}
    everything = [(parse_name(item.file_name), item) for item in items]
    now = {(item.folder, name.base) for name, item in everything if name.slot == NOW}
    for name, item in everything:
        base = name.base
        if name.is_vague and (item.folder, base) not in now:
            base = item.file_name
        sets.setdefault((item.folder, base), []).append((name, item))
    return [(base, _in_order(members)) for (_, base), members in sets.items()]


def _in_order(members: Sequence[tuple[RotatedName, _N]]) -> list[_N]:
    """Return a set oldest first; of one slot what is packed first, for it is no longer written."""
    ordered = sorted(members, key=lambda each: (each[0].slot, not each[0].is_packed))
    return [item for _, item in ordered]


def siblings(name: str, others: Iterable[str]) -> list[str]:
    """Return those of the names in a folder that are rotated logs of the same log as `name`."""
    own = parse_name(name)
    base = name if own.is_vague else own.base
    return [other for other in others if parse_name(other).base == base]
