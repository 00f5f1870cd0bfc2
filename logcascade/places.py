"""From lines of a source to lines of the files it was put together from.

All stages count the lines of a source as one stream, so that order and distance hold across its
files; only what a report points at is a place in a file.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from logcascade.model.records import Location

Place = Callable[[int], Location]
"""Returns the file, and the line in it, of a 1-based line of a source."""

_T = TypeVar("_T")


def in_files(value: _T, places: Mapping[str, Place]) -> _T:
    """Return *value* (an analysis) with the lines of the named sources as places in files."""
    placed: _T = _placed(value, places)
    return placed


def _placed(value: Any, places: Mapping[str, Place]) -> Any:
    if isinstance(value, Location):
        place = places.get(value.source)
        return value if place is None else place(value.line)
    if isinstance(value, tuple):
        return tuple(_placed(part, places) for part in value)
    if isinstance(value, Mapping):
        return {key: _placed(part, places) for key, part in value.items()}
    if not is_dataclass(value) or isinstance(value, type):
        return value
    parts = {field.name: getattr(value, field.name) for field in fields(value)}
    shown = {name: _placed(part, places) for name, part in parts.items()}
    if "record_line" in parts and parts["location"].source in places:
        shown["record_line"] = _record_line(parts, shown["location"], places)
    changed = {name: part for name, part in shown.items() if part is not parts[name]}
    return replace(value, **changed) if changed else value


def _record_line(parts: Mapping[str, Any], shown: Location, places: Mapping[str, Place]) -> int:
    """Return where a record begins in the file of its failure: 1 if in the file before."""
    begin = places[parts["location"].source](parts["record_line"])
    return begin.line if begin.source == shown.source else 1
