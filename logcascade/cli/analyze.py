"""``logcascade analyze``: the report on one or more logs."""

import shlex
import sys
from typing import Annotated

import typer

from logcascade.cli import settings, work
from logcascade.cli.options import (
    BriefOption,
    DateOption,
    FailOn,
    FormatOption,
    OutputOption,
    RedactOption,
    ReportFormat,
    RulesOption,
    SkipBadRulesOption,
    YearOption,
    ZonesOption,
    parse_date,
)
from logcascade.errors import LogcascadeError

STANDARD_INPUT = "-"

EXAMPLES = """\b
Examples:
  logcascade analyze bot.log
  logcascade analyze --rotated /var/log/bot/bot.log
  logcascade analyze /var/log/bot/ support-bundle.zip
  journalctl -u bot -o json | logcascade analyze -
  docker compose logs --timestamps bot | logcascade analyze -
  logcascade analyze bot.log --format markdown --output incident.md
  logcascade analyze bot.log --format json | jq '.cascades[0]'
  logcascade analyze bot.log syslog --zone Europe/Berlin --zone syslog=UTC
  dmesg | logcascade analyze - --date 2026-05-19T07:30

\b
Exit status:
  0  no incident (or none at --fail-on or above)
  1  at least one incident
  2  wrong usage
  3  nothing could be read
  4  analyzed, but something was left out; the report says what
"""


def analyze(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PATH", help="Logs, folders, archives, journal files; - is standard input."
        ),
    ] = None,
    rotated: Annotated[
        bool, typer.Option("--rotated", help="Read the rotated logs beside each file, too.")
    ] = False,
    report_format: FormatOption = ReportFormat.TERMINAL,
    output: OutputOption = None,
    rules: RulesOption = None,
    skip_bad_rules: SkipBadRulesOption = False,
    zone: ZonesOption = None,
    first_day: DateOption = None,
    year: YearOption = None,
    brief: BriefOption = False,
    redact: RedactOption = True,
    fail_on: Annotated[
        FailOn | None,
        typer.Option(help="Exit with 1 only for incidents at least as severe; else for any."),
    ] = None,
) -> None:
    """Find the first thing that failed, what followed from it, and what to do."""
    named = list(paths or [])
    if not named and sys.stdin is not None and sys.stdin.isatty():
        raise LogcascadeError(
            "no log given",
            "there is no PATH, and nothing is piped in",
            help="logcascade analyze bot.log; `logcascade analyze --help` shows more",
        )
    named = named or [STANDARD_INPUT]
    request = work.Request(
        paths=named,
        rules=rules or (),
        skip_bad_rules=skip_bad_rules,
        zones=settings.zones(zone),
        first_day=parse_date(first_day),
        year=year,
        rotated=rotated,
        output=output,
    )
    threshold = fail_on or settings.current().fail_on or FailOn.DEBUG
    answer = work.analyse(request)
    command = shlex.join(["logcascade", *sys.argv[1:]])
    work.write_report(answer, work.Writing(report_format, output, brief, redact, command))
    raise typer.Exit(work.status_of(answer, threshold.severity))
