"""The exception of a structured record -> the lines a traceback would have."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from logcascade.reading.records.exception_groups import MAX_GROUP_DEPTH
from logcascade.reading.records.tracebacks import (
    EXCEPTION_LINE,
    FILE_LINE,
    MAX_CHAIN,
    find_traceback,
)

MAX_FRAMES = 500
"""Frames written of one exception; Python itself stops at a thousand calls."""

_ENDINGS = ("Error", "Exception", "Timeout", "Interrupt", "Exit")
_HEAD = "Traceback (most recent call last):"
_GROUP_HEAD = "Exception Group Traceback (most recent call last):"
_CAUSE = "The above exception was the direct cause of the following exception:"
_CONTEXT = "During handling of the above exception, another exception occurred:"


@dataclass(frozen=True, slots=True)
class Told:
    """What a record's fields say of an exception."""

    lines: tuple[str, ...] = ()
    """As a traceback, or as the writer's own text; none for an exception told in a few words."""
    type: str = ""
    """Its class, where the fields name it and the lines are no traceback that says it."""
    message: str = ""


def tell_exception(trace: Any, name: str, message: str) -> Told:
    """Return what is told by a traceback (a text, or a list of exceptions), a class, a message."""
    if isinstance(trace, list):
        lines = list(_chain([each for each in trace if isinstance(each, dict)], 0))
        return Told(tuple(lines)) if lines else Told()
    lines = str(trace).strip("\n").split("\n") if isinstance(trace, str) and trace.strip() else []
    said = f"{name}: {message}" if name and message else name
    if lines and FILE_LINE.match(lines[0]):
        ends_with_it = any(not line.startswith(" ") and line.strip() for line in lines)
        return Told((_HEAD, *lines, *([] if ends_with_it or not said else said.split("\n"))))
    if find_traceback(lines) < len(lines):
        return Told(tuple(lines))
    if name:
        return Told(tuple(lines or said.split("\n")), name, message)
    found = EXCEPTION_LINE.match(lines[0]) if lines else None
    if found and _is_exception(found["type"], found["message"] or ""):
        name, message = found["type"], found["message"] or ""
    return Told(tuple(lines) if len(lines) > 1 else (), name, message)


def _is_exception(name: str, message: str) -> bool:
    """Tell ``Type: text`` from other words; alone, a class must be named as exceptions are."""
    last = name.rpartition(".")[2]
    return (bool(message) and last[:1].isupper()) or last.endswith(_ENDINGS)


def _chain(told: Sequence[Mapping[str, Any]], depth: int) -> Iterator[str]:
    """Write exceptions as Python prints a chain, the first-raised first, at that depth of groups.

    They are told the outermost first, each followed by what it came from; ``is_cause`` says of
    the earlier one that the later was raised *from* it.
    """
    if depth > MAX_GROUP_DEPTH:
        return
    earlier: Mapping[str, Any] | None = None
    for each in reversed(told[:MAX_CHAIN]):
        if earlier is not None:
            phrase = _CAUSE if earlier.get("is_cause") else _CONTEXT
            yield from (_margin(depth) + line for line in ("", phrase, ""))
        yield from _one(each, depth)
        earlier = each


def _one(each: Mapping[str, Any], depth: int) -> Iterator[str]:
    members = each.get("exceptions")
    lines = [*_frames(each), *_said(each)]
    if not (each.get("is_group") and isinstance(members, list) and members):
        head = () if depth and not each.get("frames") else (_HEAD,)
        yield from (_margin(depth) + line for line in (*head, *lines))
        return
    yield f"  + {_GROUP_HEAD}" if not depth else _margin(depth) + _GROUP_HEAD
    depth = max(depth, 1)
    yield from (_margin(depth) + line for line in lines)
    for number, member in enumerate(members[:MAX_CHAIN], 1):
        fork = "  " * depth + "+-" if number == 1 else "  " * (depth + 1)
        yield f"{fork}+---------------- {number} ----------------"
        yield from _chain(_member(member), depth + 1)
    yield "  " * (depth + 1) + "+------------------------------------"


def _margin(depth: int) -> str:
    """Return what stands before a line of an exception within so many groups."""
    return "  " * depth + "| " if depth else ""


def _member(told: Any) -> list[Mapping[str, Any]]:
    """Return a member's chain: a list of exceptions, an object that holds one, or one alone."""
    if isinstance(told, dict):
        inner = told.get("exceptions") if "exc_type" not in told else None
        told = inner if isinstance(inner, list) else [told]
    return [each for each in told if isinstance(each, dict)] if isinstance(told, list) else []


def _frames(each: Mapping[str, Any]) -> Iterator[str]:
    frames = each.get("frames")
    for frame in (frames if isinstance(frames, list) else [])[:MAX_FRAMES]:
        if isinstance(frame, dict):
            file, line = str(frame.get("filename", "")), frame.get("lineno", 0)
            yield f'  File "{_flat(file)}", line {line}, in {_flat(str(frame.get("name", "")))}'
            source = frame.get("line")
            if isinstance(source, str) and source.strip():
                yield f"    {_flat(source.strip())}"


def _said(each: Mapping[str, Any]) -> list[str]:
    name, value = str(each.get("exc_type", "")), str(each.get("exc_value", ""))
    notes = each.get("exc_notes")
    lines = (f"{name}: {value}" if value else name).split("\n")
    return lines + [str(note) for note in notes] if isinstance(notes, list) else lines


def _flat(text: str) -> str:
    return text.replace("\n", " ").replace('"', "'")
