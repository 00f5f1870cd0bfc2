"""The words and numbers of every writer for how bad a line is, on one scale."""

from collections.abc import Mapping

from logcascade.model.records import Severity

SEVERITY_WORDS: Mapping[str, Severity] = {
    **dict.fromkeys(("debug", "debg", "dbug", "trace", "trac", "blat", "d", "t"), Severity.DEBUG),
    **dict.fromkeys(("verbose", "fine", "finer", "finest", "silly", "spam"), Severity.DEBUG),
    **dict.fromkeys(("info", "information", "informational", "notice", "note"), Severity.INFO),
    **dict.fromkeys(("success", "succe", "i", "log", "http", "default"), Severity.INFO),
    **dict.fromkeys(("warning", "warn", "warni", "w"), Severity.WARNING),
    **dict.fromkeys(("error", "erro", "eror", "err", "e", "fail", "failed"), Severity.ERROR),
    **dict.fromkeys(("severe", "exception"), Severity.ERROR),
    **dict.fromkeys(
        ("critical", "crit", "criti", "fatal", "f", "c", "panic", "dpanic"), Severity.CRITICAL
    ),
    **dict.fromkeys(
        ("alert", "emerg", "emergency"),
        Severity.CRITICAL,
    ),
}
"""Lower-case word -> severity, where a format file says nothing else."""

SYSLOG_PRIORITIES: Mapping[str, Severity] = {
    "0": Severity.CRITICAL,
    "1": Severity.CRITICAL,
    "2": Severity.CRITICAL,
    "3": Severity.ERROR,
    "4": Severity.WARNING,
    "5": Severity.INFO,
    "6": Severity.INFO,
    "7": Severity.DEBUG,
}
"""RFC 5424's severities, as journald prints them."""

_LEVEL_NUMBER_PREFIX = "level "
"""``logging`` prints an unnamed level as ``Level 25``."""

_LONGEST_NUMBER = 9
_PYTHON_SCALE = {int(severity): severity for severity in Severity}


def parse_severity(word: str, own: Mapping[str, Severity] | None = None) -> Severity | None:
    """Return what `word` means, by a format's `own` words first; None where it says nothing.

    A number between two of a scale's means what the one below it does; where the format has no
    scale of its own, it is on Python's.
    """
    lowered = word.strip().lower()
    if own is not None and lowered in own:
        return own[lowered]
    number = lowered.removeprefix(_LEVEL_NUMBER_PREFIX)
    if number.isascii() and number.isdecimal() and len(number) <= _LONGEST_NUMBER:
        return _on_scale(int(number), own or {})
    return SEVERITY_WORDS.get(lowered)


def _on_scale(number: int, own: Mapping[str, Severity]) -> Severity:
    scale = {int(word): severity for word, severity in own.items() if word.isdecimal()}
    scale = scale or _PYTHON_SCALE
    below = [each for each in scale if each <= number]
    return scale[max(below) if below else min(scale)]
