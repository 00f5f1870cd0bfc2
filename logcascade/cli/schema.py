"""``logcascade schema``: the JSON Schemas of the reports."""

from enum import StrEnum
from typing import Annotated

import typer

from logcascade.cli import talk


class Contract(StrEnum):
    """What is written as JSON."""

    REPORT = "report"
    VERIFICATION = "verification"
    WATCH = "watch"


def schema(
    contract: Annotated[
        Contract,
        typer.Argument(
            help="Of `analyze --format json`, of `verify --format json`, or of `watch --json`."
        ),
    ] = Contract.REPORT,
) -> None:
    """Print the JSON Schema of what a command writes as JSON."""
    from logcascade.report.json_report import json_schema
    from logcascade.report.verification_report import verification_schema
    from logcascade.report.watch_report import watch_schema

    schemas = {
        Contract.REPORT: json_schema,
        Contract.VERIFICATION: verification_schema,
        Contract.WATCH: watch_schema,
    }
    talk.write_out(schemas[contract]().encode())
