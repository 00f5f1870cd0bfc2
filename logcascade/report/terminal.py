"""An analysis for the terminal: the first screen says what failed first, how often, what to do."""

import io
import shlex
from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from logcascade.model.analysis import Analysis, Cascade, Certainty, Incident
from logcascade.model.records import Severity
from logcascade.report import view as say
from logcascade.report.growth_words import growth_in_words
from logcascade.report.text import cut, cut_lines
from logcascade.report.view import Context, View, view_of
from logcascade.report.words import count, delay, number

LEAST_WIDTH = 60
"""Columns. Below it a table has no room for words; the terminal may wrap as it likes."""

WIDE = 110
"""Columns from which the mechanism stands beside a symptom and not below it."""

TEXT_LINES = 2
TEXT_COLUMNS = 200
"""Lines and columns of a record that are shown; the place is named for the rest."""

TITLE_COLUMNS = 72
"""Columns of a title. Titles of rules are shorter; what no rule knows is titled by its text."""

DEEPEST = 6
"""Levels of the tree that are indented; deeper ones stand below each other."""

SHOWN_TIMES = 12
"""Incidents of one cascade that are listed; JSON has them all."""

SHOWN_UNKNOWN = 5
SHOWN_BACKGROUND = 6

LABEL_WIDTH = 13
LABEL_MOST = 24
"""Columns of the labels, and of the names of what is not to blame."""

INDENT, GAP, COMMAND_GAP = 3, 2, 3
"""Columns before a cascade's parts, between columns, and before a command on a title's line."""

_LABEL = "bold"
_DIM = "dim"
_COMMAND = "cyan"
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
    buffer = io.StringIO()
    console = Console(
        file=buffer,
        width=max(width, LEAST_WIDTH),
        force_terminal=colour,
        color_system="standard" if colour else None,
        no_color=not colour,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
        _environ={},
    )
    view = view_of(analysis, context)
    for part in _parts(view, console.width, brief):
        console.print(part, soft_wrap=brief)
    return "\n".join(line.rstrip() for line in buffer.getvalue().splitlines()) + "\n"


def _parts(view: View, width: int, brief: bool) -> Iterator[RenderableType]:
    yield from _header(view)
    cascades = len(view.analysis.cascades)
    if cascades > 1:
        yield Text(f"{cascades} cascades, the worst first{'' if brief else '; --brief lists them'}")
    yield Text()
    if not cascades:
        yield from _nothing_found(view)
        return
    if brief:
        for rank, cascade in enumerate(view.analysis.cascades, 1):
            yield _brief(view, rank, cascade)
        return
    for rank, cascade in enumerate(view.analysis.cascades, 1):
        yield _headline(view, rank, cascade)
        yield _in_short(view, cascade)
        yield Padding(Group(*_cascade(view, cascade, width)), (1, 0, 1, INDENT))
    yield _circumstances(view)


def _header(view: View) -> Iterator[RenderableType]:
    sources = view.analysis.sources
    for source in sources:
        line = Text(view.names.short(source.name), style="bold")
        parts = say.parts_in_words(source, view.names)
        if parts:
            line.append(f" ({parts})", style="not bold")
        line.append(f"   {say.lines_in_words(source)}   {source.format}", style="not bold")
        yield line
    yield Text(say.times_in_words(view))
    for words in say.clocks(view):
        yield Text(words, style=_DIM)
    assumed = say.assumptions(view)
    if assumed:
        yield Text(f"assumed: {', '.join(assumed)}", style=_DIM)


def _headline(view: View, rank: int, cascade: Cascade) -> Text:
    style = _BY_SEVERITY.get(cascade.severity, "bold")
    line = Text(f"{rank}  ")
    line.append(cut(cascade.title, TITLE_COLUMNS), style=style)
    line.append(f"   {say.how_often(cascade, view.fullest(cascade))}", style="bold")
    return line


