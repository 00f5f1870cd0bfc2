"""Real logs of every format, and what can be done to a log without changing what it says."""

import gzip
import io
import json
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import BinaryIO

from logcascade.cli.options import parse_zone
from logcascade.model.records import Record, SourceSummary
from logcascade.reading.formats.line_format import load_formats
from logcascade.reading.reader import Reader
from logcascade.reading.times.stamps import ReadingOptions
from tests.format_logs.every_line import EveryLine

FOLDER = Path(__file__).parent.parent / "format_logs"
NAMES = sorted(each.parent.name for each in FOLDER.glob("*/log.gz"))
FORMATS = load_formats()

RECORDS = 60
"""Records of each log that are read here; all of them are in ``test_every_record.py``."""


@dataclass(frozen=True)
class Log:
    """A log in one format, with what its program was asked to write."""

    name: str
    data: bytes
    truths: tuple[dict[str, object], ...]
    told: dict[str, object]

    @property
    def options(self) -> ReadingOptions:
        """What a person would have to say of its times."""
        day, year = self.told.get("date"), self.told.get("year")
        zone = self.told.get("zone")
        return ReadingOptions(
            zone=parse_zone(zone if isinstance(zone, str) else None),
            date=date.fromisoformat(day) if isinstance(day, str) else None,
            year=year if isinstance(year, int) else None,
        )


@cache
def load(name: str) -> Log:
    """Return the beginning of the stored log of this name, up to the end of a record."""
    folder = FOLDER / name
    path = folder / "options.json"
    told = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    lines = gzip.decompress((folder / "truth.jsonl.gz").read_bytes()).decode().splitlines()
    truths = tuple(json.loads(line) for line in lines)
    data = gzip.decompress((folder / "log.gz").read_bytes())
    end = len(data)
    if len(truths) > RECORDS:
        kept = truths[RECORDS]["line"] - 1
        truths = tuple(each for each in truths if each["line"] <= kept)
        end = sum(map(len, data.split(b"\n")[:kept])) + kept
    return Log(name, data[:end], truths, told)


@cache
def read_whole(name: str) -> tuple[list[Record], SourceSummary]:
    """Return what is read of a log as it is."""
    log = load(name)
    return read(log.data, log.options)


def read(
    data: bytes, options: ReadingOptions, **more: object
) -> tuple[list[Record], SourceSummary]:
    """Return all records of a log, and the account of its lines."""
    return read_stream(io.BytesIO(data), options, **more)


def read_stream(
    stream: BinaryIO, options: ReadingOptions, **more: object
) -> tuple[list[Record], SourceSummary]:
    """Return all records of an opened log, and the account of its lines."""
    reader = Reader(stream, "log", FORMATS, EveryLine(), (), options, **more)  # type: ignore[arg-type]
    records = list(reader.records())
    summary = reader.summary()
    assert summary.record_lines + summary.unparsed_lines == summary.lines
    return records, summary


def content(records: list[Record]) -> list[Record]:
    """Return the records as they are but for who carried them."""
    return [replace(each, component="", program="", pid=None, run_key="") for each in records]
