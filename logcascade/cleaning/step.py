"""What every step of cleaning promises."""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

NOT_LOG = b"\0"
"""All that is left of a line that is no log: prose around a pasted one. No other line has this
byte, for NUL bytes are taken out before. Such a line is no record, continues none, and ends what
stands above it."""


class Step(Protocol):
    r"""
    Takes the next bytes of a source and returns them cleaner.

    A step never adds, removes or moves a line break (``\n``), so that line numbers stay those of
    the source: what merges lines leaves empty ones behind. It may hold bytes back until later, a
    bounded number. What it returns in all does not depend on how its input was cut.
    """

    @property
    def notes(self) -> Sequence[str]:
        """In words, what it took for granted. Complete once it was fed the final bytes."""
        ...

    def feed(self, data: bytes, *, final: bool) -> bytes:
        """Return what is clean so far; `final` says that no more will come."""
        ...

    def problems(self) -> Iterator[str]:
        """Yield in words what it had to leave out."""
        ...


Choice = Callable[[bytes], Step | None]
"""Looks at the first bytes that will be fed, and returns the step they need, if any."""
