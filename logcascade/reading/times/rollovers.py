"""Where in a source a clock begins anew, by offset: what its stamps leave out depends on it."""

from bisect import bisect_right
from typing import Literal

Turn = Literal["day", "year", "boot", "fold"]
"""What begins: a day, a year, a boot (counted in seconds), the hour that summer time repeats."""


class Rollovers:
    """Where in a source one thing begins again and again."""

    def __init__(self) -> None:
        self._offsets: list[int] = []
        self._rounds: list[int] = []

    @property
    def last(self) -> int:
        """How far the source is at its end."""
        return self._rounds[-1] if self._rounds else 0

    def add(self, offset: int, step: int) -> None:
        """Note that from `offset` on the clock is `step` further (or back)."""
        self._rounds.append(self.last + step)
        self._offsets.append(offset)

    def at(self, offset: int) -> int:
        """Return how far the clock is at `offset`."""
        place = bisect_right(self._offsets, offset)
        return self._rounds[place - 1] if place else 0

    def is_within(self, begin: int, end: int) -> bool:
        """Return whether something begins, or is left again, between two offsets."""
        return bisect_right(self._offsets, begin) != bisect_right(self._offsets, end)


class Rounds:
    """All that begins anew in a source: days, years, boots, repeated hours."""

    def __init__(self) -> None:
        self.day = Rollovers()
        self.year = Rollovers()
        self.boot = Rollovers()
        """In seconds: how much later than the first boot this one is placed."""
        self.fold = Rollovers()
        """1 where the hour that was put back is told for the second time."""

    def add(self, turn: Turn, offset: int, step: int) -> None:
        """Note that from `offset` on one of them is `step` further (or back)."""
        of_turn: Rollovers = getattr(self, turn)
        of_turn.add(offset, step)

    def is_within(self, begin: int, end: int) -> bool:
        """Return whether anything begins anew between two offsets: there each place counts."""
        return any(
            each.is_within(begin, end) for each in (self.day, self.year, self.boot, self.fold)
        )
