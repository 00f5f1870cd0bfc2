"""What makes a structured line worth reading: a bad level, as JSON and logfmt write it."""

from collections.abc import Iterable, Iterator

from logcascade.model.records import Severity
from logcascade.reading.formats.line_format import Format

_VALUE_MARKS = (':"', ': "')
"""What stands before a text in JSON, as the writers of the world have it."""

_JSON_WORDS = (
    *("error", "err", "critical", "crit", "fatal", "panic", "dpanic", "alert", "emerg"),
    *("emergency", "severe", "Error", "Critical", "Fatal", "Panic", "ERR", "PANIC", "ALERT"),
    *("EMERG", "EMERGENCY", "SEVERE", "E", "F"),
)
"""Whole values. ERROR, CRITICAL and FATAL are looked for in any line."""

_LOGFMT_WORDS = ("err", "eror", "crit", "fatal", "panic", "alert", "emerg")
"""Beginnings of values."""


_PRIORITIES = tuple(f"<{facility * 8 + level}>" for facility in range(24) for level in range(4))
"""Syslog's numbers before a line, of its four worst levels in all facilities."""


def alarming(formats: Iterable[Format]) -> tuple[str, ...]:
    """Return the literals that lines of bad levels hold, and hardly any others.

    In JSON a bad word is looked for as the whole of a value, under whatever key; in logfmt, which
    has no mark for where a value begins, behind the keys of the format. Numbers differ in meaning
    from writer to writer: each format names its own alarms.
    """
    found: dict[str, None] = {}
    for each in formats:
        found.update(dict.fromkeys(each.alarms))
        if "(?P<pri>" in each.start_source:
            found.update(dict.fromkeys(_PRIORITIES))
        if each.is_structured:
            literals = _of_logfmt(each) if each.notation == "logfmt" else _of_json(each)
            found.update(dict.fromkeys(literals))
    return tuple(found)


def _of_json(each: Format) -> Iterator[str]:
    words = (*_JSON_WORDS, *_own_words(each))
    yield from (f'{mark}{word}"' for mark in _VALUE_MARKS for word in words)


def _of_logfmt(each: Format) -> Iterator[str]:
    words = (*_LOGFMT_WORDS, *_own_words(each))
    for key in each.keys.level:
        yield from (f"{key}={quote}{word}" for quote in ("", '"') for word in words)


def _own_words(each: Format) -> Iterator[str]:
    for word, severity in (each.levels or {}).items():
        if severity >= Severity.ERROR and not word.isdecimal():
            yield from (word, word.upper())
