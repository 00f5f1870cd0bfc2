"""Counts healthy events in compiled code: their rate, their peaks, how many ran at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from logcascade.model.records import LoadCounts
from logcascade.reading.blocks import Window
from logcascade.reading.formats import Format
from logcascade.reading.stamps import StampReader


@dataclass(frozen=True, slots=True)
class LoadPattern:
    """What a load rule counts."""

    rule: str
    literals: tuple[bytes, ...]
    """One of these stands in each event's line."""
    pattern: str
    """Matches at the start of the message; a group ``duration`` is the time the event took."""
    duration_unit_s: float = 1.0
    """Seconds in one unit of ``duration``."""


class LoadCounter:
    """Counts what the load patterns match, block by block."""

    def __init__(
        self, patterns: Sequence[LoadPattern], formats: Sequence[Format], stamps: StampReader
    ) -> None:
        self._patterns = patterns

    def scan(self, window: Window) -> None:
        """Count the events on the lines of `window` that no window before had."""

    def counts(self) -> LoadCounts:
        """Return what was counted so far."""
        return LoadCounts()
