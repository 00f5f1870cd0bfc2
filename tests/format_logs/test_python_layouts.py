"""A thousand records in each layout that people give to Python's logging, read back one by one."""

import io
from datetime import date, datetime

import pytest

from laboratory.formats.python_layouts import LAYOUTS, write
from logcascade.reading.reader import Reader
from logcascade.reading.times.stamps import ReadingOptions
from tests.format_logs.every_line import EveryLine
from tests.format_logs.test_every_record import FORMATS, RECORDS, as_told


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda each: f"{each.format} {each.datefmt or ''}")
def test_every_record_of_a_python_layout_is_right(layout):
    log, truths = write(layout)
    assert len(truths) == RECORDS
    options = ReadingOptions(date=date.fromisoformat(layout.date) if layout.date else None)
    reader = Reader(io.BytesIO(log), "log", FORMATS, EveryLine(), (), options)
    records = list(reader.records())
    for record, truth in zip(records, truths, strict=True):
        if "time" in truth:
            truth["time"] = datetime.fromisoformat(truth["time"])
        assert as_told(record, truth) == truth, f"record at line {truth['line']}"
    assert reader.summary().unparsed_lines == 0
