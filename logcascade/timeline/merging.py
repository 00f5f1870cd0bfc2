"""
The scans of several sources as one: on one clock, in an order of their own, each event once.

The order in which sources are given decides nothing but the order in which a report lists them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from logcascade.model.bursts import Burst
from logcascade.model.records import Alignment, Confidence
from logcascade.model.rules import Rule
from logcascade.model.scans import Scan
from logcascade.timeline.bursts import in_order, renamed
from logcascade.timeline.clocks import align
from logcascade.timeline.components import attribute, canonical_names
from logcascade.timeline.placing import Placement
from logcascade.timeline.processes import by_unit, units_of_processes
from logcascade.timeline.retold import SAME_TIME_S, without_retold
from logcascade.timeline.shifting import shifted_burst, shifted_load


def on_one_clock(scans: Sequence[Scan], rules: Mapping[str, Rule]) -> list[Scan]:
    """Return *scans* with their times on one clock, as far as it is known where theirs stand."""
    if len(scans) < 2:
        return list(scans)
    placements = zip(scans, align(scans, rules), strict=True)
    return [_placed(scan, placement) for scan, placement in placements]


def in_rank(scans: Sequence[Scan]) -> list[Scan]:
    """
    Return *scans* in an order that does not depend on the one they were given in, and numbered so.

    What several tell is counted for the first: one that knows process ids comes before one that
    does not.
    """
    return [_numbered(scan, number) for number, scan in enumerate(sorted(scans, key=_rank))]


def one_timeline(
    scans: Sequence[Scan], rules: Mapping[str, Rule]
) -> tuple[list[Burst], list[Burst], int]:
    """
    Return the marks and the bursts of all sources in order, each with its one component.

    What several sources tell is there once; the last item is how many reports were left out so.
    What is not placed in time has components of its own: nobody knows whose it is.
    """
    marks, bursts, retold = _told_once([scan for scan in scans if scan.is_placed], rules)
    for scan in scans:
        if not scan.is_placed:
            own_marks, own_bursts, _ = _told_once([scan], rules)
            marks += _apart(own_marks, scan.summary.name)
            bursts += _apart(own_bursts, scan.summary.name)
    return in_order(marks), in_order(bursts), retold


def _told_once(
    scans: Sequence[Scan], rules: Mapping[str, Rule]
) -> tuple[list[Burst], list[Burst], int]:
    marks = [mark for scan in scans for mark in scan.marks]
    bursts = [burst for scan in scans for burst in scan.bursts]
    units = units_of_processes(marks, rules)
    marks, bursts = by_unit(marks, units), by_unit(bursts, units)
    names = canonical_names(marks, bursts, rules)
    named = in_order(renamed(marks, names))
    apart_s = SAME_TIME_S + max(
        (scan.summary.resolution_s for scan in scans if scan.tells), default=0.0
    )
    told_marks, _ = without_retold(attribute(named, named, rules), apart_s)
    every = attribute(in_order(renamed(bursts, names)), named, rules)
    told, retold = without_retold(every, apart_s)
    return told_marks, told, retold


def _apart(bursts: Sequence[Burst], source: str) -> list[Burst]:
    return [
        replace(each, component=f"{each.component} in {source}" if each.component else source)
        for each in bursts
    ]


def _placed(scan: Scan, placement: Placement) -> Scan:
    """Return *scan* on the common clock, without the assumptions that are settled."""
    shift, alignment = placement.shift, placement.alignment
    summary = replace(scan.summary, alignment=alignment)
    if alignment is not None and shift is not None:
        settled = _settled(alignment)
        left = tuple(words for words in summary.assumptions if not words.startswith(settled))
        summary = replace(summary, assumptions=left)
    if shift is None or shift.is_nothing:
        return replace(scan, summary=summary)
    return replace(
        scan,
        summary=replace(
            summary,
            first_time=shift.moment(summary.first_time),
            last_time=shift.moment(summary.last_time),
        ),
        load=shifted_load(scan.load, shift),
        bursts=tuple(shifted_burst(burst, shift) for burst in scan.bursts),
        marks=tuple(shifted_burst(mark, shift) for mark in scan.marks),
    )


def _settled(alignment: Alignment) -> tuple[str, ...]:
    """Return how the assumptions of reading begin that are none any more."""
    return (
        ("year ",)
        if alignment.confidence is Confidence.ASSUMED
        else ("year ", "zone ", "no date", "no wall clock")
    )


def _rank(scan: Scan) -> tuple[bool, bool, str, int, int]:
    knows_processes = any(each.first.pid is not None for each in scan.told)
    summary = scan.summary
    return (not scan.is_placed, not knows_processes, summary.name, -summary.bytes, summary.lines)


def _numbered(scan: Scan, number: int) -> Scan:
    if all(each.first.order[0] == number for each in scan.told[:1]):
        return scan

    def numbered(burst: Burst) -> Burst:
        order = (number, burst.first.order[1])
        return replace(burst, first=replace(burst.first, order=order))

    return replace(
        scan, bursts=tuple(map(numbered, scan.bursts)), marks=tuple(map(numbered, scan.marks))
    )
