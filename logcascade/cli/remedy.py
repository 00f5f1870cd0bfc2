"""``logcascade remedy``: what to do, with the code that goes with it."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from logcascade.cli import talk, work
from logcascade.cli.options import RulesOption
from logcascade.cli.remedy_text import list_remedies, show_remedy
from logcascade.cli.unknown import unknown_id
from logcascade.errors import LogcascadeError

if TYPE_CHECKING:
    from logcascade.model.rules import Remedy

EXAMPLES = """\b
Examples:
  logcascade remedy
  logcascade remedy throttle-middleware
  logcascade remedy throttle-middleware --write bot/middlewares
"""


def remedy(
    remedy_id: Annotated[
        str | None, typer.Argument(metavar="ID", help="Which one; without it, all are listed.")
    ] = None,
    write: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Save its code and tests there, over no existing file."),
    ] = None,
    rules: RulesOption = None,
) -> None:
    """List the remedies, or show one with its code and what was measured."""
    remedies = work.load_ruleset(rules or ()).remedies
    if remedy_id is None:
        if write is not None:
            raise LogcascadeError("no remedy given", "--write needs to know whose files to save")
        talk.say(list_remedies(remedies.values(), talk.width_of(sys.stdout)))
        return
    chosen = remedies.get(remedy_id)
    if chosen is None:
        raise unknown_id("remedy", remedy_id, remedies, "logcascade remedy")
    if write is None:
        talk.say(show_remedy(chosen, talk.width_of(sys.stdout)))
    else:
        _save(chosen, write)


def _save(remedy: "Remedy", folder: Path) -> None:
    """Write the remedy's files, all or none; an existing file stays as it is."""
    if not remedy.files:
        raise LogcascadeError("nothing to save", f'the remedy "{remedy.id}" has no files')
    existing = [folder / name for name in remedy.files if (folder / name).exists()]
    if existing:
        raise LogcascadeError(
            "nothing was written",
            "it would overwrite what is there",
            ", ".join(str(path) for path in existing),
            "name another folder, or move the files away",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in remedy.files.items():
            with (folder / name).open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
            talk.say(f"{folder / name}\n")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise LogcascadeError("cannot save the files", reason, str(folder)) from None
