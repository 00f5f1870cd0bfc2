"""Detections of one rule in one run whose gaps are short: what grouping works on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from logcascade.model.analysis import Incident
from logcascade.model.detections import Detection
from logcascade.model.records import Location, Severity

Position = tuple[float, tuple[int, int]]
"""(epoch seconds, (source number, line)): sorts by time, ties by the order of the log."""


@dataclass(frozen=True, slots=True)
class Values:
    """How often each value of one extracted field was seen in a burst."""

    counts: Mapping[str, int] = field(default_factory=dict)
    """Value as text -> how often; bounded, see `capped`."""
    largest: float | None = None
    capped: bool = False


@dataclass(frozen=True, slots=True)
class Burst:
    """One or more detections of one rule, close together, in one run of one component."""

    first: Detection
    count: int
    start: float
    """Epoch seconds of the first detection; a running number where the log has no times."""
    end: float
    """Epoch seconds of the last one."""
    occurred_from: float | None
    """The earliest that the first can have happened; None: any time since the run began."""
    component: str
    run: str
    """Id of the run, or empty where it belongs to none."""
    values: Mapping[str, Values]
    last_location: Location
    raised_from: Mapping[str, int] = field(default_factory=dict)
    """Rule of another failure in the same record -> how often it stood below this one."""
    moments: tuple[float, ...] = ()
    """Epoch seconds of its detections one by one, in the order of the log; bounded, so there may
    be fewer than `count`."""
    readings: Mapping[str, tuple[tuple[float, float], ...]] = field(default_factory=dict)
    """Name of a number that the rule reads -> (epoch seconds, number), evenly thinned."""

    @property
    def rule(self) -> str:
        """Id of the rule."""
        return self.first.rule

    @property
    def kind(self) -> tuple[str, str]:
        """The rule, and what tells its failures apart: equal for one failure that repeats."""
        return (self.first.rule, self.first.place)

    @property
    def title(self) -> str:
        """The rule's title."""
        return self.first.title

    @property
    def severity(self) -> Severity:
        """Severity of the first detection."""
        return self.first.severity

    @property
    def position(self) -> Position:
        """Where it begins in the one order of all sources."""
        return (self.start, self.first.order)

    @property
    def timed(self) -> bool:
        """Whether `start` and `end` are times of the clock."""
        return self.first.time is not None

    @property
    def time(self) -> datetime | None:
        """Time of the first detection."""
        return self.first.time

    @property
    def end_time(self) -> datetime | None:
        """Time of the last detection, or None where the log has no times."""
        return datetime.fromtimestamp(self.end, UTC) if self.timed else None


@dataclass(frozen=True, slots=True)
class GroupedIncident:
    """An incident with the bursts it was made from, for the stages that count."""

    incident: Incident
    bursts: tuple[Burst, ...]
    """In order; the background and what merely coincides are not among them."""
    starts: tuple[float, ...]
    """Where it began; one for each episode of a repeated failure without consequences."""
    ended_run: bool
    """Whether the run ended by it, and not in an orderly way."""

    @property
    def kind(self) -> tuple[str, str, str]:
        """Component, rule of the first failure, and what tells that apart from others of it."""
        rule = self.incident.first_failure.rule
        places = (burst.first.place for burst in self.bursts if burst.rule == rule)
        return (self.incident.component, rule, next(places, ""))
