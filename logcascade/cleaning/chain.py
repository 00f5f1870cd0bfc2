"""The steps in order, and how they are chosen by the first bytes of a source."""

from collections.abc import Iterator, Sequence

from logcascade.cleaning import journal_export, rich_columns
from logcascade.cleaning.chats import choose_entities, choose_titles, choose_wrapped
from logcascade.cleaning.controls import Marks, Nuls, TerminalCodes, choose_lost_escapes
from logcascade.cleaning.cut_off import choose_cut_off
from logcascade.cleaning.decoding import choose_decoding
from logcascade.cleaning.journal_export import JournalExport
from logcascade.cleaning.journal_verbose import JournalVerbose
from logcascade.cleaning.json_frames import JsonFrames
from logcascade.cleaning.margins import choose_indentation, choose_numbering, choose_quotation
from logcascade.cleaning.mixed import MixedEncodings
from logcascade.cleaning.overwritten import LastWriting, choose_returns
from logcascade.cleaning.parts import Parts
from logcascade.cleaning.passages import choose_passages
from logcascade.cleaning.pretty_json import PrettyJson
from logcascade.cleaning.rich_columns import RichColumns
from logcascade.cleaning.step import Choice, Step

HEAD_BYTES = 512 * 1024
"""As much of the beginning as decides what a source needs, and which formats it is in; not a
matter of block size."""

MAX_QUOTATIONS = 4
"""Quotations within quotations: who quotes more often has lost the thread."""

RAW_STEPS: tuple[Choice, ...] = (
    lambda head: JournalExport() if journal_export.applies(head) else None,
    choose_decoding,
    lambda _: Nuls(),
    choose_returns,
)
"""What is done to bytes cut anywhere. Each is asked whether it is needed, and sees of the beginning
what the steps before make of it."""

LINE_STEPS: tuple[Choice, ...] = (
    lambda _: Marks(),
    lambda _: TerminalCodes(),
    choose_lost_escapes,
    lambda _: LastWriting(),
    MixedEncodings,
    choose_entities,
    choose_indentation,
    *(choose_quotation,) * MAX_QUOTATIONS,
    choose_passages,
    choose_titles,
    choose_quotation,
    choose_indentation,
    choose_numbering,
    choose_indentation,
    choose_wrapped,
    choose_cut_off,
    lambda _: JsonFrames(),
    lambda _: PrettyJson(),
    lambda _: JournalVerbose(),
    lambda _: Parts(),
    lambda head: RichColumns() if rich_columns.applies(head) else None,
)
"""What is done to whole lines; chosen in the same way, by whole lines."""


class Chain:
    """Feeds each step what the one before made; a chain is a step itself."""

    def __init__(self, choices: Sequence[Choice], *, by_lines: bool) -> None:
        self._choices = choices
        self._by_lines = by_lines
        self._steps: list[Step] | None = None
        self._waiting: list[bytes] = []

    @property
    def notes(self) -> list[str]:
        """What the steps took for granted, in their order, once each."""
        return list(dict.fromkeys(words for step in self._steps or () for words in step.notes))

    def problems(self) -> Iterator[str]:
        """Yield what the steps left out, in their order."""
        for step in self._steps or ():
            yield from step.problems()

    def feed(self, data: bytes, *, final: bool, now: bool = False) -> bytes:
        """Return what the last step made of `data`; nothing before the steps can be chosen.

        They are chosen by `HEAD_BYTES`; by what there is if it is all, or all for `now`.
        """
        if self._steps is None:
            self._waiting.append(data)
            size = sum(map(len, self._waiting))
            if size <= HEAD_BYTES and not final and not (now and size):
                return b""
            data = b"".join(self._waiting)
            self._waiting.clear()
            return self._begin(data, final=final)
        for step in self._steps:
            data = step.feed(data, final=final)
        return data

    def _begin(self, data: bytes, *, final: bool) -> bytes:
        """Choose the steps, each by what the one before makes of the head, and feed them."""
        self._steps = []
        end = len(data)
        if end > HEAD_BYTES:
            end = data.rfind(b"\n", 0, HEAD_BYTES) + 1 if self._by_lines else HEAD_BYTES
        head, rest = data[:end], data[end:]
        for choose in self._choices:
            step = choose(head)
            if step is not None:
                self._steps.append(step)
                head = step.feed(head, final=final and not rest)
        return head + self.feed(rest, final=final) if rest else head
