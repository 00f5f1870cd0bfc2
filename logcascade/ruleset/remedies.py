"""Remedy folders: what to do, with the code that goes with it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from logcascade.model.rules import Remedy, Trial
from logcascade.ruleset.fields import Table
from logcascade.ruleset.rule_files import UnreadableError, read_text
from logcascade.ruleset.schema import read_id, read_schema
from logcascade.ruleset.sheet import Sheet

REMEDY_FILE = "remedy.toml"
TRIALS_FILE = "measured.toml"
"""Beside it, where there are any: what runs with and without the remedy have shown."""


def read_remedy(sheet: Sheet, content: Mapping[str, Any]) -> Remedy | None:
    """Return the remedy that a folder describes; None, with the problems noted, if it is wrong."""
    folder = sheet.path.parent
    top = Table(sheet, content)
    read_schema(top)
    remedy = Remedy(
        id=read_id(top, folder.name),
        title=top.text("title"),
        summary=top.text("summary"),
        upstream=top.integer("upstream"),
        fits=top.text("fits"),
        cures=top.texts("cures", need=True),
        does_not_cure=top.texts("does_not_cure"),
        side_effects=top.texts("side_effects"),
        watch=top.texts("watch"),
        references=top.texts("references"),
        files=_read_files(top, folder),
        measured=top.texts("measured"),
        trials=_read_trials(sheet),
    )
    top.finish()
    return None if sheet.problems else remedy


def _read_files(top: Table, folder: Path) -> dict[str, str]:
    files: dict[str, str] = {}
    for name in top.texts("files"):
        if Path(name).name != name:
            top.wrong("files", f'"{name}" is not the name of a file in the same folder', value=name)
            continue
        try:
            files[name] = read_text(folder / name)
        except UnreadableError as error:
            top.wrong("files", f'"{name}" is listed, but {error}', value=name)
    return files


def _read_trials(sheet: Sheet) -> tuple[Trial, ...]:
    """Return the trials beside the remedy's file; their problems are added to the remedy's."""
    beside = Sheet(sheet.path.with_name(TRIALS_FILE), sheet.what)
    if not beside.path.exists():
        return ()
    content = beside.read()
    trials: tuple[Trial, ...] = ()
    if content is not None:
        top = Table(beside, content)
        read_schema(top)
        trials = tuple(_read_trial(table) for table in top.tables("trial"))
        top.finish()
    sheet.adopt(beside)
    return trials


def _read_trial(table: Table) -> Trial:
    without = table.mapping("without", (int, float), "a number")
    with_it = table.mapping("with", (int, float), "a number")
    for name in without.keys() ^ with_it.keys():
        table.wrong(name, f'"{name}" was counted only with the remedy, or only without it')
    trial = Trial(
        id=table.text("id"),
        load=table.text("load"),
        on=table.text("on"),
        helped=table.flag("helped"),
        without=without,
        with_it=with_it,
    )
    table.finish()
    return trial
