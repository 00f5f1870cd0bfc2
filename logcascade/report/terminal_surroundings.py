"""What surrounds the incidents, for the terminal: restarts, load, background, what is not known."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from logcascade.model.figures import number
from logcascade.report import cascade_words, circumstance_words, source_words
from logcascade.report.terminal_grid import COMMAND, DIM, LABEL, TEXT_COLUMNS, grid_of
from logcascade.report.text import cut
from logcascade.report.view import PROGRAM, View
from logcascade.report.words import count

SHOWN_UNKNOWN = 5
SHOWN_BACKGROUND = 6
"""Kinds that are listed; JSON has them all."""


def nothing_found(view: View) -> Iterator[RenderableType]:
    """Yield what is said of a log without an incident: what was checked, and what surrounds it."""
    doubts = source_words.doubts(view)
    is_calm = not doubts and not any(item.standing for item in view.analysis.background)
    style = "bold green" if is_calm else "bold yellow"
    yield Text(f"{source_words.verdict_on_silence(view)}.", style=style)
    for words in doubts:
        yield Text(words, style=style)
    yield Text()
    grid = grid_of()
    records = sum(source.records for source in view.analysis.sources)
    lines = sum(source.lines for source in view.analysis.sources)
    checked = f"{count(records, 'record')} in {count(lines, 'line')}"
    grid.add_row(Text("Checked", style=LABEL), Text(checked))
    yield grid
    yield circumstances(view)


def circumstances(view: View) -> Table:
    """Return what surrounds the incidents: restarts, load, background, what is not known."""
    grid = grid_of()
    restarts = circumstance_words.restarts_in_words(view)
    if len(view.analysis.runs) > 1:
        restarts += f"; the runs: {circumstance_words.ends_in_words(view)}"
    grid.add_row(Text("Restarts", style=LABEL), Text(restarts))
    load = circumstance_words.load_in_words(view)
    if load:
        grid.add_row(Text("Load", style=LABEL), Text(load))
    retold = circumstance_words.retold_in_words(view)
    if retold:
        grid.add_row(Text("Told twice", style=LABEL), Text(retold))
    sensitivity = circumstance_words.sensitivity_in_words(view)
    if sensitivity:
        grid.add_row(Text("Counted", style=LABEL), Text(sensitivity))
    label = ""
    for item in view.analysis.background[:SHOWN_BACKGROUND]:
        before, label = label, "Standing" if item.standing else "Background"
        words = f"{item.title}  {item.count:,} x"
        if item.per_hour is not None:
            words += f", {number(item.per_hour)} an hour"
        words = f"{words}  {view.names.place(item.location)}  {item.because}"
        grid.add_row(Text("" if label == before else label, style=LABEL), Text(words))
    _add_more(grid, len(view.analysis.background) - SHOWN_BACKGROUND)
    _add_unknown(grid, view)
    label = "Left out"
    for problem in source_words.problems(view):
        grid.add_row(Text(label, style="bold yellow"), Text(problem))
        label = ""
    return grid


def _add_more(grid: Table, left: int) -> None:
    if left > 0:
        grid.add_row("", Text(f"and {left} more: --format json", style=DIM))


def _add_unknown(grid: Table, view: View) -> None:
    unknown = circumstance_words.unknown_elsewhere(view)
    if not unknown:
        return
    label = "No rule knows"
    for item in unknown[:SHOWN_UNKNOWN]:
        template, at = cut(item.template, TEXT_COLUMNS), view.names.place(item.location)
        words = f"{template}  {item.count:,} x  {at}"
        grid.add_row(Text(label, style=LABEL), Text(words))
        label = ""
    _add_more(grid, len(unknown) - SHOWN_UNKNOWN)
    advice = Text("to name it, begin a rule: ", style=DIM)
    advice.append(cascade_words.new_rule(unknown[0].location), style=COMMAND)
    advice.append(", then ", style=DIM)
    advice.append(f"{PROGRAM} analyze --rules DIR", style=COMMAND)
    grid.add_row("", advice)
