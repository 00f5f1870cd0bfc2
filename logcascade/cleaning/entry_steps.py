"""The steps that make one line of each entry, in their order."""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from logcascade.cleaning import (
    journal_export,
    journal_verbose,
    json_frames,
    parts,
    pretty_json,
    rich_columns,
)

RAW_HEAD_BYTES = 4096
LINES_HEAD_BYTES = 64 * 1024
"""So much of the beginning decides which steps are needed: each costs a look at all bytes."""


class Step(Protocol):
    """Changes bytes, never their line breaks; see the package."""

    notes: list[str]

    def feed(self, data: bytes, *, final: bool) -> bytes:
        """Return what can be told of the bytes so far."""
        ...

    def problems(self) -> Iterator[str]:
        """Yield in words what was left out."""
        ...


_Choices = Sequence[tuple[Callable[[bytes], bool], Callable[[], Step]]]
_RAW_STEPS: _Choices = ((journal_export.applies, journal_export.JournalExport),)
_LINE_STEPS: _Choices = (
    (json_frames.applies, json_frames.JsonFrames),
    (pretty_json.applies, pretty_json.PrettyJson),
    (journal_verbose.applies, journal_verbose.JournalVerbose),
    (parts.applies, parts.Parts),
    (rich_columns.applies, rich_columns.RichColumns),
)


def choose(choices: _Choices, head: bytes) -> Sequence[Step]:
    """Return the steps needed by a source that begins with `head`, in their order.

    Each looks at what those before it make of the beginning.
    """
    steps = []
    for applies, make in choices:
        if applies(head):
            steps.append(make())
            head = make().feed(head, final=True)
    return steps


class Entries:
    """Holds the first bytes back until the steps are chosen, then feeds them one by one."""

    def __init__(self, *, raw: bool) -> None:
        self._choices = _RAW_STEPS if raw else _LINE_STEPS
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
            self._steps = choose(self._choices, self._head_of(data))
        for step in self._steps:
            data = step.feed(data, final=final)
        return data

    def _head_of(self, data: bytes) -> bytes:
        """Return the first bytes of `data`, to the end of a line where there is one."""
        return data[: data.find(b"\n", self._head_bytes - 1) + 1 or len(data)]

    def notes(self) -> tuple[str, ...]:
        """Return in words what the steps assumed."""
        return tuple(note for step in self._steps or () for note in step.notes)

    def problems(self) -> Iterator[str]:
        """Yield in words what the steps left out."""
        for step in self._steps or ():
            yield from step.problems()
