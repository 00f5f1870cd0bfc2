"""Whether a log was written newest first, as its first lines tell."""

from collections.abc import Sequence
from itertools import pairwise

from logcascade.reading.lines import Line, settle_time
from logcascade.reading.records.tracebacks import FILE_LINE, is_traceback_start
from logcascade.reading.times.stamps import ReadingOptions, StampReader

MIN_STEPS_BACK = 3
"""So often time must step back: two processes may well write a line late each."""

MAX_STEPS_ON = 0.05
"""Steps forward for each step back: an export shuffles lines of one moment, a log does not run
backwards."""


def is_newest_first(lines: Sequence[Line], options: ReadingOptions) -> bool:
    """Return whether the stamps of `lines` go back, again and again, and as good as never on."""
    stamps = StampReader(options)
    first = last = None
    back = on = 0
    for line in lines:
        time = settle_time(line, stamps)
        if time is None:
            continue
        if first is None or last is None:
            first = last = time
        back += time < last
        on += time > last
        last = time
        if on > len(lines) * MAX_STEPS_ON:  # not even if all others go back
            return False
    is_earlier = first is not None and last is not None and last < first
    return is_earlier and back >= MIN_STEPS_BACK and on <= back * MAX_STEPS_ON


def is_upside_down(lines: Sequence[Line]) -> bool:
    """Return whether tracebacks stand on their heads: whoever turned the log turned each line."""
    bare = [line for line in lines if not line.carrier.formats]
    upright = turned = 0
    for above, below in pairwise(bare):
        upright += is_traceback_start(above.texts[0]) and bool(FILE_LINE.match(below.texts[0]))
        turned += is_traceback_start(below.texts[0]) and above.texts[0].startswith((" ", "\t"))
    return turned > upright
