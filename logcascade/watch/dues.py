"""When the next incident of a cascade is due, and when it has stayed away."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from logcascade.model.analysis import Analysis, Cascade, Incident
from logcascade.model.happenings import Happening, Kind

AHEAD_SHARE = 0.02
AHEAD_SPREADS = 2.0
"""It is told that an incident is due before it is: so much of its period, or so many spreads if
that is more. Of a normal distribution one in forty comes before two spreads."""

AHEAD_LEAST_S = 60.0
"""So long at least: a person needs a minute to look."""

AHEAD_MOST = 0.25
"""Share of the period. What comes less regularly than that is due all the time."""

SHORTEST_PERIOD_S = 1800.0
"""What comes more often needs nobody to say that it will. Seconds."""


@dataclass(slots=True)
class _Due:
    due: float
    grace_s: float
    incidents: int
    is_overdue: bool = False


class Dues:
    """What was told of the rhythm of each cascade."""

    def __init__(self) -> None:
        self._told: dict[tuple[str, str], _Due] = {}

    def look(self, analysis: Analysis, now: float | None) -> Iterator[Happening]:
        """Yield what is due, or overdue, and has not been told to be."""
        if now is None:
            return
        incidents = {incident.id: incident for incident in analysis.incidents}
        for cascade in analysis.cascades:
            last = incidents[cascade.incidents[-1]]
            key = (last.component, cascade.first_failure)
            told = self._told.get(key)
            if told is not None and told.incidents != len(cascade.incidents):
                del self._told[key]
                told = None
            if told is not None and not told.is_overdue and now > told.due + told.grace_s:
                told.is_overdue = True
                yield _happening(Kind.OVERDUE, now, told.due, cascade, last)
            begin, due = _span(cascade)
            if begin is None or due is None or now < begin:
                continue
            if told is None or due - told.due > due - begin:
                grace_s = cascade.recurrence.grace_s
                self._told[key] = _Due(due, grace_s, len(cascade.incidents))
                yield _happening(Kind.DUE, now, due, cascade, last)

    def alarms(self, analysis: Analysis) -> Iterator[float]:
        """Yield when something is due, or overdue, in epoch seconds."""
        for cascade in analysis.cascades:
            begin, _ = _span(cascade)
            if begin is not None:
                yield begin
        yield from (told.due + told.grace_s + 1.0 for told in self._told.values())


def _span(cascade: Cascade) -> tuple[float | None, float | None]:
    """Return from when on the next one is due, and when it is; None where nothing is known."""
    rhythm = cascade.recurrence
    if rhythm.next_due is None or (rhythm.period_s or 0.0) < SHORTEST_PERIOD_S:
        return None, None
    period, spread = rhythm.period_s or 0.0, rhythm.spread_s or 0.0
    ahead = max(AHEAD_SHARE * period, AHEAD_SPREADS * spread, AHEAD_LEAST_S)
    due = rhythm.next_due.timestamp()
    return due - min(ahead, AHEAD_MOST * period), due


def _happening(kind: Kind, now: float, due: float, cascade: Cascade, last: Incident) -> Happening:
    return Happening(
        kind,
        datetime.fromtimestamp(now, UTC),
        None,
        last.component,
        last,
        cascade,
        due=datetime.fromtimestamp(due, UTC),
    )
