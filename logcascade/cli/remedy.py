"""``logcascade remedy``: what to do, with the code that goes with it."""

import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from logcascade.cli import talk, work
from logcascade.cli.options import RulesOption
from logcascade.cli.unknown import unknown_id
from logcascade.errors import LogcascadeError

if TYPE_CHECKING:
    from logcascade.model.rules import Remedy, Trial

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
        typer.Option(metavar="DIR", help="Save its files there, never over existing ones."),
    ] = None,
    rules: RulesOption = None,
) -> None:
    """List the remedies, or show one with its code."""
    remedies = work.load_ruleset(rules or ()).remedies
    if remedy_id is None:
        if write is not None:
            raise LogcascadeError("no remedy given", "--write needs to know whose files to save")
        ordered = sorted(remedies.values(), key=lambda each: (each.upstream, each.id))
        width = max((len(each.id) for each in ordered), default=0)
        talk.say("".join(f"{each.id:<{width}}  {each.title}\n" for each in ordered))
        return
    chosen = remedies.get(remedy_id)
    if chosen is None:
        raise unknown_id("remedy", remedy_id, remedies, "logcascade remedy")
    if write is None:
        talk.say(_shown(chosen))
    else:
        _save(chosen, write)


def _shown(remedy: "Remedy") -> str:
    width = talk.width_of(sys.stdout)
    parts = [f"{remedy.title}\n{'=' * len(remedy.title)}", _wrapped(remedy.summary, width)]
    parts.append(_wrapped(f"Fits when: {remedy.fits}", width))
    if remedy.trials:
        shown = (_trial(trial, width) for trial in remedy.trials)
        parts.append("\n".join(["Measured, without it and with it:", *shown]))
    for heading, items in (
        ("Measured, too" if remedy.trials else "Measured", remedy.measured),
        ("Does not cure", remedy.does_not_cure),
        ("Side effects", remedy.side_effects),
        ("Must fall silent afterwards", remedy.watch),
        ("See", remedy.references),
    ):
        if items:
            shown = (_wrapped(item, width, "  - ") for item in items)
            parts.append("\n".join([f"{heading}:", *shown]))
    for name, text in remedy.files.items():
        parts.append(f"--- {name} ---\n\n{text.strip()}")
    if remedy.files:
        parts.append(f"To save the files: logcascade remedy {remedy.id} --write DIR")
    return "\n\n".join(parts) + "\n"


def _trial(trial: "Trial", width: int) -> str:
    """Return what one trial counted: a line for each figure, without the remedy and with it."""
    lines = [_wrapped(f"{trial.load} ({trial.on})", width, "  - ")]
    name_width = max((len(name) for name in trial.without), default=0)
    lines += [
        f"      {name:<{name_width}}  {figure:>8,g}  {trial.with_it[name]:>8,g}"
        for name, figure in trial.without.items()
    ]
    if not trial.helped:
        lines.append("      It did not help here.")
    return "\n".join(lines)


def _wrapped(text: str, width: int, bullet: str = "") -> str:
    """Return *text* in lines of *width*; links and commands are never broken."""
    return textwrap.fill(
        text,
        width,
        initial_indent=bullet,
        subsequent_indent=" " * len(bullet),
        break_long_words=False,
        break_on_hyphens=False,
    )


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
