"""An analysis for the terminal: the first screen says what failed first, how often, what to do."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from logcascade.model.analysis import Analysis, Cascade
from logcascade.model.records import Severity
from logcascade.report import cascade_words, source_words
from logcascade.report.terminal_cascade import cascade_parts
from logcascade.report.terminal_grid import COMMAND, DIM, INDENT, TITLE_COLUMNS, as_text, width_of
from logcascade.report.terminal_surroundings import circumstances, nothing_found
from logcascade.report.text import cut
from logcascade.report.view import PROGRAM, Context, View, view_of
from logcascade.report.words import count

WHOLE_CASCADES = 20
NAMED_CASCADES = 100
"""Cascades told in full, and further ones that get a line: nobody reads more from a screen."""

_BY_SEVERITY = {
    Severity.CRITICAL: "bold red",
    Severity.ERROR: "bold red",
    Severity.WARNING: "bold yellow",
}


def render_terminal(
    analysis: Analysis, context: Context, *, width: int, colour: bool = False, brief: bool = False
) -> str:
    """
    Return the report as text of *width* columns.

    Args:
        analysis: What was found out, already made presentable.
        context: Version, command, units.
        width: Columns to fill.
        colour: Whether to write colours.
        brief: One line for each cascade.
    """
    parts = _parts(view_of(analysis, context), width_of(width), brief)
    return as_text(parts, width=width, colour=colour, soft_wrap=brief)


def _parts(view: View, width: int, brief: bool) -> Iterator[RenderableType]:
    yield from _header(view)
    cascades = len(view.analysis.cascades)
    if cascades > 1:
        yield Text(f"{cascades} cascades, the worst first{'' if brief else '; --brief lists them'}")
    yield Text()
    if not cascades:
        yield from nothing_found(view)
        return
    if brief:
        for rank, cascade in enumerate(view.analysis.cascades, 1):
            yield _brief(view, rank, cascade)
        return
    for rank, cascade in enumerate(view.analysis.cascades[:WHOLE_CASCADES], 1):
        yield _headline(view, rank, cascade)
        yield _in_short(view, cascade)
        yield Padding(Group(*cascade_parts(view, cascade, width)), (1, 0, 1, INDENT))
    yield from _further(view)
    yield circumstances(view)


def _further(view: View) -> Iterator[RenderableType]:
    """Yield a line for each cascade beyond those told in full, and how many have none."""
    named = view.analysis.cascades[: WHOLE_CASCADES + NAMED_CASCADES]
    for rank, cascade in enumerate(named[WHOLE_CASCADES:], WHOLE_CASCADES + 1):
        yield _brief(view, rank, cascade)
    left = len(view.analysis.cascades) - len(named)
    if left:
        words = f"and {count(left, 'more cascade')}: --brief has a line for each"
        yield Text(words, style=DIM)
    if len(named) > WHOLE_CASCADES:
        yield Text()


def _header(view: View) -> Iterator[RenderableType]:
    sources = view.analysis.sources
    for source in sources:
        line = Text(view.names.short(source.name), style="bold")
        parts = source_words.parts_in_words(source, view.names)
        if parts:
            line.append(f" ({parts})", style="not bold")
        line.append(f"   {source_words.lines_in_words(source)}   {source.format}", style="not bold")
        yield line
    yield Text(source_words.times_in_words(view))
    for words in source_words.clocks(view):
        yield Text(words, style=DIM)
    assumed = source_words.assumptions(view)
    if assumed:
        yield Text(f"assumed: {', '.join(assumed)}", style=DIM)


def _headline(view: View, rank: int, cascade: Cascade) -> Text:
    style = _BY_SEVERITY.get(cascade.severity, "bold")
    line = Text(f"{rank}  ")
    line.append(cut(cascade.title, TITLE_COLUMNS), style=style)
    line.append(f"   {cascade_words.how_often(cascade, view.fullest(cascade))}", style="bold")
    return line


def _in_short(view: View, cascade: Cascade) -> Text:
    """Return the line below the headline: when it comes again, and what to do first."""
    line = Text("   ")
    due = cascade.recurrence.next_due
    if due is not None:
        line.append(f"next due about {view.clock.about(due)};  ")
    if not cascade.remedies:
        unknown = cascade_words.is_unknown(cascade.first_failure)
        line.append(f"no {'rule knows it' if unknown else 'remedy is known for it'}")
        return line
    first = cascade.remedies[0]
    for_it = cascade_words.is_for_first(cascade, first)
    line.append("do first: " if for_it else "remedies only for what follows: ")
    line.append(f"{PROGRAM} remedy {first.id}", style=COMMAND)
    return line


def _brief(view: View, rank: int, cascade: Cascade) -> Text:
    """Return one line, however long: it may be searched by a program."""
    line = _headline(view, rank, cascade)
    failure = view.of(cascade)[0].first_failure
    line.append(f"   {view.names.place(failure.location)}")
    if cascade.remedies:
        line.append(f"   {PROGRAM} remedy {cascade.remedies[0].id}", style=COMMAND)
    return line