def _in_short(view: View, cascade: Cascade) -> Text:
    """Return the line below the headline: when it comes again, and what to do first."""
    line = Text("   ")
    due = cascade.recurrence.next_due
    if due is not None:
        line.append(f"next due about {view.clock.about(due)};  ")
    if not cascade.remedies:
        line.append("no remedy is known for it")
        return line
    first = cascade.remedies[0]
    for_it = say.is_for_first(cascade, first)
    line.append("do first: " if for_it else "remedies only for what follows: ")
    line.append(f"{say.PROGRAM} remedy {first.id}", style=_COMMAND)
    return line


def _brief(view: View, rank: int, cascade: Cascade) -> Text:
    """Return one line, however long: it may be searched by a program."""
    line = _headline(view, rank, cascade)
    failure = view.of(cascade)[0].first_failure
    line.append(f"   {view.names.place(failure.location)}")
    if cascade.remedies:
        line.append(f"   {say.PROGRAM} remedy {cascade.remedies[0].id}", style=_COMMAND)
    return line


def _cascade(view: View, cascade: Cascade, width: int) -> Iterator[RenderableType]:
    shown = view.fullest(cascade)
    yield _first_failure(view, cascade, shown)
    if shown.symptoms:
        yield Text()
        yield _tree(view, cascade, shown, width)
    if shown.coinciding:
        yield Text()
        yield _coinciding(view, shown)
    if cascade.growth:
        yield Text()
        yield _growth(cascade)
    if cascade.ruled_out:
        yield Text()
        yield _ruled_out(cascade)
    if cascade.remedies or cascade.not_yet:
        yield Text()
        yield _what_to_do(cascade, width - INDENT - LABEL_WIDTH - GAP)
    if cascade.count > 1:
        yield Text()
        yield _rhythm(cascade)
    if len(cascade.incidents) > 1:
        yield from _each_time(view, cascade)


def _grid(label_width: int = LABEL_WIDTH) -> Table:
    """Return a table whose first column is the labels'."""
    grid = Table.grid(padding=(0, GAP, 0, 0), expand=True)
    grid.add_column(width=label_width, no_wrap=True)
    grid.add_column(ratio=1, overflow="fold")
    return grid


def _first_failure(view: View, cascade: Cascade, shown: Incident) -> Table:
    failure = shown.first_failure
    grid = _grid()
    line = Text()
    style = "green" if failure.certainty is Certainty.CERTAIN else "yellow"
    line.append(f"({say.CERTAINTY_WORDS[failure.certainty]})  ", style=style)
    if failure.time is not None:
        line.append(f"{view.clock.at(failure.time)}  ")
    line.append(view.names.place(failure.location), style="bold")
    if failure.count > 1:
        line.append(f"  {failure.count:,} x")
    grid.add_row(Text("First failure", style=_LABEL), line)
    for words in cut_lines(failure.text, TEXT_LINES, TEXT_COLUMNS) if failure.text else ():
        grid.add_row("", Text(words))
    if shown.facts:
        grid.add_row("", Text("; ".join(shown.facts)))
    if failure.reasons:
        why = "; ".join(failure.reasons)
        grid.add_row(Text("  why first", style=_DIM), Text(why, style=_DIM))
    for doubt in say.doubts(failure):
        grid.add_row(Text("  but", style="yellow"), Text(doubt))
    for rival in failure.rivals:
        words = f"{rival.title}  {view.names.place(rival.location)}  {rival.because}"
        grid.add_row(Text("  or", style="yellow"), Text(words))
    if len(cascade.incidents) > 1:
        words = f"{shown.id}, the fullest; every one is listed below"
        grid.add_row(Text("  shown", style=_DIM), Text(words, style=_DIM))
    elif say.course(view, shown):
        grid.add_row(Text("  course", style=_DIM), Text(say.course(view, shown)))
    return grid


