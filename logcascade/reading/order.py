"""Whether a log was written newest first, as its first lines tell."""

from collections.abc import Sequence
from itertools import pairwise

from logcascade.reading.lines import Line, settle_time
from logcascade.reading.stamps import ReadingOptions, StampReader
from logcascade.reading.tracebacks import FILE_LINE, is_traceback_start

MIN_STEPS_BACK = 3
"""So often time must step back: two processes may well write a line late each."""

MAX_STEPS_ON = 0.05
"""Steps forward for each step back: an export shuffles lines of one moment, a log does not run
backwards."""


def is_newest_first(lines: Sequence[Line], options: ReadingOptions) -> bool:
    """Return whether the stamps of `lines` go back, again and again, and as good as never on."""
    stamps = StampReader(options)
    times = [time for line in lines if (time := settle_time(line, stamps)) is not None]
    back = sum(below < above for above, below in pairwise(times))
    on = sum(below > above for above, below in pairwise(times))
    return back >= MIN_STEPS_BACK and on <= back * MAX_STEPS_ON and times[-1] < times[0]


def is_upside_down(lines: Sequence[Line]) -> bool:
    """Return whether tracebacks stand on their heads: whoever turned the log turned each line."""
    bare = [line for line in lines if not line.carrier.formats]
    upright = turned = 0
    for above, below in pairwise(bare):
        upright += is_traceback_start(above.texts[0]) and bool(FILE_LINE.match(below.texts[0]))
        turned += is_traceback_start(below.texts[0]) and above.texts[0].startswith((" ", "\t"))
    return turned > upright
