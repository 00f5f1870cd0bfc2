"""Strict reading of a TOML table: every wrong, missing or unknown key becomes a problem."""

import difflib
import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any, TypeVar

from logcascade.ruleset.sheet import Sheet

_SPAN = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)(ms|s|m|h|d)")
_SPAN_UNIT_S = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_LONGEST_SPAN_S = 10_000 * 86400.0
"""Seconds. No log goes on for longer, and no moment less a longer span can be relied on."""

_LISTED = 12
"""Names that a message lists in full: more hide the message."""

_SPAN_HELP = 'write a number and a unit: "500ms", "5s", "10m", "1h", "2d"'

MOST = 1e18
"""The greatest number that a key can have; the counts of no log come near."""

Choice = TypeVar("Choice", bound=StrEnum)


def parse_span(text: str) -> timedelta | None:
    """Return the span that a text such as ``5s`` names; None where it names none."""
    found = _SPAN.fullmatch(text)
    if found is None:
        return None
    seconds = float(found[1]) * _SPAN_UNIT_S[found[2]]
    return timedelta(seconds=seconds) if seconds <= _LONGEST_SPAN_S else None


def suggest(word: str, known: Iterable[str]) -> str:
    """Return words that help with an unknown name: the nearest known one, else all of them."""
    names = sorted(set(known))
    near = difflib.get_close_matches(word, names, n=1)
    if near:
        return f'did you mean "{near[0]}"?'
    return f"known: {', '.join(names)}" if 0 < len(names) <= _LISTED else ""


