"""``logcascade watch``: what happens in a log, while it is being written."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, cast

import typer

from logcascade.cli import settings, talk, work
from logcascade.cli.on_incident import Commands
from logcascade.cli.options import RedactOption, RulesOption, SkipBadRulesOption, YearOption
from logcascade.errors import ExitStatus, LogcascadeError, SourceError

if TYPE_CHECKING:
    from logcascade.cli.watch_outlet import Outlet
    from logcascade.reading.times.stamps import ReadingOptions
    from logcascade.ruleset.collection import Ruleset
    from logcascade.sources.following import Followed, Waiting

STANDARD_INPUT = "-"

EXAMPLES = """\b
What is told, each thing once:
  begins     a first failure: what `analyze` would call an incident
  cascade    what follows from it, and which remedy comes first
  ended      a process, and nobody had asked it to
  recovered  quiet for 15 minutes, and at work
  due        the next incident, by the rhythm of those before
  overdue    it has stayed away
  corrected  what was told before was not so

\b
Examples:
  logcascade watch /var/log/bot/bot.log
  journalctl -u bot -f -o json | logcascade watch
  docker compose logs -f -t bot | logcascade watch
  logcascade watch bot.log --json | jq -r .text
  logcascade watch bot.log --on-incident 'notify-send --app-name=bot "see the log"'

\b
Exit status:
  0  ended, and no incident began
  1  ended, and at least one incident began
  2  wrong usage
  3  nothing could be read
  4  ended, but rules were left out, as --skip-bad-rules says
"""


def watch(
    path: Annotated[
        str | None,
        typer.Argument(metavar="PATH", help="A log; none, or -, is standard input."),
    ] = None,
    from_start: Annotated[
        bool,
        typer.Option(
            "--from-start",
            help="Tell of what is in the file, too; otherwise its end teaches only what is usual.",
        ),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Write one JSON object for each thing that happens.")
    ] = False,
    on_incident: Annotated[
        str | None,
        typer.Option(
            metavar="COMMAND",
            help="Run a command, without a shell, for each thing that happens; it gets the JSON "
            "object on its standard input, and 30 seconds.",
        ),
    ] = None,
    rules: RulesOption = None,
    skip_bad_rules: SkipBadRulesOption = False,
    zone: Annotated[
        str | None,
        typer.Option(metavar="ZONE", help="Zone of times without one: +02:00, Europe/Berlin."),
    ] = None,
    year: YearOption = None,
    redact: RedactOption = True,
) -> None:
    """Follow a log, and say when something begins to fail, before the process dies."""
    from logcascade.cli.watch_outlet import Outlet
    from logcascade.cli.watching import Interruption
    from logcascade.reading.times.stamps import ReadingOptions
    from logcascade.sources.following import Waiting

    if path in (None, STANDARD_INPUT) and (sys.stdin is None or sys.stdin.isatty()):
        raise LogcascadeError(
            "no log given",
            "there is no PATH, and nothing is piped in",
            help="logcascade watch bot.log; `logcascade watch --help` shows more",
        )
    name = STANDARD_INPUT if path is None else path
    zones = settings.zones([zone] if zone else None)
    if zones.because:
        talk.note(f"zone by {zones.because}")
    today = datetime.now().astimezone().date()
    options = ReadingOptions(
        zone=zones.of_all, zones=zones.named, year=year, today=today
    ).of_source(name)
    commands = Commands(on_incident, talk.note) if on_incident is not None else None
    ruleset = work.load_ruleset(rules or (), skip_bad=skip_bad_rules)
    with Interruption() as interruption:
        outlet = Outlet(name, ruleset, commands, as_json=as_json, redact=redact)
        waiting = Waiting(
            time.monotonic, time.sleep, lambda: interruption.happened or not outlet.has_reader
        )
        with _followed(path, waiting, from_start=from_start) as followed:
            begun = _follow(followed, ruleset, options, outlet)
    if commands is not None:
        commands.finish()
    if ruleset.problems:
        raise typer.Exit(ExitStatus.PARTLY_READ)
    raise typer.Exit(ExitStatus.INCIDENT if begun else ExitStatus.NO_INCIDENT)


@contextmanager
def _followed(path: str | None, waiting: "Waiting", *, from_start: bool) -> "Iterator[Followed]":
    """Open what is to be followed, and say so."""
    from logcascade.sources.following import FollowedPipe, follow
    from logcascade.sources.source import STANDARD_INPUT_NAME

    if path in (None, STANDARD_INPUT):
        stdin = cast("BinaryIO", sys.stdin.buffer)
        followed: Followed = FollowedPipe(stdin, STANDARD_INPUT_NAME, waiting)
        talk.note("following standard input; Ctrl-C ends it")
    else:
        followed = follow(Path(str(path)), waiting, talk.note, from_start=from_start)
        begin = "start" if from_start or not followed.is_history else "end"
        talk.note(f"following {path} from its {begin}; Ctrl-C ends it")
    try:
        yield followed
    finally:
        followed.close()


def _follow(
    followed: "Followed", ruleset: "Ruleset", options: "ReadingOptions", outlet: "Outlet"
) -> int:
    """Follow a log to its end; return how many incidents began."""
    from logcascade.cli.watch_session import Session
    from logcascade.live import Live
    from logcascade.reading.formats.line_format import load_formats
    from logcascade.report.words import count
    from logcascade.scanning import Search
    from logcascade.watch.teller import Teller

    search = Search.for_rules(ruleset, load_formats())
    live = Live(followed, followed.name, followed.own_name, ruleset, search, options)
    teller = Teller(ruleset.rules)
    session = Session(live, followed, teller, outlet.tell, talk.note, time.monotonic)
    for moment in live.moments():
        session.take(moment)
        outlet.poll()
    for problem in live.problems:
        talk.note(f"{followed.name}: {problem}")
    if followed.has_ended:
        talk.note(f"{followed.name} has ended")
        if not live.lines:
            raise SourceError(
                "there is nothing to watch",
                "it ended without a line",
                followed.name,
                "pipe a log in that goes on: journalctl -f -o json | logcascade watch",
                exit_status=ExitStatus.NOTHING_READ,
            )
        session.end()
    talk.note(f"{count(live.lines, 'line')} read, {count(teller.begun, 'incident')} begun")
    return teller.begun