def _tree(view: View, cascade: Cascade, shown: Incident, width: int) -> Table:
    wide = width >= WIDE
    grid = Table.grid(padding=(0, GAP, 0, 0), expand=True)
    grid.add_column(no_wrap=True)
    grid.add_column(justify="right", no_wrap=True)
    grid.add_column(justify="right", no_wrap=True)
    grid.add_column(ratio=3, overflow="fold")
    if wide:
        grid.add_column(ratio=2, overflow="fold")
    total = len(view.main(cascade))
    for depth, symptom in say.tree(shown):
        title = Text(cut(symptom.title, TITLE_COLUMNS), style="bold")
        beside = view.names.place(symptom.location, shown.first_failure.location)
        title.append(f"  {beside}", style="not bold dim")
        if total > 1:
            times = f"  ({view.seen_in(cascade, symptom.rule)} of {total})"
            title.append(times, style="not bold dim")
        why = Text(say.link_in_words(symptom), style=_DIM)
        row = [
            Text("  " * (min(depth, DEEPEST) - 1) + "then"),
            Text(delay(symptom.delay_s)),
            Text(f"{symptom.count:,} x"),
            title if wide or not why else Text("\n").join([title, why]),
        ]
        grid.add_row(*row, *([why] if wide else []))
    return grid


def _coinciding(view: View, shown: Incident) -> Table:
    grid = _grid()
    label = "Coinciding"
    for other in shown.coinciding:
        title, at = cut(other.title, TITLE_COLUMNS), view.names.place(other.location)
        words = f"{title}  {other.count:,} x  {at}"
        grid.add_row(Text(label, style=_LABEL), Text(words))
        label = ""
    return grid


def _growth(cascade: Cascade) -> Table:
    grid = _grid()
    label = "Grows"
    for growth in cascade.growth:
        grid.add_row(Text(label, style=_LABEL), Text(growth_in_words(growth)))
        label = ""
    return grid


def _ruled_out(cascade: Cascade) -> Table:
    longest = max(len(item.title) for item in cascade.ruled_out) + 2
    grid = _grid(min(max(longest, LABEL_WIDTH), LABEL_MOST))
    grid.add_row(Text("Not to blame", style=_LABEL), "")
    for item in cascade.ruled_out:
        grid.add_row(Text(f"  {item.title}"), Text(item.because))
    return grid


def _what_to_do(cascade: Cascade, room: int) -> Table:
    grid = _grid()
    label = "Do first"
    for remedy in cascade.remedies:
        if label and not say.is_for_first(cascade, remedy):
            label = "What follows"
        words = Text()
        words.append(remedy.title, style="bold" if label == "Do first" else "")
        command = f"{say.PROGRAM} remedy {remedy.id}"
        fits = len(remedy.title) + COMMAND_GAP + len(command) <= room
        words.append(f"{' ' * COMMAND_GAP if fits else chr(10)}{command}", style=_COMMAND)
        if remedy.because:
            words.append(f"\n{remedy.because}", style=_DIM)
        grid.add_row(Text(label, style=_LABEL), words)
        label = "" if label in ("", "What follows") else "Then"
    label = "Not yet"
    for item in cascade.not_yet:
        words = Text(item.what)
        if item.because:
            words.append(f"\n{item.because}", style=_DIM)
        grid.add_row(Text(label, style=_LABEL), words)
        label = ""
    return grid


def _rhythm(cascade: Cascade) -> Table:
    grid = _grid()
    words = say.rhythm(cascade)
    if words:
        grid.add_row(Text("Rhythm", style=_LABEL), Text(words))
    for rival in cascade.recurrence.rivals:
        grid.add_row("", Text(f"not {rival.driver.value}: {rival.because}", style=_DIM))
    after = say.aftershocks(cascade)
    if after:
        grid.add_row("", Text(after, style=_DIM))
    return grid


