"""``logcascade rules lint``, ``explain`` and ``coverage``: what rules are worth on real lines."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from logcascade.cli import records, talk, work
from logcascade.cli.options import RulesOption
from logcascade.errors import ExitStatus, LogcascadeError

if TYPE_CHECKING:
    from logcascade.model.records import Record
    from logcascade.ruleset.collection import Ruleset
    from logcascade.ruleset.coverage import Kind
    from logcascade.ruleset.nearly import NearMatch

NEAREST = 3
"""Rules that nearly matched, of which is shown where they stopped."""

SHOWN_UNKNOWN = 40
"""Kinds of unknown records that are listed."""

TITLE_COLUMNS = 100


def lint(
    folders: Annotated[
        list[Path] | None,
        typer.Argument(metavar="DIR", help="Folders of your own rules, checked with ours."),
    ] = None,
) -> None:
    """
    Say what an expert would object to in rules that load and pass their tests.

    Patterns that no example uses, that may begin anywhere or are slow on a hostile line of the
    greatest length; rules without a near miss. The exit status is 1 if there is anything.
    """
    from logcascade.reading.reader import make_record
    from logcascade.ruleset.check import check_rules

    ruleset = work.load_ruleset(folders or (), to_be_proven=True)
    issues = check_rules(ruleset, make_record)
    for issue in issues:
        talk.note(f"{issue}\n")
    found = f"{len(issues)} to mend" if issues else "nothing to mend"
    talk.say(f"{len(ruleset.rules)} rules: {found}\n")
    raise typer.Exit(ExitStatus.INCIDENT if issues else ExitStatus.NO_INCIDENT)


def explain(
    line: Annotated[
        str,
        typer.Argument(metavar="LINE", help="A record's text, FILE:LINE, or - for standard input."),
    ],
    rules: RulesOption = None,
) -> None:
    """Say which rules know a record, which nearly do, and where they stop."""
    from logcascade.report.text import safe_line
    from logcascade.ruleset.match import Matcher

    if not line.strip():
        raise LogcascadeError("no line given", "LINE is empty", help="give a line in quotes, or -")
    ruleset = work.load_ruleset(rules or ())
    record = records.named_or_said(line)
    found = Matcher(ruleset).recognise(record, 0)
    level = record.severity.name.lower() if record.severity is not None else "none"
    said = record.message.split("\n", 1)[0] or record.text.split("\n", 1)[0]
    talk.say(
        f"message   {safe_line(said)[:TITLE_COLUMNS]}\n"
        f"level     {level};  logger {safe_line(record.logger) or 'none'};  "
        f"program {safe_line(record.program) or 'none'}\n"
    )
    for detection in found:
        values = ", ".join(f"{name} = {value}" for name, value in detection.values.items())
        of = safe_line(f"{detection.title}{f'  ({values})' if values else ''}")
        talk.say(f"known as  {detection.rule}  {of}\n")
    if not found:
        talk.say("known as  nothing: no rule knows it, and it does not say that it is an error\n")
    for near in _nearest(ruleset, record, {detection.rule for detection in found}):
        talk.say(f"\nnearly    {near.rule.id}{f': {near.obstacle}' if near.obstacle else ''}\n")
        talk.say(f"{near.excerpt().replace('example', 'record ', 1)}\n")


def coverage(
    paths: Annotated[list[str], typer.Argument(metavar="PATH", help="Logs; - is standard input.")],
    rules: RulesOption = None,
) -> None:
    """
    Say which rules know records of a log, and what at WARNING or worse none of them knows.

    Every record is looked at one by one, so that it takes longer than `analyze`.
    """
    from logcascade.reading.formats.line_format import load_formats
    from logcascade.reading.one_record import every_record
    from logcascade.ruleset.coverage import cover
    from logcascade.ruleset.match import Matcher
    from logcascade.sources import open_source

    ruleset, formats = work.load_ruleset(rules or ()), load_formats()
    for name in paths:
        source = open_source(name, records.standard_input())
        try:
            each = every_record(source.stream, source.name, formats)
            covered = cover(each, Matcher(ruleset))
        finally:
            source.close()
        share = f", {covered.known / covered.bad:.0%}" if covered.bad else ""
        talk.say(
            f"{name}   {covered.records:,} records; of {covered.bad:,} at WARNING or worse, "
            f"or with a traceback, rules know {covered.known:,}{share}\n"
        )
        _list("known to a rule", [(rule, kind.title, kind) for rule, kind in covered.fired.items()])
        _list("no rule knows", [("", kind.title, kind) for kind in covered.unknown.values()])
        if covered.not_told:
            talk.say(f"and {covered.not_told:,} records of further kinds\n")


def _list(head: str, rows: Sequence[tuple[str, str, "Kind"]]) -> None:
    from logcascade.report.text import cut, safe_line

    if not rows:
        return
    talk.say(f"\n{head}\n")
    width = max(len(rule) for rule, _, _ in rows)
    ordered = sorted(rows, key=lambda row: (-row[2].count, row[2].first.line))
    for rule, title, kind in ordered[:SHOWN_UNKNOWN]:
        name = f"{rule:<{width}}  " if width else ""
        words = cut(safe_line(title), TITLE_COLUMNS)
        talk.say(f"  {kind.count:>7,} x  {name}{words}  line {kind.first.line}\n")
    if len(rows) > SHOWN_UNKNOWN:
        talk.say(f"  and {len(rows) - SHOWN_UNKNOWN:,} more\n")


def _nearest(ruleset: "Ruleset", record: "Record", known: set[str]) -> "list[NearMatch]":
    """Return the rules that look for most of what the record says, and do not know it."""
    from logcascade.ruleset.nearly import kinship, nearest

    kin = [(kinship(rule, record), name) for name, rule in ruleset.rules.items()]
    close = sorted((-length, name) for length, name in kin if length and name not in known)
    tried = [nearest(ruleset.rules[name], record) for _, name in close[:NEAREST]]
    return [each for each in tried if each is not None]
