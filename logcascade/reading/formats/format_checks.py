"""Checks what the files of line formats hold: keys, patterns, levels, and the samples."""

import re
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from logcascade.model.records import Severity
from logcascade.reading.formats.line_format import (
    NOTATIONS,
    FieldKeys,
    Format,
    expand_blocks,
    read_folder,
)
from logcascade.reading.formats.samples import check_samples

_STAMP_KINDS = ("iso", "syslog", "clock", "epoch", "uptime", "words", "none")
_KINDS = ("record", "wrapper")
_KEYS = frozenset(
    [
        "schema",
        "id",
        "title",
        "kind",
        "order",
        "start",
        "stamp",
        "within",
        "levels",
        "share",
        "last_resort",
        "program",
        "unit_program",
        "units",
        "json",
        "logfmt",
        "level_silent",
        "scales",
        "sure",
        "alarms",
        "escapes",
        "note",
        "block",
        "sample",
        "near_miss",
    ]
)
_BLOCK_PATTERNS = ("begin", "go_on", "end")
_BLOCK_KEYS = frozenset(["literal", "further", *_BLOCK_PATTERNS])
_GROUPS = frozenset(
    [
        "stamp",
        "level",
        "logger",
        "program",
        "pid",
        "pri",
        "unit",
        "host",
        "stream",
        "thread",
        "_end",
    ]
)
_GROUP_NUMBER = re.compile(r"_\d+$")
_OPEN_CLASS = re.compile(r"\[\^(?P<body>(?:\\.|[^\]\\])*)\]")


def read_checked(folder: Path) -> tuple[list[Format], list[str]]:
    """Return the formats in `folder`, and in words all that is wrong with them."""
    formats, wrong = read_folder(folder, _wrong_in)
    return formats, wrong or check_samples(formats)


def _wrong_in(data: Mapping[str, Any], path: Path, blocks: Mapping[str, str]) -> list[str]:
    """Return what is wrong with the `data` read from `path`, but for its samples."""
    errors = [f"unknown key {key!r}" for key in data if key not in _KEYS]
    errors += [f"{key!r} is missing" for key in ("id", "title", "kind", "start") if key not in data]
    if errors:
        return errors
    if data.get("schema") != 1:
        errors.append("schema must be 1")
    if data["id"] != path.stem:
        errors.append(f"id {data['id']!r} is not the file's name")
    if data["kind"] not in _KINDS:
        errors.append(f"kind must be one of {', '.join(_KINDS)}")
    if data.get("stamp", "none") not in _STAMP_KINDS:
        errors.append(f"stamp must be one of {', '.join(_STAMP_KINDS)}")
    if not data.get("sample"):
        errors.append("there is no sample")
    errors += _wrong_in_pattern(data.get("sure", ""))
    errors += _wrong_in_fields(data)
    try:
        start = expand_blocks(data["start"], blocks)
    except ValueError as error:
        return [*errors, f"start: {error}"]
    errors += _wrong_in_pattern(start)
    return errors + [error for each in data.get("block", ()) for error in _wrong_in_block(each)]


def _wrong_in_block(data: Mapping[str, Any]) -> list[str]:
    """Return why `data` cannot describe a block."""
    errors = [f"unknown key block.{key}" for key in data if key not in _BLOCK_KEYS]
    errors += [f"'block.{key}' is missing" for key in ("literal", "begin") if key not in data]
    for key in _BLOCK_PATTERNS:
        try:
            re.compile(data.get(key, ""))
        except re.error as error:
            errors.append(f"block.{key}: {error}")
    return errors


def _wrong_in_pattern(source: str) -> list[str]:
    """Return why `source` cannot be the beginning of a line."""
    try:
        compiled = re.compile(source, re.ASCII)
    except re.error as error:
        return [f"start: {error}"]
    errors = [
        f"start: unknown group {name!r}"
        for name in compiled.groupindex
        if _GROUP_NUMBER.sub("", name) not in _GROUPS
    ]
    if source and compiled.match("\n"):
        errors.append("start: it matches an empty line")
    if "\\u" in source:
        errors.append("start: \\u says nothing in a pattern for bytes; write the character itself")
    errors += [
        f"start: {found[0]} could run over the end of the line; add \\n to it"
        for found in _OPEN_CLASS.finditer(source)
        if "\\s" not in found["body"] and "\\n" not in found["body"]
    ]
    return errors


def _wrong_in_fields(data: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with the keys, levels and escapes in `data`."""
    known = {each.name for each in fields(FieldKeys)}
    errors = [
        f"unknown key {notation}.{key}"
        for notation in NOTATIONS
        for key in data.get(notation, {})
        if key not in known
    ]
    if all(notation in data for notation in NOTATIONS):
        errors.append("it can be json or logfmt, not both")
    scales = {"levels": data.get("levels", {}), **data.get("scales", {})}
    errors += [
        f"{name}: unknown level {level!r}"
        for name, scale in scales.items()
        for level in scale.values()
        if level.upper() not in Severity.__members__
    ]
    if data.get("escapes", "octal") != "octal":
        errors.append('escapes can only be "octal"')
    return errors
