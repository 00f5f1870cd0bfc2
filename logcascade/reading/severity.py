"""The words of every writer for how bad a line is, on one scale."""

from collections.abc import Mapping

from logcascade.model.records import Severity

SEVERITY_WORDS: Mapping[str, Severity] = {
    **dict.fromkeys(
        ("debug", "debg", "trace", "trac", "blat", "d", "verbose", "spam"), Severity.DEBUG
    ),
    **dict.fromkeys(
        ("info", "information", "notice", "note", "success", "succe", "i", "log"), Severity.INFO
    ),
    **dict.fromkeys(("warning", "warn", "warni", "w"), Severity.WARNING),
    **dict.fromkeys(
        ("error", "erro", "err", "e", "fail", "failed", "exception", "severe"), Severity.ERROR
    ),
    **dict.fromkeys(
        ("critical", "crit", "criti", "fatal", "f", "c", "panic", "alert", "emerg", "emergency"),
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


def parse_severity(word: str, own: Mapping[str, Severity] | None = None) -> Severity | None:
    """Return what `word` means, by a format's `own` words first; None where it says nothing."""
    lowered = word.strip().lower()
    if own is not None and lowered in own:
        return own[lowered]
    if lowered.startswith(_LEVEL_NUMBER_PREFIX):
        number = lowered[len(_LEVEL_NUMBER_PREFIX) :]
        if number.isdecimal():
            below = [severity for severity in Severity if severity <= int(number)]
            return below[-1] if below else Severity.DEBUG
    return SEVERITY_WORDS.get(lowered)
