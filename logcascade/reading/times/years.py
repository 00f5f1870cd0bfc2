"""The year of stamps that have none: the latest that the log and its reader allow."""

from collections.abc import Collection
from datetime import date, timedelta

YEAR_ONE = 1972
"""The year a log without years begins in, where nobody says: one with a 29 February."""

LEEWAY = timedelta(days=1)
"""Zones differ by so much at the most: a stamp may be so much later than a date elsewhere."""

HALF_YEAR_MONTHS = 6

_REACH = 13
"""Years gone back at the most: between two leap years there are at most eight."""

MonthDay = tuple[int, int, int]
"""A day without a year: (how many years have begun since the first line, month, day)."""


def month_step(last: int, month: int) -> int:
    """
    Return 1 where a year begins between two months, -1 where a late line is of the year before.

    >>> month_step(12, 1), month_step(1, 12), month_step(4, 3)
    (1, -1, 0)
    """
    months = month - last
    if months < -HALF_YEAR_MONTHS:
        return 1
    return -1 if months > HALF_YEAR_MONTHS else 0


def latest_year(days: Collection[MonthDay], limit: date, most: int = date.max.year) -> int | None:
    """
    Return the latest year of the first line with which all days exist and none is after `limit`.

    None where there is none.

    >>> latest_year([(0, 12, 31), (1, 1, 1)], date(2026, 11, 25))
    2025
    >>> latest_year([(0, 2, 29)], date(2026, 11, 25))
    2024
    """
    begin = min(limit.year, most)
    rounds = max((each[0] for each in days), default=0)
    for year in range(begin, max(begin - _REACH - rounds, 1), -1):
        dates = [date_of(each, year) for each in days]
        if all(each is not None and each <= limit for each in dates):
            return year
    return None


def nearest_year(day: MonthDay, known: date) -> int:
    """
    Return the year of the first line with which `day` is nearest to a date that is known.

    >>> nearest_year((0, 12, 31), date(2026, 1, 1))
    2025
    """
    years = [known.year - day[0] + step for step in (-1, 0, 1)]
    near = {year: date_of(day, year) for year in years}
    apart = {year: abs(each - known) for year, each in near.items() if each is not None}
    return min(apart, key=apart.__getitem__, default=years[1])


def date_of(day: MonthDay, first_year: int) -> date | None:
    """Return the date of a day without a year; None where that year has no such day."""
    rounds, month, number = day
    try:
        return date(first_year + rounds, month, number)
    except ValueError:
        return None
