"""
What the clocks of two sources can be laid on each other by: events that both tell.

Strongest is the end or the start of one process, named by its id; then a message that both hold
word for word; then starts and ends of processes without a name, of which only a series tells
anything.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum

from logcascade.model.bursts import Burst
from logcascade.model.rules import Ended, Marks, Rule
from logcascade.model.scans import Scan
from logcascade.timeline.bursts import in_order
from logcascade.timeline.components import START_ADJACENCY_S, canonical_names
from logcascade.timeline.runs import SAME_END_S, SUPERVISOR_PID

_KILLS = frozenset({Ended.KILLED, Ended.OOM_KILLED})


class About(IntEnum):
    """What an anchor tells, for the words of a report; the strongest evidence has the lowest."""

    KILL = 1
    END = 2
    START = 3
    REPORT = 4


@dataclass(frozen=True, slots=True)
class Anchor:
    """An event at a time of its source's clock; equal keys in two sources may be one event."""

    key: tuple[str, ...]
    at: float
    about: About
    names_process: bool = False
    """It holds the id of the process it is about."""
    rule: str = ""
    """The rule that recognised it, where it is one of a series."""


def told_alike(scan: Scan, rules: Mapping[str, Rule]) -> list[Anchor]:
    """Return what another source may tell in the same words, or of the same process."""
    said = [
        Anchor(
            ("said", burst.rule, burst.first.text),
            burst.start,
            _about(rules.get(burst.rule)),
            "pid" in burst.first.values,
        )
        for burst in scan.told
        if burst.timed
    ]
    return [*said, *_of_processes(scan, rules)]


def starts(scan: Scan, rules: Mapping[str, Rule]) -> list[Anchor]:
    """Return the starts of processes, the several lines of one start as one."""
    told = (mark for mark in scan.marks if mark.timed and _marks(mark, rules) is Marks.START)
    return _series(told, About.START)


def ends(scan: Scan, rules: Mapping[str, Rule]) -> list[Anchor]:
    """Return the ends of processes, the several statements on one end as one."""
    told = (burst for burst in scan.told if burst.timed and _tells_end(burst, rules))
    return _series(told, About.END)


def _series(told: Iterable[Burst], about: About) -> list[Anchor]:
    """Return an anchor for each of *told* that none precedes closely."""
    anchors: list[Anchor] = []
    last = float("-inf")
    for burst in sorted(told, key=lambda burst: (burst.start, burst.rule)):
        if burst.start - last > START_ADJACENCY_S:
            anchors.append(Anchor(("turn",), burst.start, about, rule=burst.rule))
        last = burst.start
    return anchors


def _of_processes(scan: Scan, rules: Mapping[str, Rule]) -> Iterator[Anchor]:
    """
    Yield the start and the end of each process whose id is known.

    A supervisor that reports an end names its service only; the process is the one that wrote last
    for it.
    """
    names = canonical_names(scan.marks, scan.bursts, rules)
    running: dict[str, int] = {}
    seen: dict[tuple[str, ...], float] = {}
    for burst in in_order(scan.told):
        if not burst.timed:
            continue
        component = names.get(burst.component, burst.component)
        pid = burst.first.pid
        key: tuple[str, ...] = ()
        if _tells_end(burst, rules):
            named = burst.first.values.get("pid")
            ended = str(named) if named is not None else running.get(component)
            key = () if ended is None else ("end", str(ended))
        elif pid is not None and pid != SUPERVISOR_PID and burst.component:
            running[component] = pid
            key = ("start", str(pid)) if _marks(burst, rules) is Marks.START else ()
        if key and burst.start - seen.get(key, float("-inf")) > SAME_END_S:
            about = About.START if key[0] == "start" else _about(rules.get(burst.rule))
            yield Anchor(key, burst.start, about, names_process=True)
        if key:
            seen[key] = burst.start


def _marks(burst: Burst, rules: Mapping[str, Rule]) -> Marks | None:
    rule = rules.get(burst.rule)
    return rule.marks if rule else None


def _tells_end(burst: Burst, rules: Mapping[str, Rule]) -> bool:
    rule = rules.get(burst.rule)
    return rule is not None and (rule.marks is Marks.END or rule.explains_end)


def _about(rule: Rule | None) -> About:
    if rule is None:
        return About.REPORT
    if rule.marks is Marks.START:
        return About.START
    if rule.marks is Marks.END or rule.explains_end:
        return About.KILL if rule.ended in _KILLS else About.END
    return About.REPORT
