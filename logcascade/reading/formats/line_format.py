"""The line formats: TOML files with samples, read and checked."""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from logcascade.errors import FormatError
from logcascade.model.records import Severity

FORMATS_FOLDER = Path(__file__).resolve().parents[2] / "formats"
"""The formats that come with the program."""

Notation = Literal["", "json", "logfmt"]

MAX_PATTERNS = 1024
"""Beginnings of lines kept compiled: those of all formats, in several forms."""

BLOCKS_FILE = "blocks.toml"
"""Patterns that several formats share; ``(?&name)`` in a pattern stands for one of them."""

NOTATIONS: tuple[Notation, ...] = ("json", "logfmt")

Check = Callable[[Mapping[str, Any], Path, Mapping[str, str]], list[str]]
"""Says what is wrong with what a file holds, given the shared patterns."""

StampKind = Literal["iso", "syslog", "clock", "epoch", "uptime", "words", "none"]

_GROUP_NAME = re.compile(r"\(\?P<\w+>")
_BLOCK = re.compile(r"\(\?&(?P<name>\w+)\)")


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
    matches `go_on` or is one of those `further` ones.
    """

    literal: str
    """Stands in its first message: what is looked for in the log."""
    begin: re.Pattern[str]
    """Matches at the start of its first message ..."""
    go_on: re.Pattern[str]
    """... of each further one ..."""
    end: re.Pattern[str]
    """... and of those that are records by themselves."""
    further: int = 0
    """So many messages after the first belong to it whatever they are."""


@dataclass(frozen=True, slots=True)
class Format:
    """One line format: how its lines begin, and what stands there."""

    id: str
    title: str
    is_wrapper: bool
    """True where the rest of the line is again a line of some format."""
    order: int
    """The lower is tried first."""
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
    is_last_resort: bool = False
    """True where it counts only for a source most lines of which no format before it knows."""
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
    """What its `program` writes as many messages, whatever carries them; where it names none, what
    follows a line of its own."""
    samples: tuple[Sample, ...] = ()
    near_misses: tuple[str, ...] = ()
    """Lines that look like it, and are not to be read with it."""

    @property
    def start(self) -> re.Pattern[str]:
        """The beginning of its lines; most logs use few formats, so it is made when asked for."""
        return _compiled(self.start_source)

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
        return _compiled(self.carried_source) if self.carried_source else self.start

    @property
    def is_structured(self) -> bool:
        """True for a record whose parts are fields, found by their keys."""
        return bool(self.notation) and not self.is_wrapper


def load_formats(folder: Path = FORMATS_FOLDER) -> tuple[Format, ...]:
    """Return the formats in `folder`, in the order they are tried.

    Those of a folder of one's own are checked, samples included: raises `FormatError` with all
    that is wrong with all files. Those that come with the program are not checked in each run,
    which would take a third of its start: a test does, by `read_checked`.
    """
    if folder == FORMATS_FOLDER:
        formats, wrong = read_folder(folder)
    else:
        from logcascade.reading.formats.format_checks import read_checked

        formats, wrong = read_checked(folder)
    if wrong:
        raise FormatError("line formats are not valid", "; ".join(wrong), str(folder))
    return tuple(formats)


def read_folder(folder: Path, wrong_in: Check | None = None) -> tuple[list[Format], list[str]]:
    """Return the formats in `folder`, in the order they are tried, and what `wrong_in` says."""
    formats: list[Format] = []
    wrong: list[str] = []
    blocks = _load_blocks(folder)
    for path in sorted(folder.glob("*.toml")):
        if path.name != BLOCKS_FILE:
            loaded, errors = _load_format(path, blocks, wrong_in)
            wrong += [f"{path.name}: {error}" for error in errors]
            formats += [loaded] if loaded is not None else []
    formats.sort(key=lambda each: (each.order, each.id))
    return formats, wrong


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


def _load_format(
    path: Path, blocks: Mapping[str, str], wrong_in: Check | None
) -> tuple[Format | None, list[str]]:
    """Return the format in `path`, or what is wrong with it."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        return None, [str(error)]
    errors = wrong_in(data, path, blocks) if wrong_in is not None else []
    if errors:
        return None, errors
    data["start"] = expand_blocks(data["start"], blocks)
    return _build(data), []


def _build(data: Mapping[str, Any]) -> Format:
    notation: Notation = next((each for each in NOTATIONS if each in data), "")
    keys = data.get(notation, {}) if notation else {}
    levels = data.get("levels")
    scales = data.get("scales", {})
    return Format(
        id=data["id"],
        title=data["title"],
        is_wrapper=data["kind"] == "wrapper",
        order=data.get("order", 50),
        start_source=data["start"],
        stamp=data.get("stamp", "none"),
        within=data.get("within", ""),
        levels=levels and _scale(levels),
        scales={name: _scale(scale) for name, scale in scales.items()},
        share=data.get("share", 0.0),
        is_last_resort=data.get("last_resort", False),
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
                each.get("further", 0),
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


@lru_cache(maxsize=MAX_PATTERNS)
def _compiled(source: str) -> re.Pattern[str]:
    return re.compile(source, re.ASCII)


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
