"""A verdict on a change for the terminal, for a ticket, and for programs."""

from collections.abc import Iterable, Iterator

import msgspec
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from logcascade.model.verification import Outcome, Verdict, Verification
from logcascade.report.inert import code, prose
from logcascade.report.json_report import as_json, plain, schema_of
from logcascade.report.terminal_grid import (
    COMMAND,
    DIM,
    GAP,
    INDENT,
    LABEL,
    TITLE_COLUMNS,
    as_text,
    grid_of,
)
from logcascade.report.text import cut
from logcascade.report.verification_contract import SCHEMA_ID, VerificationReport
from logcascade.report.verification_words import (
    OUTCOME_WORDS,
    Row,
    advised,
    clock_for,
    failure_head,
    failures,
    in_short,
    left_out,
    reasons,
    sides,
    silences,
    summary,
)
from logcascade.report.words import Clock

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
    if summary(verification):
        yield Padding(Text(summary(verification)), (0, 0, 0, INDENT))
    yield Text()
    for rank, verdict in enumerate(verification.verdicts, 1):
        yield from _verdict(rank, verdict, clock)
    for failure in verification.new_failures:
        place = f"{failure.location.source}:{failure.location.line}"
        yield Text(f"New since: {cut(failure.title, TITLE_COLUMNS)}  {failure.count:,} x  {place}")
    for note in verification.notes:
        yield Text(f"note: {note}", style="bold yellow")
    if verification.new_failures or verification.notes:
        yield Text()
    for words, worth in silences(verification, clock):
        yield Text.assemble((f"{words.capitalize()} ", LABEL), worth)
    yield Text()
    yield _table(failure_head(verification), failures(verification, clock))
    more = left_out(verification)
    if more:
        yield Text(more, style=DIM)
    yield Text()
    yield _table(("before", "since"), sides(verification, clock))


def _verdict(rank: int, verdict: Verdict, clock: Clock) -> Iterator[RenderableType]:
    line = Text(f"{rank}  ")
    line.append(cut(verdict.title, TITLE_COLUMNS), style="bold")
    line.append("   ")
    line.append(OUTCOME_WORDS[verdict.outcome], style=_STYLES[verdict.outcome])
    yield line
    told = [in_short(verdict), *reasons(verdict, clock)]
    yield Padding(Text("\n".join(told)), (0, 0, 0, INDENT))
    for words, remedies in advised(verdict):
        yield Padding(Text(words, style=LABEL), (0, 0, 0, INDENT))
        grid = grid_of(max(len(name) for name, _ in remedies))
        for name, shown_by in remedies:
            grid.add_row(Text(name, style=COMMAND), Text(shown_by))
        yield Padding(grid, (0, 0, 0, INDENT + GAP))
    yield Text()


def _table(head: Row, rows: Iterable[Row]) -> Table:
    table = Table.grid(padding=(0, GAP, 0, 0))
    table.add_column(overflow="fold")
    table.add_row("", *(Text(name, style=LABEL) for name in head))
    for column in table.columns[1:]:
        column.justify = "right"
        column.no_wrap = True
    for name, *cells in rows:
        table.add_row(Text(cut(name, TITLE_COLUMNS)), *map(Text, cells))
    return table


def render_markdown(verification: Verification, command: str, version: str) -> str:
    """Return the verdict for a ticket; nothing from a log can act in it."""
    clock = clock_for(verification)
    blocks = [f"# {OUTCOME_WORDS[verification.outcome].capitalize()}"]
    blocks.append(prose(summary(verification)))
    for verdict in verification.verdicts:
        blocks += _verdict_blocks(verdict, clock)
    if verification.new_failures:
        blocks.append("## New since the change")
        blocks.append(
            "\n".join(
                f"- {code(cut(each.title, TITLE_COLUMNS))} {each.count:,} x, "
                f"{code(f'{each.location.source}:{each.location.line}')}"
                for each in verification.new_failures
            )
        )
    blocks += [f"**Note:** {prose(note)}" for note in verification.notes]
    quiet = [
        f"- **{words.capitalize()}** {prose(worth)}"
        for words, worth in silences(verification, clock)
    ]
    blocks += ["## Side by side", "\n".join(quiet)]
    blocks.append(_markdown_table(failure_head(verification), failures(verification, clock)))
    blocks.append(prose(left_out(verification)))
    blocks.append(_markdown_table(("before", "since"), sides(verification, clock)))
    blocks.append(f"Made by logcascade {version}: {code(command)}")
    return "\n\n".join(block for block in blocks if block) + "\n"


def _verdict_blocks(verdict: Verdict, clock: Clock) -> Iterator[str]:
    title = code(cut(verdict.title, TITLE_COLUMNS))
    yield f"## {title}: {OUTCOME_WORDS[verdict.outcome]}"
    words = [in_short(verdict), *reasons(verdict, clock)]
    yield "\n".join(f"- {prose(each)}" for each in words)
    for state, remedies in advised(verdict):
        lines = [f"- {code(name)}: {prose(shown_by)}" for name, shown_by in remedies]
        yield "\n".join([f"**{state}**", "", *lines])


def _markdown_table(head: Row, rows: Iterable[Row]) -> str:
    lines = [f"| | {' | '.join(head)} |", f"|---|{'--:|' * len(head)}"]
    for name, *cells in rows:
        shown = [prose(cut(name, TITLE_COLUMNS), in_table=True), *cells]
        lines.append(f"| {' | '.join(shown)} |")
    return "\n".join(lines)


def render_json(verification: Verification, version: str, *, redacted: bool) -> str:
    """Return the verdict for programs, in the contract's types."""
    shown = plain(verification, {})
    shown |= {"schema": SCHEMA_ID, "version": version, "redacted": redacted}
    return as_json(msgspec.convert(shown, VerificationReport))


def verification_schema() -> str:
    """Return the JSON Schema of the verdict, made from its types."""
    return schema_of(VerificationReport, SCHEMA_ID)
