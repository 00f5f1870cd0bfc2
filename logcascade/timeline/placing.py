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

from logcascade.model.records import Alignment, Confidence
from logcascade.timeline.anchors import About
from logcascade.timeline.clock_words import gait_in_words, names_of, tells_too, zone_in_words
from logcascade.timeline.offsets import Estimate, estimate
from logcascade.timeline.shifting import Shift
from logcascade.timeline.voices import Common, Series, Voice, moved

ZONE_STEP_S = 900.0
"""All zones' offsets are multiples of it. Seconds."""

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

CERTAIN_MOMENTS = 5
CERTAIN_CHANCE = 1e-6
"""So many independent moments, which unrelated sources would show less than once in a million
times, leave no doubt."""

CERTAIN_NAMED = 2
"""So many processes that both name by their ids when they end leave no doubt either."""

LIKELY_MOMENTS = 2
LIKELY_CHANCE = 1e-2
"""One moment alone fits anywhere; a few may agree by chance, but not so rarely."""

SERIES_MOMENTS = 3
"""Ends without a name show an offset only by their intervals: two intervals at the least."""

FITTING_CHANCE = 1e-3
"""Where no event is told by both, and only the gaps between ends fit those between starts, chance
has to be less, and no number of them makes it certain."""


@dataclass(frozen=True, slots=True)
class Placement:
    """What to do with the times of a source; without a shift it stays out of the timeline."""

    shift: Shift | None
    alignment: Alignment | None = None
    found: Estimate | None = None
    """What shows it."""


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


def _as_stated(voice: Voice, common: Common) -> Placement | None:
    tolerance = _tolerance_s(voice, common)
    found = estimate(voice.alike, common.alike.anchors, tolerance)
    if found is None or _confidence(found) is not Confidence.CERTAIN:
        return None
    seconds = 0.0 if abs(found.offset_s) <= tolerance else found.offset_s
    meaning = gait_in_words(seconds) or "in step"
    return _placement(voice, Shift(0, seconds), found, tells_too(found, common.alike), meaning)


def _in_some_year(voice: Voice, common: Common) -> Placement | None:
    found: Placement | None = None
    for years in possible_years(voice, common.leader):
        other = _in_zone(voice, common, Shift(years), MOST_ZONE_S)
        if (
            other
            and other.found
            and (not found or not found.found or _better(other.found, found.found))
        ):
            found = other
    return found


def _better(one: Estimate, other: Estimate) -> bool:
    return (one.moments, -one.chance) > (other.moments, -other.chance)


def _in_some_zone(voice: Voice, common: Common) -> Placement | None:
    return _in_zone(voice, common, Shift(), MOST_ZONE_S)


def _on_some_day(voice: Voice, common: Common) -> Placement | None:
    return _in_zone(voice, common, Shift(), float("inf"))


def _in_zone(voice: Voice, common: Common, first: Shift, most_s: float) -> Placement | None:
    """Return the zone of a clock without one, after *first*; no further than *most_s*."""
    tolerance = _tolerance_s(voice, common)
    series = common.alike
    found = estimate(
        moved(voice.alike, first),
        series.anchors,
        tolerance,
        lambda offset: abs(offset) <= most_s + ZONE_STEP_S / 2,
    )
    if found is not None and _confidence(found) is not None:
        steps, rest = _in_steps(found.offset_s)
        if abs(rest) <= tolerance:
            return _zoned(voice, first, steps, found, series)
        if _confidence(found) is Confidence.CERTAIN:
            return _zoned(voice, first, found.offset_s, found, series)
    for ours, series in ((voice.starts, common.starts), (voice.ends, common.ends)):
        found = estimate(
            moved(ours, first),
            series.anchors,
            START_PACE_S,
            lambda offset: abs(offset) <= most_s and abs(_in_steps(offset)[1]) <= START_LAG_S,
            2 * START_LAG_S / ZONE_STEP_S,
        )
        if found is not None and _confidence(found) is not None:
            return _zoned(voice, first, _in_steps(found.offset_s)[0], found, series)
    return None


