"""What a record says was raised, in whatever language its program is written."""

from collections.abc import Sequence

from logcascade.model.records import RaisedException, Severity
from logcascade.reading.records.exception_groups import TextLine
from logcascade.reading.records.stacks import find_stack, parse_stack
from logcascade.reading.records.tracebacks import find_traceback, parse_exceptions


def raised_in(
    lines: Sequence[TextLine], severity: Severity | None
) -> tuple[int, tuple[RaisedException, ...]]:
    """Return the index of the first line of the first error in `lines`, and all that was raised.

    The index is the number of lines where none was. `severity` is what the program itself said of
    the record: a stack that it shows as a matter of course is none of an error.
    """
    texts = [text for text, _ in lines]
    first = find_traceback(texts)
    if first < len(texts):
        return first, parse_exceptions(lines, first)
    if severity is not None and severity < Severity.WARNING:
        return first, ()
    first = find_stack(texts)
    return first, parse_stack(lines, first)
