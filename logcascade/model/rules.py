"""What a rule file says, once it has been read and checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from logcascade.model.patterns import RulePattern
from logcascade.model.records import Severity

GREETING = "program-greeting"
"""Id of `GREETING_RULE`."""

RESTART_LOOP = "restart-loop"
"""Id of `RESTART_LOOP_RULE`."""


class Role(StrEnum):
    """What a record that a rule recognises is."""

    FAILURE = "failure"
    LIFECYCLE = "lifecycle"
    LOAD = "load"
    BENIGN = "benign"
    MANNER = "manner"
    """What a program says it does about a failure that no rule names; it names none itself."""
    GAUGE = "gauge"
    """A healthy program tells a number of itself, such as its memory: read now and then only."""


COUNTED = frozenset({Role.LOAD, Role.GAUGE})
"""The roles of what healthy programs log: events are counted, of the others a sample is read."""


class Where(StrEnum):
    """The part of a record in which a pattern must begin."""

    MESSAGE = "message"
    """At the start of the message, or of an error's text that the message introduces."""
    EXCEPTION = "exception"
    """At the start of ``Type: message`` of an exception in the record's tracebacks."""
    ANYWHERE = "anywhere"
    """At the start of any line of the record. Only where nobody's text can get."""
    WORD = "word"
    """At any of the first words of the message or of the fields; for gauges."""


class Marks(StrEnum):
    """What a lifecycle record says of a run."""

    START = "start"
    STOP_REQUESTED = "stop-requested"
    """Somebody asked it to stop: what follows is orderly unless it is killed for being slow."""
    END = "end"
    RESTART_SCHEDULED = "restart-scheduled"
    WORKER_START = "worker-start"
    """A process that a service starts by itself; its life is a run within the service's."""
    WORKER_END = "worker-end"
    GIVEN_UP = "given-up"
    """A supervisor starts it no more: it stays down, however its last process ended."""
    BOOT = "boot"
    """The machine started: no process of before lives on."""


class Ended(StrEnum):
    """How a run ended."""

    ORDERLY = "orderly"
    CRASHED = "crashed"
    KILLED = "killed"
    OOM_KILLED = "oom-killed"
    UNKNOWN = "unknown"
    RUNNING = "running"


STRENGTH = {
    Ended.OOM_KILLED: 5,
    Ended.KILLED: 4,
    Ended.CRASHED: 3,
    Ended.ORDERLY: 2,
    Ended.UNKNOWN: 1,
    Ended.RUNNING: 0,
}
"""Which of several statements on one end counts: the more specific one."""

NOT_ORDERLY = frozenset({Ended.CRASHED, Ended.KILLED, Ended.OOM_KILLED, Ended.UNKNOWN})
"""The ends that nobody asked for."""


@dataclass(frozen=True, slots=True)
class Condition:
    """When a remedy fits: a claim about an incident's failures, or the values that they carry."""

    field: str = ""
    """Name of an extracted value; empty where the condition is on the failures only."""
    equals: str = ""
    """The value most detections carry."""
    is_not: str = ""
    distinct_at_least: int = 0
    """At least so many different values within the incident (chats, users)."""
    distinct_at_most: int = 0
    """At most so many; 0 means no limit."""
    negative: bool | None = None
    """Most values are negative numbers (a Telegram group), or most are not."""
    symptom: str = ""
    """A rule that must be among the incident's failures."""
    first: bool = False
    """The rule that asks must be the first failure itself, nothing known being before it."""
    rhythm: str = ""
    """What must set the rhythm of the cascade: a value of `recurrence.Rhythm`."""


@dataclass(frozen=True, slots=True)
class RemedyUse:
    """One line of ``[[remedies]]``: which remedy, when, and why then."""

    id: str
    when: tuple[Condition, ...] = ()
    """All must hold; none means always."""
    because: str = ""


@dataclass(frozen=True, slots=True)
class Cause:
    """One line of ``[[causes]]``: this rule's failure leads to another's."""

    rule: str
    within: timedelta
    same: tuple[str, ...]
    """What must agree: ``run``, ``component``, ``host`` (any process of the machine), or a value
    by its name, where both have it."""
    how: str
    told_before: timedelta = timedelta()
    """The other failure may be reported so long before this one shows itself."""


