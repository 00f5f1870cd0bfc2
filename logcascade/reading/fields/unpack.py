"""Times and message out of many structured lines that are alike, and nothing else: fast."""

import re
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Any, Protocol

import regex

from logcascade.reading.fields.json_text import read_object
from logcascade.reading.fields.logfmt import read_logfmt
from logcascade.reading.fields.meaning import stamp_of, value_at
from logcascade.reading.formats.line_format import Format, StampKind, union_of_starts
from logcascade.reading.lines import Line, decode

_BREAK = "\n"
_LINE_END = "\n\0"
_OPENING = '{"'
"""How an object begins; one that begins otherwise is left to the careful reader."""

_Values = Callable[[str], tuple[Any, Any] | None]
"""Takes the values of time and message out of a text; None where other keys may count."""


class _Step(Protocol):
    """One layer of a line."""

    def take(self, text: str, /) -> tuple[str, str] | None:
        """Return what is to stand before the layer's message, and the message; None if unusual."""
        ...


class LineUnpacker:
    """Unpacks lines that are in the same formats, with their fields under the same keys."""

    def __init__(self, steps: Sequence[_Step]) -> None:
        self._steps = steps

    def text(self, raw: bytes) -> str:
        """Return the stamps and the first line of the message, blanks between; empty if unusual."""
        rest, before = decode(raw), ""
        for step in self._steps:
            taken = step.take(rest)
            if taken is None:
                return ""
            before, rest = before + taken[0], taken[1]
        return before + rest.rstrip(_LINE_END).partition(_BREAK)[0]


class Unpackers:
    """Makes the unpacker for the lines that are like a given one."""

    def __init__(self, formats: Sequence[Format]) -> None:
        self._formats = {each.id: each for each in formats}
        self._ordered = [f for f in formats if f.is_wrapper] + [
            f for f in formats if not f.is_wrapper
        ]
        self._known: dict[tuple[object, ...], _Step] = {}

    def like(self, line: Line, raw: bytes) -> LineUnpacker | None:
        """Return the unpacker for lines like `line`; None where such lines are plain text.

        What it cannot unpack it gives back empty, `line` too.
        """
        layers = [self._formats[name] for name in line.carrier.formats]
        if line.header is not None and line.header.within:
            layers.append(self._formats[line.header.within])
        if line.header is not None and line.header.format.notation:
            layers.append(line.header.format)
        if not any(each.notation for each in layers):
            return None
        text, steps = decode(raw), list[_Step]()
        for each in layers:
            step = self._step(each, text, is_carried=bool(steps))
            taken = step.take(text)
            steps.append(step)
            if taken is None:
                break
            text = taken[1]
        return LineUnpacker(steps)

    def _step(self, each: Format, text: str, *, is_carried: bool) -> _Step:
        """Return what takes the layer `each` off texts whose keys are those of `text`."""
        time_key, kind, text_key = _used_keys(each, text)
        key = (each.id, time_key, kind, text_key, is_carried)
        step = self._known.get(key)
        if step is None:
            step = _Prefix(each)
            if each.notation:
                step = self._fields_step(each, time_key, kind, text_key, is_carried=is_carried)
            self._known[key] = step
        return step

    def _fields_step(
        self, each: Format, time_key: str, kind: StampKind, text_key: str, *, is_carried: bool
    ) -> _Step:
        values = _values(each, time_key, text_key)
        if values is None or (not time_key and is_carried and not each.is_wrapper):
            return _Never()
        before = self._ordered[: self._ordered.index(each)]
        return _Fields(each, before, kind if time_key else None, values, is_carried=is_carried)


class _Never:
    """Takes nothing: such lines are read with care."""

    def take(self, _text: str, /) -> tuple[str, str] | None:
        """Return None; see `_Step`."""
        return None


class _Prefix:
    """A carrier that puts its prefix before the message."""

    def __init__(self, each: Format) -> None:
        self._start = each.start
        self._mark = "#0" if each.has_octal_escapes else _BREAK

    def take(self, text: str) -> tuple[str, str] | None:
        """Return the prefix and what follows it; see `_Step`."""
        found = self._start.match(text)
        if found is None or self._mark in text:
            return None
        return found[0], text[found.end() :]


