"""``logcascade schema``: the JSON Schema of the report."""

from logcascade.cli import talk


def schema() -> None:
    """Print the JSON Schema of `analyze --format json`."""
    from logcascade.report.json_report import json_schema

    talk.write_out(json_schema().encode())
