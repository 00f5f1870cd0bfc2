"""From lines in the order of reading to where a person finds them."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from logcascade.model.records import Location, Place

_T = TypeVar("_T")


def as_found(value: _T, places: Mapping[str, Place]) -> _T:
    """
    Return `value` (an analysis, or a part of one) with each line where a person finds it.

    Until then lines are counted as they were read, so that the lesser number is the earlier line
    also in a log that was read backwards, or in one of several files. `places` has one function
    for each source by its name.
    """
    shown: _T = _found(value, places)
    return shown


def _found(value: Any, places: Mapping[str, Place]) -> Any:
    if isinstance(value, Location):
        place = places.get(value.source)
        return value if place is None else place(value.line)
    if is_dataclass(value) and not isinstance(value, type):
        changed = {}
        for field in fields(value):
            part = getattr(value, field.name)
            found = _found(part, places)
            if found is not part:
                changed[field.name] = found
        if "location" in changed and hasattr(value, "record_line"):
            record_line = value.record_line
            own = value.location.source  # type: ignore[attr-defined]  # it is among `changed`
            begin = _found(Location(own, record_line), places)
            # A record that begins in the file before is there from this one's first line on.
            is_here = begin.source == changed["location"].source
            changed["record_line"] = begin.line if is_here else 1
        return replace(value, **changed) if changed else value
    if isinstance(value, Mapping):
        return {key: _found(part, places) for key, part in value.items()}
    if isinstance(value, tuple):
        parts = tuple(_found(part, places) for part in value)
        return parts if any(map(_differs, parts, value)) else value
    return value


def _differs(one: object, other: object) -> bool:
    return one is not other
