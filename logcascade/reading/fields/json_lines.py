"""Lines that are JSON objects with a message inside: journald's, Docker's, exports of clouds."""

from dataclasses import dataclass
from typing import Any

from logcascade.reading.fields.json_text import read_cut_object, read_object
from logcascade.reading.fields.meaning import as_text, is_word, stamp_at, value_at
from logcascade.reading.formats.line_format import FieldKeys, StampKind

_ABSENT = object()


@dataclass(slots=True, eq=False)  # frozen ones take thrice as long to make
class JsonEntry:
    """The fields of one JSON line that carries another, as text."""

    text: str
    stamp_kind: StampKind
    stamp: str
    priority: str
    program: str
    pid: str
    unit: str
    run: str
    transport: str
    is_lost: bool
    """True where the message is null: too large for its carrier."""


class JsonReader:
    """Decodes the JSON lines of one carrier."""

    def __init__(self, keys: FieldKeys) -> None:
        self._keys = keys

    def decode(self, text: str) -> JsonEntry | None:
        """Return the entry in `text`, or None if it is no such JSON object."""
        entry = read_object(text) or read_cut_object(text)
        if entry is None:
            return None
        keys, used = self._keys, set[str]()
        message = next((entry[key] for key in keys.text if key in entry), _ABSENT)
        kind, stamp = stamp_at(entry, keys.time, used)

        def first(paths: tuple[str, ...]) -> str:
            for path in paths:
                value = value_at(entry, path)
                if is_word(value) or isinstance(value, list):
                    return _text(value)
            return ""

        return JsonEntry(
            text="" if message is _ABSENT else _text(message),
            stamp_kind=kind,
            stamp=stamp,
            priority=first(keys.priority),
            program=first(keys.program),
            pid=first(keys.pid),
            unit=first(keys.unit),
            run=first(keys.run),
            transport=first(keys.transport),
            is_lost=message is None,
        )


def _text(value: Any) -> str:
    """Return a field as text: a string, a number, an array of bytes, the first of several."""
    if isinstance(value, list):
        if not value:
            return ""
        if all(isinstance(each, int) and 0 <= each <= 255 for each in value):
            return bytes(value).decode("utf-8", "backslashreplace").rstrip("\0")
        return _text(value[0])
    return as_text(value)
