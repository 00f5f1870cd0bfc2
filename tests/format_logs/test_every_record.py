"""
A log of a thousand records in each format, read back record by record.

Each folder holds one log as its program wrote it (``log.gz``) and what the program was asked to
write (``truth.jsonl.gz``), put down by the script in ``laboratory/formats`` that made both; our own
reader had no part in it. One JSON object a record, in the order of the log:

    {"line": 1, "lines": 1, "time": "2026-11-23T19:24:06.032+00:00", "level": "warning",
     "logger": "aiogram.event", "message": "hello"}

``line`` is where the record begins, ``lines`` how many lines belong to it, ``message`` the text
after the prefix and before any traceback, ``exceptions`` the classes that reached the top,
``first_raised`` the class raised first of all. A key that is left out is not compared; null means
that the format cannot say it. ``options.json``, where there is one, holds what a person would have
to say for times to be known: ``{"zone": "+02:00", "year": 2026, "date": "2026-11-23"}``; also
``"format"``, the id that must be among those recognised, and ``"unparsed_lines"`` (else 0).
"""

import gzip
import json
from datetime import date, datetime
from pathlib import Path

import pytest

from logcascade.cli.options import parse_zone
from logcascade.model.places import as_found
from logcascade.reading.formats.line_format import load_formats
from logcascade.reading.reader import Reader
from logcascade.reading.times.stamps import ReadingOptions
from tests.format_logs.every_line import EveryLine

HERE = Path(__file__).parent
FOLDERS = sorted(each.parent for each in HERE.glob("*/log.gz"))
FORMATS = load_formats()
RECORDS = 1000


def options_of(folder):
    path = folder / "options.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def read(folder):
    """Return the records of the folder's log, and the account of its lines."""
    told = options_of(folder)
    options = ReadingOptions(
        zone=parse_zone(told.get("zone")),
        date=date.fromisoformat(told["date"]) if "date" in told else None,
        year=told.get("year"),
    )
    with gzip.open(folder / "log.gz") as stream:
        reader = Reader(stream, folder.name, FORMATS, EveryLine(), (), options)
        records = tuple(reader.records())
        return as_found(records, {folder.name: reader.place}), reader.summary()


def as_told(record, truth):
    """Return what was read, in the words of the truth, for the keys it has."""
    found = {
        "line": record.location.line,
        "lines": record.line_count,
        "time": record.time,
        "level": None if record.severity is None else record.severity.name.lower(),
        "logger": record.logger or None,
        "component": record.component or None,
        "program": record.program or None,
        "pid": record.pid,
        "message": record.message,
        "exceptions": [each.type for each in record.exceptions],
        "first_raised": next((e.in_order_raised()[0].type for e in record.exceptions), None),
    }
    return {key: found[key] for key in truth}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda each: each.name)
def test_every_record_time_and_level_of_a_real_log_is_right(folder):
    with gzip.open(folder / "truth.jsonl.gz", "rt", encoding="utf-8") as stream:
        truths = [json.loads(line) for line in stream]
    assert len(truths) >= RECORDS
    records, summary = read(folder)
    for record, truth in zip(records, truths, strict=False):
        if truth.get("time"):
            truth["time"] = datetime.fromisoformat(truth["time"])
        assert as_told(record, truth) == truth, f"record at line {truth['line']}"
    assert len(records) == len(truths)
    told = options_of(folder)
    assert summary.unparsed_lines == told.get("unparsed_lines", 0)
    assert summary.record_lines + summary.unparsed_lines == summary.lines
    if "format" in told:
        assert told["format"] in summary.format.split(" > ")
