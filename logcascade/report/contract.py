"""The types of the JSON report: what other programs may rely on. Keys are only ever added."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

SCHEMA_ID = "logcascade.report/1"
"""Name and major version of the contract."""

Seconds = Annotated[float, Meta(description="seconds")]
Value = str | int | float


class Place(Struct, frozen=True):
    """A line, 1-based, of a source or of a part of one, as it was read (after decompression)."""

    source: str
    line: int


class ClockReport(Struct, frozen=True):
    """Where the clock of a source stands against those of the other sources."""

    offset_s: Annotated[
        float | None,
        Meta(description="seconds added to all its times; null where it could not be placed"),
    ]
    anchors: Annotated[int, Meta(description="independent moments that another source tells too")]
    spread_s: Annotated[float | None, Meta(description="how far they disagree at the most")]
    confidence: Annotated[str, Meta(description="certain, likely, assumed or none")]
    because: str
    meaning: Annotated[str, Meta(description="what the offset stands for: zone +02:00, year 2026")]


class PartReport(Struct, frozen=True):
    """A file of a source that was put together from several; the lines of all add up."""

    name: str
    lines: int
    bytes: int


class Source(Struct, frozen=True):
    """The account of one source; record_lines + unparsed_lines = lines."""

    name: str
    format: str
    lines: int
    bytes: int
    records: int
    record_lines: int
    unparsed_lines: int
    first_time: datetime | None
    last_time: datetime | None
    assumptions: list[str]
    problems: list[str]
    unparsed_sample: list[Place]
    clock: Annotated[
        ClockReport | None,
        Meta(description="null for a single source, and for the one that the others follow"),
    ] = None
    parts: Annotated[
        list[PartReport],
        Meta(description="its files, oldest first; empty where it is one file"),
    ] = []


class RunReport(Struct, frozen=True):
    """One life of a process."""

    id: str
    component: str
    pid: int | None
    start: datetime | None
    end: datetime | None
    ended: Annotated[
        str, Meta(description="orderly, crashed, killed, oom-killed, unknown or running")
    ]
    because: str
    evidence: list[Place]


class WorkerReport(RunReport, frozen=True):
    """One life of a process that a service started by itself."""

    parent: Annotated[str, Meta(description="id of the run of that service")]


class RivalReport(Struct, frozen=True):
    """Another failure that may have come first."""

    rule: str
    title: str
    source: str
    line: int
    time: datetime | None
    because: str


class FirstFailureReport(Struct, frozen=True):
    """The failure that came before the others of its incident and explains them."""

    rule: Annotated[str, Meta(description="id of a rule, or unknown:<template id>")]
    title: str
    source: str
    line: Annotated[
        int, Meta(description="the line of the first-raised exception, else of the record")
    ]
    record_line: Annotated[int, Meta(description="where that record begins")]
    time: datetime | None
    occurred_from: datetime | None
    occurred_to: datetime | None
    certainty: Annotated[str, Meta(description="certain, likely or not-in-log")]
    values: Annotated[
        dict[str, Value],
        Meta(description="what the rule read; names of numbers end in their unit"),
    ]
    count: int
    reasons: list[str]
    doubts: list[str]
    rivals: list[RivalReport]
    text: Annotated[str, Meta(description="the lines of the log, made safe")]


class SymptomReport(Struct, frozen=True):
    """A failure that an earlier one explains."""

    rule: str
    title: str
    component: Annotated[str, Meta(description="whose it is: not always that of the incident")]
    count: int
    source: str
    line: int
    time: datetime | None
    delay_s: Seconds | None
    because_of: Annotated[str, Meta(description="rule of its parent in the tree")]
    link: Annotated[str, Meta(description="exception-chain, mechanism, same-key or observed-order")]
    how: str
    values: dict[str, Value]
    text: str


class CoincidingReport(Struct, frozen=True):
    """A failure near an incident that nothing links to it."""

    rule: str
    title: str
    count: int
    source: str
    line: int
    time: datetime | None


class IncidentReport(Struct, frozen=True):
    """Detections that belong together."""

    id: str
    cascade: str
    component: str
    run: str
    start: datetime | None
    end: datetime | None
    start_line: Place
    end_line: Place
    severity: str
    first_failure: FirstFailureReport
    symptoms: list[SymptomReport]
    coinciding: list[CoincidingReport]
    episodes: int
    recovered: bool
    facts: list[str]
    aftershock: bool
    """The rest of the incident before, after a restart; it is not counted in the cascade."""
    arrivals: Annotated[
        int | None,
        Meta(description="events in one second just before it; null where that was no burst"),
    ]


class RivalDriverReport(Struct, frozen=True):
    """A rhythm that was tested and not chosen."""

    driver: str
    because: str


class RecurrenceReport(Struct, frozen=True):
    """How regularly a cascade comes back."""

    driver: Annotated[str, Meta(description="uptime, clock, load, back-off, irregular or too-few")]
    because: str
    period_s: Annotated[float | None, Meta(description="median of the gaps, seconds")]
    spread_s: Annotated[
        float | None, Meta(description="1.4826 x median absolute deviation, seconds")
    ]
    gaps: int
    p_value: Annotated[
        float | None, Meta(description="probability that random restarts look as regular")
    ]
    uptime_s: Seconds | None
    time_to_first_failure_s: Seconds | None
    cascade_s: Seconds | None
    down_s: Seconds | None
    next_due: datetime | None
    rivals: list[RivalDriverReport]


class GrowthReport(Struct, frozen=True):
    """A number that rises within each run of the component."""

    rule: str
    title: str
    value: Annotated[str, Meta(description="name of the number that the rule reads")]
    unit: Annotated[str, Meta(description="seconds, bytes or count")]
    first: Annotated[float, Meta(description="median of the runs' first readings")]
    last: Annotated[float, Meta(description="median of the runs' last readings")]
    per_hour: Annotated[float, Meta(description="median slope (Theil-Sen) of the runs")]
    runs: Annotated[int, Meta(description="runs in which it rises")]
    of_runs: Annotated[int, Meta(description="runs with readings enough to tell")]
    readings: int
    p_value: Annotated[
        float, Meta(description="probability of such a rise by chance (Mann-Kendall)")
    ]
    resets: Annotated[bool, Meta(description="each run begins well below the end of the last")]
    levels_off: Annotated[bool, Meta(description="it rises at first and hardly later")]
    limit: Annotated[float | None, Meta(description="what the log says it must not exceed")]
    reaches_limit_h: Annotated[
        float | None, Meta(description="hours from a run's last reading until the limit")
    ]
    killed_at: Annotated[
        float | None, Meta(description="last readings before kills for want of memory, where alike")
    ] = None


class SuspectReport(Struct, frozen=True):
    """Something that people are tempted to blame, with the numbers for and against."""

    what: str
    title: str
    because: Annotated[str, Meta(description="all that the log says of it")]
    speaks_for: list[str] = []
    speaks_against: list[str] = []
    is_sure: Annotated[
        bool, Meta(description="whether there are numbers enough that chance hardly made them so")
    ] = False
    count: Annotated[int, Meta(description="how often its failures followed in the incidents")] = 0


class RemedyReport(Struct, frozen=True):
    """A remedy that fits the evidence; rank 1 comes first."""

    id: str
    rank: int
    title: str
    because: str
    does_not_cure: list[str]
    against: Annotated[
        str, Meta(description="rule whose failure it is for: the first failure's, or a symptom's")
    ]


class NotYetReport(Struct, frozen=True):
    """What not to do yet."""

    what: str
    because: str


class CascadeReport(Struct, frozen=True):
    """Incidents of one shape."""

    id: str
    first_failure: str
    title: str
    incidents: list[str]
    count: Annotated[int, Meta(description="how often it came, aftershocks not counted")]
    aftershocks: int
    severity: str
    recurrence: RecurrenceReport
    ruled_out: Annotated[
        list[SuspectReport], Meta(description="something speaks against each, and nothing for it")
    ]
    remedies: list[RemedyReport]
    not_yet: list[NotYetReport]
    growth: Annotated[
        list[GrowthReport],
        Meta(description="what rises within the runs of its component, the surest first"),
    ] = []
    suspected: Annotated[
        list[SuspectReport],
        Meta(description="something speaks for each, besides the first failure itself"),
    ] = []
    not_shown: Annotated[
        list[SuspectReport], Meta(description="the log shows nothing for or against each")
    ] = []


class RestartsReport(Struct, frozen=True):
    """All restarts that the log shows."""

    count: int
    orderly: int
    times: list[datetime]
    period_s: Seconds | None
    spread_s: Seconds | None
    driver: str


class BackgroundReport(Struct, frozen=True):
    """A failure that goes on at the same rate in healthy times."""

    rule: str
    title: str
    count: int
    per_hour: float | None
    source: str
    line: int
    because: str
    standing: bool


class DurationsReport(Struct, frozen=True):
    """How long the healthy events took, in seconds; the shares are true to 5 %."""

    mean_s: float
    p50_s: float
    p95_s: float
    p99_s: float
    slowest_s: float
    slowest_time: datetime
    mean_concurrency: float | None


class LoadReport(Struct, frozen=True):
    """What the healthy lines say of the traffic."""

    events: int
    mean_per_s: float | None
    peak_1s: int
    peak_10s: int
    peak_concurrency: int
    peak_time: datetime | None
    durations: DurationsReport | None


class UnknownFailureReport(Struct, frozen=True):
    """A failure that no rule knows."""

    id: str
    template: str
    count: int
    source: str
    line: int


class SensitivityReport(Struct, frozen=True):
    """How many incidents there are, and would be with other gaps; each episode counts."""

    gap_s: Annotated[Seconds, Meta(description="so long a quiet time begins a new episode")]
    incidents: int
    with_half: int
    with_twice: int


class Report(Struct, frozen=True):
    """The report of `logcascade analyze --format json`: times RFC 3339, spans in seconds."""

    schema: str
    version: str
    sources: list[Source]
    runs: list[RunReport]
    workers: list[WorkerReport]
    incidents: list[IncidentReport]
    cascades: Annotated[list[CascadeReport], Meta(description="the worst first")]
    restarts: RestartsReport
    background: list[BackgroundReport]
    load: LoadReport | None
    unknown_failures: list[UnknownFailureReport]
    notes: Annotated[list[str], Meta(description="what was capped or left out")]
    retold: Annotated[int, Meta(description="reports that a second source told again")]
    sensitivity: SensitivityReport | None
    redacted: Annotated[bool, Meta(description="whether secrets were replaced by marks")]
