"""An analysis as the JSON contract, and the contract as a JSON Schema."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

import msgspec

from logcascade.model.analysis import Analysis
from logcascade.model.records import Location, Severity, SourceSummary
from logcascade.report.contract import SCHEMA_ID, Report
from logcascade.report.view import Context

SCHEMA_DIALECT = "https://json-schema.org/draft/2020-12/schema"

_UNIT_SUFFIX = {
    "seconds": "_s",
    "milliseconds": "_s",
    "bytes": "_bytes",
    "kilobytes": "_bytes",
    "megabytes": "_bytes",
}
"""Unit of a rule's value -> what the name of its number ends in; reading has scaled the number."""

INDENT = 2


def render_json(analysis: Analysis, context: Context) -> str:
    """Return the report as JSON; *analysis* has been made presentable."""
    return as_json(report_of(analysis, context))


def as_json(value: Any) -> str:
    """Return *value* as JSON that people can read, too."""
    return msgspec.json.format(msgspec.json.encode(value), indent=INDENT).decode() + "\n"


def report_of(analysis: Analysis, context: Context) -> Report:
    """Return the report in the contract's types."""
    shown = plain(analysis, context.units)
    shown |= {"schema": SCHEMA_ID, "version": context.version, "redacted": context.redacted}
    return msgspec.convert(shown, Report)


def json_schema() -> str:
    """Return the JSON Schema of the report, made from its types."""
    return schema_of(Report, SCHEMA_ID)


def schema_of(contract: type, schema_id: str) -> str:
    """Return the JSON Schema of a contract, made from its types."""
    schema = {
        "$schema": SCHEMA_DIALECT,
        "$id": f"urn:{schema_id.replace('/', ':').replace('.', ':')}",
        "title": schema_id,
        **msgspec.json.schema(contract),
    }
    return as_json(schema)


def plain(value: Any, units: Mapping[str, Mapping[str, str]], rule: str = "") -> Any:
    """
    Return *value* as lists and dictionaries; a location's fields stand in its owner.

    *units* are those of the values that each rule reads, *rule* the one that *value* belongs to.
    """
    if isinstance(value, Severity):
        return value.name.lower()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [plain(part, units, rule) for part in value]
    if isinstance(value, Mapping):
        return _with_units(value, units.get(rule, {}))
    if not is_dataclass(value):
        return value
    shown: dict[str, Any] = {}
    rule = getattr(value, "rule", rule)
    for field in fields(value):
        part = getattr(value, field.name)
        if field.name == "location" and isinstance(part, Location):
            shown |= {"source": part.source, "line": part.line}
        else:
            shown[field.name] = plain(part, units, rule)
    if isinstance(value, SourceSummary):
        shown["clock"] = shown.pop("alignment")
    return shown


def _with_units(
    values: Mapping[str, str | float], units: Mapping[str, str]
) -> dict[str, str | int | float]:
    """Return the values by name, numbers with their unit in the name: ``retry_after_s``."""
    shown: dict[str, str | int | float] = {}
    for name in sorted(values):
        value = values[name]
        if isinstance(value, str):
            shown[name] = value
        else:
            suffix = _UNIT_SUFFIX.get(units.get(name, ""), "")
            shown[name + suffix] = int(value) if float(value).is_integer() else value
    return shown
