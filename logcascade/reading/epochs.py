"""Times counted from 1970: in seconds, or in thousandths, millionths, billionths of them."""

import re
from datetime import UTC, datetime, timedelta

_NUMBER = re.compile(r"\d{1,20}(?:[.,]\d{0,20})?", re.ASCII)

_DIGITS_OF_SECONDS = 11
"""Seconds have at most so many digits (until the year 5138); each unit below has three more."""

_LAST_UNIT = 3
"""Billionths of a second: the third unit below it."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECONDS = 1_000_000


def epoch_seconds(text: str) -> float | None:
    """
    Return seconds since 1970 by the size of the number, right to the microsecond.

    None for what is no number, or no time at all.

    >>> [epoch_seconds(text) for text in ("1795461472", "1795461472.689", "1795461472689")]
    [1795461472.0, 1795461472.689, 1795461472.689]
    """
    micros = epoch_microseconds(text)
    return None if micros is None else micros / _MICROSECONDS


def epoch_microseconds(text: str) -> int | None:
    """Return whole microseconds since 1970; digits beyond them are cut off. None for no number."""
    if not _NUMBER.fullmatch(text):
        return None
    whole, _, decimals = text.replace(",", ".").partition(".")
    whole = whole.lstrip("0") or "0"
    unit = max(0, (len(whole) - _DIGITS_OF_SECONDS + 2) // 3)
    if unit > _LAST_UNIT:
        return None
    digits = whole + (decimals + "000000")[:6]
    return int(digits) // int(1000**unit)


def epoch_time(text: str) -> datetime | None:
    """Return the moment that a number since 1970 means; None for none that a calendar has."""
    micros = epoch_microseconds(text)
    try:
        return None if micros is None else _EPOCH + timedelta(microseconds=micros)
    except OverflowError:
        return None
