"""The parts of a structured record, found by what its keys mean."""

import json
import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from logcascade.model.records import RaisedException, Severity
from logcascade.reading.fields.told_exceptions import Told, tell_exception
from logcascade.reading.formats.line_format import FieldKeys, StampKind
from logcascade.reading.formats.severity import SYSLOG_PRIORITIES, parse_severity
from logcascade.reading.times.epochs import epoch_text

MAX_DETAILS = 60
"""Fields told beside the message; what identifies an event stands in front."""

MAX_DETAIL_CHARS = 1000
"""Characters told of one field: an error's text fits, a page of HTML is cut."""

MAX_KEY_CHARS = 80
"""Characters told of a key, with those of the objects it is in."""

MAX_DETAIL_DEPTH = 4
"""Objects within objects that are looked into; deeper ones are told as they are written."""

_CLOCK_TIME = re.compile(r"\d\d?:\d\d")
_CLOCK = re.compile(r"\d\d:\d\d:\d\d(?:[.,]\d{1,9})?")
_NOT_IN_KEY = re.compile(r"[\s\"=\x00-\x1f]")
_PLAIN = re.compile(r"[^\s\"=\x00-\x1f]+")

_Entry = Mapping[str, Any]


@dataclass(slots=True, eq=False)  # frozen ones take thrice as long to make
class FieldEntry:
    """What the fields of one line say, as text."""

    message: str
    has_message: bool
    stamp_kind: StampKind
    stamp: str
    level: str
    severity: Severity | None
    logger: str
    program: str
    pid: str
    unit: str
    details: str
    """The other fields, ``key=value`` with blanks between, in the order of the line."""
    told: Told
    """Its exception."""

    @property
    def is_record(self) -> bool:
        """True where a line that is nothing else is a log record, not any data."""
        return bool(self.has_message or self.level) and bool(self.level or self.stamp)

    @property
    def is_record_anywhere(self) -> bool:
        """True where it is a log record also as a message, where any data may be logged."""
        return sum(map(bool, (self.has_message, self.level, self.stamp))) > 1

    def raised(self, line: int) -> tuple[RaisedException, ...]:
        """Return the exception that the fields name without a traceback, as of line `line`."""
        calm = self.severity is not None and self.severity < Severity.WARNING
        if calm or not self.told.type:
            return ()
        return (RaisedException(self.told.type, self.told.message, line),)


class FieldReader:
    """Finds the parts of records by the keys of one format."""

    def __init__(self, keys: FieldKeys, levels: Mapping[str, Severity] | None) -> None:
        self._keys = keys
        self._levels = levels

    def read(self, entry: _Entry) -> FieldEntry:
        """Return what `entry` says; what it does not say is empty."""
        keys, used = self._keys, set[str]()
        message = first_at(entry, keys.text, _is_text, used)
        kind, stamp = stamp_at(entry, keys.time, used)
        level, severity = self._level(entry, used)
        priority = first_at(entry, keys.priority, is_word, used)
        told = self._tell(entry, used)
        return FieldEntry(
            message=as_text(message),
            has_message=message is not None,
            stamp_kind=kind,
            stamp=stamp,
            level=level,
            severity=severity or SYSLOG_PRIORITIES.get(as_text(priority)),
            logger=as_text(first_at(entry, keys.logger, is_word, used)),
            program=as_text(first_at(entry, keys.program, is_word, used)),
            pid=as_text(first_at(entry, keys.pid, is_word, used)),
            unit=as_text(first_at(entry, keys.unit, is_word, used)),
            details=self._details(entry, used),
            told=told,
        )

    def _level(self, entry: _Entry, used: set[str]) -> tuple[str, Severity | None]:
        """Return the first level that means something, else the first there is."""
        first = ""
        for path in self._keys.level:
            value = value_at(entry, path)
            if value is None or not is_word(value):
                continue
            used.add(path)
            severity = parse_severity(as_text(value), self._levels)
            if severity is not None:
                return as_text(value), severity
            first = first or as_text(value)
        return first, None

    def _tell(self, entry: _Entry, used: set[str]) -> Told:
        """Return the exception, and note as used the keys of what is told in lines of its own."""
        keys, own = self._keys, set[str]()
        name = as_text(first_at(entry, keys.exception_type, _is_text, own))
        message = as_text(first_at(entry, keys.exception_text, _is_text, own)) if name else ""
        lines: tuple[str, ...] = ()
        kind = name
        for path in keys.exception:
            value = value_at(entry, path)
            if _is_trace(value):
                told = tell_exception(value, name, message)
                if told.lines and not lines:
                    lines = told.lines
                    used |= {path, *own}
                if told.type and not kind:
                    kind, message = told.type, told.message
        if name and not lines:
            lines = tell_exception(None, name, message).lines
            used |= own
        return Told(lines, kind, message)

    def _details(self, entry: _Entry, used: Container[str]) -> str:
        roots = self._keys.details
        pairs = (
            _flatten(entry, "", 0)
            if not roots
            else (
                pair
                for root in roots
                if isinstance(inner := value_at(entry, root), dict)
                for pair in _flatten(inner, "", 0)
            )
        )
        told: list[str] = []
        for key, value in pairs:
            if key in used or key in self._keys.left_out:
                continue
            if len(told) == MAX_DETAILS:
                told.append("\u2026")
                break
            name = _NOT_IN_KEY.sub("_", key[:MAX_KEY_CHARS])
            told.append(f"{name}={_written(value)}")
        return " ".join(told)


