"""The first line that a program writes, looked for again in all of its log."""

import re
from collections import Counter
from collections.abc import Iterable

from logcascade.reading.finder import Finder, build_finder, written_forms
from logcascade.reading.lines import Line
from logcascade.reading.records.tracebacks import is_traceback_start

MAX_WRITERS = 8
"""Components of a source whose first lines are looked for."""

MAX_REPETITIONS = 1_000
"""Repetitions followed in one source; that it was not enough is said."""

LEAST_LETTERS = 6
"""Letters that a line needs, in a part without numbers, to be known again among others."""

MAX_LITERAL = 60
"""Characters of it that are looked for; the lines found are compared in full."""

MAX_IDLE = 3
"""Repetitions without a traceback before them after which a first line is ordinary work, unless
more of them have one."""

_VARIABLE = re.compile(r"\d+")


def greeting_of(text: str) -> str:
    """Return the first line of `text` as it stands at each start: without its numbers."""
    return _VARIABLE.sub("0", text.split("\n", 1)[0].strip())


class Greetings:
    """Finds the repetitions of the lines with which the programs of a source begin.

    Learned from the head of the source, so that a pipe is read once. Whether a repetition is a
    start is decided later, by what comes before it.
    """

    def __init__(self, head: Iterable[Line] = ()) -> None:
        first, idle, after = _count(head)
        self._known = {
            greeting
            for writer, greeting in first.items()
            if idle[writer] <= max(MAX_IDLE, after[writer])
        }
        literals = [form for each in sorted(self._known) for form in written_forms(_literal(each))]
        self._finder: Finder = build_finder(literals)
        self._left = MAX_REPETITIONS

    @property
    def is_exhausted(self) -> bool:
        """Whether there may be more repetitions than were followed."""
        return bool(self._known) and self._left <= 0

    def find(self, buffer: bytes, start: int, end: int) -> list[int]:
        """Return where in ``buffer[start:end]`` a first line may stand again, ascending."""
        if not self._known or self._left <= 0:
            return []
        found = self._finder.find(buffer, start, end)[: self._left]
        self._left -= len(found)
        return found

    def holds(self, message: str) -> bool:
        """Tell whether `message` is one of the first lines."""
        return bool(self._known) and greeting_of(message) in self._known


def _count(head: Iterable[Line]) -> tuple[dict[str, str], Counter[str], Counter[str]]:
    """Return each writer's first line, how often it comes again, and how often after a crash."""
    first: dict[str, str] = {}
    idle: Counter[str] = Counter()
    after: Counter[str] = Counter()
    broken: set[str] = set()
    for line in head:
        writer, text = line.carrier.component, line.texts[0]
        if is_traceback_start(text):
            broken.add(writer)
        elif line.header is None and not line.carrier.formats:
            continue
        elif writer not in first and len(first) < MAX_WRITERS:
            first[writer] = greeting_of(text) if _literal(text) else ""
        elif first.get(writer) and greeting_of(text) == first[writer]:
            (after if writer in broken else idle)[writer] += 1
            broken.discard(writer)
        elif line.header is not None:
            broken.discard(writer)
    return {writer: text for writer, text in first.items() if text}, idle, after


def _literal(text: str) -> str:
    """Return the longest part of the first line of `text` that does not change, or nothing."""
    parts = [part.strip() for part in _VARIABLE.split(text.split("\n", 1)[0])]
    longest = max(parts, key=len)[:MAX_LITERAL]
    if not longest.isprintable():  # bytes that are no text, which no finder takes
        return ""
    return longest if sum(map(str.isalpha, longest)) >= LEAST_LETTERS else ""
