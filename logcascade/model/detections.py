"""A rule, or the lack of one, recognised in a record."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from logcascade.model.records import Location, Severity
from logcascade.model.rules import Role

UNKNOWN_PREFIX = "unknown:"


@dataclass(frozen=True, slots=True)
class Detection:
    """One failure, or one mark of a run, that a record reports."""

    rule: str
    """Id of the rule, or ``unknown:<template id>``."""
    title: str
    """The rule's title, or what an unknown failure says itself."""
    role: Role
    severity: Severity
    location: Location
    """The line of the first-raised exception, else of the record."""
    record_line: int
    """Where the record begins."""
    order: tuple[int, int]
    """(number of the source, line): ties in time are settled by it."""
    time: datetime | None
    occurred_from: datetime | None
    """The earliest it can have happened; None where only the run's start bounds it."""
    component: str
    program: str
    pid: int | None
    run_key: str
    values: Mapping[str, str | float]
    text: str
    """The lines that show it, as they stand in the log; not safe to print as they are."""
    raised_from: str = ""
    """Rule of another detection in the same record that this one was raised during or from."""
    last_line: int = 0
    """Where the record ends."""
    uncaught: bool = False
    """A traceback that no logger printed: it may have ended the process."""
    while_loading: bool = False
    """Such a traceback of a program that was still being loaded: it has ended the process."""
    manner: str = ""
    """For an unknown failure, the rule that knows what the program says it does about it."""
    level: Severity | None = None
    """What the record calls itself, whatever its rule makes of it."""
    from_entry: bool = False
    """Such a traceback that goes through the program from its first module on."""
    template: str = ""
    """The unknown failure's template."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Which piece of work it belongs to, from the record's own fields: ``request_id`` -> its id."""
    place: str = ""
    """What tells it apart from other failures of its rule; empty where nothing need do."""
    raised: tuple[str, ...] = ()
    """What its exceptions with a traceback say, without their types: the first line of each."""


@dataclass(frozen=True, slots=True)
class Template:
    """An unknown failure with its changing parts masked."""

    id: str
    """Stable across runs, versions and carriers: a hash of `text`, without a class's module."""
    text: str
    title: str = ""
    """What the failure says itself, for people: where masks stand in `text`, its own words."""
    exception: str = ""
    """Class of the first-raised exception, or empty."""
    values: Mapping[str, str] = field(default_factory=dict)