def value_at(entry: _Entry, path: str) -> Any:
    """Return the value under a key, or under keys within objects by a dotted path; None if none."""
    if path in entry:
        return entry[path]
    first, dot, rest = path.partition(".")
    inner = entry.get(first) if dot else None
    return value_at(inner, rest) if isinstance(inner, dict) else None


def as_text(value: Any) -> str:
    """Return a scalar as it is written; nothing for None."""
    if isinstance(value, str):
        return value
    return "" if value is None else str(value)


def stamp_of(value: Any) -> tuple[StampKind, str]:
    """Return the kind and the text of a time; the text is empty where `value` is none."""
    epoch = epoch_text(value)
    if epoch:
        return "epoch", epoch
    if isinstance(value, str) and _CLOCK_TIME.search(value):
        return ("clock" if _CLOCK.fullmatch(value) else "iso"), value
    return "iso", ""


def stamp_at(entry: _Entry, paths: Sequence[str], used: set[str]) -> tuple[StampKind, str]:
    """Return the kind and the text of the first time under `paths`, and note its path as used."""
    for path in paths:
        kind, text = stamp_of(value_at(entry, path))
        if text:
            used.add(path)
            return kind, text
    return "iso", ""


def first_at(
    entry: _Entry, paths: Sequence[str], is_fit: Callable[[Any], bool], used: set[str]
) -> Any:
    """Return the first of the values under `paths` that is fit, and note its path as used."""
    for path in paths:
        value = value_at(entry, path)
        if value is not None and is_fit(value):
            used.add(path)
            return value
    return None


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def is_word(value: Any) -> bool:
    """Tell a name or a number from what is none."""
    return isinstance(value, str | int | float) and not isinstance(value, bool) and value != ""


def _is_trace(value: Any) -> bool:
    """Tell a traceback, in text or as a list of objects, from a mark that there was one."""
    if isinstance(value, list):
        return any(isinstance(each, dict) and "exc_type" in each for each in value)
    return isinstance(value, str) and bool(value.strip())


def _flatten(entry: _Entry, prefix: str, depth: int) -> Iterator[tuple[str, Any]]:
    for key, value in entry.items():
        if isinstance(value, dict) and value and depth < MAX_DETAIL_DEPTH:
            yield from _flatten(value, f"{prefix}{key}.", depth + 1)
        elif value is not None:
            yield f"{prefix}{key}", value


def _written(value: Any) -> str:
    """Return a value on one line, in quotes where it is not one plain word."""
    if isinstance(value, str) and _PLAIN.fullmatch(value):
        text = value
    else:
        try:
            text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        except RecursionError:
            text = ""
    return text if len(text) <= MAX_DETAIL_CHARS else text[:MAX_DETAIL_CHARS] + "\u2026"
