"""Suspect files: what people are tempted to blame, and which numbers would show it."""

from collections.abc import Mapping
from typing import Any

from logcascade.model.rules import Ended, Suspect
from logcascade.ruleset.fields import Table
from logcascade.ruleset.schema import read_not_yet, read_schema
from logcascade.ruleset.sheet import Sheet


def read_suspect(sheet: Sheet, content: Mapping[str, Any]) -> Suspect | None:
    """Return the suspect that a file describes; None, with the problems noted, if it is wrong."""
    top = Table(sheet, content)
    read_schema(top)
    name = top.text("id")
    if name and name != sheet.path.stem:
        reason = f'the id "{name}" differs from the name "{sheet.path.stem}"'
        top.wrong("id", reason, "make them equal")
    not_yet = top.table("not_yet")
    suspect = Suspect(
        id=name,
        title=top.text("title"),
        always=top.flag("always"),
        limit_per_s=top.number("limit_per_s"),
        grows=top.text("grows", need=False),
        ended=top.choice("ended", Ended, need=False),
        follows=top.choice("follows", Ended, need=False),
        restarts=top.flag("restarts"),
        says=top.texts("says"),
        not_yet=read_not_yet(not_yet) if not_yet else None,
    )
    top.finish()
    return None if sheet.problems else suspect
