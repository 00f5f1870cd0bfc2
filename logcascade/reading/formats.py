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

BLOCKS_FILE = "blocks.toml"
"""Patterns that several formats share; ``(?&name)`` in a pattern stands for one of them."""

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
        "within",
        "levels",
        "share",
        "program",
        "unit_program",
        "units",
        "json",
        "level_silent",
        "sample",
        "near_miss",
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
    samples: tuple[Sample, ...] = ()
    near_misses: tuple[str, ...] = ()
    """Lines that look like it, and are not to be read with it."""

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
    errors += [f"unknown key json.{key}" for key in data.get("json", {}) if key not in _JSON_KEYS]
    try:
        data["start"] = expand_blocks(data["start"], blocks)
    except ValueError as error:
        return None, [*errors, f"start: {error}"]
    errors += _wrong_in_pattern(data["start"])
    return (None, errors) if errors else (_build(data), [])


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
        within=data.get("within", ""),
        levels=levels and {word: Severity[name.upper()] for word, name in levels.items()},
        share=data.get("share", 0.0),
        program=data.get("program", ""),
        unit_program=data.get("unit_program", ""),
        units=tuple(re.compile(pattern) for pattern in data.get("units", ())),
        json=json and JsonFields(**{key: _tuple(value) for key, value in json.items()}),
        level_silent=data.get("level_silent", {}),
        samples=tuple(
            Sample(each["line"], each.get("expect", {})) for each in data.get("sample", ())
        ),
        near_misses=tuple(data.get("near_miss", ())),
    )


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def union_of_starts(formats: Iterable[Format]) -> bytes:
    """Return the pattern that matches where a line begins in any of `formats`; never empty.

    They are tried in the order given: with those of most lines first, hardly any other is tried.
    """
    chosen = list(formats)
    ids = {each.id for each in chosen}
    patterns = [each.nameless_start for each in chosen if each.within not in ids]
    return b"|".join(b"(?:" + pattern + b")" for pattern in patterns) or rb"(?!)"
