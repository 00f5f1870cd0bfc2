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
from itertools import cycle
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

STAMP_SIZE = len("2026-05-19 08:00:00,000")


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


@dataclass
class Made:
    """What was written."""

    size: int = 0
    """In bytes."""
    lines: int = 0
    interesting: int = 0
    """Lines that are not plain DEBUG or INFO records."""

    def __str__(self) -> str:
        share = self.interesting / self.lines
        return f"{self.size / MEGABYTE:.0f} MB, {self.lines} lines, {share:.1%} of interest"


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


def write_text(entries: list[Entry], megabytes: int) -> Iterator[Entry]:
    """
    Yield records for ever, their times moved: lives and healthy stretches in turn.

    A life that would take more than its share of a log of that size is left out, but the first.
    """
    lives = [life for life in cut_at_starts(entries) if life.interesting]
    healthy = [entry for entry in entries if entry.harmless and not _is_of_start(entry)]
    line_size = sum(STAMP_SIZE + len(entry.text) for entry in healthy) / len(healthy)
    room = megabytes * MEGABYTE / line_size / (HEALTHY_SHARE + 1)
    now = entries[0].time
    position = 0
    for number, life in enumerate(cycle(lives)):
        left = life.interesting * HEALTHY_SHARE
        if number == 0 or life.interesting <= room:
            room -= life.interesting
            left -= sum(entry.harmless for entry in life.entries)
            yield from _moved(life.entries, now - life.entries[0].time)
            now += max(entry.time for entry in life.entries) - life.entries[0].time + PAUSE
        while left > 0:
            part = healthy[position : position + left]
            yield from _moved(part, now - part[0].time)
            now += part[-1].time - part[0].time + PAUSE
            left -= len(part)
            position = (position + len(part)) % len(healthy)


def _is_of_start(entry: Entry) -> bool:
    """Say whether a record belongs to a start or a stop, which must not be repeated alone."""
    return "polling" in entry.text.lower()


def _moved(entries: list[Entry], shift: timedelta) -> Iterator[Entry]:
    for entry in entries:
        yield Entry(entry.time + shift, entry.text, entry.lines, entry.harmless)


def make_log(sample: Path, megabytes: int, out: Path) -> Made:
    """Write a log of about that size; return what was written."""
    made = Made()
    with out.open("w", encoding="utf-8", newline="\n") as target:
        for entry in write_text(read_entries(sample), megabytes):
            time = entry.time.isoformat(" ", "milliseconds").replace(".", ",")
            target.write(time + entry.text)
            made.size += len(time) + len(entry.text.encode())
            made.lines += entry.lines
            made.interesting += 0 if entry.harmless else entry.lines
            if made.size >= megabytes * MEGABYTE:
                break
    return made


if __name__ == "__main__":
    sys.stdout.write(f"{make_log(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))}\n")
