"""What a log after a change says of the cascades before it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from logcascade.model.load import Load
from logcascade.model.occurrences import Readings
from logcascade.model.records import Location, Severity


class Outcome(StrEnum):
    """What became of a cascade, or of all of them."""

    FIXED = "fixed"
    NOT_FIXED = "not-fixed"
    CHANGED = "changed"
    """It has another first failure now."""
    NOT_YET_EXERCISED = "not-yet-exercised"
    """Too short, or what brings it about has not come."""


class RemedyState(StrEnum):
    """What the log since shows of a remedy that was advised."""

    OPEN = "open"
    """A failure that must fall silent with it still comes."""
    QUIET = "quiet"
    """All of them are silent that came before; done or not, they do not come."""
    NOT_TOLD = "not-told"
    """None of them came before: their silence says nothing."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How often a failure was reported on both sides, and for how long it has been quiet."""

    rule: str
    """Its rule; empty for what no single rule stands for: any failure, a restart."""
    title: str
    before: int
    after: int
    first_after_s: float | None = None
    """Seconds from the begin of the log since to its first report; None where it never came."""
    quiet_s: float | None = None
    """Seconds from its last report to the end of the log; all of it where it never came."""
    expected: float | None = None
    """How often it would have come at the old rate, each incident counted once; None: unknown, or
    it came."""
    decidable: datetime | None = None
    """When its quiet is no chance any more, if it lasts; None where it is none already, or where
    that is not known."""
    is_settled: bool = False
    """Whether its quiet is no chance."""
    is_harmless: bool = False
    """Whether its rule calls it harmless by itself: it does not count as a failure."""


@dataclass(frozen=True, slots=True)
class RemedyCheck:
    """A remedy advised before the change: whether what it must silence is silent."""

    id: str
    title: str
    state: RemedyState
    quiet: tuple[Tally, ...]
    """Of its failures, those that came before and not since."""
    still: tuple[Tally, ...]
    """Those that come."""


@dataclass(frozen=True, slots=True)
class Remnant:
    """A consequence of a cascade that comes without it now."""

    rule: str
    title: str
    count: int
    followed_by: tuple[str, ...]
    """Titles of what follows it in most of its incidents."""
    no_longer: tuple[str, ...]
    """Titles of what the cascade led to besides, and does not come at all."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one cascade."""

    cascade: str
    """Its id in the analysis of the log before; empty for a fault that stood in the background."""
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
    no_longer: tuple[str, ...] = ()
    """Titles of what followed before and does not now, where it still comes."""
    remains: tuple[Remnant, ...] = ()
    """Its consequences that come without it."""
    remedies: tuple[RemedyCheck, ...] = ()
    """Those that the report before had advised, in its order."""


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
class NumberPair:
    """A number that a rule reads, on both sides; None where a side does not tell it."""

    before: Readings | None
    after: Readings | None


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
    any_failure: Tally
    """All failures together, without what is harmless."""
    restarts: Tally
    """The restarts that were not orderly."""
    tallies: tuple[Tally, ...]
    """The most frequent before the change first."""
    numbers: tuple[NumberPair, ...]
    """What programs tell of themselves, such as open sessions, then what their failures tell."""
    new_failures: tuple[NewFailure, ...]
    notes: tuple[str, ...] = ()
    """What keeps the two sides from being compared, in words."""
