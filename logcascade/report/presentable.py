"""One place where everything that came from a log becomes fit to be shown."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any, TypeVar

from logcascade.report.redaction import Redactor
from logcascade.report.text import safe_line, safe_text

_T = TypeVar("_T")

_MANY_LINES = frozenset({"text"})
"""Fields that hold whole lines of a log; all others are one line."""


def presentable(value: _T, *, redact: bool = True) -> _T:
    """
    Return *value* (an analysis, or a part of one) with each of its texts safe to show.

    Secrets are replaced unless *redact* is false; control bytes, direction marks and whatever
    else could act on a screen become visible. What a format needs on top (Markdown's own signs)
    is that format's business.
    """
    shown: _T = _present(value, _Texts(Redactor() if redact else None), "")
    return shown


class _Texts:
    """Makes texts safe, each once: a title stands in every incident that is near it."""

    def __init__(self, redactor: Redactor | None) -> None:
        self._redactor = redactor
        self._known: dict[tuple[str, str], str] = {}

    def safe(self, name: str, value: str) -> str:
        """Return the value of the field *name* as it may be shown."""
        known = self._known.get((name, value))
        if known is None:
            text = self._redactor.redact_value(name, value) if self._redactor else value
            known = safe_text(text) if name in _MANY_LINES else safe_line(text)
            self._known[name, value] = known
        return known


def _present(value: Any, texts: _Texts, name: str) -> Any:
    if isinstance(value, str) and not isinstance(value, Enum):
        return texts.safe(name, value)
    if is_dataclass(value) and not isinstance(value, type):
        parts = {field.name: getattr(value, field.name) for field in fields(value)}
        shown = {key: _present(part, texts, key) for key, part in parts.items()}
        changed = {key: part for key, part in shown.items() if part is not parts[key]}
        return replace(value, **changed) if changed else value
    if isinstance(value, Mapping):
        return {safe_line(key): _present(part, texts, key) for key, part in value.items()}
    if isinstance(value, tuple):
        return tuple(_present(part, texts, name) for part in value)
    return value
