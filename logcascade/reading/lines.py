"""One physical line -> what carried it, what wrote it, and the text itself."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from logcascade.model.records import RaisedException, Severity
from logcascade.reading.fields.json_lines import JsonEntry, JsonReader
from logcascade.reading.fields.meaning import FieldEntry
from logcascade.reading.fields.structured import StructuredReader
from logcascade.reading.formats.line_format import Format, StampKind
from logcascade.reading.formats.severity import SYSLOG_PRIORITIES, parse_severity
from logcascade.reading.times.stamps import DATED, DATELESS, StampReader

MAX_WRAPPERS = 3
"""Carriers within carriers: compose around docker's stamp around a program's own prefix."""

JSON_INDENT = 1
"""Further lines of an entry that has become JSON stand below it, after one blank."""

_OCTAL = re.compile(r"(?:(?<=\S)#(0[0-3][0-7])|#(0[0-3][0-7])(?=\S))")
"""A control character as rsyslog writes it. With blanks around it is the number of an issue."""

_ANSI = re.compile(r"\x1b\[[0-9;:?]*[ -/]*[@-~]")


@dataclass(slots=True, eq=False)  # frozen ones take thrice as long to make
class Carrier:
    """What the wrappers of a line say of it."""

    formats: tuple[str, ...] = ()
    """Ids, outermost first. Empty for a bare line."""
    stamp: tuple[StampKind, str] | None = None
    """The kind and the text of the innermost stamp."""
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
    stamp_kind: StampKind = "none"
    component: str = ""
    within: str = ""
    """Id of the structured format whose message holds this line; empty where none does."""


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
    """Bytes before the text; a carrier indents further lines by so many blanks."""
    is_lost: bool = False
    """True where the carrier kept no text of the message."""
    is_whole: bool = False
    """True for a structured record: it ends with its line, whatever stands below."""
    message_lines: int = 0
    """How many of the texts of a structured record are its message."""
    details: str = ""
    """Its other fields; one of the texts, too."""
    raised: tuple[RaisedException, ...] = ()
    """What its fields say was raised, where they hold no traceback."""
    is_cut: bool = False
    """True where its end is missing, and what there is was read."""


class LineReader:
    """Takes lines apart by the formats a source may hold."""

    def __init__(self, formats: Sequence[Format]) -> None:
        formats = sorted(formats, key=lambda each: (each.order, each.id))
        records = [each for each in formats if not each.is_wrapper]
        self._wrappers = _Choice([each for each in formats if each.is_wrapper])
        self._bare = _Choice([each for each in records if each.start_source])
        self._carried = _Choice(records, within_carrier=True)
        self._json = {f.id: JsonReader(f.keys) for f in formats if f.is_wrapper and f.notation}
        self._structured = {f.id: StructuredReader(f) for f in records if f.notation}

    def read(self, raw: bytes, start: int, number: int) -> Line:
        """Return the line `raw` (without its line break) that begins at offset `start`."""
        carrier, entry, width = BARE, None, 0
        texts: tuple[str, ...] = (decode(raw),)
        for _ in range(MAX_WRAPPERS):
            chosen = self._wrappers.match(texts[0])
            if chosen is None or (carrier.formats and not chosen[1][0]):
                break  # a line known by its text is a carrier's own
            each, found = chosen
            if each.notation:
                entry = self._json[each.id].decode(texts[0])
                if entry is None:
                    break
                carrier, texts = _carry_json(carrier, each, entry), text_lines(entry.text)
                width = JSON_INDENT
            else:
                rest = texts[0][found.end() :]
                carrier = _carry(carrier, each, found.groupdict(), rest)
                if each.has_octal_escapes and "#0" in rest:
                    texts = (*text_lines(_unescaped(rest)), *texts[1:])
                else:
                    texts = (rest, *texts[1:])
                width += len(found[0].encode())  # journald counts bytes
        line = Line(start, start + len(raw), number, carrier, None, texts, width)
        line.is_lost = entry is not None and entry.is_lost
        chosen = (self._carried if carrier.formats else self._bare).match(texts[0])
        if chosen is not None:
            self._read_header(line, *chosen)
        return line

    def _read_header(self, line: Line, each: Format, found: re.Match[str]) -> None:
        """Give `line` the header that its first text begins with."""
        if not each.notation:
            line.header = _header(each, found.groupdict())
            line.texts = (line.texts[0][found.end() :], *line.texts[1:])
            return
        reader = self._structured[each.id]
        read = reader.read(line.texts, is_carried=bool(line.carrier.formats))
        if read is None:
            return
        entry, rest, line.is_cut = read
        line.is_whole = True
        line.header = _structured_header(each, entry)
        message = text_lines(entry.message)
        chosen = self._carried.match(message[0])
        if chosen is not None and chosen[0].notation:
            entry, further = self._read_nested(line, entry, message, chosen[0])
            message, rest = text_lines(entry.message), (*further, *rest)
        elif chosen is not None:
            message = _take_prefix(line, message, *chosen)
        line.raised = entry.raised(line.number)
        line.details = entry.details
        line.message_lines = len(message)
        line.texts = (*message, *filter(None, [entry.details]), *_exception_lines(entry), *rest)

    def _read_nested(
        self, line: Line, outer: FieldEntry, message: Sequence[str], each: Format
    ) -> tuple[FieldEntry, Sequence[str]]:
        """Return the record that a message holds, with what is told around it; else `outer`."""
        read = self._structured[each.id].read(message, is_carried=True)
        if read is None:
            return outer, ()
        entry, rest, _ = read
        _enclose(line, _structured_header(each, entry))
        entry.details = " ".join(filter(None, (entry.details, outer.details)))
        if not (entry.told.lines or entry.told.type):
            entry.told = outer.told
        return entry, rest


class _Choice:
    """The first of several formats that a text begins in, found by one expression."""

    def __init__(self, formats: Sequence[Format], *, within_carrier: bool = False) -> None:
        self._formats = {f"f{number}": each for number, each in enumerate(formats)}
        self._within_carrier = within_carrier

    @cached_property
    def _union(self) -> re.Pattern[str]:
        """Made when it is first needed: it takes milliseconds, and many logs have no carrier."""
        sources = []
        for name, each in self._formats.items():
            source = each.nameless_carried if self._within_carrier else each.nameless_start
            # The empty group at the end leaves the first character in sight: it rules most out.
            sources.append(f"(?:{source.decode()})(?P<{name}>)")
        return re.compile("|".join(sources) or "(?!)", re.ASCII)

    def match(self, text: str) -> tuple[Format, re.Match[str]] | None:
        """Return the format that `text` begins in, and its match."""
        found = self._union.match(text)
        if found is None or found.lastgroup is None:
            return None
        each = self._formats[found.lastgroup]
        match = (each.start_carried if self._within_carrier else each.start).match(text)
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
        stamp_kind=each.stamp,
    )


def _structured_header(each: Format, entry: FieldEntry) -> Header:
    return Header(
        format=each,
        stamp=entry.stamp,
        severity=entry.severity,
        logger=entry.logger,
        program=entry.program or each.program,
        pid=entry.pid,
        stamp_kind=entry.stamp_kind,
        component=entry.unit,
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


def _take_prefix(
    line: Line, message: tuple[str, ...], each: Format, found: re.Match[str]
) -> tuple[str, ...]:
    """Take the prefix off a message that is itself a line of some format, if it is one."""
    inner = _header(each, found.groupdict())
    if not (inner.severity or inner.logger):
        return message  # words that begin with a date are no record
    _enclose(line, inner)
    return (message[0][found.end() :], *message[1:])


def _enclose(line: Line, inner: Header) -> None:
    """Make `inner` the header of `line`, within the structured record that was its header."""
    outer = line.header
    if outer is None:
        return
    if outer.stamp:
        line.carrier = replace(line.carrier, stamp=(outer.stamp_kind, outer.stamp))
    line.header = replace(
        inner,
        severity=inner.severity or outer.severity,
        logger=inner.logger or outer.logger,
        program=inner.program or outer.program,
        pid=inner.pid or outer.pid,
        component=inner.component or outer.component,
        within=outer.format.id,
    )


def _carry(outer: Carrier, each: Format, groups: dict[str, str | None], rest: str) -> Carrier:
    """Return what `outer` says, with what the wrapper around `rest` adds."""
    stamp = groups.get("stamp")
    own_program = groups.get("program") or each.program
    program = own_program or outer.program
    component = groups.get("unit") or outer.component
    if own_program and not groups.get("unit"):
        component = "" if program == "kernel" else program
        if program == each.unit_program:
            component = _named_unit(each.units, rest) or component
    return Carrier(
        formats=(*outer.formats, each.id),
        stamp=(each.stamp, stamp) if stamp and not _is_dated_better(outer, each) else outer.stamp,
        component=component,
        program=program,
        pid=groups.get("pid") or outer.pid or groups.get("stream") or "",
        run_key=outer.run_key,
        severity=_severity(each, groups) or outer.severity,
    )


def _is_dated_better(outer: Carrier, each: Format) -> bool:
    """Return whether the stamp of a carrier's carrier has a year, and its own has none."""
    return outer.stamp is not None and outer.stamp[0] in DATED and each.stamp not in DATED


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
        stamp=(entry.stamp_kind, entry.stamp) if entry.stamp else outer.stamp,
        component=entry.unit or outer.component,
        program=entry.program or outer.program,
        pid=entry.pid or outer.pid,
        run_key=entry.run,
        severity=None if silent else SYSLOG_PRIORITIES.get(entry.priority),
    )


