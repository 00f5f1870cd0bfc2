"""A story told in text and in JSON is the same story."""

import gzip
import io
import json
from pathlib import Path

import pytest

from logcascade.pipeline import analyze
from logcascade.reading.reader import Reader
from logcascade.ruleset.load import load_rules
from logcascade.sources.opening import Source
from tests.format_logs.every_line import EveryLine
from tests.format_logs.test_every_record import FORMATS

ROOT = Path(__file__).parents[2]
STORY = ROOT / "sample_logs" / "flood-control-cascade" / "bot.log.gz"


def compact(**fields):
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def python_json(record):
    """Return the record as python-json-logger writes it."""
    trace = record.text[len(record.message) :].strip("\n")
    told = {"exc_info": trace} if trace else {}
    at = f"{record.time:%Y-%m-%d %H:%M:%S},{record.time.microsecond // 1000:03}"
    level = record.severity.name
    return json.dumps(
        {
            "asctime": at,
            "levelname": level,
            "name": record.logger,
            "message": record.message,
            **told,
        }
    )


def pino(record):
    """Return it as pino would, its traceback an error's stack."""
    trace = record.text[len(record.message) :].strip("\n")
    told = {"err": {"type": "Error", "message": "", "stack": trace}} if trace else {}
    number = {"DEBUG": 20, "INFO": 30, "WARNING": 40, "ERROR": 50, "CRITICAL": 60}
    level, ms = number[record.severity.name], round(record.time.timestamp() * 1000)
    return compact(level=level, time=ms, name=record.logger, msg=record.message, **told)


def in_docker(record):
    """Return it in JSON, in Docker's file."""
    at = f"{record.time:%Y-%m-%dT%H:%M:%S.%f}Z"
    return compact(log=python_json(record) + "\n", stream="stderr", time=at)


def told(data):
    """Return what the program says of a log: runs, load, incidents."""
    rules = load_rules([ROOT / "rules"])
    source = Source("bot.log", io.BytesIO(data), len(data))
    analysis = analyze([source], rules, FORMATS)
    assert analysis.sources[0].unparsed_lines == 0
    incidents = [
        (
            one.first_failure.rule,
            one.first_failure.certainty,
            one.first_failure.time,
            [(symptom.rule, symptom.count) for symptom in one.symptoms],
        )
        for one in analysis.incidents
    ]
    ends = [(run.start, run.end, run.ended) for run in analysis.runs]
    return incidents, ends, analysis.load


@pytest.fixture(scope="module")
def in_text():
    """Return what the program says of the story as it was written."""
    return told(gzip.decompress(STORY.read_bytes()))


@pytest.mark.parametrize("write", [python_json, pino, in_docker])
def test_a_story_in_json_has_the_incidents_it_has_in_text(write, in_text):
    data = gzip.decompress(STORY.read_bytes())
    lines = []
    for record in Reader(io.BytesIO(data), "log", FORMATS, EveryLine()).records():
        is_logged = record.severity is not None and not record.time_is_inherited
        lines.append(write(record) if is_logged else record.text)
    incidents, ends, load = told("\n".join(lines).encode())
    assert (incidents, ends, load) == in_text
    assert len(incidents) > 10
