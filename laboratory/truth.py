"""The truth about a run, from what was injected and refused; no reader of logs is asked.

The Bot API server and the supervisor recorded with the virtual time what they did. From these
facts come the incidents, their times and the ends of runs. Only the place of a failure, its line,
is looked up: the first record of the expected exception at or after the moment it was caused.
"""

from __future__ import annotations

import itertools
import json
import re
import statistics
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from laboratory.incidents import FINDERS, Entry, Fact, Incident, caused_incidents
from laboratory.story import Story

HEAD = re.compile(
    r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(,\d{3} - |\.\d{3} \| )|\{\""
    r"|\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d|\d+:[MC] \d\d \w{3} \d{4} |127\.0\.0\.1 - - \["
)
"""Begins a record: of `logging`, of loguru, of a JSON object a line; of celery and gunicorn, of
redis, of an access log."""


OF_BOT_ALONE = ("bot.log", "bot-json.log")
"""Files that hold the main program's lines and no others."""


@dataclass(frozen=True)
class Place:
    """Where the first failure of one incident stands in one file."""

    line: int
    first: int
    last: int
    kind: str | None = None


def read(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a file with one JSON object a line."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def iso(time: float) -> str:
    """RFC 3339, UTC, milliseconds."""
    return datetime.fromtimestamp(time, UTC).isoformat(timespec="milliseconds")


def record_of(entries: list[Entry], index: int, same: Callable[[Entry], bool]) -> tuple[int, int]:
    """First and last entry of the record around an entry, among the entries that `same` accepts."""
    first = last = index
    if not HEAD.match(entries[index]["text"]):
        for i in range(index - 1, -1, -1):
            if same(entries[i]):
                first = i
                if HEAD.match(entries[i]["text"]):
                    break
    for i in range(index + 1, len(entries)):
        if same(entries[i]):
            if HEAD.match(entries[i]["text"]):
                break
            last = i
    return first, last


# -- files --------------------------------------------------------------------------------------


def in_log(entries: list[Entry], index: int) -> Place | None:
    """Where an entry stands in the bot's own log."""
    if entries[index]["source"] != "bot":
        return None
    if entries[index]["line"] is None:
        return None
    pid = entries[index]["pid"]
    first, last = record_of(entries, index, lambda entry: entry.get("pid") == pid)
    return Place(entries[index]["line"], entries[first]["line"], entries[last]["line"])


def in_containers(entries: list[Entry], index: int) -> Place:
    """Where an entry stands among the lines of all containers."""
    pid = entries[index]["pid"]
    first, last = record_of(entries, index, lambda entry: entry.get("pid") == pid)
    return Place(index + 1, first + 1, last + 1)


def in_journal(entries: list[Entry], index: int, tells_boots: bool) -> Place:
    """Where an entry stands in the journal: empty lines are not stored there.

    journalctl puts a line of its own before each boot but the first, in a text.
    """
    numbers, number, boot = {}, 0, 0
    for i, entry in enumerate(entries):
        number += bool(entry["text"])
        if entry["text"] and entry.get("boot", 0) != boot:
            boot = entry["boot"]
            number += tells_boots
        numbers[i] = number
    if entries[index]["source"] == "kernel":
        first, last = kernel_record(entries, index)
    elif entries[index]["source"] == "systemd":
        first = last = index
    else:
        pid = entries[index].get("pid")
        first, last = record_of(entries, index, lambda entry: entry.get("pid") == pid)
    return Place(numbers[index], numbers[first], numbers[last])


def kernel_record(entries: list[Entry], index: int) -> tuple[int, int]:
    """From the kernel's first line of a kill to systemd's last about it."""
    first = index
    while first and "invoked oom-killer" not in entries[first]["text"]:
        first -= 1
    last = index
    while last + 1 < len(entries) and "Failed with result" not in entries[last]["text"]:
        last += 1
    return first, last


def run_ends(
    story: Story, facts: list[Fact], alone: bool, names_ends: bool
) -> list[dict[str, Any]]:
    """Start and end of each life, as far as the file can show it: the bot's, then other units'.

    A kill leaves no line in the bot's own log or in a container's (`names_ends`): there, its kind
    is unknown. A life whose lines are
    lost is not told of; one whose end is lost ends unknown. Where that end and the next start are
    lost, only a journal, which has pids, shows two lives. Other units have no lines in that log.
    """
    result = lives(story, facts, alone, names_ends)
    units = {fact["what"].split(" ")[0] for fact in facts if fact["what"].endswith(" start")}
    for unit in () if alone else sorted(units):
        own = [
            {**fact, "what": fact["what"].removeprefix(f"{unit} ")}
            for fact in facts
            if fact["what"].startswith(f"{unit} ") or fact["what"] == "end"
        ]
        result += [{"unit": unit, **life} for life in lives(story, own, alone, names_ends)]
    return result


def lives(story: Story, facts: list[Fact], alone: bool, names_ends: bool) -> list[dict[str, Any]]:
    """Return the lives of one unit, from the facts about it."""
    words = {"stopped": "orderly", "crashed": "crashed", "killed": "killed", "end": "running"}
    words |= {"oom-killed": "oom-killed", "power-lost": "unknown"}
    result: list[dict[str, Any]] = []
    for fact in facts:
        if fact["what"] == "start":
            if alone and result and lost_end(story, result[-1]) and story.loses(fact["t"]):
                result[-1].update(end=None, ended="running")
                continue
            result.append({"start": iso(fact["t"]), "end": None, "ended": "running"})
        elif fact["what"] in words and result and result[-1]["end"] is None:
            ended = words[fact["what"]]
            if not names_ends and ended in {"killed", "oom-killed"}:
                ended = "unknown"
            if story.loses(fact["t"]):
                ended = "unknown"
            result[-1].update(end=iso(fact["t"]), ended=ended)
    return [run for run in result if not (story.loses(at(run["start"])) and lost_end(story, run))]


def as_logged(incidents: Iterable[Incident]) -> list[Incident]:
    """Return the incidents as far as the bot's own log can show them."""
    return [
        replace(one, entry=one.in_log[0], kind=one.in_log[1]) if one.in_log else one
        for one in incidents
    ]


def at(time: str) -> float:
    """Return a time of the truth as seconds since 1970."""
    return datetime.fromisoformat(time).timestamp()


def lost_end(story: Story, run: dict[str, Any]) -> bool:
    """Say whether the end of a life is among the lost lines."""
    return run["end"] is not None and story.loses(at(run["end"]))


def places(incidents: Iterable[Incident], find: Callable[[int], Place | None]) -> list[Place]:
    """Return the places of all incidents that a file shows."""
    found = [(find(i.entry), i.kind) for i in incidents if i.entry is not None]
    return [replace(place, kind=kind) for place, kind in found if place is not None]


def has_time(entries: list[Entry], shown: list[Place]) -> bool:
    """Say whether the bot's own log has a time for any of the failures it shows."""
    texts = {entry["line"]: entry["text"] for entry in entries if entry["source"] == "bot"}
    return any(HEAD.match(texts[place.first]) for place in shown)


def file_truth(
    found: list[Place],
    echoes: list[Place],
    ends: list[dict[str, Any]],
    real: list[Incident],
    kind: str | None,
) -> dict[str, Any]:
    """Return the part of the truth that depends on the file.

    Where the file shows none of the failures it may still show that something ended (restarts).
    """
    records = {place.first for place in found}
    echoes = [place for place in echoes if place.first not in records]
    low, high = len(found), len(found) + len(echoes) if found else len(real)
    return {
        "n_incidents": [low, high] if low != high else low,
        "first_failure_line": [place.line for place in found],
        "accept_ranges": [[place.first, place.last] for place in found],
        "first_failure_kind": one_or_each([one.kind or kind for one in found or real]),
        "echo_lines": [place.line for place in echoes],
        **({"echo_ranges": [[one.first, one.last] for one in echoes]} if echoes else {}),
        "run_ends": ends,
    }


def one_or_each(kinds: list[str | None]) -> str | list[str | None] | None:
    """Return the kind that all share, or one for each."""
    return (kinds or [None])[0] if len(set(kinds)) < 2 else kinds


def gaps(times: list[float]) -> list[float]:
    """Return the spans between neighbours."""
    return [later - earlier for earlier, later in itertools.pairwise(times)]


def finder_of(name: str, entries: list[Entry]) -> Callable[[int], Place | None]:
    """Return what finds the place of an entry in a file of this name."""
    if name.startswith(OF_BOT_ALONE):
        return lambda index: in_log(entries, index)
    if name.startswith("compose"):
        return lambda index: in_containers(entries, index)
    return lambda index: in_journal(entries, index, tells_boots=".txt" in name)


def median(spans: list[float]) -> float:
    """Return the median to a tenth of a second."""
    return round(statistics.median(spans), 1)


def truth(story: Story, folder: Path, entries: list[Entry], names: list[str]) -> dict[str, Any]:
    """Everything known about one run."""
    injected, facts = read(folder / "injected.jsonl"), read(folder / "supervisor.jsonl")
    if story.causes:
        incidents = caused_incidents(story, entries, injected, facts)
    else:
        finder = FINDERS.get(story.kind or "")
        incidents = finder(entries, injected, facts) if finder else []
    incidents = [i for i in incidents if i.entry is not None or not story.loses(i.time)]
    real = [i for i in incidents if not i.echo]
    echoes = [i for i in incidents if i.echo]
    files = {}
    for name in names:
        alone = name.startswith(OF_BOT_ALONE)
        find = finder_of(name, entries)
        files[name] = file_truth(
            places(as_logged(real) if alone else real, find),
            places(echoes, find),
            run_ends(story, facts, alone, names_ends=not (alone or story.containers)),
            real,
            story.kind,
        )
    for name in names:
        shown = places(incidents, finder_of(name, entries))
        if name.startswith("bot.log") and shown and not has_time(entries, shown):
            files[name].update(period_s=None, restart_period_s=None, driver=None)
    main = next((name for name in names if files[name]["first_failure_line"]), names[0])
    starts = [fact["t"] for fact in facts if fact["what"] == "start" and not story.loses(fact["t"])]
    ended = [fact["t"] for fact in facts if fact["what"] in {"oom-killed", "killed", "crashed"}]
    times = ended or [i.time for i in real]
    spans = gaps(times)
    driver = story.driver if len(spans) >= 2 else ("too-few" if real else None)
    grows = story.containers and driver == "back-off"  # a wait that doubles has no one period
    steady = story.driver is not None and not grows
    return {
        "source": f"laboratory story {story.name}: {story.title}",
        "format": f"{story.log_style} (bot.log), {written_by(story)}",
        "file": main,
        "n_incidents": files[main]["n_incidents"],
        "first_failure_line": files[main]["first_failure_line"],
        "accept_ranges": files[main]["accept_ranges"],
        "first_failure_kind": files[main]["first_failure_kind"],
        "downstream_kinds": list(story.downstream) if real else [],
        "restart_times": [iso(start) for start in starts[1:]],
        "restart_period_s": median(gaps(ended)) if len(ended) > 2 and steady else None,
        "healthy": not real,
        "expected_remedy": story.remedy if real else "none",
        "confidence": "high",
        "why": story.why,
        "period_s": median(spans) if len(spans) >= 2 and steady else None,
        "recurrence_s": [min(spans), max(spans)] if grows else None,
        "driver": driver,
        **({"grows_per_hour": list(story.grows)} if story.grows else {}),
        "incident_times": [iso(incident.time) for incident in real],
        "run_ends": run_ends(story, facts, alone=False, names_ends=not story.containers),
        "injected": counts(injected, facts),
        "files": files,
    }


def written_by(story: Story) -> str:
    """Who wrote the other files."""
    if story.containers:
        return "Docker's json-file (bot-json.log), docker compose logs -t (compose.log)"
    return "journalctl (journal.*)"


def counts(injected: list[Fact], facts: list[Fact]) -> dict[str, int]:
    """How often each thing was injected or refused."""
    result: dict[str, int] = {}
    for fact in [*injected, *facts]:
        result[fact["what"]] = result.get(fact["what"], 0) + 1
    return dict(sorted(result.items()))