class _Fields:
    """A carrier or a record that has time and message under keys."""

    def __init__(
        self,
        each: Format,
        before: Sequence[Format],
        kind: StampKind | None,
        values: _Values,
        *,
        is_carried: bool,
    ) -> None:
        self._start = each.start_carried if is_carried else each.start
        self._opening = _OPENING if each.notation == "json" else ""
        others = [f for f in before if _can_begin(f, self._opening, is_carried=is_carried)]
        self._other = re.compile(union_of_starts(others, within_carrier=is_carried).decode())
        self._kind = kind
        self._values = values

    def take(self, text: str) -> tuple[str, str] | None:
        """Return the time, with a blank, and the message; see `_Step`."""
        if not text.startswith(self._opening) or self._start.match(text) is None:
            return None
        found = None if self._other.match(text) else self._values(text)
        if found is None:
            return None
        time, message = found
        if type(message) is not str or "\x1b" in message or "\r" in message:
            return None  # a careful reader takes these out
        if self._kind is None:
            return "", message
        stamp = self._stamp(time)
        return (f"{stamp} ", message) if stamp else None

    def _stamp(self, value: Any) -> str:
        if self._kind == "iso" and type(value) is str and value[4:5] == "-" and value[13:14] == ":":
            return value
        kind, text = stamp_of(value)
        return text if kind == self._kind else ""


def _can_begin(each: Format, opening: str, *, is_carried: bool) -> bool:
    """Return whether a text with that opening can begin as lines of the format do."""
    source = (each.nameless_carried if is_carried else each.nameless_start).decode()
    return regex.match(source, opening, partial=True) is not None


def _used_keys(each: Format, text: str) -> tuple[str, StampKind, str]:
    """Return under which key `text` has its time, of which kind, and under which its message."""
    if not each.notation:
        return "", "none", ""
    entry = (read_object(text) if each.notation == "json" else read_logfmt(text)) or {}
    text_key = next((key for key in each.keys.text if isinstance(value_at(entry, key), str)), "")
    for key in each.keys.time:
        kind, stamp = stamp_of(value_at(entry, key))
        if stamp:
            return key, kind, text_key
    return "", "none", text_key


def _values(each: Format, time_key: str, text_key: str) -> _Values | None:
    """Return what takes the values under the two keys, and nothing where an earlier key counts."""
    keys = each.keys
    times = keys.time[: keys.time.index(time_key)] if time_key else keys.time
    texts = keys.text[: keys.text.index(text_key)] if text_key else ()
    used = [key for key in (time_key, text_key) if key]
    absent = {path.split(".")[0] for path in (*times, *texts)} - set(used)
    absent |= {path for path in (*times, *texts, *used) if "." in path}
    if not text_key or absent & {path.split(".")[0] for path in used}:
        return None
    if each.notation == "logfmt":
        return _logfmt_values(time_key, text_key, frozenset(absent))
    return _json_values(time_key, text_key, absent)


def _logfmt_values(time_key: str, text_key: str, absent: frozenset[str]) -> _Values:
    def values(text: str) -> tuple[Any, Any] | None:
        found = read_logfmt(text)
        if found is None or not absent.isdisjoint(found):
            return None
        return found.get(time_key), found.get(text_key)

    return values


def _json_values(time_key: str, text_key: str, absent: set[str]) -> _Values:
    import msgspec

    tree: dict[str, Any] = {name: {} for name in sorted(absent)}
    for path in filter(None, (time_key, text_key)):
        node = tree
        for part in path.split("."):
            node = node.setdefault(part, {})
    names: dict[tuple[str, ...], str] = {}
    decoder = msgspec.json.Decoder(_struct(tree, (), "", names)).decode
    text_name = names[tuple(text_key.split("."))]
    take_text = attrgetter(text_name)
    take_time = attrgetter(names[tuple(time_key.split("."))]) if time_key else take_text
    take_others = attrgetter(*(names[(name,)] for name in absent), text_name, text_name)
    unset = (msgspec.UNSET,) * len(absent)

    def values(text: str) -> tuple[Any, Any] | None:
        try:
            entry = decoder(text)
            if take_others(entry)[: len(unset)] != unset:
                return None
            return take_time(entry), take_text(entry)
        except (msgspec.DecodeError, UnicodeEncodeError, RecursionError, AttributeError):
            return None

    return values


def _struct(
    tree: dict[str, Any],
    path: tuple[str, ...],
    attribute: str,
    names: dict[tuple[str, ...], str],
) -> Any:
    """Make a type with one optional field for each key of `tree`; note in `names` where it is."""
    import msgspec

    fields: list[tuple[str, Any, Any]] = []
    renamed: dict[str, str] = {}
    for number, (key, inner) in enumerate(tree.items()):
        name = f"f{number}"
        names[(*path, key)] = attribute + name
        kind = _struct(inner, (*path, key), f"{attribute}{name}.", names) if inner else Any
        fields.append((name, kind, msgspec.UNSET))
        renamed[name] = key
    return msgspec.defstruct("Entry", fields, rename=renamed, gc=False)
