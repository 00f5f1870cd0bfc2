"""The command ``logcascade``: its sub-commands, and how errors reach people."""

from typing import Annotated

import typer

from logcascade import __version__
from logcascade.cli import (
    analyze,
    demo,
    formats,
    remedy,
    rules,
    schema,
    settings,
    talk,
    verify,
    watch,
)
from logcascade.errors import LogcascadeError

INTERRUPTED_STATUS = 130
"""What shells report for a program that Ctrl-C ended."""

EXAMPLES = """\b
Examples:
  logcascade demo
  logcascade analyze bot.log
  journalctl -u bot -o json | logcascade analyze -
  logcascade analyze bot.log --format markdown > incident.md
"""

app = typer.Typer(
    name="logcascade",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    epilog=EXAMPLES,
)


def _show_version(wanted: bool) -> None:
    if wanted:
        talk.say(f"logcascade {__version__}\n")
        raise typer.Exit


@app.callback()
def logcascade(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Show the version and leave."
        ),
    ] = False,
    isolated: Annotated[
        bool,
        typer.Option(
            "--isolated", help="Ignore settings files and the rules of installed packages."
        ),
    ] = False,
) -> None:
    """Read the log of a failing service: what failed first, what followed, what to do."""
    settings.isolate(wanted=isolated)


_ANALYZE = "What failed first, what followed, what to do."
_WATCH = "Follow a log: what begins to fail, what is due, what has recovered."
_VERIFY = "Whether a change has fixed what failed before it."
_DEMO = "The report on a bundled real log, offline."
_REMEDY = "List the remedies, or show one with its code."

app.command("analyze", epilog=analyze.EXAMPLES, short_help=_ANALYZE)(analyze.analyze)
app.command("watch", epilog=watch.EXAMPLES, short_help=_WATCH)(watch.watch)
app.command("verify", epilog=verify.EXAMPLES, short_help=_VERIFY)(verify.verify)
app.command("demo", short_help=_DEMO)(demo.demo)
app.command("remedy", epilog=remedy.EXAMPLES, short_help=_REMEDY)(remedy.remedy)
app.add_typer(rules.app, name="rules")
app.command("formats", epilog=formats.EXAMPLES, short_help="The line formats that are recognised.")(
    formats.formats
)
app.command("schema", short_help="The JSON Schemas of the reports.")(schema.schema)


def main() -> None:
    """Run the command; what a person can mend is said without a traceback."""
    try:
        app(prog_name="logcascade")
    except LogcascadeError as error:
        talk.complain(error)
        raise SystemExit(int(error.exit_status)) from None
    except KeyboardInterrupt:
        talk.note("interrupted")
        raise SystemExit(INTERRUPTED_STATUS) from None
