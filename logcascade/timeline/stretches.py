"""What a log shows of a stretch of its time, as far as what was counted can be cut."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from logcascade.model.bursts import Burst
from logcascade.model.records import LoadCounts, SourceSummary
from logcascade.model.scans import Scan
from logcascade.model.traffic import HOUR_S

WINDOW_S = 10
"""Seconds in which the busiest stretch is looked for."""


def stretch(scan: Scan, begin: float | None, end: float | None) -> Scan:
    """
    Return what *scan* shows from *begin* to before *end*, in epoch seconds.

    A burst belongs to where it begins. Of an hour that is cut, events count by the share of its
    time; how long they took, and how many ran at once, is that of the whole log. So are its lines.
    """
    return replace(
        scan,
        summary=_summary(scan.summary, begin, end),
        load=_load(scan.load, begin, end),
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


def _load(load: LoadCounts, begin: float | None, end: float | None) -> LoadCounts:
    if load.first is None or load.last is None:
        return load
    first = load.first if begin is None else max(load.first, begin)
    last = load.last if end is None else min(load.last, end)
    if last < first:
        return LoadCounts()
    hours = {}
    for hour, events in load.hours.items():
        opens, closes = max(hour * HOUR_S, load.first), min((hour + 1) * HOUR_S, load.last)
        inside = min(closes, last) - max(opens, first)
        if inside >= 0:
            share = inside / (closes - opens) if closes > opens else 1.0
            hours[hour] = round(events * share)
    busy = {
        second: events
        for second, events in load.busy_seconds.items()
        if _is_within(second, begin, end)
    }
    peak = max(busy, key=lambda second: (busy[second], -second), default=None)
    return replace(
        load,
        events=sum(hours.values()),
        first=first,
        last=last,
        busy_seconds=busy,
        hours=hours,
        peak_1s=busy[peak] if peak is not None else 0,
        peak_10s=_busiest_window(busy),
        peak_time=None if peak is None else float(peak),
    )


def _busiest_window(busy: Mapping[int, int]) -> int:
    sums: Counter[int] = Counter()
    for second, events in busy.items():
        for begin in range(second - WINDOW_S + 1, second + 1):
            sums[begin] += events
    return max(sums.values(), default=0)
