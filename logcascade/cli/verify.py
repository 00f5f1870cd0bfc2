"""``logcascade verify``: whether a change has fixed what failed before it."""

import os
import shlex
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from logcascade import __version__
from logcascade.cli import settings, talk, work
from logcascade.cli.options import (
    DateOption,
    FormatOption,
    OutputOption,
    RedactOption,
    ReportFormat,
    RulesOption,
    SkipBadRulesOption,
    YearOption,
    ZonesOption,
    parse_date,
    parse_moment,
)
from logcascade.errors import ExitStatus, LogcascadeError

if TYPE_CHECKING:
    from pathlib import Path

    from logcascade.model.verification import Verification

STANDARD_INPUT = "-"

EXAMPLES = """\b
Examples:
  logcascade verify before.log after.log
  logcascade verify bot.log.2 bot.log.1 bot.log     (the last one is since the change)
  logcascade verify bot.log --rotated --changed-at 2026-05-20T13:00
  journalctl -u bot --since -4h | logcascade verify before.log -
  logcascade verify before.log after.log --format markdown --output verdict.md

\b
Exit status:
  0  fixed: all that came more than once before the change
  1  not fixed, or another failure comes first now: one such cascade is enough
  2  wrong usage
  3  nothing could be read
  5  undecided: of one at least, and none of the above; the log since is too short, or
     what brings the failure about has not come, or a part was not read
"""

LEFT_OUT = "a part of the logs was not read: what is not there may be what was left out"


def verify(
    logs: Annotated[
        list[str],
        typer.Argument(
            metavar="LOG",
            help="The logs before the change and, last, the one since; all of both with "
            "--changed-at; - is standard input.",
        ),
    ],
    changed_at: Annotated[
        str | None,
        typer.Option(
            "--changed-at",
            metavar="TIME",
            help="When the change was made, within the logs: 2026-05-20T13:00, in --zone or UTC.",
        ),
    ] = None,
    rotated: Annotated[
        bool,
        typer.Option("--rotated", help="With --changed-at: read the rotated logs beside, too."),
    ] = False,
    report_format: FormatOption = ReportFormat.TERMINAL,
    output: OutputOption = None,
    rules: RulesOption = None,
    skip_bad_rules: SkipBadRulesOption = False,
    zone: ZonesOption = None,
    first_day: DateOption = None,
    year: YearOption = None,
    redact: RedactOption = True,
) -> None:
    """
    Tell for each cascade whether it is fixed, by the log since the change.

    Fixed: quiet for so long, under a comparable load, that chance does not explain it. Not yet
    exercised: too short for that, or the load that brings it about has not come.
    """
    _refuse_unparted(logs, changed_at, rotated=rotated)
    _refuse_twice(logs)
    zones = settings.zones(zone)
    request = work.Request(
        paths=logs,
        rules=rules or (),
        skip_bad_rules=skip_bad_rules,
        zones=zones,
        first_day=parse_date(first_day),
        year=year,
        rotated=rotated,
        output=output,
    )
    if changed_at is not None:
        at = parse_moment(changed_at, zones.of_all or UTC)
        old, new = work.analyse_around(request, at)
        _refuse_outside(at, old, new)
    else:
        *before, after = logs
        old = work.analyse(replace(request, paths=before, beside=[after]))
        new = work.analyse(replace(request, paths=[after], beside=before, ruleset=old.ruleset))
        _refuse_swapped(old, new, logs)
    from logcascade.diagnosis.verification import verify as judge

    is_complete = old.is_complete and new.is_complete
    verification = judge(old.analysis, new.analysis, old.ruleset.remedies)
    left_out = () if is_complete else (LEFT_OUT,)
    notes = (*verification.notes, *new.by_settings, *left_out)
    verification = replace(verification, notes=notes)
    _write(verification, report_format, output, redact=redact)
    raise typer.Exit(_status(verification, is_complete=is_complete))


