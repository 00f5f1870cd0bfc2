"""Builders with defaults: a test shows only what matters to it."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from logcascade.cli import work
from logcascade.model.analysis import Run
from logcascade.model.bursts import Burst, GroupedIncident, Values
from logcascade.model.detections import Detection
from logcascade.model.records import Location, Severity
from logcascade.model.rules import Cause, Ended, Marks, Role, Rule, Tolerated

NOON = datetime(2026, 5, 19, 12, tzinfo=UTC)


def at(seconds: float) -> datetime:
    """Return the time *seconds* after noon of the tests' day."""
    return NOON + timedelta(seconds=seconds)


def make_rule(name: str, **changes: object) -> Rule:
    """Return a rule for failures named *name* without any relation."""
    rule = Rule(
        id=name,
        title=name.replace("-", " "),
        role=Role.FAILURE,
        severity=Severity.ERROR,
        summary="",
        area="test",
        path=Path(f"{name}.toml"),
        literals=(name,),
        patterns=(),
        where=(),
        min_severity=None,
        loggers=(),
        programs=(),
    )
    return replace(rule, **changes)  # type: ignore[arg-type]


def causes(rule: str, within_s: float = 300, same: Sequence[str] = ("run",)) -> Cause:
    """Return a mechanism by which something leads to *rule*."""
    return Cause(rule, timedelta(seconds=within_s), tuple(same), f"leads to {rule}")


def tolerated(count: int, within_s: float = 600) -> Tolerated:
    """Return a tolerance of fewer than *count* reports."""
    return Tolerated(count, timedelta(seconds=within_s))


def rules_of(*rules: Rule) -> Mapping[str, Rule]:
    """Return *rules* by id."""
    return {rule.id: rule for rule in rules}


STORY = rules_of(
    make_rule(
        "flood",
        causes=(causes("timeout"), causes("session"), causes("lock"), causes("oom", 900)),
    ),
    make_rule("timeout", causes=(causes("session"),)),
    make_rule("session", late="run", residue=True, causes=(causes("oom", 900),)),
    make_rule("lock", late="5s"),
    make_rule("oom", explains_end=True, ended=Ended.OOM_KILLED, severity=Severity.CRITICAL),
    make_rule("network", tolerated=tolerated(3)),
    make_rule("started", role=Role.LIFECYCLE, marks=Marks.START),
    make_rule("polling", role=Role.LIFECYCLE, marks=Marks.START),
    make_rule("asked", role=Role.LIFECYCLE, marks=Marks.STOP_REQUESTED),
    make_rule("stopped", role=Role.LIFECYCLE, marks=Marks.END, ended=Ended.ORDERLY),
    make_rule("exited", role=Role.LIFECYCLE, marks=Marks.END, ended=Ended.CRASHED),
    make_rule("again", role=Role.LIFECYCLE, marks=Marks.RESTART_SCHEDULED),
    make_rule("boot", role=Role.LIFECYCLE, marks=Marks.BOOT),
    make_rule("killed", role=Role.LIFECYCLE, marks=Marks.END, ended=Ended.KILLED),
)
"""The bot's story in rules of one word each."""


def make_detection(
    rule: str = "flood",
    seconds: float | None = 0,
    line: int | None = None,
    rules: Mapping[str, Rule] = STORY,
    **changes: object,
) -> Detection:
    """Return a detection of *rule*, *seconds* after noon, on a line of its own."""
    known = rules.get(rule)
    number = line if line is not None else round((seconds or 0) * 10) + 100_000
    detection = Detection(
        rule=rule,
        title=known.title if known else rule,
        role=known.role if known else Role.FAILURE,
        severity=known.severity if known else Severity.ERROR,
        location=Location("bot.log", number),
        record_line=number,
        order=(0, number),
        time=None if seconds is None else at(seconds),
        occurred_from=None if seconds is None else _occurred_from(known, seconds),
        component="bot",
        program="",
        pid=None,
        run_key="",
        values={},
        text=f"{rule} happened",
        last_line=number,
    )
    return replace(detection, **changes)  # type: ignore[arg-type]


def _occurred_from(rule: Rule | None, seconds: float) -> datetime | None:
    if rule is None or rule.late == "none":
        return at(seconds)
    return None if rule.late == "run" else at(seconds - float(rule.late.removesuffix("s")))


def make_burst(rule: str = "flood", seconds: float = 0, count: int = 1, **changes: object) -> Burst:
    """Return a burst of *rule* that begins and ends *seconds* after noon, in run r1."""
    first = make_detection(rule, seconds)
    occurred = first.occurred_from
    burst = Burst(
        first=first,
        count=count,
        start=at(seconds).timestamp(),
        end=at(seconds).timestamp(),
        occurred_from=None if occurred is None else occurred.timestamp(),
        component="bot",
        run="r1",
        values={},
        last_location=first.location,
    )
    return replace(burst, **changes)  # type: ignore[arg-type]


def values(**counts: Mapping[str, int]) -> Mapping[str, Values]:
    """Return values of a burst: name -> value -> how often."""
    return {name: Values(seen) for name, seen in counts.items()}


def make_run(name: str = "r1", start: float | None = -3600, **changes: object) -> Run:
    """Return a run of the bot that began *start* seconds after noon and goes on."""
    run = Run(
        id=name,
        component="bot",
        pid=None,
        start=None if start is None else at(start),
        end=None,
        ended=Ended.RUNNING,
        evidence=(),
        start_location=None if start is None else Location("bot.log", 1),
        start_rule="" if start is None else "started",
    )
    return replace(run, **changes)  # type: ignore[arg-type]


def rules_in(item: GroupedIncident) -> list[str]:
    """Return the first failure and the symptoms of an incident, by rule."""
    return [item.incident.first_failure.rule, *(s.rule for s in item.incident.symptoms)]


class KeepAll:
    """A sieve that takes nothing for background."""

    def steady(self, _bursts: Sequence[Burst], _tied: AbstractSet[int]) -> frozenset[int]:
        """Return nothing."""
        return frozenset()

    def onset(self, _burst: Burst) -> str:
        """Return no words."""
        return ""

    def passed(self, _burst: Burst) -> bool:
        """Return no."""
        return False

    def __call__(self, lone: Sequence[Burst], _failed: AbstractSet[str]) -> list[Burst]:
        """Return all."""
        return list(lone)


@cache
def answer_of(path: Path) -> work.Answer:
    """Return the analysis of a log of the year 2026; each is read once for all tests."""
    return work.analyse(work.Request([str(path)], year=2026))
