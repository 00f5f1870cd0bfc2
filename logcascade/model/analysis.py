"""The result: everything a report can say, in the names of the JSON contract (DESIGN section 4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from logcascade.model.load import Load
from logcascade.model.occurrences import Occurrences, Readings
from logcascade.model.records import Location, Severity, SourceSummary
from logcascade.model.recurrence import Driver, Recurrence
from logcascade.model.rules import Ended


class Certainty(StrEnum):
    """How sure the choice of a first failure is."""

    CERTAIN = "certain"
    LIKELY = "likely"
    NOT_IN_LOG = "not-in-log"


class Link(StrEnum):
    """Why one failure is said to have led to another."""

    EXCEPTION_CHAIN = "exception-chain"
    MECHANISM = "mechanism"
    SAME_KEY = "same-key"
    OBSERVED_ORDER = "observed-order"


@dataclass(frozen=True, slots=True)
class Run:
    """One life of a process."""

    id: str
    component: str
    pid: int | None
    start: datetime | None
    """None where the log begins after it."""
    end: datetime | None
    ended: Ended
    evidence: tuple[Location, ...]
    start_location: Location | None = None
    end_location: Location | None = None
    because: str = ""
    """Why the end was classified so, in words."""
    start_rule: str = ""
    """The rule that recognised the start, or empty."""
    end_rule: str = ""
    """The rule that decided how it ended, or empty."""
    stop_requested: datetime | None = None
    """When somebody asked it to stop."""
    parent: str = ""
    """Id of the service's run that started this process, a worker; empty for a service."""


UNSEEN_END = "run-ended-without-a-word"
"""Stands for a rule where a run's end is known only by the next start."""

UNSEEN_END_TITLE = "Ended without a word"
"""What a report calls it."""


@dataclass(frozen=True, slots=True)
class Rival:
    """Another failure that may have come first."""

    rule: str
    title: str
    location: Location
    time: datetime | None
    because: str


@dataclass(frozen=True, slots=True)
class FirstFailure:
    """The detection that came before the others of its incident and explains them."""

    rule: str
    title: str
    location: Location
    record_line: int
    time: datetime | None
    occurred_from: datetime | None
    occurred_to: datetime | None
    certainty: Certainty
    values: Mapping[str, str | float]
    reasons: tuple[str, ...]
    rivals: tuple[Rival, ...]
    text: str
    """Raw lines; a report makes them safe."""
    count: int
    """How often it was reported within the incident."""
    doubts: tuple[str, ...] = ()
    """What keeps the choice from being certain, in words."""


UNSEEN_CAUSE = "it can be a consequence of what leaves no line: "
"""How the one doubt begins that repetition can remove: always first, never anything before it."""


@dataclass(frozen=True, slots=True)
class Symptom:
    """A failure of an incident that an earlier one explains."""

    rule: str
    title: str
    component: str
    """Whose it is: not always that of the incident."""
    count: int
    location: Location
    time: datetime | None
    delay_s: float | None
    """After the first failure; None without times."""
    because_of: str
    """Rule of the failure that led to it: its parent in the tree."""
    link: Link
    how: str
    """The mechanism in words."""
    text: str
    values: Mapping[str, str | float]


@dataclass(frozen=True, slots=True)
class Coinciding:
    """A failure near an incident that nothing links to it."""

    rule: str
    title: str
    count: int
    location: Location
    time: datetime | None


@dataclass(frozen=True, slots=True)
class Spell:
    """Where an episode of a failure that repeats began."""

    location: Location
    time: datetime | None


@dataclass(frozen=True, slots=True)
class Incident:
    """Detections that belong together, in time and by known relations."""

    id: str
    cascade: str
    component: str
    run: str
    start: datetime | None
    end: datetime | None
    start_line: Location
    end_line: Location
    severity: Severity
    first_failure: FirstFailure
    symptoms: tuple[Symptom, ...]
    """In the order of the tree: a parent before its children, siblings by delay."""
    coinciding: tuple[Coinciding, ...]
    episodes: int = 1
    """How many separate spans a repeated failure without consequences had."""
    recovered: bool = False
    """The run went on healthily afterwards."""
    facts: tuple[str, ...] = ()
    """What the circumstances add, in words: the load before it, how many chats it named."""
    aftershock: bool = False
    """It is the rest of the one before, after a restart, and no cycle of its own."""
    arrivals: int | None = None
    """Events that arrived in one of the seconds just before it; None where that was no burst."""
    spells: tuple[Spell, ...] = ()
    """Where each of its episodes began, the first one's beginning first; empty for only one."""
    passed: bool = False
    """All of it passed by itself, as healthy times show, too: told because worse happened."""


