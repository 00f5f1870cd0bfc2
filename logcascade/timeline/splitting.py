"""One scan -> the scans of its log before and after a moment, without reading it again."""

from dataclasses import replace
from datetime import UTC, datetime

from logcascade.model.bursts import Burst
from logcascade.model.records import SourceSummary
from logcascade.model.scans import Scan


def split_scan(scan: Scan, at: float) -> tuple[Scan, Scan]:
    """
    Return what *scan* shows before and from *at*, in epoch seconds; it was told to part there.

    A burst that goes on at that moment had begun before, and stays whole. Lines and bytes are
    those of the whole log on both sides.
    """
    before = _part(scan, None, at)
    return before, replace(_part(scan, at, None), load=scan.load_since)


def _part(scan: Scan, begin: float | None, end: float | None) -> Scan:
    return replace(
        scan,
        summary=_summary(scan.summary, begin, end),
        bursts=_bursts(scan.bursts, begin, end),
        marks=_bursts(scan.marks, begin, end),
    )


def _bursts(bursts: tuple[Burst, ...], begin: float | None, end: float | None) -> tuple[Burst, ...]:
    return tuple(each for each in bursts if each.timed and _is_within(each.start, begin, end))


def _is_within(time: float, begin: float | None, end: float | None) -> bool:
    return (begin is None or time >= begin) and (end is None or time < end)


def _summary(summary: SourceSummary, begin: float | None, end: float | None) -> SourceSummary:
    first, last = summary.first_time, summary.last_time
    if first is None or last is None:
        return summary
    if begin is not None:
        first = min(max(first, datetime.fromtimestamp(begin, UTC)), last)
    if end is not None:
        last = max(min(last, datetime.fromtimestamp(end, UTC)), first)
    return replace(summary, first_time=first, last_time=last)
