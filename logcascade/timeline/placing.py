"""
Where the clock of one source stands, by what others tell too: as much as its kind leaves open.

A clock without a zone is off by a multiple of 15 minutes, one without a year by years besides, one
without dates by any days; one that counts from boot by anything. A clock that says all can only go
wrong.
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import isfinite, remainder

from logcascade.model.records import Alignment, Confidence
from logcascade.timeline.anchors import About, Anchor
from logcascade.timeline.clock_words import gait_in_words, names_of, tells_too, zone_in_words
from logcascade.timeline.confidence import confidence_in, is_fitting, is_series
from logcascade.timeline.offsets import Estimate, Possible, estimate
from logcascade.timeline.shifting import Shift
from logcascade.timeline.voices import Common, Series, Voice, moved

ZONE_STEP_S = 900.0
"""All zones' offsets are multiples of it. Seconds."""

MOST_WRONG_S = 3600.0
"""A clock that states its zone goes wrong by less. Seconds: minutes are common, and an hour is
another zone that was stated wrongly."""

MOST_ZONE_S = 14 * 3600.0
"""No zone is further from UTC. Seconds."""

SAME_CLOCK_S = 1.0
"""What two writers on one clock say of one event differs by less. Seconds: a carrier stamps a line
some 100 ms late, more where memory is short, and a supervisor notices an end as late."""

START_LAG_S = 60.0
"""A program says that it has started this long after its supervisor does, at the most. Seconds."""

START_PACE_S = 20.0
"""From start to start that lag differs by less. Seconds; imports from a cold disk take longer."""

KILL_PACE_S = 10.0
"""From a kill to the next start line, likewise. Seconds."""

BEFORE_STARTS = "ends, each right before a start in"
AFTER_ENDS = "starts, each right after an end in"
"""How reports call series that fit together."""


@dataclass(frozen=True, slots=True)
class Placement:
    """What to do with the times of a source; without a shift it stays out of the timeline."""

    shift: Shift | None
    alignment: Alignment | None = None

    @property
    def moments(self) -> int:
        """How many independent moments show it."""
        return self.alignment.anchors if self.alignment else 0


@dataclass(frozen=True, slots=True)
class Finding:
    """An offset, and the anchors of others that it was found by."""

    estimate: Estimate
    series: Series


def place(voice: Voice, common: Common) -> Placement | None:
    """Return where the sources already placed show that *voice* stands; None where they do not."""
    by_clock: Mapping[str, Callable[[Voice, Common], Placement | None]] = {
        "wall": _as_stated,
        "local": _in_some_zone,
        "yearless": _in_some_year,
        "dateless": _on_some_day,
        "uptime": _since_boot,
    }
    search = by_clock.get(voice.clock)
    return search(voice, common) if search else None


def possible_years(voice: Voice, leader: Voice) -> Sequence[int]:
    """Return how many years may have to be added to a clock without a year, the likeliest first."""
    first, there = voice.summary.first_time, leader.summary.first_time
    if first is None or there is None or leader.clock not in ("wall", "local"):
        return (0,)
    years = there.year - first.year
    last = voice.summary.last_time or first

    def distance(more: int) -> float:
        begin, end = (Shift(more)(each.timestamp()) for each in (first, last))
        return max(begin - _end(leader), there.timestamp() - end, 0.0)

    return sorted((years, years - 1, years + 1), key=distance)


def _end(voice: Voice) -> float:
    summary = voice.summary
    last = summary.last_time or summary.first_time
    return last.timestamp() if last else 0.0


def offset_at(shift: Shift, moment: datetime | None) -> float:
    """Return how many seconds *shift* adds at a moment."""
    at = moment.timestamp() if moment else 0.0
    return round(shift(at) - at, 6)


def _lay(
    anchors: Sequence[Anchor], series: Series, tolerance_s: float, possible: Possible
) -> Finding | None:
    """
    Return the offset at which *anchors* fall on *series*, and what of it; None without one.

    What happens at an even pace fits as well at offsets that the clock cannot have: then it shows
    nothing.
    """
    near = series.near(anchors, possible.reach_s)
    found = estimate(anchors, near.anchors, tolerance_s, possible)
    if found is None:
        return None
    if abs(found.offset_s) > tolerance_s and isfinite(possible.reach_s):
        anywhere = replace(possible, reach_s=float("inf"))
        other = estimate(anchors, series.anchors, tolerance_s, anywhere)
        if other is None or abs(other.offset_s - found.offset_s) > tolerance_s:
            return None
    return Finding(found, near)


def _as_stated(voice: Voice, common: Common) -> Placement | None:
    tolerance = _tolerance_s(voice, common)
    found = _lay(voice.alike, common.alike, tolerance, Possible(MOST_WRONG_S))
    if found is None or confidence_in(found.estimate) is not Confidence.CERTAIN:
        return None
    offset = found.estimate.offset_s
    seconds = 0.0 if abs(offset) <= tolerance else offset
    return _placement(voice, Shift(0, seconds), found, gait_in_words(seconds) or "in step")


def _in_some_year(voice: Voice, common: Common) -> Placement | None:
    best: Placement | None = None
    for years in possible_years(voice, common.leader):
        found = _in_zone(voice, common, Shift(years), MOST_ZONE_S)
        if found and (best is None or found.moments > best.moments):
            best = found
    return best


def _in_some_zone(voice: Voice, common: Common) -> Placement | None:
    return _in_zone(voice, common, Shift(), MOST_ZONE_S)


