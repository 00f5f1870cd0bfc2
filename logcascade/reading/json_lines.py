"""Lines that are JSON objects with a message inside: journald's, Docker's."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from logcascade.reading.formats import Format, JsonFields

MICROSECOND = 1e-6
MICROSECOND_DIGITS = 6

_BREAK = "\n"
_LINE_END = "\r\n\0"


@dataclass(slots=True, eq=False)  # frozen ones take thrice as long to make
class JsonEntry:
    """The fields of one JSON line, as text."""

    text: str
    time: str
    """Epoch seconds as decimals, or the text of a stamp."""
    priority: str
    program: str
    pid: str
    unit: str
    run: str
    transport: str
    is_lost: bool
    """True where the message is null: too large for its carrier."""


_VALUES = (str, list, int, float)
_ROLES = ("text", "time", "priority", "program", "pid", "unit", "run", "transport")


class JsonReader:
    """Decodes JSON lines, reading only the keys that count."""

    def __init__(self, fields: JsonFields) -> None:
        self._fields = fields
        keys = dict.fromkeys(key for role in _ROLES for key in getattr(fields, role))
        self._attributes = {key: f"field_{number}" for number, key in enumerate(keys)}
        self._of_roles = {
            role: tuple(self._attributes[key] for key in getattr(fields, role)) for role in _ROLES
        }
        self._decode: Callable[[str], Any] | None = None

    def decode(self, text: str) -> JsonEntry | None:
        """Return the entry in `text`, or None if it is no such JSON object."""
        import msgspec

        decode = self._decode or self._build()
        try:
            entry = decode(text.lstrip("\x1e"))
        except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
            return None
        of_roles = self._of_roles
        messages = (getattr(entry, name) for name in of_roles["text"])
        message = next((each for each in messages if each is not msgspec.UNSET), "")
        time = _first(entry, of_roles["time"])
        return JsonEntry(
            text=_text(message),
            time=_in_seconds(time, self._fields.time_unit_s) if time else "",
            priority=_first(entry, of_roles["priority"]),
            program=_first(entry, of_roles["program"]),
            pid=_first(entry, of_roles["pid"]),
            unit=_first(entry, of_roles["unit"]),
            run=_first(entry, of_roles["run"]),
            transport=_first(entry, of_roles["transport"]),
            is_lost=message is None,
        )

    def _build(self) -> Callable[[str], Any]:
        """Make the decoder: a type with one optional field for each key that is wanted."""
        import msgspec

        entry = msgspec.defstruct(
            "Entry",
            [(name, Any, msgspec.UNSET) for name in self._attributes.values()],
            rename={name: key for key, name in self._attributes.items()},
            gc=False,
        )
        self._decode = msgspec.json.Decoder(entry).decode
        return self._decode


class JsonUnpacker:
    """Takes time and text out of many lines of one format that are alike, and nothing else."""

    def __init__(self, each: Format, fields: JsonFields) -> None:
        self._start = re.compile(each.nameless_start)
        self._fields = fields
        self._decode: Callable[[bytes], Any] | None = None

    def text(self, raw: bytes) -> str:
        """Return the time and the first line of text, a blank between; empty if it is unusual."""
        import msgspec

        decode = self._decode or self._build()
        try:
            entry = decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return ""
        if not self._start.match(raw):
            return ""
        time = _in_seconds(entry.time, self._fields.time_unit_s)
        return f"{time} {entry.text.rstrip(_LINE_END).partition(_BREAK)[0]}"

    def _build(self) -> Callable[[bytes], Any]:
        import msgspec

        entry = msgspec.defstruct(
            "Event",
            [("time", str), ("text", str)],
            rename={"time": self._fields.time[0], "text": self._fields.text[0]},
            gc=False,
        )
        self._decode = msgspec.json.Decoder(entry).decode
        return self._decode


def _in_seconds(text: str, unit_s: float) -> str:
    """Return a time in seconds, where `text` is a number of units; as it is where it is none."""
    if unit_s == MICROSECOND and len(text) > MICROSECOND_DIGITS and text.isdecimal():
        return f"{text[:-MICROSECOND_DIGITS]}.{text[-MICROSECOND_DIGITS:]}"
    if not unit_s:
        return text
    try:
        return repr(int(text) * unit_s)
    except ValueError:
        return ""


def _first(entry: Any, names: tuple[str, ...]) -> str:
    """Return the first of these fields that there is, as text."""
    for name in names:
        value = getattr(entry, name)
        if isinstance(value, _VALUES):
            return value if isinstance(value, str) else _text(value)
    return ""


def _text(value: Any) -> str:
    """Return a field as text: a string, a number, an array of bytes, the first of several."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        if not value:
            return ""
        if all(isinstance(each, int) and 0 <= each <= 255 for each in value):
            return bytes(value).decode("utf-8", "backslashreplace").rstrip("\0")
        return _text(value[0])
    return "" if value is None else str(value)
