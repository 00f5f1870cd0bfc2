"""Reports that a program writes as many messages, as the kernel does when memory runs out."""

from collections.abc import Iterator, Sequence

from logcascade.reading.blocks import MAX_RECORD_BYTES
from logcascade.reading.formats.line_format import Block, Format
from logcascade.reading.lines import Line
from logcascade.reading.records.window_lines import MAX_FOREIGN_LINES, WindowLines


class RecordBlocks:
    """Finds the lines of such a report, whatever carries them."""

    def __init__(self, formats: Sequence[Format], lines: WindowLines) -> None:
        self._blocks = {each.program: each.blocks for each in formats if each.blocks}
        self._lines = lines

    def lines_of(self, first: Line) -> list[Line]:
        """Return the lines of the report that begins with `first`; none where none begins."""
        block = self._begun_by(first)
        if block is None:
            return []
        found = [first]
        for line in self._following(first):
            text = line.texts[0]
            if block.end.match(text) or self._begun_by(line):
                break
            if len(found) > block.further and not block.go_on.match(text):
                break
            found.append(line)
        return found

    def _begun_by(self, line: Line) -> Block | None:
        text = line.texts[0]
        own = line.header.format.blocks if line.header is not None else ()
        for block in own or self._blocks.get(_program(line), ()):
            if block.begin.match(text):
                return block
        return None

    def _following(self, first: Line) -> Iterator[Line]:
        """Yield the further lines of the program; those of others may stand between."""
        line: Line | None = first
        program, foreign = _program(first), 0
        while line is not None and foreign <= MAX_FOREIGN_LINES:
            if first.carrier.stream:
                line = self._lines.next_of_stream(line, first.start)
            else:
                line = self._lines.after(line)
            if line is None or line.end - first.start > MAX_RECORD_BYTES:
                return
            if _program(line) == program:
                foreign = 0
                yield line
            else:
                foreign += 1


def _program(line: Line) -> str:
    return (line.header.program if line.header else "") or line.carrier.program
