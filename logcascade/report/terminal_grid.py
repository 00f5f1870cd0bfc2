"""What the parts of the terminal report share: styles, widths, a table with labels."""

from rich.table import Table

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