def _since_boot(voice: Voice, common: Common) -> Placement | None:
    """Return when the machine was booted: at any time, so only what agrees closely shows it."""
    tolerance = _tolerance_s(voice, common)
    found = estimate(voice.alike, common.alike.anchors, tolerance)
    if found and found.about is not About.START and _confidence(found):
        return _booted(voice, found, tells_too(found, common.alike))
    found = estimate(voice.ends, common.ends.anchors, tolerance)
    if found and found.moments >= SERIES_MOMENTS and _confidence(found):
        return _booted(voice, found, tells_too(found, common.ends))
    found = estimate(voice.ends, common.starts.anchors, KILL_PACE_S)
    if found and found.moments >= SERIES_MOMENTS and found.chance <= FITTING_CHANCE:
        told_by = names_of(found, common.starts)
        because = f"{found.moments} ends of processes that fit between the runs in {told_by}"
        booted = _booted(voice, _before_the_starts(voice, common, found), because)
        alignment = booted.alignment and replace(booted.alignment, confidence=Confidence.LIKELY)
        return replace(booted, alignment=alignment)
    return None


def _before_the_starts(voice: Voice, common: Common, found: Estimate) -> Estimate:
    """
    Return *found*, which leads from ends to the next starts, as what leads to the ends themselves.

    A process ends after the last that it said and before it starts again, each time: the offset
    lies between the tightest of these bounds.
    """
    highs, lows = [], []
    for index in found.placed:
        start = common.starts.anchors[index].at
        end = min(voice.ends, key=lambda anchor: abs(anchor.at + found.offset_s - start)).at
        highs.append(start - end)
        said = bisect_left(common.alive, start)
        lows.append(common.alive[said - 1] - end if said else start - end - START_LAG_S)
    high = min(highs)
    low = max(max((low for low in lows if low <= high), default=high), high - START_LAG_S)
    return replace(found, offset_s=(low + high) / 2, spread_s=(high - low) / 2)


def _tolerance_s(voice: Voice, common: Common) -> float:
    return SAME_CLOCK_S + max(voice.summary.resolution_s, common.resolution_s)


def _in_steps(offset_s: float) -> tuple[float, float]:
    """Return an offset as a zone's, in seconds, and what is left."""
    steps = round(offset_s / ZONE_STEP_S) * ZONE_STEP_S
    return steps, offset_s - steps


def _confidence(found: Estimate) -> Confidence | None:
    """Return how far an estimate can be believed; None where it cannot."""
    if found.moments >= CERTAIN_MOMENTS and found.chance <= CERTAIN_CHANCE:
        return Confidence.CERTAIN
    if found.named >= CERTAIN_NAMED and found.about in (About.KILL, About.END):
        return Confidence.CERTAIN
    if found.named or (found.moments >= LIKELY_MOMENTS and found.chance <= LIKELY_CHANCE):
        return Confidence.LIKELY
    return None


def _booted(voice: Voice, found: Estimate, because: str) -> Placement:
    return _placement(voice, Shift(0, found.offset_s), found, because, "")


def _zoned(
    voice: Voice, first: Shift, seconds: float, found: Estimate, series: Series
) -> Placement:
    shift = Shift(first.years, seconds)
    begins = shift.moment(voice.summary.first_time)
    steps, rest = _in_steps(seconds)
    if voice.clock == "dateless":
        meaning = f"begins {begins:%Y-%m-%d %H:%M:%S} UTC" if begins else ""
    else:
        year = [f"year {begins.year}"] if voice.clock == "yearless" and begins else []
        gait = [gait_in_words(rest)] if rest else []
        meaning = ", ".join([*year, zone_in_words(-steps), *gait])
    return _placement(voice, shift, found, tells_too(found, series), meaning)


def _placement(
    voice: Voice, shift: Shift, found: Estimate, because: str, meaning: str
) -> Placement:
    distance = abs(found.offset_s - shift.seconds)
    alignment = Alignment(
        offset_s=offset_at(shift, voice.summary.first_time),
        anchors=found.moments,
        spread_s=round(found.spread_s + distance, 6),
        confidence=_confidence(found) or Confidence.LIKELY,
        because=because,
        meaning=meaning,
    )
    return Placement(shift, alignment, found)
