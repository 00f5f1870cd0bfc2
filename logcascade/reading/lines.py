"""One physical line -> what carried it, what wrote it, and the text itself."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from logcascade.model.records import Severity
from logcascade.reading.formats import Format
from logcascade.reading.json_lines import JsonEntry, JsonReader
from logcascade.reading.severity import SYSLOG_PRIORITIES, parse_severity
from logcascade.reading.stamps import StampReader

MAX_WRAPPERS = 3
"""Carriers within carriers: compose around docker's stamp around a program's own prefix."""

_ANSI = re.compile(r"\x1b\[[0-9;:?]*[ -/]*[@-~]")


@dataclass(slots=True, eq=False)  # frozen ones take thrice as long to make
class Carrier:
    """What the wrappers of a line say of it."""

    formats: tuple[str, ...] = ()
    """Ids, outermost first. Empty for a bare line."""
    stamp: tuple[Format, str] | None = None
    """The innermost stamp and its format."""
    component: str = ""
    program: str = ""
    pid: str = ""
    run_key: str = ""
    severity: Severity | None = None

    @property
    def stream(self) -> tuple[str, ...]:
        """What tells its lines from the lines of others between them."""
        return (self.component, self.program, self.pid) if self.formats else ()


BARE = Carrier()


@dataclass(slots=True, eq=False)  # frozen ones take thrice as long to make
class Header:
    """The prefix that a program itself put before its message."""

    format: Format
    stamp: str
    severity: Severity | None
    logger: str
    program: str
    pid: str


@dataclass(slots=True, eq=False)  # frozen ones take thrice as long to make
class Line:
    """A physical line, understood."""

    start: int
    """Offset of its first byte in the source."""
    end: int
    """Offset of its line break."""
    number: int
    """1-based."""
    carrier: Carrier
    header: Header | None
    texts: tuple[str, ...]
    """What remains when the prefixes are gone; several only where the carrier keeps line breaks."""
    prefix_width: int = 0
    """Characters before the text; a carrier indents further lines by so much."""
    is_lost: bool = False
    """True where the carrier kept no text of the message."""


class LineReader:
    """Takes lines apart by the formats a source may hold."""

    def __init__(self, formats: Sequence[Format]) -> None:
        formats = sorted(formats, key=lambda each: (each.order, each.id))
        self._wrappers = _Choice([each for each in formats if each.is_wrapper])
        self._records = _Choice([each for each in formats if not each.is_wrapper])
        self._json = {each.id: JsonReader(each.json) for each in formats if each.json is not None}

    def read(self, raw: bytes, start: int, number: int) -> Line:
        """Return the line `raw` (without its line break) that begins at offset `start`."""
        carrier, entry, width = BARE, None, 0
        texts: tuple[str, ...] = (decode(raw),)
        for _ in range(MAX_WRAPPERS):
            chosen = self._wrappers.match(texts[0])
            if chosen is None:
                break
            each, found = chosen
            if each.json is not None:
                entry = self._json[each.id].decode(texts[0])
                if entry is None:
                    break
                carrier, texts = _carry_json(carrier, each, entry), _json_texts(entry)
            else:
                rest = texts[0][found.end() :]
                carrier = _carry(carrier, each, found.groupdict(), rest)
                texts = (rest, *texts[1:])
                width += found.end()
        header = None
        chosen = self._records.match(texts[0])
        if chosen is not None:
            each, found = chosen
            header = _header(each, found.groupdict())
            texts = (texts[0][found.end() :], *texts[1:])
        return Line(
            start,
            start + len(raw),
            number,
            carrier,
            header,
            texts,
            width,
            is_lost=entry is not None and entry.is_lost,
        )


class _Choice:
    """The first of several formats that a text begins in, found by one expression."""

    def __init__(self, formats: Sequence[Format]) -> None:
        self._formats = {f"f{number}": each for number, each in enumerate(formats)}
        # The empty group at the end leaves the first character in sight: most are ruled out by it.
        sources = [
            f"(?:{each.nameless_start.decode()})(?P<{name}>)"
            for name, each in self._formats.items()
        ]
        self._union = re.compile("|".join(sources) or "(?!)", re.ASCII)

    def match(self, text: str) -> tuple[Format, re.Match[str]] | None:
        """Return the format that `text` begins in, and its match."""
        found = self._union.match(text)
        if found is None or found.lastgroup is None:
            return None
        each = self._formats[found.lastgroup]
        match = each.start.match(text)
        return None if match is None else (each, match)


def decode(raw: bytes) -> str:
    """Return the text of `raw`; bytes that are no UTF-8 stay visible as hexadecimal numbers."""
    return raw.decode("utf-8", "backslashreplace").rstrip("\r")


def _header(each: Format, groups: dict[str, str | None]) -> Header:
    return Header(
        format=each,
        stamp=_first(groups, "stamp"),
        severity=_severity(each, groups),
        logger=_first(groups, "logger"),
        program=groups.get("program") or each.program,
        pid=_first(groups, "pid"),
    )


def _severity(each: Format, groups: dict[str, str | None]) -> Severity | None:
    """Return what a prefix says by a word, or by a syslog's ``facility * 8 + severity``."""
    level = _first(groups, "level")
    if level:
        return parse_severity(level, each.levels)
    priority = groups.get("pri")
    return SYSLOG_PRIORITIES[str(int(priority) % 8)] if priority else None


