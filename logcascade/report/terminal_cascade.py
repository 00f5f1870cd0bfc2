"""One cascade for the terminal: first failure, what followed, what to do, each time it came."""

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from logcascade.model.analysis import Cascade, Certainty, FirstFailure, Incident, Suspicion
from logcascade.report import cascade_words
from logcascade.report.growth_words import growth_in_words
from logcascade.report.terminal_grid import (
    COMMAND,
    COMMAND_GAP,
    DIM,
    GAP,
    INDENT,
    LABEL,
    LABEL_WIDTH,
    TEXT_COLUMNS,
    TITLE_COLUMNS,
    grid_of,
)
from logcascade.report.text import cut, cut_lines
from logcascade.report.view import PROGRAM, View
from logcascade.report.words import delay

WIDE = 110
"""Columns from which the mechanism stands beside a symptom and not below it."""

TEXT_LINES = 2
"""Lines of a record that are shown; the place is named for the rest."""

DEEPEST = 6
"""Levels of the tree that are indented; deeper ones stand below each other."""

SHOWN_TIMES = 12
"""Incidents of one cascade that are listed; JSON has them all."""

LABEL_MOST = 24
"""Columns of the labels, and of the names of what is not to blame."""


def cascade_parts(view: View, cascade: Cascade, width: int) -> Iterator[RenderableType]:
    """Yield the parts of one cascade, shown by its fullest incident, on *width* columns."""
    shown = view.fullest(cascade)
    yield _first_failure(view, cascade, shown)
    if shown.symptoms:
        yield Text()
        yield _tree(view, cascade, shown, width)
    if cascade_words.coinciding(shown)[0]:
        yield Text()
        yield _coinciding(view, shown)
    if cascade.growth:
        yield Text()
        yield _growth(cascade)
    for label, words, suspicions in cascade_words.suspects(cascade, shown):
        yield Text()
        yield _suspects(label, words, suspicions)
    if cascade.remedies or cascade.not_yet:
        yield Text()
        yield _what_to_do(cascade, width - INDENT - LABEL_WIDTH - GAP)
    if cascade.count > 1:
        yield Text()
        yield _rhythm(cascade)
    if len(cascade.incidents) > 1:
        yield from _each_time(view, cascade)


def _first_failure(view: View, cascade: Cascade, shown: Incident) -> Table:
    failure = shown.first_failure
    grid = grid_of()
    line = Text()
    style = "green" if failure.certainty is Certainty.CERTAIN else "yellow"
    line.append(f"({cascade_words.certainty(failure)})  ", style=style)
    if failure.time is not None:
        line.append(f"{view.clock.at(failure.time)}  ")
    line.append(view.names.place(failure.location), style="bold")
    if failure.count > 1:
        line.append(f"  {failure.count:,} x")
    grid.add_row(Text(cascade_words.label_of_first(failure), style=LABEL), line)
    for words in cut_lines(failure.text, TEXT_LINES, TEXT_COLUMNS) if failure.text else ():
        grid.add_row("", Text(words))
    if shown.facts:
        grid.add_row("", Text("; ".join(shown.facts)))
    if failure.reasons:
        why = "; ".join(failure.reasons)
        grid.add_row(Text("  why first", style=DIM), Text(why, style=DIM))
    _add_doubts(grid, view, failure)
    if len(cascade.incidents) > 1:
        words = f"{shown.id}, the fullest; every one is listed below"
        grid.add_row(Text("  shown", style=DIM), Text(words, style=DIM))
    elif cascade_words.course(view, shown):
        grid.add_row(Text("  course", style=DIM), Text(cascade_words.course(view, shown)))
    return grid