def _each_time(view: View, cascade: Cascade) -> Iterator[RenderableType]:
    """Yield the list of a cascade's incidents, each with its place."""
    grid = Table.grid(padding=(0, GAP, 0, 0))
    incidents = view.of(cascade)
    is_one_file = len(view.analysis.sources) == 1 and not view.analysis.sources[0].parts
    beside = incidents[0].start_line if is_one_file else None
    for incident in incidents[:SHOWN_TIMES]:
        failure = incident.first_failure
        certain = failure.certainty is Certainty.CERTAIN
        cells = [
            incident.id,
            view.clock.at(incident.start) if incident.start else "",
            view.names.place(failure.location, beside),
            say.length(incident),
            say.outcome(view, incident),
            "" if certain else failure.certainty.value,
        ]
        grid.add_row(*(Text(cell, no_wrap=True) for cell in cells))
    yield Text("Each time", style=_LABEL)
    yield Padding(grid, (0, 0, 0, 2))
    left = len(incidents) - SHOWN_TIMES
    if left > 0:
        yield Text(f"  and {left} more: --format json", style=_DIM)


def _nothing_found(view: View) -> Iterator[RenderableType]:
    yield Text("No incident found.", style="bold green")
    warning = say.mostly_unread(view)
    if warning:
        yield Text(warning, style="bold yellow")
    yield Text()
    grid = _grid()
    records = sum(source.records for source in view.analysis.sources)
    lines = sum(source.lines for source in view.analysis.sources)
    checked = f"{count(records, 'record')} in {count(lines, 'line')}"
    grid.add_row(Text("Checked", style=_LABEL), Text(checked))
    yield grid
    yield _circumstances(view)


def _circumstances(view: View) -> Table:
    """Return what surrounds the incidents: restarts, load, background, what is not known."""
    grid = _grid()
    restarts = say.restarts_in_words(view)
    if len(view.analysis.runs) > 1:
        restarts += f"; the runs: {say.ends_in_words(view)}"
    grid.add_row(Text("Restarts", style=_LABEL), Text(restarts))
    load = say.load_in_words(view)
    if load:
        grid.add_row(Text("Load", style=_LABEL), Text(load))
    retold = say.retold_in_words(view)
    if retold:
        grid.add_row(Text("Told twice", style=_LABEL), Text(retold))
    sensitivity = say.sensitivity_in_words(view)
    if sensitivity:
        grid.add_row(Text("Counted", style=_LABEL), Text(sensitivity))
    label = "Background"
    for item in view.analysis.background[:SHOWN_BACKGROUND]:
        words = f"{item.title}  {item.count:,} x"
        if item.per_hour is not None:
            words += f", {number(item.per_hour)} an hour"
        words = f"{words}  {view.names.place(item.location)}  {item.because}"
        grid.add_row(Text(label, style=_LABEL), Text(words))
        label = ""
    _add_more(grid, len(view.analysis.background) - SHOWN_BACKGROUND)
    _add_unknown(grid, view)
    label = "Left out"
    for problem in say.problems(view):
        grid.add_row(Text(label, style="bold yellow"), Text(problem))
        label = ""
    return grid


def _add_more(grid: Table, left: int) -> None:
    if left > 0:
        grid.add_row("", Text(f"and {left} more: --format json", style=_DIM))


def _add_unknown(grid: Table, view: View) -> None:
    unknown = view.analysis.unknown_failures
    if not unknown:
        return
    label = "No rule knows"
    for item in unknown[:SHOWN_UNKNOWN]:
        template, at = cut(item.template, TEXT_COLUMNS), view.names.place(item.location)
        words = f"{template}  {item.count:,} x  {at}"
        grid.add_row(Text(label, style=_LABEL), Text(words))
        label = ""
    _add_more(grid, len(unknown) - SHOWN_UNKNOWN)
    place = unknown[0].location
    origin = shlex.quote(f"{place.source}:{place.line}")
    advice = Text("to name it, begin a rule: ", style=_DIM)
    advice.append(f"{say.PROGRAM} rules new --from {origin}", style=_COMMAND)
    advice.append(", then ", style=_DIM)
    advice.append(f"{say.PROGRAM} analyze --rules DIR", style=_COMMAND)
    grid.add_row("", advice)
