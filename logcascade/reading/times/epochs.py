"""Times that are numbers: seconds, or their thousandths, since the epoch; which, the size tells."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation

MIN_SECONDS = 10**8
"""March 1973: a smaller number is a duration, an uptime, a count, but no time of a log."""

MAX_SECONDS = 10**11
"""The year 5138. A greater number is not in seconds: in milliseconds it is a time since 1973."""

_MICRO = 10**6
_THOUSAND = 1000
_STEPS = 4
"""Seconds, milliseconds, microseconds, nanoseconds: each unit's numbers follow the one before's."""
_LONGEST = 40
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def epoch_text(value: object) -> str:
    """Return a number, or the text of one, as seconds with six decimals; empty if it is no time.

    Whole seconds have no decimals: their clock has no finer step.

    >>> epoch_text(1795461846032), epoch_text("1795461846032000000"), epoch_text(1795461846)
    ('1795461846.032000', '1795461846.032000', '1795461846')
    """
    if isinstance(value, str):
        return _text_of_text(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    if isinstance(value, int):
        return _text_of_whole(value)
    if not MIN_SECONDS <= value < MAX_SECONDS * _THOUSAND ** (_STEPS - 1):
        return ""
    return f"{value:.6f}" if value < MAX_SECONDS else _text_of_text(repr(value))


def read_epoch(text: str) -> datetime | None:
    """Return the time that `text` says as a number of whatever unit, in UTC; None if none."""
    seconds, _, decimals = epoch_text(text).partition(".")
    if not seconds:
        return None
    micros = int(seconds) * _MICRO + int(decimals or 0)
    try:
        return _EPOCH + timedelta(microseconds=micros)
    except OverflowError:
        return None


def _text_of_text(text: str) -> str:
    if not text.isascii() or len(text) > _LONGEST:
        return ""
    if text.isdecimal():
        return _text_of_whole(int(text))
    try:
        number = Decimal(text)
    except InvalidOperation:
        return ""
    if not number.is_finite() or not number >= MIN_SECONDS:
        return ""
    unit = 1
    for _ in range(_STEPS):
        if number < MAX_SECONDS * unit:
            micros = int(number * _MICRO / unit)
            return f"{micros // _MICRO}.{micros % _MICRO:06}"
        unit *= _THOUSAND
    return ""


def _text_of_whole(number: int) -> str:
    if MIN_SECONDS <= number < MAX_SECONDS:
        return str(number)
    unit = _THOUSAND
    for _ in range(_STEPS - 1):
        if MAX_SECONDS * unit // _THOUSAND <= number < MAX_SECONDS * unit:
            return f"{number // unit}.{number % unit * _MICRO // unit:06}"
        unit *= _THOUSAND
    return ""
