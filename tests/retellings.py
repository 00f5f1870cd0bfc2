"""
One run told by several logs whose clocks differ, derived from the journals of `sample_logs`.

Nothing is invented: the lines are those of the real runs, only their stamps are written as another
clock would have. The kernel's ring is rendered as `dmesg` prints it (seconds since boot in
brackets, padded to five digits before the dot), from the kernel's lines in the journal and a fixed
time of boot.
"""

import gzip
import io
import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from logcascade import bundled
from logcascade.model.analysis import Analysis
from logcascade.pipeline import analyze
from logcascade.reading.formats.line_format import load_formats
from logcascade.ruleset.load import load_rules
from logcascade.sources import Source

SAMPLES = Path(__file__).parent.parent / "sample_logs"

BOOT = datetime(2026, 5, 14, 13, 27, 35, 159132, tzinfo=UTC)
"""When the machine of `flood-control-cascade` was booted, by the two stamps of its first entry."""

YEAR = 2026

_PYTHON = re.compile(r"(?<![\d-])(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d),(\d{3})(?= - )")
_SHORT = re.compile(r"^([A-Z][a-z]{2} [ 0-3]\d \d\d:\d\d:\d\d\.\d{6})", re.MULTILINE)


@cache
def sample(story: str, name: str) -> str:
    """Return a file of a sample log as text."""
    path = SAMPLES / story / name
    data = path.read_bytes()
    return (gzip.decompress(data) if path.suffix == ".gz" else data).decode()


def bot_log(story: str) -> str:
    """Return the program's own log, which has no zone and is in UTC."""
    return sample(story, "bot.log" if story == "network-outage" else "bot.log.gz")


def journal(story: str) -> str:
    """Return the journal as text: no year, no zone, in UTC."""
    return sample(story, "journal.txt.gz")


def python_clock(log: str, later: timedelta) -> str:
    """Return a log of Python's logging as a clock that is *later* would have stamped it."""

    def moved(match: re.Match[str]) -> str:
        moment = datetime.fromisoformat(f"{match[1]}.{match[2]}") + later
        return f"{moment:%Y-%m-%d %H:%M:%S},{moment.microsecond // 1000:03}"

    return _PYTHON.sub(moved, log)


def journal_clock(log: str, later: timedelta) -> str:
    """Return a text journal with all its stamps, the carrier's and the program's, *later*."""

    def moved(match: re.Match[str]) -> str:
        return f"{_time_of(match[1]) + later:%b %d %H:%M:%S.%f}"

    return _SHORT.sub(moved, python_clock(log, later))


def dated(log: str, zone: str = "+00:00") -> str:
    """Return a text journal as `journalctl -o short-iso-precise` prints it: with year and zone."""
    return _SHORT.sub(lambda match: f"{_time_of(match[1]).isoformat()}{zone}", log)


def whole_seconds(log: str) -> str:
    """Return a text journal as `journalctl -o short` prints it."""
    return re.sub(r"^(.{15})\.\d{6}", r"\1", log, flags=re.MULTILINE)


def of_program(log: str, *programs: str) -> str:
    """Return the lines of a text journal that these programs wrote."""
    mark = re.compile(rf"^\S+ +\d+ \S+ \S+ (?:{'|'.join(programs)})(?:\[\d+\])?: ")
    return "".join(line for line in log.splitlines(keepends=True) if mark.match(line))


def kernel_ring(log: str, boot: datetime = BOOT) -> str:
    """Return the kernel's lines of a text journal as `dmesg` prints them."""
    lines = []
    for line in of_program(log, "kernel").splitlines():
        up = _time_of(line[:22]).replace(tzinfo=UTC) - boot
        seconds, micros = divmod(up // timedelta(microseconds=1), 1_000_000)
        lines.append(f"[{seconds:5d}.{micros:06d}] {line.split(' kernel: ', 1)[1]}\n")
    return "".join(lines)


def kernel_ring_of_json(log: str) -> str:
    """Return the kernel's entries of a JSON journal as `dmesg` prints them, by their own uptime."""
    lines = []
    for entry in map(json.loads, log.splitlines()):
        if entry.get("_TRANSPORT") == "kernel":
            seconds, micros = divmod(int(entry["__MONOTONIC_TIMESTAMP"]), 1_000_000)
            lines.append(f"[{seconds:5d}.{micros:06d}] {entry['MESSAGE']}\n")
    return "".join(lines)


def _time_of(stamp: str) -> datetime:
    return datetime.strptime(f"{YEAR} {stamp}", "%Y %b %d %H:%M:%S.%f")  # noqa: DTZ007 - no zone


def read(logs: Mapping[str, str]) -> Analysis:
    """Return the analysis of *logs*, name -> text, in their order."""
    sources = [Source(name, io.BytesIO(text.encode()), None) for name, text in logs.items()]
    return analyze(sources, *_knowledge())


@cache
def _knowledge() -> tuple[object, object]:
    return load_rules([bundled.rules_folder()]), load_formats()


def alignments(analysis: Analysis) -> dict[str, object]:
    """Return how each source was placed, by its name."""
    return {source.name: source.alignment for source in analysis.sources}


Verdict = tuple[Sequence[object], ...]


def verdict(analysis: Analysis) -> Verdict:
    """Return what was found out, without the places it was read at: all tellings agree on it."""
    return (
        [(run.ended, _second(run.start), _second(run.end)) for run in analysis.runs],
        [
            (
                incident.first_failure.rule,
                _second(incident.first_failure.time),
                incident.first_failure.count,
                sorted((symptom.rule, symptom.count) for symptom in incident.symptoms),
            )
            for incident in analysis.incidents
        ],
        [(each.first_failure, each.count, each.recurrence.driver) for each in analysis.cascades],
        [(each.rule, each.count) for each in analysis.background],
        [analysis.restarts.count, analysis.load and analysis.load.events],
    )


def _second(moment: datetime | None) -> int | None:
    """Return the second in which a moment lies: a clock of whole seconds shows no more."""
    return None if moment is None else int(moment.timestamp())
