"""The time in which a component ran: in what it is down, nothing of it can fail."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from math import inf

from logcascade.model.analysis import Run

Span = tuple[float, float]
"""Epoch seconds of begin and end."""

NEVER = (inf, inf)


def down_spans(runs: Iterable[Run], end: datetime | None) -> list[Span]:
    """Return the spans from each end of a component's runs to the next start, or to the *end*."""
    spans: list[Span] = []
    down_since: datetime | None = None
    for run in runs:
        if down_since is not None and run.start is not None and run.start > down_since:
            spans.append((down_since.timestamp(), run.start.timestamp()))
        down_since = run.end
    if down_since is not None and end is not None and end > down_since:
        spans.append((down_since.timestamp(), end.timestamp()))
    return spans


def by_uptime(times: Sequence[float], down: Iterable[Span]) -> list[float]:
    """
    Return *times*, sorted, on a clock that stands still during *down*, sorted, too.

    >>> by_uptime([10, 30, 50], [(12, 28), (40, 45)])
    [10.0, 14.0, 29.0]
    """
    moved: list[float] = []
    spans, stood = iter(down), 0.0
    begin, end = next(spans, NEVER)
    for time in times:
        while end <= time:
            stood += end - begin
            begin, end = next(spans, NEVER)
        moved.append(time - stood - max(time - begin, 0.0))
    return moved
