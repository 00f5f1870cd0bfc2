"""A verdict on a change for the terminal, for a ticket, and for programs."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from logcascade.model.verification import Outcome, Verification
from logcascade.report.inert import code, prose
from logcascade.report.json_report import as_json, plain
from logcascade.report.terminal_grid import DIM, GAP, INDENT, LABEL, TITLE_COLUMNS, as_text
from logcascade.report.text import cut
from logcascade.report.verification_words import (
    OUTCOME_WORDS,
    Row,
    clock_for,
    in_short,
    left_out,
    reasons,
    sides,
    tallies,
)

SCHEMA_ID = "logcascade.verification/1"

_STYLES = {
    Outcome.FIXED: "bold green",
    Outcome.NOT_FIXED: "bold red",
    Outcome.CHANGED: "bold red",
    Outcome.NOT_YET_EXERCISED: "bold yellow",
}


def render_terminal(verification: Verification, *, width: int, colour: bool = False) -> str:
    """Return the verdict as text of *width* columns; it has been made presentable."""
    return as_text(_parts(verification), width=width, colour=colour)


def _parts(verification: Verification) -> Iterator[RenderableType]:
    clock = clock_for(verification)
    outcome = verification.outcome
    yield Text(OUTCOME_WORDS[outcome].capitalize(), style=_STYLES[outcome])
    yield Padding(Text(verification.because), (0, 0, 1, INDENT))
    for rank, verdict in enumerate(verification.verdicts, 1):
        line = Text(f"{rank}  ")
        line.append(cut(verdict.title, TITLE_COLUMNS), style="bold")
        line.append("   ")
        line.append(OUTCOME_WORDS[verdict.outcome], style=_STYLES[verdict.outcome])
        line.append(f"   {in_short(verdict)}")
        yield line
        words = "\n".join(reasons(verdict, clock))
        yield Padding(Text(words), (0, 0, 1, INDENT))
    for failure in verification.new_failures:
        place = f"{failure.location.source}:{failure.location.line}"
        yield Text(f"New since: {cut(failure.title, TITLE_COLUMNS)}  {failure.count:,} x  {place}")
    if verification.new_failures:
        yield Text()
    yield _table((*sides(verification, clock), *tallies(verification)))
    more = left_out(verification)
    if more:
        yield Text(more, style=DIM)
    for note in verification.notes:
        yield Text(f"note: {note}", style="bold yellow")


def _table(rows: tuple[Row, ...]) -> Table:
    table = Table.grid(padding=(0, GAP, 0, 0))
    table.add_column(overflow="fold")
    table.add_column(justify="right", no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_row("", Text("before", style=LABEL), Text("since", style=LABEL))
    for name, one, other in rows:
        table.add_row(Text(cut(name, TITLE_COLUMNS)), Text(one), Text(other))
    return table


def render_markdown(verification: Verification, command: str, version: str) -> str:
    """Return the verdict for a ticket; nothing from a log can act in it."""
    clock = clock_for(verification)
    blocks = [
        f"# {OUTCOME_WORDS[verification.outcome].capitalize()}",
        prose(verification.because),
    ]
    for verdict in verification.verdicts:
        title = code(cut(verdict.title, TITLE_COLUMNS))
        blocks.append(f"## {title}: {OUTCOME_WORDS[verdict.outcome]}")
        words = [in_short(verdict), *reasons(verdict, clock)]
        blocks.append("\n".join(f"- {prose(each)}" for each in words))
    if verification.new_failures:
        blocks.append("## New since the change")
        blocks.append(
            "\n".join(
                f"- {code(cut(each.title, TITLE_COLUMNS))} {each.count:,} x, "
                f"{code(f'{each.location.source}:{each.location.line}')}"
                for each in verification.new_failures
            )
        )
    rows = (*sides(verification, clock), *tallies(verification))
    lines = ["| | before | since |", "|---|--:|--:|"]
    lines += [
        f"| {prose(cut(name, TITLE_COLUMNS), in_table=True)} | {one} | {other} |"
        for name, one, other in rows
    ]
    blocks += ["## Side by side", "\n".join(lines), prose(left_out(verification))]
    blocks += [f"Note: {prose(note)}" for note in verification.notes]
    blocks.append(f"Made by logcascade {version}: {code(command)}")
    return "\n\n".join(block for block in blocks if block) + "\n"


def render_json(verification: Verification, version: str) -> str:
    """Return the verdict for programs: keys are those of `logcascade.model.verification`."""
    return as_json({"schema": SCHEMA_ID, "version": version, **plain(verification, {})})