def _add_doubts(grid: Table, view: View, failure: FirstFailure) -> None:
    """Add what keeps the choice from being certain, and what is not known of it."""
    for doubt in cascade_words.doubts(failure):
        grid.add_row(Text("  but", style="yellow"), Text(doubt))
    rivals, more = cascade_words.rivals(failure)
    for rival in rivals:
        words = f"{rival.title}  {view.names.place(rival.location)}  {rival.because}"
        grid.add_row(Text("  or", style="yellow"), Text(words))
    if more:
        grid.add_row("", Text(more, style=DIM))
    if cascade_words.is_unknown(failure.rule):
        advice = Text(f"{cascade_words.NOT_KNOWN}\n")
        advice.append(cascade_words.new_rule(failure.location), style=COMMAND)
        grid.add_row(Text("  not known", style="yellow"), advice)


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
    for depth, symptom in cascade_words.tree(shown):
        title = Text(cut(symptom.title, TITLE_COLUMNS), style="bold")
        title.append(cascade_words.whose(symptom, shown))
        beside = view.names.place(symptom.location, shown.first_failure.location)
        title.append(f"  {beside}", style="not bold dim")
        if total > 1:
            times = f"  ({view.seen_in(cascade, symptom.rule)} of {total})"
            title.append(times, style="not bold dim")
        why = Text(cascade_words.link_in_words(symptom), style=DIM)
        row = [
            Text("  " * (min(depth, DEEPEST) - 1) + "then"),
            Text(delay(symptom.delay_s)),
            Text(f"{symptom.count:,} x"),
            title if wide or not why else Text("\n").join([title, why]),
        ]
        grid.add_row(*row, *([why] if wide else []))
    return grid


def _coinciding(view: View, shown: Incident) -> Table:
    grid = grid_of()
    label = "Coinciding"
    others, more = cascade_words.coinciding(shown)
    for other in others:
        title, at = cut(other.title, TITLE_COLUMNS), view.names.place(other.location)
        words = f"{title}  {other.count:,} x  {at}"
        grid.add_row(Text(label, style=LABEL), Text(words))
        label = ""
    if more:
        grid.add_row("", Text(more, style=DIM))
    return grid


def _growth(cascade: Cascade) -> Table:
    grid = grid_of()
    label = "Grows"
    for growth in cascade.growth:
        grid.add_row(Text(label, style=LABEL), Text(growth_in_words(growth)))
        label = ""
    return grid


def _suspects(label: str, words: str, suspicions: Sequence[Suspicion]) -> Table:
    rows = cascade_words.merged(suspicions)
    longest = max(len(label), *(len(titles) + GAP for titles in rows.values()))
    grid = grid_of(min(max(longest, LABEL_WIDTH), LABEL_MOST))
    grid.columns[0].no_wrap = False
    grid.add_row(Text(label, style=LABEL), Text(words, style=DIM))
    for because, titles in rows.items():
        grid.add_row(Padding(Text(titles), (0, 0, 0, 2)), Text(because))
    return grid


def _what_to_do(cascade: Cascade, room: int) -> Table:
    grid = grid_of()
    label = "Do first"
    for remedy in cascade.remedies:
        if label and not cascade_words.is_for_first(cascade, remedy):
            label = "What follows"
        words = Text()
        words.append(remedy.title, style="bold" if label == "Do first" else "")
        command = f"{PROGRAM} remedy {remedy.id}"
        fits = len(remedy.title) + COMMAND_GAP + len(command) <= room
        words.append(f"{' ' * COMMAND_GAP if fits else chr(10)}{command}", style=COMMAND)
        if remedy.because:
            words.append(f"\n{remedy.because}", style=DIM)
        grid.add_row(Text(label, style=LABEL), words)
        label = "" if label in ("", "What follows") else "Then"
    label = "Not yet"
    for item in cascade.not_yet:
        words = Text(item.what)
        if item.because:
            words.append(f"\n{item.because}", style=DIM)
        grid.add_row(Text(label, style=LABEL), words)
        label = ""
    return grid


def _rhythm(cascade: Cascade) -> Table:
    grid = grid_of()
    words = cascade_words.rhythm(cascade)
    if words:
        grid.add_row(Text("Rhythm", style=LABEL), Text(words))
    for rival in cascade.recurrence.rivals:
        grid.add_row("", Text(f"not {rival.driver.value}: {rival.because}", style=DIM))
    after = cascade_words.aftershocks(cascade)
    if after:
        grid.add_row("", Text(after, style=DIM))
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
            cascade_words.lasted(incident),
            cascade_words.outcome(view, incident),
            "" if certain else failure.certainty.value,
        ]
        grid.add_row(*(Text(cell, no_wrap=True) for cell in cells))
    yield Text("Each time", style=LABEL)
    yield Padding(grid, (0, 0, 0, 2))
    left = len(incidents) - SHOWN_TIMES
    if left > 0:
        yield Text(f"  and {left} more: --format json", style=DIM)
