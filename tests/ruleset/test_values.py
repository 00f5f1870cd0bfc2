"""Named groups -> numbers in base units."""

import pytest

from logcascade.ruleset.fields import parse_span
from logcascade.ruleset.values import VALUE_LIMIT, typed_values


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("28", "seconds", 28.0),
        ("0.351", "seconds", 0.351),
        ("0:00:05.25", "seconds", 5.25),
        ("1 day, 2:00:00", "seconds", 93_600.0),
        ("44", "milliseconds", 0.044),
        ("512", "bytes", 512.0),
        ("1.5G", "bytes", 1.5 * 1024**3),
        ("512.0MB", "bytes", 512.0 * 1024**2),
        ("3 KiB", "bytes", 3072.0),
        ("81920", "kilobytes", 81920.0 * 1024),
        ("1,234", "count", 1234.0),
        ("-3", "count", -3.0),
        (" 7 ", "count", 7.0),
    ],
)
def test_a_value_with_a_unit_becomes_a_number_in_the_base_unit(text, unit, expected):
    assert typed_values({"x": text}, {"x": unit}) == {"x": pytest.approx(expected)}


@pytest.mark.parametrize("text", ["soon", "", "1e999", "9" * 500, "nan", "inf", "1:2", "٣"])
def test_a_text_that_is_no_number_is_left_out_where_a_number_is_promised(text):
    assert typed_values({"x": text}, {"x": "seconds"}) in ({}, {"x": 3.0})


def test_a_value_without_a_unit_stays_text_and_is_bounded():
    values = typed_values({"name": "x" * 10_000, "absent": None}, {})
    assert values == {"name": "x" * VALUE_LIMIT}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("500ms", 0.5), ("5s", 5), ("1.5m", 90), ("2h", 7200), ("1d", 86400)],
)
def test_a_span_has_a_number_and_a_unit(text, seconds):
    assert parse_span(text).total_seconds() == seconds


@pytest.mark.parametrize("text", ["", "5", "s", "5 s", "-5s", "5w", "1h30m"])
def test_other_spans_are_refused(text):
    assert parse_span(text) is None
