"""
Many sources on one timeline: where the clock of each stands against that of the others.

The source with the fullest clock leads. Each other one is laid on those already placed by what both
tell; where nothing shows it, what its clock leaves open is assumed, or it stays out of the
timeline. The order in which sources are given decides nothing.
"""

from collections.abc import Mapping, Sequence

from logcascade.model.records import Alignment, Confidence
from logcascade.model.rules import Rule
from logcascade.model.scans import Scan
from logcascade.timeline.placing import Placement, offset_at, place, possible_years
from logcascade.timeline.shifting import Shift
from logcascade.timeline.voices import Common, Voice, rank

_LACKS = {"uptime": "seconds since boot", "dateless": "no dates", "timeless": "no times"}
"""What keeps a clock out of a timeline that nothing else puts it on."""


def align(scans: Sequence[Scan], rules: Mapping[str, Rule]) -> list[Placement]:
    """Return for each of *scans* what to do with its times, in their order."""
    if not scans:
        return []
    voices = [Voice(scan, rules) for scan in scans]
    waiting = sorted(range(len(scans)), key=lambda index: rank(scans[index]))
    leader = waiting.pop(0)
    common = Common(voices[leader])
    common.add(voices[leader], Shift())
    found = {leader: Placement(Shift())}
    while waiting:
        index, placement = _next(waiting, voices, common)
        waiting.remove(index)
        found[index] = placement
        if placement.shift is not None:
            common.add(voices[index], placement.shift)
    return [found[index] for index in range(len(scans))]


def _next(waiting: Sequence[int], voices: Sequence[Voice], common: Common) -> tuple[int, Placement]:
    """Return the next source to place: by evidence if there is any, else by what is assumed."""
    for search in (place, _by_assumption):
        for index in waiting:
            placement = search(voices[index], common)
            if placement is not None:
                return index, placement
    return waiting[0], _left_out(voices[waiting[0]])


def _by_assumption(voice: Voice, common: Common) -> Placement | None:
    """Return where *voice* stands as long as nothing shows otherwise; None where nobody can say."""
    leader = common.leader
    if voice.clock == "yearless":
        return _in_the_nearest_year(voice, leader)
    if voice.clock in ("wall", "local") or voice.clock == leader.clock == "dateless":
        return Placement(Shift())
    return None


def _in_the_nearest_year(voice: Voice, leader: Voice) -> Placement:
    years = possible_years(voice, leader)[0]
    first = voice.summary.first_time
    if not years or first is None:
        return Placement(Shift())
    shift = Shift(years)
    alignment = Alignment(
        offset_s=offset_at(shift, first),
        anchors=0,
        spread_s=None,
        confidence=Confidence.ASSUMED,
        because=f"the nearest to {leader.name}",
        meaning=f"year {first.year + years}",
    )
    return Placement(shift, alignment)


def _left_out(voice: Voice) -> Placement:
    because = f"{_LACKS[voice.clock]}, and nothing in it is told by another source"
    return Placement(None, Alignment(None, 0, None, Confidence.NONE, because))