class Table:
    """One table of a file. Each reader returns a usable value even where it notes a problem."""

    def __init__(
        self, sheet: Sheet, content: Mapping[str, Any], name: str = "", index: int = 0, at: str = ""
    ) -> None:
        """Read ``content``, which stands under the ``index``-th header ``name`` of the sheet."""
        self.sheet = sheet
        self.content = content
        self.name = name
        self.index = index
        self.at = at or (f"[{name}]" if name else "the top of the file")
        self._known: set[str] = set()

    @property
    def span(self) -> tuple[int, int]:
        """The first and last line of the table in the file."""
        return self.sheet.section(self.name, self.index)

    def wrong(
        self,
        key: str,
        reason: str,
        help: str = "",  # noqa: A002 - what this part of an error is called
        value: str = "",
    ) -> None:
        """Note a problem with a key, or with one value of it."""
        line = self.sheet.line_of_value(value, self.span) if value else None
        line = line or self.sheet.line_of_key(key, self.span)
        if line is None and not self.name:
            line = self.sheet.header_line(key)
        if line is None and self.name and key not in self.content:
            line = self.sheet.header_line(self.name, self.index)
        self.sheet.problem(reason, line=line, help=help)

    def _take(self, key: str, kind: type | tuple[type, ...], kind_name: str, need: bool) -> Any:
        self._known.add(key)
        if key not in self.content:
            if need:
                self.wrong(
                    key, f'{self.at} lacks the key "{key}"', f"add `{key} = ...` ({kind_name})"
                )
            return None
        value = self.content[key]
        is_bool = isinstance(value, bool)
        if not isinstance(value, kind) or (is_bool and kind is not bool):
            self.wrong(key, f'"{key}" in {self.at} must be {kind_name}, not {_kind_of(value)}')
            return None
        return value

    def has(self, key: str) -> bool:
        """Tell whether the file gives the key."""
        return key in self.content

    def text(self, key: str, *, need: bool = True) -> str:
        """Return a text that is not empty."""
        value = self._take(key, str, "a text", need)
        if value is not None and not value.strip():
            self.wrong(key, f'"{key}" in {self.at} is empty')
        return value or ""

    def texts(self, key: str, *, need: bool = False) -> tuple[str, ...]:
        """Return a list of texts, none of them empty."""
        value = self._take(key, list, "a list of texts", need)
        if value is None:
            return ()
        good = [item for item in value if isinstance(item, str) and item.strip()]
        if len(good) != len(value):
            self.wrong(key, f'"{key}" in {self.at} must hold texts only, none of them empty')
        elif need and not good:
            self.wrong(key, f'"{key}" in {self.at} is an empty list')
        return tuple(good)

    def text_or_texts(self, key: str) -> tuple[str, ...]:
        """Return a text, or a list of texts; nothing where the key is not there."""
        if isinstance(self.content.get(key), str):
            return (self.text(key),)
        return self.texts(key)

    def integer(self, key: str, *, need: bool = True, least: int = 0) -> int:
        """Return a whole number that is not below ``least``."""
        value = self._take(key, int, "a whole number", need)
        if value is not None and value < least:
            self.wrong(key, f'"{key}" in {self.at} must be at least {least}, not {value}')
        return value or 0

    def number(self, key: str) -> float | None:
        """Return a positive number, or None where the file gives none."""
        value = self._take(key, (int, float), "a number", need=False)
        if value is None:
            return None
        if not 0 < value <= MOST:
            self.wrong(key, f'"{key}" in {self.at} must be above 0, not {value}')
            return None
        return float(value)

    def flag(self, key: str, *, default: bool = False) -> bool:
        """Return true or false."""
        value = self.optional_flag(key)
        return default if value is None else value

    def optional_flag(self, key: str) -> bool | None:
        """Return true or false, or None where the file gives none."""
        value: bool | None = self._take(key, bool, "true or false", need=False)
        return value

    def span_of(self, key: str, *, need: bool = True) -> timedelta:
        """Return a span of time; none at all where it may be left out."""
        text = self.text(key, need=need)
        span = parse_span(text)
        if text and span is None:
            self.wrong(key, f'"{key}" in {self.at} is no span of time: "{text}"', _SPAN_HELP)
        return span or timedelta()

    def word(self, key: str, words: Iterable[str], *, need: bool = True) -> str:
        """Return one of the words, or an empty text."""
        text = self.text(key, need=need)
        known = list(words)
        if text and text not in known:
            self.wrong(key, f'"{key}" in {self.at} cannot be "{text}"', suggest(text, known))
            return ""
        return text

    def choice(self, key: str, kind: type[Choice], *, need: bool = True) -> Choice | None:
        """Return a member of an enumeration, or None."""
        text = self.word(key, [member.value for member in kind], need=need)
        return kind(text) if text else None

    def mapping(self, key: str, kinds: tuple[type, ...], kind_name: str) -> dict[str, Any]:
        """Return a table of plain values under free names."""
        value = self._take(key, dict, "a table", need=False) or {}
        good = {}
        for name, item in value.items():
            if not isinstance(item, kinds) or isinstance(item, bool):
                self.wrong(name, f'"{name}" in "{key}" must be {kind_name}, not {_kind_of(item)}')
            elif isinstance(item, (int, float)) and not abs(item) <= MOST:
                self.wrong(name, f'"{name}" in "{key}" is out of all bounds')
            else:
                good[name] = item
        return good

    def table(self, key: str, *, need: bool = False) -> "Table | None":
        """Return the table under a key, or None."""
        value = self._take(key, dict, f"a table: [{key}]", need)
        return None if value is None else Table(self.sheet, value, key)

    def tables(self, key: str) -> list["Table"]:
        """Return the tables under a repeated header ``[[key]]``."""
        value = self._take(key, list, f"repeated tables: [[{key}]]", need=False) or []
        if not all(isinstance(item, dict) for item in value):
            self.wrong(key, f'"{key}" must hold tables only: [[{key}]]')
        return [
            Table(self.sheet, item, key, index, f"[[{key}]] {index + 1}")
            for index, item in enumerate(value)
            if isinstance(item, dict)
        ]

    def inline_tables(self, key: str) -> list["Table"]:
        """Return the tables of a list written on the key's own line."""
        value = self._take(key, list, f"a list of tables: {key} = [{{ ... }}]", need=False) or []
        if not all(isinstance(item, dict) for item in value):
            self.wrong(key, f'"{key}" in {self.at} must hold tables only: {key} = [{{ ... }}]')
        at = f'"{key}" of {self.at}'
        return [
            Table(self.sheet, item, self.name, self.index, at)
            for item in value
            if isinstance(item, dict)
        ]

    def finish(self, top_level: Iterable[str] = ()) -> bool:
        """Note every key that nothing has asked for; tell whether there is none."""
        unknown = [key for key in self.content if key not in self._known]
        for key in unknown:
            if key in top_level:
                advice = f'move "{key}" to the top of the file, before the first [header]'
            else:
                advice = suggest(key, self._known)
            self.wrong(key, f'unknown key "{key}" in {self.at}', advice)
        return not unknown


def _kind_of(value: object) -> str:
    names = {
        bool: "true or false",
        int: "a whole number",
        float: "a number",
        str: "a text",
        list: "a list",
        dict: "a table",
    }
    return names.get(type(value), "a date or time")
