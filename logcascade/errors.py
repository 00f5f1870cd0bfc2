"""Errors for people: what is wrong, the reason, where, and what to do, in that order."""

from dataclasses import dataclass
from enum import IntEnum


class ExitStatus(IntEnum):
    """What the program's exit says to a script."""

    NO_INCIDENT = 0
    INCIDENT = 1
    USAGE = 2
    NOTHING_READ = 3
    PARTLY_READ = 4
    UNDECIDED = 5


@dataclass(eq=False)
class LogcascadeError(Exception):
    """Something a person can cause and mend. Printed without a traceback."""

    what: str
    reason: str = ""
    where: str = ""
    help: str = ""
    exit_status: ExitStatus = ExitStatus.USAGE

    def __str__(self) -> str:
        """Lay the parts out as lines: ``error: what`` and the others indented below it."""
        lines = [f"error: {self.what}"]
        if self.reason:
            lines.append(f"  reason: {self.reason}")
        if self.where:
            lines.append(f"  --> {self.where}")
        if self.help:
            lines.append(f"  help: {self.help}")
        return "\n".join(lines)


class SourceError(LogcascadeError):
    """A source could not be read."""


class RuleError(LogcascadeError):
    """A rule or remedy file is not valid."""


class FormatError(LogcascadeError):
    """A format file is not valid."""