def _on_some_day(voice: Voice, common: Common) -> Placement | None:
    return _in_zone(voice, common, Shift(), float("inf"))


def _in_zone(voice: Voice, common: Common, first: Shift, most_s: float) -> Placement | None:
    """Return the zone of a clock without one, after *first*; no further than *most_s*."""
    tolerance = _tolerance_s(voice, common)
    alike = moved(voice.alike, first)
    found = _lay(alike, common.alike, tolerance, Possible(most_s + ZONE_STEP_S / 2))
    if found is not None and confidence_in(found.estimate) is not None:
        rest = remainder(found.estimate.offset_s, ZONE_STEP_S)
        if abs(rest) <= tolerance:
            return _zoned(voice, first, found.estimate.offset_s - rest, found)
        if confidence_in(found.estimate) is Confidence.CERTAIN:
            return _zoned(voice, first, found.estimate.offset_s, found)
    possible = Possible(most_s + START_LAG_S, ZONE_STEP_S, START_LAG_S)
    for ours, theirs in ((voice.starts, common.starts), (voice.ends, common.ends)):
        found = _lay(moved(ours, first), theirs.by_others(ours), START_PACE_S, possible)
        if found is not None and confidence_in(found.estimate) is not None:
            rest = remainder(found.estimate.offset_s, ZONE_STEP_S)
            return _zoned(voice, first, found.estimate.offset_s - rest, found)
    crossed = (
        (voice.ends, common.starts, BEFORE_STARTS),
        (voice.starts, common.ends, AFTER_ENDS),
    )
    for ours, theirs, words in crossed:
        found = _lay(moved(ours, first), theirs, START_PACE_S, possible)
        if found is not None and is_fitting(found.estimate):
            rest = remainder(found.estimate.offset_s, ZONE_STEP_S)
            placement = _zoned(voice, first, found.estimate.offset_s - rest, found)
            return _fitting(placement, found, words)
    return None


def _since_boot(voice: Voice, common: Common) -> Placement | None:
    """Return when the machine was booted: at any time, so only what agrees closely shows it."""
    tolerance = _tolerance_s(voice, common)
    found = _lay(voice.alike, common.alike, tolerance, Possible())
    if found and found.estimate.about is not About.START and confidence_in(found.estimate):
        return _booted(voice, found)
    found = _lay(voice.ends, common.ends.by_others(voice.ends), tolerance, Possible())
    if found and is_series(found.estimate) and confidence_in(found.estimate):
        return _booted(voice, found)
    found = _lay(voice.ends, common.starts, KILL_PACE_S, Possible())
    if found and is_fitting(found.estimate):
        narrowed = replace(found, estimate=_before_the_starts(voice, common, found))
        return _fitting(_booted(voice, narrowed), found, BEFORE_STARTS)
    return None


def _fitting(placement: Placement, found: Finding, words: str) -> Placement:
    """Return a placement by ends that fit before starts: no event that both tell, so likely."""
    alignment = placement.alignment
    if alignment is not None:
        names = names_of(found.estimate, found.series)
        because = f"{found.estimate.moments} {words} {names}"
        alignment = replace(alignment, confidence=Confidence.LIKELY, because=because)
    return replace(placement, alignment=alignment)


def _before_the_starts(voice: Voice, common: Common, finding: Finding) -> Estimate:
    """
    Return what was found, which leads from ends to the next starts, as what leads to the ends.

    A process ends after the last that it said and before it starts again, each time: the offset
    lies between the tightest of these bounds.
    """
    found = finding.estimate
    highs, lows = [], []
    for index in found.placed:
        start = finding.series.anchors[index].at
        end = min(voice.ends, key=lambda anchor: abs(anchor.at + found.offset_s - start)).at
        highs.append(start - end)
        said = bisect_left(common.alive, start)
        lows.append(common.alive[said - 1] - end if said else start - end - START_LAG_S)
    high = min(highs)
    low = max(max((low for low in lows if low <= high), default=high), high - START_LAG_S)
    return replace(found, offset_s=(low + high) / 2, spread_s=(high - low) / 2)


def _tolerance_s(voice: Voice, common: Common) -> float:
    return SAME_CLOCK_S + max(voice.summary.resolution_s, common.resolution_s)


def _booted(voice: Voice, found: Finding) -> Placement:
    return _placement(voice, Shift(0, found.estimate.offset_s), found, "")


def _zoned(voice: Voice, first: Shift, seconds: float, found: Finding) -> Placement:
    shift = Shift(first.years, seconds)
    begins = shift.moment(voice.summary.first_time)
    rest = remainder(seconds, ZONE_STEP_S)
    if voice.clock == "dateless":
        meaning = f"begins {begins:%Y-%m-%d %H:%M:%S} UTC" if begins else ""
    else:
        year = f"year {begins.year}" if voice.clock == "yearless" and begins else ""
        parts = (year, zone_in_words(rest - seconds), gait_in_words(rest))
        meaning = ", ".join(part for part in parts if part)
    return _placement(voice, shift, found, meaning)


def _placement(voice: Voice, shift: Shift, found: Finding, meaning: str) -> Placement:
    estimate = found.estimate
    distance = abs(estimate.offset_s - shift.seconds)
    alignment = Alignment(
        offset_s=offset_at(shift, voice.summary.first_time),
        anchors=estimate.moments,
        spread_s=round(estimate.spread_s + distance, 6),
        confidence=confidence_in(estimate) or Confidence.LIKELY,
        because=tells_too(estimate, found.series),
        meaning=meaning,
    )
    return Placement(shift, alignment)
