"""
A long log made from the story's sample: ``python -m tests.benchmark.make_log SAMPLE MB OUT``.

Each life of the bot in the sample is followed by a healthy stretch, so that about one line in a
hundred is of interest. Every line is a line of the sample with its time moved forward; nothing is
random, and nothing but the sample is held in memory.
"""

import gzip
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

STAMP = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)([,.]\d{3})")
"""The time at the beginning of a line of Python's logging."""

HARMLESS = re.compile(r"\b(DEBUG|INFO)\b")

RUN_STARTS = "Start polling"

HEALTHY_SHARE = 99
"""Healthy lines for each line of interest."""

PAUSE = timedelta(seconds=1)
"""Between one stretch and the next."""

MEGABYTE = 1_000_000


@dataclass
class Entry:
    """One record of the sample: its time, and its text after the time."""

    time: datetime
    text: str
    lines: int = 1
    harmless: bool = True


@dataclass
class Stretch:
    """Neighbouring records, with times of their own."""

    entries: list[Entry] = field(default_factory=list)

    @property
    def interesting(self) -> int:
        """Lines that are not plain DEBUG or INFO records."""
        return sum(entry.lines for entry in self.entries if not entry.harmless)


class NoRecordsError(Exception):
    """The sample has no line of the form that is needed."""


def read_entries(sample: Path) -> list[Entry]:
    """Return the records of a log in the form of Python's logging, continuation lines folded."""
    entries: list[Entry] = []
    opened = gzip.open if sample.suffix == ".gz" else open
    with opened(sample, "rt", encoding="utf-8", errors="replace", newline="\n") as lines:
        for line in lines:
            stamp = STAMP.match(line)
            if stamp:
                time = datetime.fromisoformat(f"{stamp[1]}.{stamp[2][1:]}")
                text = line[stamp.end() :]
                head = text.split(": ", 1)[0][:80]
                entries.append(Entry(time, text, harmless=bool(HARMLESS.search(head))))
            elif entries:
                entries[-1].text += line
                entries[-1].lines += 1
                entries[-1].harmless = False
    if not entries:
        what = f"{sample}: no line begins with a time such as 2026-05-19 08:00:00,000"
        raise NoRecordsError(what)
    return entries


def cut_at_starts(entries: list[Entry]) -> list[Stretch]:
    """Cut the records into the lives of the bot."""
    lives = [Stretch()]
    for entry in entries:
        if RUN_STARTS in entry.text and lives[-1].entries:
            lives.append(Stretch())
        lives[-1].entries.append(entry)
    return lives


def write_text(entries: list[Entry]) -> Iterator[tuple[str, int]]:
    """Yield pieces of text for ever, with their lines: lives and healthy stretches in turn."""
    lives = [life for life in cut_at_starts(entries) if life.interesting]
    healthy = [
        entry for entry in entries if entry.harmless and not _is_end(entry) and entry.lines == 1
    ]
    now = entries[0].time
    position = 0
    while True:
        for life in lives:
            shift = now - life.entries[0].time
            for entry in life.entries:
                yield _stamped(entry, shift), entry.lines
            now = max(entry.time for entry in life.entries) + shift + PAUSE
            left = life.interesting * HEALTHY_SHARE - sum(e.harmless for e in life.entries)
            while left > 0:
                part = healthy[position : position + left]
                shift = now - part[0].time
                for entry in part:
                    yield _stamped(entry, shift), 1
                now = part[-1].time + shift + PAUSE
                left -= len(part)
                position = (position + len(part)) % len(healthy)


def _is_end(entry: Entry) -> bool:
    """Say whether a harmless record belongs to a start or a stop, which must not be repeated."""
    return "polling" in entry.text.lower()


def _stamped(entry: Entry, shift: timedelta) -> str:
    time = (entry.time + shift).isoformat(" ", "milliseconds").replace(".", ",")
    return time + entry.text


def make_log(sample: Path, megabytes: int, out: Path) -> tuple[int, int]:
    """Write a log of about that size; return its bytes and its lines."""
    limit = megabytes * MEGABYTE
    size = lines = 0
    with out.open("w", encoding="utf-8", newline="\n") as target:
        for text, count in write_text(read_entries(sample)):
            target.write(text)
            size += len(text) if text.isascii() else len(text.encode())
            lines += count
            if size >= limit:
                return size, lines
    return size, lines


if __name__ == "__main__":
    made = make_log(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
    sys.stdout.write(f"{made[0]} bytes, {made[1]} lines\n")
