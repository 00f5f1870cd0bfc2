"""Extracted values: text of named groups -> numbers in base units, or bounded text."""

import math
import re
from collections.abc import Mapping

VALUE_LIMIT = 200
"""Characters of a value that stays text: a name or an id, never a page."""

_NUMBER = re.compile(r"[-+]?\d[\d,_]*(?:\.\d+)?(?:[eE][-+]?\d{1,3})?")
_CLOCK = re.compile(r"(?:(\d{1,5}) days?, )?(\d{1,5}):(\d{2}):(\d{2}(?:\.\d+)?)")
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kKMGT])?(?:i?B)?")
_NUMBER_LENGTH = 40
"""Characters: longer is no measurement."""

_SCALE = {
    "seconds": 1.0,
    "milliseconds": 0.001,
    "bytes": 1.0,
    "kilobytes": 1024.0,
    "megabytes": 1024.0**2,
    "count": 1.0,
    "attempts": 1.0,
}
_SIZE_POWER = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4}


def typed_values(
    groups: Mapping[str, str | None], units: Mapping[str, str]
) -> dict[str, str | float]:
    """Return the groups that took part: those with a unit as seconds, bytes or a plain number.

    A text that is no number is left out where its unit promises one.

    >>> typed_values({"retry_after": "28", "size": "2 kB", "method": "SendMessage", "chat": None},
    ...              {"retry_after": "seconds", "size": "bytes"})
    {'retry_after': 28.0, 'size': 2048.0, 'method': 'SendMessage'}
    """
    values: dict[str, str | float] = {}
    for name, text in groups.items():
        if text is None:
            continue
        unit = units.get(name)
        if unit is None:
            values[name] = text[:VALUE_LIMIT]
            continue
        number = _number(text.strip(), unit)
        if number is not None:
            values[name] = number
    return values


def _number(text: str, unit: str) -> float | None:
    """Return the number in its base unit; ``0:00:05.5`` is seconds, ``1.5G`` is bytes."""
    if len(text) > _NUMBER_LENGTH:
        return None
    number: float | None = None
    if _NUMBER.fullmatch(text):
        number = float(text.replace(",", "").replace("_", "")) * _SCALE[unit]
    elif unit in ("seconds", "milliseconds") and (clock := _CLOCK.fullmatch(text)):
        days, hours, minutes, seconds = clock.groups()
        number = int(days or 0) * 86400.0 + int(hours) * 3600 + int(minutes) * 60 + float(seconds)
    elif unit in ("bytes", "kilobytes", "megabytes") and (size := _SIZE.fullmatch(text)):
        number = float(size[1]) * 1024.0 ** _SIZE_POWER[(size[2] or "").upper()]
    return number if number is not None and math.isfinite(number) else None
