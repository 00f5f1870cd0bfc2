"""The production path on one log, as a value in the names of the JSON report."""

import io
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any

import logcascade
from logcascade.errors import LogcascadeError
from logcascade.pipeline import analyze
from logcascade.reading.formats.line_format import load_formats
from logcascade.ruleset.load import load_rules
from logcascade.sources.opening import open_source
from tests.evaluation.cases import Case

__all__ = ["LogcascadeError", "Verdicts"]

FORMATS = Path(logcascade.__file__).parent / "formats"
RULES = Path(__file__).parents[2] / "rules"


class Verdicts:
    """Analyzes one log after another with the same rules."""

    def __init__(self, rules: Path = RULES) -> None:
        self._ruleset = load_rules([rules])
        self._formats = load_formats(FORMATS)

    def report(self, case: Case) -> Any:
        """
        Return what the analysis of the case's log says, before anything is redacted or cut.

        No year is assumed and no clock asked, so that the same log gives the same value.
        """
        source = open_source(str(case.log), io.BytesIO())
        try:
            return as_report(analyze([source], self._ruleset, self._formats))
        finally:
            source.close()


def as_report(value: Any) -> Any:
    """Return a part of an analysis as the JSON report has it: a location's fields stand inline."""
    if is_dataclass(value):
        shown: dict[str, Any] = {}
        for field in fields(value):
            part = as_report(getattr(value, field.name))
            shown |= part if field.name == "location" else {field.name: part}
        return shown
    if isinstance(value, Mapping):
        return {key: as_report(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [as_report(part) for part in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    return value