def text_lines(text: str) -> tuple[str, ...]:
    """Return the lines of a message that kept its line breaks, without terminal codes."""
    text = _ANSI.sub("", text) if "\x1b" in text else text
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    return tuple(text.rstrip("\r\n\0").split("\n"))


def _unescaped(text: str) -> str:
    """Return `text` with its control characters in place of their octal numbers."""
    return _OCTAL.sub(lambda found: chr(int(found[1] or found[2], 8)), text)


def _exception_lines(entry: FieldEntry) -> Iterable[str]:
    return (part for line in entry.told.lines for part in text_lines(line))


def severity_of(line: Line) -> Severity | None:
    """Return how bad a line says it is: the program's own word wins over its carrier's."""
    if line.header is not None and line.header.severity is not None:
        return line.header.severity
    return line.carrier.severity


def settle_time(line: Line, stamps: StampReader) -> datetime | None:
    """Return when a line was written, in UTC, by its own stamp and its carrier's.

    A stamp without a date says nothing that a carrier's with one does not say better, whichever
    of the two has it.
    """
    inner = outer = None
    header, carried = line.header, line.carrier.stamp
    inner_kind = header.stamp_kind if header is not None and header.stamp else "none"
    outer_kind = carried[0] if carried is not None else "none"
    if header is not None and not (inner_kind in DATELESS and stamps.has_time(outer_kind)):
        inner = stamps.read(inner_kind, header.stamp, line.start)
    if inner is not None and header is not None:
        stamps.note_resolution(header.stamp)
    if carried is not None and not (outer_kind in DATELESS and inner is not None):
        outer = stamps.read(outer_kind, carried[1], line.start)
        if inner is None:
            stamps.note_resolution(carried[1])
    return stamps.settle(inner, outer)
