"""What reports for the terminal share: styles, widths, a table with labels, the way to text."""

import io
from collections.abc import Iterable

from rich.console import Console, RenderableType
from rich.table import Table

LEAST_WIDTH = 60
"""Columns. Below it a table has no room for words; the terminal may wrap as it likes."""

TITLE_COLUMNS = 72
"""Columns of a title. Titles of rules are shorter; what no rule knows is titled by its text."""

LABEL_WIDTH = 13
"""Columns of the labels."""

TEXT_COLUMNS = 200
"""Columns of a record's line, or of a template, that are shown."""

INDENT, GAP, COMMAND_GAP = 3, 2, 3
"""Columns before a cascade's parts, between columns, and before a command on a title's line."""

LABEL = "bold"
DIM = "dim"
COMMAND = "cyan"
"""Styles: of the words before a line, of what only explains, of what can be typed."""


def grid_of(label_width: int = LABEL_WIDTH) -> Table:
    """Return a table whose first column is the labels'."""
    grid = Table.grid(padding=(0, GAP, 0, 0), expand=True)
    grid.add_column(width=label_width, no_wrap=True)
    grid.add_column(ratio=1, overflow="fold")
    return grid


def width_of(width: int) -> int:
    """Return the columns that a report takes in a terminal of *width*."""
    return max(width, LEAST_WIDTH)


def as_text(
    parts: Iterable[RenderableType], *, width: int, colour: bool, soft_wrap: bool = False
) -> str:
    """Return *parts* one below the other as text; nothing of the surroundings is asked."""
    buffer = io.StringIO()
    console = Console(
        file=buffer,
        width=width_of(width),
        force_terminal=colour,
        color_system="standard" if colour else None,
        no_color=not colour,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
        _environ={},
    )
    for part in parts:
        console.print(part, soft_wrap=soft_wrap)
    return "\n".join(line.rstrip() for line in buffer.getvalue().splitlines()) + "\n"
