"""The types of a verdict on a change in JSON: what other programs may rely on."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from logcascade.model.load import SLOW_S
from logcascade.report.contract import DurationsReport, LoadReport, Seconds

SCHEMA_ID = "logcascade.verification/1"
"""Name and major version of the contract."""

OUTCOMES = "fixed, not-fixed, changed or not-yet-exercised"


class TallyReport(Struct, frozen=True):
    """How often a failure was reported on both sides, and for how long it has been quiet."""

    rule: Annotated[
        str, Meta(description="id of a rule, or unknown:<template id>; empty for a sum of several")
    ]
    title: str
    before: int
    after: int
    first_after_s: Annotated[
        Seconds | None,
        Meta(description="from the begin of the log since to its first report; null: none"),
    ]
    quiet_s: Annotated[
        Seconds | None,
        Meta(description="from its last report since, or the begin of that log, to the end"),
    ]
    expected: Annotated[
        float | None,
        Meta(description="incidents with it that were due; null where it came, or is unknown"),
    ]
    decidable: Annotated[
        datetime | None, Meta(description="when its quiet will be no chance, if it lasts")
    ]
    is_settled: Annotated[bool, Meta(description="whether its quiet is no chance")]
    is_harmless: bool


class RemedyCheckReport(Struct, frozen=True):
    """A remedy advised before the change: whether what it must silence is silent."""

    id: str
    title: str
    state: Annotated[
        str,
        Meta(
            description="open: some of its failures come; quiet: those that came before do not; "
            "not-told: none came before"
        ),
    ]
    quiet: list[TallyReport]
    still: list[TallyReport]


class RemnantReport(Struct, frozen=True):
    """A consequence of a cascade that comes without it now."""

    rule: str
    title: str
    count: int
    followed_by: list[str]
    no_longer: Annotated[list[str], Meta(description="titles of what does not come any more")]


class VerdictReport(Struct, frozen=True):
    """What became of one cascade."""

    cascade: Annotated[
        str,
        Meta(
            description="its id in the report on the log before; empty: it stood in the background"
        ),
    ]
    first_failure: str
    title: str
    outcome: Annotated[str, Meta(description=OUTCOMES)]
    because: str
    before: int
    after: int
    expected: Annotated[float | None, Meta(description="incidents due since, at the old rate")]
    p_value: Annotated[float | None, Meta(description="probability of so few by chance")]
    decidable: datetime | None
    now: Annotated[str, Meta(description="title of what fails first now, where that has changed")]
    no_longer: Annotated[list[str], Meta(description="titles of what does not follow any more")]
    remains: list[RemnantReport]
    remedies: list[RemedyCheckReport]


class DurationsSide(DurationsReport, frozen=True):
    """How long the healthy events of one side took."""

    slow: Annotated[int, Meta(description=f"events that took about {SLOW_S} s or longer")]


class LoadSide(LoadReport, frozen=True):
    """What the healthy lines of one side say of the traffic."""

    durations: DurationsSide | None


class SideReport(Struct, frozen=True):
    """What one of the two logs shows as a whole."""

    first_time: datetime | None
    last_time: datetime | None
    span_s: Seconds | None
    restarts: Annotated[int, Meta(description="those that were not orderly")]
    orderly_restarts: int
    incidents: int
    load: LoadSide | None


class ReadingsReport(Struct, frozen=True):
    """A number that a rule reads, over all runs of one side."""

    rule: str
    title: str
    value: str
    unit: Annotated[str, Meta(description="seconds, bytes or count")]
    readings: int
    lowest: float
    median: float
    highest: float
    is_gauge: Annotated[bool, Meta(description="the program tells it of itself, no failure does")]


class NumberPairReport(Struct, frozen=True):
    """A number on both sides; null where a side does not tell it."""

    before: ReadingsReport | None
    after: ReadingsReport | None


class NewFailureReport(Struct, frozen=True):
    """A failure that the log before the change does not show."""

    rule: str
    title: str
    severity: str
    count: int
    source: str
    line: int
    time: datetime | None


class VerificationReport(Struct, frozen=True):
    """The report of `logcascade verify --format json`: times RFC 3339, spans in seconds."""

    schema: str
    version: str
    outcome: Annotated[str, Meta(description=OUTCOMES)]
    because: str
    before: SideReport
    after: SideReport
    verdicts: Annotated[list[VerdictReport], Meta(description="the worst cascade first")]
    any_failure: Annotated[TallyReport, Meta(description="all failures that are not harmless")]
    restarts: Annotated[TallyReport, Meta(description="those that were not orderly")]
    tallies: list[TallyReport]
    numbers: list[NumberPairReport]
    new_failures: list[NewFailureReport]
    notes: list[str]
    redacted: Annotated[bool, Meta(description="whether secrets were replaced by marks")]