@dataclass(frozen=True, slots=True)
class Growth:
    """A number that rises within each run of a component."""

    rule: str
    title: str
    value: str
    """Name of the value that the rule reads."""
    unit: str
    """``seconds``, ``bytes`` or ``count``, as its rule says; numbers have been scaled to it."""
    first: float
    """Median of the runs' first readings."""
    last: float
    """Median of the runs' last readings."""
    per_hour: float
    """Median of the runs' slopes (Theil-Sen), in units an hour."""
    runs: int
    """Runs in which it rises."""
    of_runs: int
    """Runs with readings enough to tell."""
    readings: int
    p_value: float
    """Probability of such a rise by chance (Mann-Kendall over all runs, all values tested)."""
    resets: bool
    """Each run begins well below the end of the one before."""
    levels_off: bool
    """It rises at first and hardly later: it fills, and does not leak."""
    limit: float | None
    """What the log says that it must not exceed."""
    reaches_limit_h: float | None
    """Hours from a run's last reading until the limit, at that slope."""
    killed_at: float | None = None
    """Median of the last readings of the runs that were killed for want of memory, where they are
    alike; None for what is no memory."""


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Something that people are tempted to blame, with the numbers for and against."""

    what: str
    title: str
    because: str
    """All that the log says of it, in one sentence."""
    speaks_for: tuple[str, ...] = ()
    speaks_against: tuple[str, ...] = ()
    is_sure: bool = False
    """Whether there are numbers enough that chance hardly made them so."""
    count: int = 0
    """How often its failures followed in the incidents."""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The suspects by what the numbers say of them."""

    ruled_out: tuple[Suspicion, ...] = ()
    """Something speaks against each, and nothing for it."""
    suspected: tuple[Suspicion, ...] = ()
    """Something speaks for each."""
    not_shown: tuple[Suspicion, ...] = ()
    """The log shows nothing either way."""


@dataclass(frozen=True, slots=True)
class RemedyChoice:
    """A remedy that fits the evidence."""

    id: str
    title: str
    rank: int
    because: str
    does_not_cure: tuple[str, ...] = ()
    against: str = ""
    """The rule whose failure it is chosen for: the first failure's, or a symptom's."""


@dataclass(frozen=True, slots=True)
class NotYetChoice:
    """What not to do yet, and why."""

    what: str
    because: str


@dataclass(frozen=True, slots=True)
class Cascade:
    """Incidents of one shape: the same first failure and the same main symptoms."""

    id: str
    first_failure: str
    title: str
    incidents: tuple[str, ...]
    count: int
    """How often it came, its aftershocks not counted."""
    severity: Severity
    recurrence: Recurrence
    ruled_out: tuple[Suspicion, ...]
    """What the numbers speak against, and not for."""
    remedies: tuple[RemedyChoice, ...]
    not_yet: tuple[NotYetChoice, ...]
    aftershocks: int = 0
    """Incidents among them that are the rest of the one before, after a restart."""
    growth: tuple[Growth, ...] = ()
    """What rises within the runs of its component, the surest first."""
    suspected: tuple[Suspicion, ...] = ()
    """What something speaks for, besides the first failure itself."""
    not_shown: tuple[Suspicion, ...] = ()
    """What the log shows nothing of, either way."""


@dataclass(frozen=True, slots=True)
class Restarts:
    """All restarts that the log shows."""

    count: int
    orderly: int
    times: tuple[datetime, ...]
    period_s: float | None
    spread_s: float | None
    driver: Driver
    component: str = ""
    """The one with the most unorderly ends, whose rhythm this is."""


@dataclass(frozen=True, slots=True)
class Background:
    """A failure that goes on at the same rate in healthy times."""

    rule: str
    title: str
    count: int
    per_hour: float | None
    location: Location
    because: str
    standing: bool = False
    """Whether it is a fault to mend all the same: it stands all the time, not known as harmless."""


@dataclass(frozen=True, slots=True)
class UnknownFailure:
    """A failure that no rule knows."""

    id: str
    template: str
    count: int
    location: Location


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """How many incidents there are with the gap that splits them, with half and with twice it."""

    gap_s: float
    incidents: int
    """Each episode of a repeated failure counts."""
    with_half: int
    with_twice: int

    @property
    def hangs_on_gap(self) -> bool:
        """Whether another gap makes another number."""
        return not self.with_half == self.incidents == self.with_twice


@dataclass(frozen=True, slots=True)
class Analysis:
    """Everything that was found out. The same input gives an equal value."""

    sources: tuple[SourceSummary, ...]
    runs: tuple[Run, ...]
    incidents: tuple[Incident, ...]
    cascades: tuple[Cascade, ...]
    """The worst first."""
    restarts: Restarts
    background: tuple[Background, ...]
    load: Load | None
    unknown_failures: tuple[UnknownFailure, ...]
    notes: tuple[str, ...] = ()
    """What was capped or left out, in words."""
    retold: int = 0
    """Reports that a second source told again; they are counted once."""
    sensitivity: Sensitivity | None = None
    """None where the log has no times."""
    workers: tuple[Run, ...] = ()
    """The lives of processes that services start by themselves; none of them is among the runs."""
    occurrences: tuple[Occurrences, ...] = ()
    """How often each failure was reported, in incidents and outside of them."""
    readings: tuple[Readings, ...] = ()
    """The numbers that rules read."""
