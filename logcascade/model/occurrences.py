"""What a log tells as a whole of each rule: how often, when first and last, which numbers."""

from dataclasses import dataclass
from datetime import datetime

from logcascade.model.spells import Spells


@dataclass(frozen=True, slots=True)
class Occurrences:
    """How often a failure was reported, wherever it belongs, and over which time."""

    rule: str
    title: str
    count: int
    first: datetime | None
    """Time of the first report; None where the log has no times."""
    last: datetime | None
    spells: Spells | None = None
    """How often it came, what came close together counted once; None where that is not known."""
    is_harmless: bool = False
    """Whether its rule calls it harmless by itself."""


@dataclass(frozen=True, slots=True)
class Readings:
    """A number that a rule reads, over all runs."""

    rule: str
    title: str
    value: str
    """Name of the number in the rule."""
    unit: str
    """``seconds``, ``bytes`` or ``count``; numbers have been scaled to it."""
    readings: int
    """How many there are; of a number told very often, a sample."""
    lowest: float
    median: float
    highest: float
    is_gauge: bool = False
    """Whether the program tells it of itself, and no failure does."""
