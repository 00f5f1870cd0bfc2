"""``logcascade rules``: list, show and test the rule files, and begin a new one."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from logcascade import bundled
from logcascade.cli import records, rule_checks, settings, talk, work
from logcascade.cli.options import RulesOption
from logcascade.cli.unknown import unknown_id
from logcascade.errors import ExitStatus, LogcascadeError
from logcascade.report.text import safe_line

if TYPE_CHECKING:
    from logcascade.model.rules import Rule
    from logcascade.ruleset.collection import Ruleset

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="List, show, test, try, begin rules."
)


@app.command("list")
def list_rules(
    rules: RulesOption = None,
    area: Annotated[
        str | None, typer.Option(metavar="AREA", help="Only one area: telegram, sqlite, kernel.")
    ] = None,
) -> None:
    """List the rules by area, with what each is; of your own, where each comes from."""
    ruleset = work.load_ruleset(rules or ())
    areas = sorted({rule.area for rule in ruleset.rules.values()})
    if area is not None and area not in areas:
        raise unknown_id("area", area, areas, "logcascade rules list")
    width = max((len(name) for name in ruleset.rules), default=0)
    lines = []
    for name in areas if area is None else [area]:
        lines.append(f"{name}\n")
        for rule in ruleset.rules.values():
            if rule.area == name:
                lines.append(f"  {rule.id:<{width}}  {rule.role.value:<9}  {rule.title}\n")
                lines += _origin(ruleset, rule)
    roles = Counter(rule.role.value for rule in ruleset.rules.values())
    counted = ", ".join(f"{number} {role}" for role, number in sorted(roles.items()))
    talk.say("".join(lines))
    talk.note(f"{len(ruleset.rules)} rules: {counted}")


@app.command("show")
def show_rule(
    rule_id: Annotated[str, typer.Argument(metavar="ID", help="Which rule.")],
    rules: RulesOption = None,
) -> None:
    """Show the file of a rule, its examples included."""
    ruleset = work.load_ruleset(rules or ())
    rule = ruleset.rules.get(rule_id)
    if rule is None:
        raise unknown_id("rule", rule_id, ruleset.rules, "logcascade rules list")
    talk.note(f"# {rule.path}")
    for line in _origin(ruleset, rule):
        talk.note(f"# {line.strip()}")
    talk.say(rule.path.read_text(encoding="utf-8"))


@app.command("test")
def run_examples(
    folders: Annotated[
        list[Path] | None,
        typer.Argument(metavar="DIR", help="Folders of your own rules, tested with ours."),
    ] = None,
) -> None:
    """
    Run the examples of all rules through the matcher that reads logs.

    The exit status is 1 if an example does not behave as its rule says.
    """
    from logcascade.reading.reader import make_record
    from logcascade.ruleset import selftest

    ruleset = work.load_ruleset(folders or (), to_be_proven=True)
    failures = selftest.test_rules(ruleset, make_record)
    for failure in failures:
        talk.note(f"{failure}\n")
    examples = sum(len(rule.examples) for rule in ruleset.rules.values())
    talk.say(
        f"{len(ruleset.rules)} rules, {examples} examples, {_ours(ruleset)}: "
        f"{f'{len(failures)} failed' if failures else 'all as they say'}\n"
    )
    raise typer.Exit(ExitStatus.INCIDENT if failures else ExitStatus.NO_INCIDENT)


app.command("lint")(rule_checks.lint)
app.command("explain")(rule_checks.explain)
app.command("coverage")(rule_checks.coverage)


@app.command("new")
def new_rule(
    origin: Annotated[
        str, typer.Option("--from", metavar="FILE:LINE", help="Which record; - is standard input.")
    ],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write to a new file instead."),
    ] = None,
) -> None:
    """
    Begin a rule file from one record of a log: pattern, literal, example; complete the rest.

    Secrets in the record are redacted first. `rules test DIR` tries what was written.
    """
    from logcascade.reading.reader import make_record
    from logcascade.report.redaction import Redactor
    from logcascade.ruleset.skeleton import make_skeleton

    name, line = records.place(origin)
    record = records.read_record(name, line)
    severity = record.severity
    text = Redactor().redact(record.text)
    safe = make_record(text, logger=record.logger, severity=severity, program=record.program)
    written = make_skeleton(safe, f"{_base_name(name)}, line {line}")
    if output is None:
        talk.say(written)
        return
    if output.exists():
        raise LogcascadeError(f"{output} is there already", help="give the name of a new file")
    talk.write_file(output, written)


def _origin(ruleset: "Ruleset", rule: "Rule") -> list[str]:
    """Return where a rule comes from, on a line of its own; none for those that came with us."""
    origin = ruleset.origins.get(rule.id)
    if origin is None:
        return []
    before = ruleset.replaced.get(rule.id)
    if before is None:
        instead = ""
    elif before.is_relative_to(bundled.rules_folder()):
        instead = ", in place of ours"
    else:
        instead = f", in place of {settings.shown(before)}"
    return [safe_line(f"      from {settings.shown(rule.path)}, by {origin}{instead}") + "\n"]


def _base_name(name: str) -> str:
    return "standard input" if name == "-" else Path(name).name


def _ours(ruleset: "Ruleset") -> str:
    """Return how many of the rules come with the program."""
    folder = bundled.rules_folder()
    shipped = sum(rule.path.is_relative_to(folder) for rule in ruleset.rules.values())
    return f"{shipped} shipped"
