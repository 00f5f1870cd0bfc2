"""Words for an id that is not there."""

import difflib
from collections.abc import Iterable

from logcascade.errors import LogcascadeError


def unknown_id(kind: str, given: str, known: Iterable[str], list_command: str) -> LogcascadeError:
    """Return the error for an id that nothing has, with the nearest one that something has."""
    names = sorted(known)
    near = [name for name in names if given and given in name]
    near = difflib.get_close_matches(given, names, n=1) or near
    listed = f"`{list_command}` lists them"
    advice = f'did you mean "{near[0]}"? {listed}' if near else listed
    return LogcascadeError(f'there is no {kind} "{given}"', help=advice)
