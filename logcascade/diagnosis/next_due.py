"""When the next incident is due, as far as the log's end leaves that open."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from logcascade.diagnosis.words import span
from logcascade.model.recurrence import Driver, Recurrence

FROM_THE_START = frozenset({Driver.UPTIME, Driver.BACK_OFF})
"""Drivers whose time begins with the run: another start begins it again."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the log shows after the last incident of a cascade. Epoch seconds."""

    until: float | None
    """The last line of the log."""
    next_start: float | None = None
    """The start that followed the last incident, from which the next was reckoned."""
    last_start: float | None = None
    """The latest start of the component."""
    gave_up: bool = False
    """The supervisor said that it starts it no more."""


def settle_next_due(found: Recurrence, outlook: Outlook) -> Recurrence:
    """Return *found* with a next incident only where the log leaves room for one."""
    if found.next_due is None:
        return found
    if outlook.gave_up and outlook.next_start is None:
        return _not_due(found, "nothing is due: its supervisor gave up")
    due = found.next_due.timestamp()
    begun, reckoned = outlook.last_start, outlook.next_start
    if found.driver in FROM_THE_START and begun and reckoned and begun > reckoned:
        due += begun - reckoned
    if outlook.until is not None and outlook.until > due + found.grace_s:
        late = outlook.until - due
        return _not_due(
            found, f"the next was due {span(late)} before the log ends and is not in it"
        )
    return replace(found, next_due=datetime.fromtimestamp(due, UTC))


def _not_due(found: Recurrence, why: str) -> Recurrence:
    return replace(found, next_due=None, because=f"{found.because}; {why}")
