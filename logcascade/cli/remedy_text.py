"""A remedy, and the list of all, as text for a terminal of a given width."""

import textwrap
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from logcascade.model.rules import Remedy, Trial

LAYERS = (
    (40, "Where the pressure comes from: what a program takes in and sends out"),
    (55, "What it holds and opens meanwhile"),
    (1_000_000, "Around it: supervisor, host, logs"),
)
"""(``upstream`` below which a remedy belongs here, heading)."""
FIGURE_WIDTH = 9
"""Columns: ``1,234,567``."""
LEAST_BESIDE = 30
"""Columns beside a remedy's id; where there are fewer, its title stands below the id."""


def list_remedies(remedies: Iterable["Remedy"], width: int) -> str:
    """Return all remedies, the nearest to the origin first, each with what it cures."""
    ordered = sorted(remedies, key=lambda each: (each.upstream, each.id))
    indent = max((len(each.id) for each in ordered), default=0) + 4
    if width - indent < LEAST_BESIDE:
        indent = 6
    parts = []
    for heading, layer in groupby(ordered, key=_heading):
        shown = "".join(_entry(remedy, indent, width) for remedy in layer)
        parts.append(f"{textwrap.fill(heading, width)}\n{shown}")
    return "\n".join(parts)


def _heading(remedy: "Remedy") -> str:
    return next(heading for below, heading in LAYERS if remedy.upstream < below)


def _entry(remedy: "Remedy", indent: int, width: int) -> str:
    told = (remedy.title, f"cures {', '.join(remedy.cures)}")
    beside = "\n".join(_wrapped(words, width, " " * indent) for words in told)
    name = f"  {remedy.id}"
    if len(name) >= indent:
        return f"{name}\n{beside}\n"
    return f"{name}{beside[len(name) :]}\n"


def show_remedy(remedy: "Remedy", width: int) -> str:
    """Return a remedy with what was measured, what it does not cure and its code."""
    parts = [f"{remedy.title}\n{'=' * len(remedy.title)}", _wrapped(remedy.summary, width)]
    parts.append(_wrapped(f"Fits when: {remedy.fits}", width))
    parts += _measured(remedy.trials, width)
    for heading, items in (
        ("Measured, too" if remedy.trials else "Measured", remedy.measured),
        ("Does not cure", remedy.does_not_cure),
        ("Side effects", remedy.side_effects),
        ("Must fall silent afterwards", remedy.watch),
        ("See", remedy.references),
    ):
        if items:
            shown = (_wrapped(item, width, "  - ") for item in items)
            parts.append("\n".join([f"{heading}:", *shown]))
    for name, text in remedy.files.items():
        parts.append(f"--- {name} ---\n\n{text.strip()}")
    if remedy.files:
        parts.append(f"To save the files: logcascade remedy {remedy.id} --write DIR")
    return "\n\n".join(parts) + "\n"


def _measured(trials: tuple["Trial", ...], width: int) -> Iterator[str]:
    """Yield a heading and the trials, their figures in the same two columns."""
    if not trials:
        return
    helped = sum(trial.helped for trial in trials)
    if helped == len(trials):
        verdict = "it helped each time" if helped > 1 else "it helped"
    else:
        verdict = f"it helped in {helped} of {len(trials)} trials" if helped else "it did not help"
    names = max(len(name) for trial in trials for name in trial.without)
    yield f"Measured without it and with it: {verdict}."
    for trial in trials:
        yield _trial(trial, names, width)


def _trial(trial: "Trial", names: int, width: int) -> str:
    """Return what one trial counted, a line for each figure."""
    told = "It helped" if trial.helped else "It did not help"
    lines = [_wrapped(f"{told}: {trial.load}.", width, "  ")]
    lines.append(f"    {'':<{names}} {'without':>{FIGURE_WIDTH}} {'with':>{FIGURE_WIDTH}}")
    for name, figure in trial.without.items():
        without, with_it = _figures(figure, trial.with_it[name])
        lines.append(f"    {name:<{names}} {without:>{FIGURE_WIDTH}} {with_it:>{FIGURE_WIDTH}}")
    lines.append(_wrapped(f"({trial.on})", width, "    "))
    return "\n".join(lines)


def _figures(*figures: float) -> Iterator[str]:
    """Yield figures alike: counts in full, measurements with two or three digits."""
    most = max(abs(figure) for figure in figures)
    counted = all(float(figure).is_integer() for figure in figures)
    decimals = 0 if counted or most >= 100 else 1 if most >= 1 else 3
    for figure in figures:
        yield f"{figure:,.{decimals}f}"


def _wrapped(text: str, width: int, bullet: str = "") -> str:
    """Return *text* in lines of *width*; links and commands are never broken."""
    return textwrap.fill(
        text,
        width,
        initial_indent=bullet,
        subsequent_indent=" " * len(bullet),
        break_long_words=False,
        break_on_hyphens=False,
    )
