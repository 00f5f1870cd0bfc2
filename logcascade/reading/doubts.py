"""Records that read like failures though nothing says so: no level, no stack, no rule."""

import re

from logcascade.model.records import Record

MAX_LINES = 100
"""So many are remembered: a person looks at some."""

TEXT_LIMIT = 2000
"""Characters of a record that are looked at."""

_FAILED = re.compile(
    r"\w{0,80}(?:Error|Exception)(?::|$)|\bFATAL\b|\b[Ff]atal(?: error|:)|Traceback \(|panicked at"
    r"|\b(?:Uncaught|Unhandled) |\b[Ss]egmentation fault|\bcore dumped",
    re.ASCII | re.MULTILINE,
)


class Doubts:
    """Remembers where such records begin."""

    def __init__(self) -> None:
        self.lines: list[int] = []
        """1-based, in the order of reading."""

    def note(self, record: Record) -> None:
        """Remember `record`, in which nothing was recognised, if it reads like a failure."""
        if record.severity is not None or record.exceptions or len(self.lines) >= MAX_LINES:
            return
        if _FAILED.search(record.text[:TEXT_LIMIT]):
            self.lines.append(record.location.line)