@dataclass(frozen=True, slots=True)
class NotYet:
    """What not to do while this is the first failure, or while this suspect is not to blame."""

    what: str
    because: str
    when: tuple[Condition, ...] = ()
    """All must hold; none means always."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """Something a reader is tempted to blame, and which numbers would speak for or against it.

    Its failures are those of the rules that speak for it.
    """

    id: str
    """``sqlite``, ``telegram-volume``."""
    title: str
    always: bool = False
    """Any program can suffer from it, and all programs of a host at once."""
    limit_per_s: float | None = None
    """Where the suspicion is volume: the steady rate that would explain the failure."""
    grows: str = ""
    """Unit of the numbers that would rise within the runs."""
    ended: Ended | None = None
    """How the runs would end."""
    follows: Ended | None = None
    """The incidents would begin soon after a start that follows such an end."""
    restarts: bool = False
    """It is what starts the program again."""
    says: tuple[str, ...] = ()
    """Words by which a first failure points to it, in small letters."""
    not_yet: NotYet | None = None
    """What not to do where it is not to blame."""

    @property
    def program_tells(self) -> bool:
        """Whether the program itself meets its failures, so that silence in its log says much."""
        return self.ended is None and self.follows is None and not self.restarts


@dataclass(frozen=True, slots=True)
class Tolerated:
    """Fewer than `count` within `within`, with no consequence, is a hiccup and no incident."""

    count: int
    within: timedelta
    below: Mapping[str, float] = field(default_factory=dict)
    """Name of a value -> what it must stay below, in its own unit; one report with more is a
    failure."""


@dataclass(frozen=True, slots=True)
class Example:
    """A record as it was printed, and the verdict on it."""

    origin: str
    text: str
    matches: bool
    expect: Mapping[str, str | float]
    why: str
    fields: Mapping[str, str]
    """What the carrier would say of it: ``logger``, ``severity``, ``program``."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A way to fail (or to start, to stop, to be healthy), and how to recognise it."""

    id: str
    title: str
    """A noun phrase that a report can print."""
    role: Role
    severity: Severity
    summary: str
    area: str
    """The folder it lives in: ``telegram``, ``sqlite``, ``kernel``."""
    path: Path
    literals: tuple[str, ...]
    """One of these stands in each record that can match."""
    patterns: tuple[RulePattern, ...]
    where: tuple[Where, ...]
    min_severity: Severity | None
    """A record that says it is less severe cannot match; one that says nothing can."""
    loggers: tuple[str, ...]
    """Prefixes of logger names; a record with another logger cannot match. Empty: any."""
    programs: tuple[str, ...]
    """Syslog identifiers; a record that names another cannot match. Empty: any."""
    units: Mapping[str, str] = field(default_factory=dict)
    """Value name -> unit: ``seconds``, ``milliseconds``, ``bytes``, ``kilobytes``, ``megabytes``,
    ``count``, ``attempts``."""
    late: str = "none"
    """``none``, ``run``, a span such as ``5s``, or the name of a value in seconds."""
    causes: tuple[Cause, ...] = ()
    speaks_for: tuple[str, ...] = ()
    """Suspects that such a failure is one of: the network, a full disk."""
    mistaken_for: Mapping[str, str] = field(default_factory=dict)
    """Suspect that such a failure tempts to blame -> why it is not one of its failures."""
    not_yet: tuple[NotYet, ...] = ()
    remedies: tuple[RemedyUse, ...] = ()
    tolerated: Tolerated | None = None
    marks: Marks | None = None
    ended: Ended | None = None
    explains_end: bool = False
    """True for a failure that is itself the end of the run (the kernel's kill)."""
    unasked: bool = False
    """True for an end that nobody asked for unless another line says so: it had finished."""
    printed_by: tuple[str, ...] = ()
    """Who prints the record: products, each with the versions that were seen to."""
    references: tuple[str, ...] = ()
    examples: tuple[Example, ...] = ()
    residue: bool = False
    """True where a report after a quiet time may speak of the incident before."""
    silent: bool = False
    """True where the failure may leave no line: its consequences can then look like the first."""
    elsewhere: str = ""
    """Who failed, where the failure only shows that another one did: its own log says why."""
    tell_apart: tuple[str, ...] = ()
    """Names of the values by which two failures of this rule are two, and not one repeated. Where
    there are any, so does the innermost place of a traceback."""
    is_carrier: bool = False
    """True where the record only tells, perhaps late, of the exception that it prints: that one
    names the failure, whether a rule knows it or not."""


GREETING_RULE = Rule(
    id=GREETING,
    title="The program's first line",
    role=Role.LIFECYCLE,
    severity=Severity.INFO,
    summary="The log begins with it, and it comes again after what ends the program.",
    area="",
    path=Path(),
    literals=(),
    patterns=(),
    where=(),
    min_severity=None,
    loggers=(),
    programs=(),
    marks=Marks.START,
)
"""A start in words that no file holds: they are learned from the log itself."""

RESTART_LOOP_RULE = replace(
    GREETING_RULE,
    id=RESTART_LOOP,
    title="Ends by itself soon after each start",
    severity=Severity.ERROR,
    summary="The program ends in peace, its supervisor starts it again, and it ends again.",
    marks=Marks.END,
    ended=Ended.UNKNOWN,
)
"""Stands for the rule of an end that is in order by itself, and not as one of a row."""


def with_built_in(rules: Mapping[str, Rule]) -> dict[str, Rule]:
    """
    Return *rules* and those for what is recognised by how it repeats, by id.

    A restart loop leads to what the ends that it is made of lead to.
    """
    causes = {cause.rule: cause for rule in rules.values() if rule.unasked for cause in rule.causes}
    loop = replace(RESTART_LOOP_RULE, causes=tuple(causes[name] for name in sorted(causes)))
    return {**rules, GREETING_RULE.id: GREETING_RULE, loop.id: loop}


@dataclass(frozen=True, slots=True)
class Trial:
    """The same load upon the same program, without a remedy and with it: what was counted."""

    id: str
    load: str
    """What was injected: ``60 users write once within a second``."""
    on: str
    """What it ran on: ``aiogram 3.31.0, Python 3.11.2``."""
    helped: bool
    without: Mapping[str, float]
    """What was counted, with its unit where it is no count -> the figure without the remedy."""
    with_it: Mapping[str, float]
    """The same figures with the remedy."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """What a person should do, with its code where code helps."""

    id: str
    title: str
    summary: str
    """What it does, in one sentence."""
    upstream: int
    """Order of application: the lower, the nearer to the origin of the pressure."""
    fits: str
    cures: tuple[str, ...]
    """Rules whose failures it removes."""
    does_not_cure: tuple[str, ...]
    """In words: what remains when only this is done."""
    side_effects: tuple[str, ...]
    watch: tuple[str, ...]
    """Rules that must fall silent afterwards."""
    references: tuple[str, ...]
    files: Mapping[str, str]
    """File name -> text of the code that goes with it."""
    measured: tuple[str, ...] = ()
    """What else was measured, in words and figures."""
    trials: tuple[Trial, ...] = ()
    """Runs with and without it; made by a command, never written by hand."""
