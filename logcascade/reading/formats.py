"""The line formats: TOML files with samples, read and checked."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from logcascade.errors import FormatError
from logcascade.model.records import Severity

FORMATS_FOLDER = Path(__file__).resolve().parent.parent / "formats"
"""The formats that come with the program."""

StampKind = Literal["iso", "syslog", "clock", "epoch", "uptime", "words", "none"]

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
        "levels",
        "share",
        "program",
        "unit_program",
        "units",
        "json",
        "level_silent",
        "block",
        "sample",
    ]
)
_JSON_KEYS = frozenset(
    [
        "text",
        "time",
        "time_unit_s",
        "priority",
        "program",
        "pid",
        "unit",
        "run",
        "transport",
        "logger",
        "level",
    ]
)
_BLOCK_KEYS = frozenset(["literal", "begin", "go_on", "end"])
_GROUPS = frozenset(
    [
        "stamp",
        "level",
        "logger",
        "logger_in_brackets",
        "program",
        "pid",
        "unit",
        "host",
        "stream",
        "thread",
        "_end",
    ]
)
_GROUP_NAME = re.compile(r"\(\?P<\w+>")
_OPEN_CLASS = re.compile(r"\[\^(?P<body>(?:\\.|[^\]\\])*)\]")


@dataclass(frozen=True, slots=True)
class JsonFields:
    """Which keys of a JSON line hold what; of several the first present one counts."""

    text: tuple[str, ...]
    time: tuple[str, ...]
    time_unit_s: float = 0.0
    """Seconds in one unit of a numeric time; 0 where the time is text."""
    priority: tuple[str, ...] = ()
    program: tuple[str, ...] = ()
    pid: tuple[str, ...] = ()
    unit: tuple[str, ...] = ()
    run: tuple[str, ...] = ()
    transport: tuple[str, ...] = ()


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
    levels: Mapping[str, Severity] | None = None
    """Its own words for severities, where they differ from everybody's."""
    share: float = 0.0
    """Used only where it fits at least this share of a source's first lines: for beginnings that
    ordinary text may have, too."""
    program: str = ""
    """The program of all its records, where the format tells."""
    unit_program: str = ""
    """The program whose messages name the unit they are about, by `units`."""
    units: tuple[re.Pattern[str], ...] = ()
    json: JsonFields | None = None
    level_silent: Mapping[str, str] = field(default_factory=dict)
    """Field values that together say that the carrier knows no level."""
    blocks: tuple[Block, ...] = ()
    """What its `program` writes as many messages, whatever carries them."""
    samples: tuple[Sample, ...] = ()

    @property
    def nameless_start(self) -> bytes:
        """The pattern of the beginning, without group names, for a union with others."""
        return _GROUP_NAME.sub("(?:", self.start_source).encode()


def load_formats(folder: Path = FORMATS_FOLDER) -> tuple[Format, ...]:
    """Return the formats in `folder`, in the order they are tried.

    Raises `FormatError` with all that is wrong with all files, samples included.
    """
    from logcascade.reading.samples import check_samples

    formats: list[Format] = []
    wrong: list[str] = []
    for path in sorted(folder.glob("*.toml")):
        loaded, errors = _load_format(path)
        wrong += [f"{path.name}: {error}" for error in errors]
        if loaded is not None:
            formats.append(loaded)
    formats.sort(key=lambda each: (each.order, each.id))
    if not wrong:
        wrong = check_samples(formats)
    if wrong:
        raise FormatError("line formats are not valid", "; ".join(wrong), str(folder))
    return tuple(formats)


def _load_format(path: Path) -> tuple[Format | None, list[str]]:
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
    errors += _wrong_in_pattern(data["start"])
    errors += [f"unknown key json.{key}" for key in data.get("json", {}) if key not in _JSON_KEYS]
    errors += [error for each in data.get("block", ()) for error in _wrong_in_block(each)]
    if errors:
        return None, errors
    return _build(data), []


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
        f"start: unknown group {name!r}" for name in compiled.groupindex if name not in _GROUPS
    ]
    errors += [
        f"start: {found[0]} could run over the end of the line; add \\n to it"
        for found in _OPEN_CLASS.finditer(source)
        if "\\s" not in found["body"] and "\\n" not in found["body"]
    ]
    return errors


def _build(data: Mapping[str, Any]) -> Format:
    json = data.get("json")
    levels = data.get("levels")
    return Format(
        id=data["id"],
        title=data["title"],
        is_wrapper=data["kind"] == "wrapper",
        order=data.get("order", 50),
        start=re.compile(data["start"], re.ASCII),
        start_source=data["start"],
        stamp=data.get("stamp", "none"),
        levels=levels and {word: Severity[name.upper()] for word, name in levels.items()},
        share=data.get("share", 0.0),
        program=data.get("program", ""),
        unit_program=data.get("unit_program", ""),
        units=tuple(re.compile(pattern) for pattern in data.get("units", ())),
        json=json and JsonFields(**{key: _tuple(value) for key, value in json.items()}),
        level_silent=data.get("level_silent", {}),
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
    )


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def union_of_starts(formats: Iterable[Format]) -> bytes:
    """Return the pattern that matches where a line begins in any of `formats`; never empty."""
    patterns = [each.nameless_start for each in formats]
    return b"|".join(b"(?:" + pattern + b")" for pattern in patterns) or rb"(?!)"
