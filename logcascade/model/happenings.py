"""What a watch tells of a log while it is being written."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from logcascade.model.analysis import Cascade, Incident, Spell
from logcascade.model.records import Location
from logcascade.model.rules import Ended


class Kind(StrEnum):
    """What has happened."""

    BEGINS = "begins"
    """A first failure."""
    CASCADE = "cascade"
    """Consequences of a first failure."""
    ENDED = "ended"
    """A process, and nobody had asked it to."""
    DUE = "due"
    """The next incident of a cascade."""
    OVERDUE = "overdue"
    """The next incident of a cascade has stayed away."""
    RECOVERED = "recovered"
    """A component has been quiet, and at work, for long enough."""
    CORRECTED = "corrected"
    """What was told before was not so."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that is told once."""

    kind: Kind
    time: datetime | None
    """By the clock of the log; None where it has no times."""
    location: Location | None
    """The line that shows it; None for what shows by the time alone."""
    component: str
    incident: Incident | None
    """As it is known now: it may go on."""
    cascade: Cascade | None
    """How often the like came before, what helps, when the next is due."""
    began: Spell | None = None
    """Where the latest episode of the incident began; None for what is no part of it."""
    number: int = 0
    """The how manieth incident of the watch it is; 0 where it began before."""
    because: str = ""
    """In words, what there is to add."""
    ended: Ended | None = None
    """How a process ended."""
    was: Incident | None = None
    """For a correction, what was told before."""
    was_begun: Spell | None = None
    """Where that began."""
    quiet_s: float | None = None
    """For what has recovered, for how long nothing failed."""
    due: datetime | None = None
    """For what is due or overdue, when it was or is."""
