"""The steps that make one line of each entry, in their order."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from logcascade.cleaning import journal_export, rich_columns
from logcascade.cleaning.journal_export import JournalExport
from logcascade.cleaning.journal_verbose import JournalVerbose
from logcascade.cleaning.json_frames import JsonFrames
from logcascade.cleaning.parts import Parts
from logcascade.cleaning.pretty_json import PrettyJson
from logcascade.cleaning.rich_columns import RichColumns

RAW_HEAD_BYTES = 4096
LINES_HEAD_BYTES = 64 * 1024
"""So much of the beginning decides whether a step is needed that costs something for each line."""


class Step(Protocol):
    """Changes bytes, never their line breaks; see the package."""

    notes: list[str]

    def feed(self, data: bytes, *, final: bool) -> bytes:
        """Return what can be told of the bytes so far."""
        ...

    def problems(self) -> Iterator[str]:
        """Yield in words what was left out."""
        ...


def raw_steps(head: bytes) -> tuple[Step, ...]:
    """Return the steps for a source whose bytes, as they are stored, begin with `head`."""
    return (JournalExport(),) if journal_export.applies(head) else ()


def line_steps(head: bytes) -> tuple[Step, ...]:
    """Return the steps for a source whose lines, decoded, begin with `head`.

    All but the last find by themselves what they are for, wherever it begins.
    """
    own: tuple[Step, ...] = (JsonFrames(), PrettyJson(), JournalVerbose(), Parts())
    return (*own, RichColumns()) if rich_columns.applies(head) else own


class Entries:
    """Holds the first bytes back until the steps are chosen, then feeds them one by one."""

    def __init__(self, *, raw: bool) -> None:
        self._choose = raw_steps if raw else line_steps
        self._head_bytes = RAW_HEAD_BYTES if raw else LINES_HEAD_BYTES
        self._head = b""
        self._steps: Sequence[Step] | None = None

    def feed(self, data: bytes, *, final: bool) -> bytes:
        """Return what all steps make of the bytes so far."""
        if self._steps is None:
            self._head += data
            if len(self._head) < self._head_bytes and not final:
                return b""
            data, self._head = self._head, b""
            self._steps = self._choose(data[: self._head_bytes])
        for step in self._steps:
            data = step.feed(data, final=final)
        return data

    def notes(self) -> tuple[str, ...]:
        """Return in words what the steps assumed."""
        return tuple(note for step in self._steps or () for note in step.notes)

    def problems(self) -> Iterator[str]:
        """Yield in words what the steps left out."""
        for step in self._steps or ():
            yield from step.problems()
