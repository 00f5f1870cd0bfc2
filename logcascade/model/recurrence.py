"""How regularly a cascade comes back, and what sets its rhythm."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from logcascade.model.spells import Spells


class Driver(StrEnum):
    """What sets the rhythm of a cascade."""

    UPTIME = "uptime"
    CLOCK = "clock"
    LOAD = "load"
    BACK_OFF = "back-off"
    IRREGULAR = "irregular"
    TOO_FEW = "too-few"


class Rhythm(StrEnum):
    """What a remedy may ask of the rhythm of a cascade."""

    UPTIME = "uptime"
    """A fixed time after each start."""
    CLOCK = "clock"
    """Fixed times of the day, the hour or the week."""
    LOAD = "load"
    """After as many events each time, however long those take."""
    RUSH = "rush"
    """While many events come at once."""


@dataclass(frozen=True, slots=True)
class RivalDriver:
    """A rhythm that was tested and not chosen."""

    driver: Driver
    because: str


GRACE = 0.1
"""Share of the period by which an incident may be late before it has stayed away."""

GRACE_SPREADS = 3.0
"""The same in spreads: of a normal distribution one in 700 is later."""


@dataclass(frozen=True, slots=True)
class Recurrence:
    """How regularly a cascade comes back."""

    driver: Driver
    because: str
    period_s: float | None
    """Median of the gaps, in seconds; None where no period is claimed."""
    spread_s: float | None
    """1.4826 x median absolute deviation of the gaps, in seconds."""
    gaps: int
    p_value: float | None
    """Probability that random restarts at any constant rate look as regular."""
    uptime_s: float | None
    time_to_first_failure_s: float | None
    cascade_s: float | None
    down_s: float | None
    next_due: datetime | None
    rivals: tuple[RivalDriver, ...] = ()
    spells: Spells | None = None
    """How often it came, what came close together counted once; None where that is not known."""

    @property
    def rhythm(self) -> Rhythm | None:
        """What a remedy may ask for; None where nothing is claimed."""
        if self.driver is Driver.LOAD:
            return Rhythm.RUSH if self.period_s is None else Rhythm.LOAD
        claims = {Driver.UPTIME: Rhythm.UPTIME, Driver.CLOCK: Rhythm.CLOCK}
        return claims.get(self.driver)

    @property
    def grace_s(self) -> float:
        """How late the next one may be before it has stayed away."""
        return max(GRACE * (self.period_s or 0.0), GRACE_SPREADS * (self.spread_s or 0.0))