def _refuse_unparted(logs: Sequence[str], changed_at: str | None, *, rotated: bool) -> None:
    """Raise where nothing says which logs are before the change and which is since."""
    if changed_at is not None:
        return
    if rotated:
        raise LogcascadeError(
            "--rotated without the time of the change",
            "the rotated logs beside a file can be of before and of since",
            "--rotated",
            "give --changed-at TIME, or name the logs: bot.log.2 bot.log.1 bot.log",
        )
    if len(logs) < 2:
        raise LogcascadeError(
            "two logs, or one and the time of the change",
            "there is only one log",
            help="logcascade verify before.log after.log, or verify bot.log --changed-at TIME",
        )


def _refuse_twice(logs: Sequence[str]) -> None:
    """Raise where one log is named twice: it cannot be before the change and since."""
    known: dict[str, str] = {}
    for log in logs:
        real = log if log == STANDARD_INPUT else os.path.realpath(log)
        if real in known:
            raise LogcascadeError(
                "the same log twice",
                f"{known[real]} and {log} are one"
                if known[real] != log
                else f"{log} is named twice",
                help="one log of before and since the change is parted with --changed-at TIME",
            )
        known[real] = log


def _write(
    verification: "Verification", form: ReportFormat, output: "Path | None", *, redact: bool
) -> None:
    from logcascade.report import verification_report
    from logcascade.report.presentable import presentable

    shown, command = presentable(
        (verification, shlex.join(["logcascade", *sys.argv[1:]])), redact=redact
    )
    if form is ReportFormat.JSON:
        text = verification_report.render_json(shown, __version__, redacted=redact)
    elif form is ReportFormat.MARKDOWN:
        text = verification_report.render_markdown(shown, command, __version__)
    else:
        width = talk.WIDTH_ELSEWHERE if output else talk.width_of(sys.stdout)
        colour = output is None and talk.is_coloured(sys.stdout)
        text = verification_report.render_terminal(shown, width=width, colour=colour)
    if output is not None:
        talk.write_file(output, text)
        talk.note(f"report written to {output}")
    elif form is ReportFormat.JSON:
        talk.write_out(text.encode())
    else:
        talk.say(text)


def _status(verification: "Verification", *, is_complete: bool) -> ExitStatus:
    from logcascade.model.verification import Outcome

    if verification.outcome in (Outcome.NOT_FIXED, Outcome.CHANGED):
        return ExitStatus.INCIDENT
    if verification.outcome is Outcome.FIXED and is_complete:
        return ExitStatus.NO_INCIDENT
    return ExitStatus.UNDECIDED


def _refuse_outside(at: datetime, old: work.Answer, new: work.Answer) -> None:
    """Raise where the log lies wholly on one side of the change."""
    from logcascade.diagnosis.exposure import first_time, last_time

    first, last = first_time(old.analysis), last_time(new.analysis)
    if first is None or last is None:
        raise LogcascadeError(
            "the log has no times", "what was before a moment cannot be told", "--changed-at"
        )
    if not first < at < last:
        raise LogcascadeError(
            "the change lies outside of the log",
            f"the log goes from {first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M} UTC",
            "--changed-at",
            "give a time within it, with --zone if it is not UTC",
        )


def _refuse_swapped(old: work.Answer, new: work.Answer, logs: Sequence[str]) -> None:
    """Raise where the log since ends before the others begin, as far as their days are known."""
    from logcascade.diagnosis.comparable import UNDATED_YEAR
    from logcascade.diagnosis.exposure import first_time, last_time
    from logcascade.report.words import listed

    first, last = first_time(old.analysis), last_time(new.analysis)
    if first is None or last is None or first.year == UNDATED_YEAR:
        return
    if last < first:
        *before, after = logs
        raise LogcascadeError(
            "the logs are in the wrong order",
            f"{after} ends before {listed(before)} begins",
            help=f"logcascade verify {shlex.join([after, *before])}",
        )
