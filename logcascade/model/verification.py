"""What a log after a change says of the cascades before it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from logcascade.model.load import Load
from logcascade.model.records import Location, Severity


class Outcome(StrEnum):
    """What became of a cascade, or of all of them."""

    FIXED = "fixed"
    NOT_FIXED = "not-fixed"
    CHANGED = "changed"
    """It has another first failure now."""
    NOT_YET_EXERCISED = "not-yet-exercised"
    """Too short, or what brings it about has not come."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one cascade."""

    cascade: str
    """Its id in the analysis of the log before the change."""
    first_failure: str
    title: str
    outcome: Outcome
    because: str
    before: int
    """How often it came before the change."""
    after: int
    """How often it came since."""
    expected: float | None
    """How often it would have come since, at its old rate under the load since; None: unknown."""
    p_value: float | None
    """Probability of so few by chance at that rate."""
    decidable: datetime | None
    """When it can be told, if it stays quiet under the same load; None where it is told already,
    or where no time settles it."""
    now: str = ""
    """Title of what fails first now, where that has changed."""


@dataclass(frozen=True, slots=True)
class Side:
    """What one of the two logs shows as a whole."""

    first_time: datetime | None
    last_time: datetime | None
    span_s: float | None
    restarts: int
    """Those that were not orderly."""
    orderly_restarts: int
    incidents: int
    load: Load | None


@dataclass(frozen=True, slots=True)
class Tally:
    """How often one failure was reported on both sides."""

    rule: str
    title: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class NewFailure:
    """A failure that the log before the change does not show."""

    rule: str
    title: str
    severity: Severity
    count: int
    location: Location
    time: datetime | None


@dataclass(frozen=True, slots=True)
class Verification:
    """The verdict on a change."""

    outcome: Outcome
    because: str
    before: Side
    after: Side
    verdicts: tuple[Verdict, ...]
    """Of each cascade before the change, the worst first."""
    tallies: tuple[Tally, ...]
    """The most frequent before the change first."""
    new_failures: tuple[NewFailure, ...]
    notes: tuple[str, ...] = ()
    """What keeps the two sides from being compared, in words."""
