"""The line formats: TOML files with samples, read and checked."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from logcascade.errors import FormatError
from logcascade.model.records import Severity

FORMATS_FOLDER = Path(__file__).resolve().parent.parent / "formats"
"""The formats that come with the program."""

Notation = Literal["", "json", "logfmt"]

BLOCKS_FILE = "blocks.toml"
"""Patterns that several formats share; ``(?&name)`` in a pattern stands for one of them."""

StampKind = Literal["iso", "syslog", "clock", "epoch", "uptime", "words", "none"]

_STAMP_KINDS = ("iso", "syslog", "clock", "epoch", "uptime", "words", "none")
_KINDS = ("record", "wrapper")
_NOTATIONS: tuple[Notation, ...] = ("json", "logfmt")
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
_BLOCK_KEYS = frozenset(["literal", "begin", "go_on", "end"])
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
_GROUP_NAME = re.compile(r"\(\?P<\w+>")
_GROUP_NUMBER = re.compile(r"_\d+$")
_BLOCK = re.compile(r"\(\?&(?P<name>\w+)\)")
_OPEN_CLASS = re.compile(r"\[\^(?P<body>(?:\\.|[^\]\\])*)\]")


@dataclass(frozen=True, slots=True)
class FieldKeys:
    """Which keys of a structured line hold what; of several the first that has a value counts.

    A dot leads into an object: ``record.level.name``; a key that has the dot itself comes first.
    """

    text: tuple[str, ...] = ()
    time: tuple[str, ...] = ()
    priority: tuple[str, ...] = ()
    """Syslog's number for how bad it is."""
    level: tuple[str, ...] = ()
    logger: tuple[str, ...] = ()
    program: tuple[str, ...] = ()
    pid: tuple[str, ...] = ()
    unit: tuple[str, ...] = ()
    run: tuple[str, ...] = ()
    transport: tuple[str, ...] = ()
    exception: tuple[str, ...] = ()
    """The traceback: its text, or a list of exceptions with their frames."""
    exception_type: tuple[str, ...] = ()
    exception_text: tuple[str, ...] = ()
    """What the exception says, where the traceback stands apart from it."""
    details: tuple[str, ...] = ()
    """Objects whose fields are told with the record; where none is named, all of the line's."""
    left_out: tuple[str, ...] = ()
    """Fields that tell nothing of the event."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A line of the format, and what is to be read from it."""

    line: str
    expect: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Block:
    """A report that a program writes as many messages; they are one record.

    It ends before a message that matches `end`, before another block, and after the last that
    matches `go_on`.
    """

    literal: str
    """Stands in its first message: what is looked for in the log."""
    begin: re.Pattern[str]
    """Matches at the start of its first message ..."""
    go_on: re.Pattern[str]
    """... of each further one ..."""
    end: re.Pattern[str]
    """... and of those that are records by themselves."""


@dataclass(frozen=True, slots=True)
class Format:
    """One line format: how its lines begin, and what stands there."""

    id: str
    title: str
    is_wrapper: bool
    """True where the rest of the line is again a line of some format."""
    order: int
    """The lower is tried first."""
    start: re.Pattern[str]
    start_source: str
    stamp: StampKind
    within: str = ""
    """The format whose beginning all its lines have, too: for where a line begins, that says it."""
    levels: Mapping[str, Severity] | None = None
    """Its own words and numbers for severities, where they differ from everybody's."""
    scales: Mapping[str, Mapping[str, Severity]] = field(default_factory=dict)
    """By name, the scales its numeric levels may be on; a source's first lines tell which."""
    share: float = 0.0
    """Used only where it fits at least this share of a source's first lines: for beginnings that
    ordinary text may have, too."""
    sure_source: str = ""
    """A beginning that ordinary text does not have: used where the share is not reached."""
    carried_source: str = ""
    """Its beginning within a carrier, where that is another than on a line of its own."""
    alarms: tuple[str, ...] = ()
    """What makes a line worth reading, beside its own words for a bad level."""
    has_octal_escapes: bool = False
    """True where its writer puts ``#012`` for a line break within a message."""
    program: str = ""
    """The program of all its records, where the format tells."""
    unit_program: str = ""
    """The program whose messages name the unit they are about, by `units`."""
    units: tuple[re.Pattern[str], ...] = ()
    notation: Notation = ""
    """How its lines are written, where they have fields."""
    keys: FieldKeys = FieldKeys()
    level_silent: Mapping[str, str] = field(default_factory=dict)
    """Field values that together say that the carrier knows no level."""
    note: str = ""
    """What a reader of the report should know of a log in this format."""
    blocks: tuple[Block, ...] = ()
    """What its `program` writes as many messages, whatever carries them."""
    samples: tuple[Sample, ...] = ()
    near_misses: tuple[str, ...] = ()
    """Lines that look like it, and are not to be read with it."""

    @property
    def nameless_start(self) -> bytes:
        """The pattern of the beginning, without group names, for a union with others."""
        return _without_names(self.start_source).encode()

    @property
    def nameless_carried(self) -> bytes:
        """The same for a line within a carrier."""
        return _without_names(self.carried_source or self.start_source).encode()

    @property
    def start_carried(self) -> re.Pattern[str]:
        """The beginning of its lines within a carrier."""
        return re.compile(self.carried_source, re.ASCII) if self.carried_source else self.start

    @property
    def is_structured(self) -> bool:
        """True for a record whose parts are fields, found by their keys."""
        return bool(self.notation) and not self.is_wrapper


