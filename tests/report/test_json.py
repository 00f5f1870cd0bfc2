import json

import jsonschema
import pytest

from logcascade.report.json_report import json_schema, render_json
from logcascade.report.presentable import presentable
from logcascade.report.view import Context
from tests.report.builders import (
    CONTEXT,
    make_analysis,
    make_first,
    make_hostile,
    make_incident,
    make_quiet,
)

PROMISED = {
    "": {"schema", "version", "sources", "runs", "incidents", "cascades", "restarts",
         "background", "load", "unknown_failures"},
    "sources": {"name", "format", "lines", "bytes", "records", "unparsed_lines", "first_time",
                "last_time", "assumptions"},
    "runs": {"id", "component", "pid", "start", "end", "ended", "evidence"},
    "incidents": {"id", "cascade", "component", "run", "start", "end", "start_line", "end_line",
                  "severity", "first_failure", "symptoms", "coinciding"},
    "cascades": {"id", "first_failure", "incidents", "count", "recurrence", "ruled_out",
                 "remedies", "not_yet"},
    "restarts": {"count", "orderly", "times", "period_s", "spread_s", "driver"},
}  # fmt: skip
"""The keys that other programs rely on."""

FIRST_FAILURE = {
    "rule", "title", "source", "line", "record_line", "time", "occurred_from", "occurred_to",
    "certainty", "values", "reasons", "rivals", "text",
}  # fmt: skip
SYMPTOM = {"rule", "count", "source", "line", "time", "delay_s", "because_of", "link"}


def shown(analysis, context=CONTEXT):
    return json.loads(render_json(presentable(analysis), context))


@pytest.mark.parametrize("analysis", [make_analysis(), make_quiet(), make_hostile()])
def test_every_report_is_valid_by_the_printed_schema(analysis):
    schema = json.loads(json_schema())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(shown(analysis), schema)


def test_the_promised_keys_are_there():
    report = shown(make_analysis())
    for part, keys in PROMISED.items():
        value = report[part] if part else report
        assert (value[0] if isinstance(value, list) else value).keys() >= keys
    incident = report["incidents"][0]
    assert incident["first_failure"].keys() >= FIRST_FAILURE
    assert incident["symptoms"][0].keys() >= SYMPTOM


def test_times_have_an_offset_and_numbers_their_unit():
    failure = shown(make_analysis())["incidents"][0]["first_failure"]
    assert failure["time"] == "2026-05-19T12:00:00Z"
    assert failure["values"] == {"method": "SendMessage", "retry_after_s": 28}


def test_a_value_without_a_known_unit_keeps_its_name():
    failure = shown(make_analysis(), Context("0"))["incidents"][0]["first_failure"]
    assert failure["values"]["retry_after"] == 28


def test_text_is_safe_in_json_too():
    incident = make_incident(first_failure=make_first(text="a\x1b[2J\nb"))
    report = shown(make_analysis(incidents=(incident,)))
    assert report["incidents"][0]["first_failure"]["text"] == "a␛[2J\nb"


def test_the_same_analysis_gives_the_same_bytes():
    assert render_json(make_analysis(), CONTEXT) == render_json(make_analysis(), CONTEXT)
