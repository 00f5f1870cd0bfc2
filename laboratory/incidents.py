"""Which incidents a run had, from what was injected and refused.

Only the place of a failure is looked up among the lines: the first record of the expected exception
at or after the moment it was caused.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from laboratory.story import Cause, Story

QUIET_S = 600.0
"""Refusals nearer than this belong to one incident."""
Fact = dict[str, Any]
Entry = dict[str, Any]


@dataclass(frozen=True)
class Incident:
    """One injected failure that did harm."""

    time: float
    entry: int | None
    """Index of the first failure's entry; None if no line of this run shows it."""
    echo: bool = False
    """Still the incident before, seen again after the restart."""
    kind: str | None = None
    """None: the story's."""
    in_log: tuple[int, str] | None = None
    """Entry and kind of what the bot's own log shows first, where it is not the same."""


def first_entry(
    entries: list[Entry], since: float, pattern: str, source: str = "bot"
) -> int | None:
    """Return the first line of `source` at or after `since` that matches."""
    found = re.compile(pattern)
    for index, entry in enumerate(entries):
        if entry["t"] >= since and entry["source"] == source and found.search(entry["text"]):
            return index
    return None


def flood_incidents(entries: list[Entry], injected: list[Fact], ends: list[Fact]) -> list[Incident]:
    """One incident for each group of refusals; a group right after a restart is an echo."""
    starts = [fact["t"] for fact in ends if fact["what"] == "start"]
    result: list[Incident] = []
    last = -QUIET_S
    for fact in injected:
        if fact["what"] != "refused":
            continue
        between = [start for start in starts if last < start <= fact["t"]]
        if fact["t"] - last > QUIET_S or between:
            pattern = r"TelegramRetryAfter: .*Flood control exceeded"
            entry = first_entry(entries, fact["t"], pattern)
            ended = next((start for start in starts if start > fact["t"]), None)
            if entry is not None and ended is not None and entries[entry]["t"] > ended:
                entry = None  # the run was killed before it could write
            echo = bool(between) and fact["t"] - last <= QUIET_S
            result.append(Incident(fact["t"], entry, echo))
        last = fact["t"]
    return result


def lock_incidents(entries: list[Entry], _: list[Fact], facts: list[Fact]) -> list[Incident]:
    """One incident for each foreign write lock during which the bot wanted to write."""
    result = []
    locks = [fact["t"] for fact in facts if fact["what"] == "lock"]
    ends = [fact["t"] for fact in facts if fact["what"] == "lock-end"]
    for begin, end in zip(locks, ends, strict=False):
        entry = first_entry(entries, begin, r"^sqlite3\.OperationalError: database is locked")
        if entry is not None and entries[entry]["t"] <= end + 10:
            result.append(Incident(begin, entry))
    return result


def kill_incidents(entries: list[Entry], _: list[Fact], facts: list[Fact]) -> list[Incident]:
    """One incident for each kill by the kernel."""
    result = []
    for fact in facts:
        if fact["what"] == "oom-killed":
            pattern = rf"Memory cgroup out of memory: Killed process {fact['pid']} "
            result.append(
                Incident(fact["t"], first_entry(entries, fact["t"] - 60, pattern, "kernel"))
            )
    return result


def outage_incidents(
    entries: list[Entry], injected: list[Fact], facts: list[Fact]
) -> list[Incident]:
    """One incident for each outage; refusals of the backlog after it are its echo."""
    result = [
        Incident(fact["t"], first_entry(entries, fact["t"], r"TelegramNetworkError: "))
        for fact in injected
        if fact["what"] == "outage"
    ]
    backlog = flood_incidents(entries, injected, facts)
    return result + [Incident(found.time, found.entry, echo=True) for found in backlog]


def later(entries: list[Entry], first: int, cause: Cause, end: float) -> Iterator[Incident]:
    """Yield the lines of a cause after its first, before it is injected again: echoes."""
    found = re.compile(cause.pattern)
    for index in range(first + 1, len(entries)):
        entry = entries[index]
        if entry["t"] >= end:
            return
        if entry["source"] == cause.source and found.search(entry["text"]):
            yield Incident(entry["t"], index, True, cause.kind)


def in_later_lives(
    entries: list[Entry], first: int, cause: Cause, lives: list[float], end: float
) -> Iterator[Incident]:
    """Yield where a cause shows again in each life before it is injected again: echoes."""
    for life, following in itertools.pairwise([*lives, math.inf]):
        again = first_entry(entries, life, cause.pattern, cause.source)
        if entries[first]["t"] >= life or life >= end or again is None:
            continue
        if entries[again]["t"] < min(following, end):
            yield Incident(life, again, True, cause.kind)


def caused_incidents(
    story: Story, entries: list[Entry], injected: list[Fact], facts: list[Fact]
) -> list[Incident]:
    """One incident for each fact that one of the story's causes names, in order of time.

    Where a fault kills every life, the later lives before the next such fact are its echoes.
    """
    result: list[Incident] = []
    known = sorted([*injected, *facts], key=lambda fact: float(fact["t"]))
    lives = [fact["t"] for fact in facts if fact["what"] == "start"]
    for cause in story.causes:
        times = [fact["t"] for fact in known if fact["what"] == cause.fact]
        for begin, end in itertools.pairwise([*times, math.inf]):
            if not cause.pattern:
                result.append(Incident(begin, None, kind=cause.kind))
                continue
            since = begin
            if cause.fact == "crashed":  # its traceback precedes the end
                since = max(life for life in lives if life < begin)
                end = begin
            entry = first_entry(entries, since, cause.pattern, cause.source)
            if entry is not None and entries[entry]["t"] >= end:
                entry = None
            if entry is None:
                continue  # it did no harm, or its lines are lost
            own = first_entry(entries, begin, cause.in_log[1]) if cause.in_log else None
            seen = (own, cause.in_log[0]) if cause.in_log and own is not None else None
            result.append(Incident(begin, entry, kind=cause.kind, in_log=seen))
            if cause.every_time:
                result += later(entries, entry, cause, end)
            if cause.every_life:
                result += in_later_lives(entries, entry, cause, lives, end)
    if any(cause.backlog for cause in story.causes):
        backlog = flood_incidents(entries, injected, facts)
        result += [replace(one, echo=True, kind="telegram-flood-control") for one in backlog]
    return sorted(result, key=lambda incident: incident.time)


FINDERS: dict[str, Callable[[list[Entry], list[Fact], list[Fact]], list[Incident]]] = {
    "telegram-flood-control": flood_incidents,
    "sqlite-database-locked": lock_incidents,
    "process-oom-killed": kill_incidents,
    "telegram-network-error": outage_incidents,
}