def load_formats(folder: Path = FORMATS_FOLDER) -> tuple[Format, ...]:
    """Return the formats in `folder`, in the order they are tried.

    Raises `FormatError` with all that is wrong with all files, samples included.
    """
    from logcascade.reading.samples import check_samples

    formats: list[Format] = []
    wrong: list[str] = []
    blocks = _load_blocks(folder)
    for path in sorted(folder.glob("*.toml")):
        if path.name != BLOCKS_FILE:
            loaded, errors = _load_format(path, blocks)
            wrong += [f"{path.name}: {error}" for error in errors]
            formats += [loaded] if loaded is not None else []
    formats.sort(key=lambda each: (each.order, each.id))
    if not wrong:
        wrong = check_samples(formats)
    if wrong:
        raise FormatError("line formats are not valid", "; ".join(wrong), str(folder))
    return tuple(formats)


def _load_blocks(folder: Path) -> Mapping[str, str]:
    """Return the shared patterns by name: a folder of formats of one's own may use ours."""
    path = folder / BLOCKS_FILE
    if not path.exists():
        path = FORMATS_FOLDER / BLOCKS_FILE
    return tomllib.loads(path.read_text(encoding="utf-8"))


def expand_blocks(source: str, blocks: Mapping[str, str]) -> str:
    """Return the pattern `source` with its ``(?&name)`` replaced; ValueError for an unknown one."""

    def block(found: re.Match[str]) -> str:
        name = found["name"]
        if name not in blocks:
            raise ValueError(f"unknown block {name!r}")
        pattern = expand_blocks(blocks[name], blocks)
        return f"(?:{pattern})" if "|" in pattern else pattern

    return _BLOCK.sub(block, source)


def _load_format(path: Path, blocks: Mapping[str, str]) -> tuple[Format | None, list[str]]:
    """Return the format in `path`, or what is wrong with it."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return None, [str(error)]
    errors = [f"unknown key {key!r}" for key in data if key not in _KEYS]
    errors += [f"{key!r} is missing" for key in ("id", "title", "kind", "start") if key not in data]
    if errors:
        return None, errors
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
        data["start"] = expand_blocks(data["start"], blocks)
    except ValueError as error:
        return None, [*errors, f"start: {error}"]
    errors += _wrong_in_pattern(data["start"])
    errors += [error for each in data.get("block", ()) for error in _wrong_in_block(each)]
    return (None, errors) if errors else (_build(data), [])


def _wrong_in_block(data: Mapping[str, Any]) -> list[str]:
    """Return why `data` cannot describe a block."""
    errors = [f"unknown key block.{key}" for key in data if key not in _BLOCK_KEYS]
    errors += [f"'block.{key}' is missing" for key in ("literal", "begin") if key not in data]
    for key in _BLOCK_KEYS - {"literal"}:
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
        for notation in _NOTATIONS
        for key in data.get(notation, {})
        if key not in known
    ]
    if all(notation in data for notation in _NOTATIONS):
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


def _build(data: Mapping[str, Any]) -> Format:
    notation: Notation = next((each for each in _NOTATIONS if each in data), "")
    keys = data.get(notation, {}) if notation else {}
    levels = data.get("levels")
    scales = data.get("scales", {})
    return Format(
        id=data["id"],
        title=data["title"],
        is_wrapper=data["kind"] == "wrapper",
        order=data.get("order", 50),
        start=re.compile(data["start"], re.ASCII),
        start_source=data["start"],
        stamp=data.get("stamp", "none"),
        within=data.get("within", ""),
        levels=levels and _scale(levels),
        scales={name: _scale(scale) for name, scale in scales.items()},
        share=data.get("share", 0.0),
        sure_source=data.get("sure", ""),
        program=data.get("program", ""),
        unit_program=data.get("unit_program", ""),
        units=tuple(re.compile(pattern) for pattern in data.get("units", ())),
        notation=notation,
        keys=FieldKeys(**{role: tuple(names) for role, names in keys.items()}),
        level_silent=data.get("level_silent", {}),
        alarms=tuple(data.get("alarms", ())),
        has_octal_escapes=data.get("escapes") == "octal",
        note=data.get("note", ""),
        blocks=tuple(
            Block(
                each["literal"],
                re.compile(each["begin"]),
                re.compile(each.get("go_on", "")),
                re.compile(each.get("end", "(?!)")),
            )
            for each in data.get("block", ())
        ),
        samples=tuple(
            Sample(each["line"], each.get("expect", {})) for each in data.get("sample", ())
        ),
        near_misses=tuple(data.get("near_miss", ())),
    )


def _scale(names: Mapping[str, str]) -> Mapping[str, Severity]:
    return {word: Severity[name.upper()] for word, name in names.items()}


def _without_names(source: str) -> str:
    return _GROUP_NAME.sub("(?:", source)


def union_of_starts(formats: Iterable[Format], *, within_carrier: bool = False) -> bytes:
    """Return the pattern that matches where a line begins in any of `formats`; never empty.

    They are tried in the order given: with those of most lines first, hardly any other is tried.
    """
    chosen = list(formats)
    ids = {each.id for each in chosen}
    patterns = [
        each.nameless_carried if within_carrier else each.nameless_start
        for each in chosen
        if each.within not in ids
    ]
    return b"|".join(b"(?:" + pattern + b")" for pattern in patterns) or rb"(?!)"