def _first(groups: dict[str, str | None], name: str) -> str:
    """Return what the first of the groups `name`, `name_2`, ... took."""
    found = (text for group, text in groups.items() if text and group.startswith(name))
    return next(found, "")


def _carry(outer: Carrier, each: Format, groups: dict[str, str | None], rest: str) -> Carrier:
    """Return what `outer` says, with what the wrapper around `rest` adds."""
    stamp = groups.get("stamp")
    program = groups.get("program") or outer.program
    component = groups.get("unit") or outer.component
    if groups.get("program") and not groups.get("unit"):
        component = "" if program == "kernel" else program
        if program == each.unit_program:
            component = _named_unit(each.units, rest) or component
    return Carrier(
        formats=(*outer.formats, each.id),
        stamp=(each, stamp) if stamp else outer.stamp,
        component=component,
        program=program,
        pid=groups.get("pid") or outer.pid or groups.get("stream") or "",
        run_key=outer.run_key,
        severity=_severity(each, groups) or outer.severity,
    )


def _named_unit(patterns: Iterable[re.Pattern[str]], text: str) -> str:
    for pattern in patterns:
        found = pattern.match(text)
        if found is not None:
            return found["unit"]
    return ""


def _carry_json(outer: Carrier, each: Format, entry: JsonEntry) -> Carrier:
    """Return what `outer` says, with what the JSON object around a message adds."""
    silent = bool(each.level_silent) and all(
        getattr(entry, name) == value for name, value in each.level_silent.items()
    )
    return Carrier(
        formats=(*outer.formats, each.id),
        stamp=(each, entry.time) if entry.time else outer.stamp,
        component=entry.unit or outer.component,
        program=entry.program or outer.program,
        pid=entry.pid or outer.pid,
        run_key=entry.run,
        severity=None if silent else SYSLOG_PRIORITIES.get(entry.priority),
    )


def _json_texts(entry: JsonEntry) -> tuple[str, ...]:
    text = _ANSI.sub("", entry.text) if "\x1b" in entry.text else entry.text
    return tuple(text.rstrip("\r\n\0").split("\n"))


def severity_of(line: Line) -> Severity | None:
    """Return how bad a line says it is: the program's own word wins over its carrier's."""
    if line.header is not None and line.header.severity is not None:
        return line.header.severity
    return line.carrier.severity


def settle_time(line: Line, stamps: StampReader) -> datetime | None:
    """Return when a line was written, in UTC, by its own stamp and its carrier's."""
    inner = outer = None
    if line.header is not None and line.header.stamp:
        stamps.note_resolution(line.header.stamp)
        inner = stamps.read(line.header.format.stamp, line.header.stamp, line.start)
    if line.carrier.stamp is not None:
        carrier_format, text = line.carrier.stamp
        kind = carrier_format.stamp
        if inner is None:
            stamps.note_resolution(text)
        outer = stamps.read(kind, text, line.start)
    has_date = line.header is None or line.header.format.stamp != "clock"
    return stamps.settle(inner if has_date or outer is None else None, outer)
