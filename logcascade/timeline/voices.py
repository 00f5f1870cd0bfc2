"""What the sources tell, each on its own clock, and what of it stands on the common one."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath

from logcascade.model.rules import Rule
from logcascade.model.scans import Scan
from logcascade.timeline.anchors import Anchor, ends, starts, told_alike
from logcascade.timeline.shifting import Shift

CLOCKS = ("wall", "local", "yearless", "dateless", "uptime", "timeless")
"""From the clock that says all to the one that says least. The last stands for none at all."""


def clock_of(scan: Scan) -> str:
    """Return the kind of its clock; ``timeless`` where it tells something, but never when."""
    told = scan.told
    if told and scan.summary.first_time is None and not any(each.timed for each in told):
        return "timeless"
    return scan.summary.clock


def rank(scan: Scan) -> tuple[bool, int, int, str, int]:
    """Return what sorts sources, the one that leads first, whatever the order they are given in."""
    summary = scan.summary
    is_timeless = summary.first_time is None
    clock = CLOCKS.index(clock_of(scan))
    return (is_timeless, clock, -summary.records, summary.name, summary.bytes)


class Voice:
    """What a source tells, on its own clock, with its anchors."""

    def __init__(self, scan: Scan, rules: Mapping[str, Rule]) -> None:
        """*rules* say what each mark means."""
        self.summary = scan.summary
        self.name = PurePath(scan.summary.name).name or scan.summary.name
        """What to call it in a sentence: the last part of its path."""
        self.clock = clock_of(scan)
        self.alike = told_alike(scan, rules)
        self.starts = starts(scan, rules)
        self.ends = ends(scan, rules)
        self.alive = [burst.end for burst in scan.bursts if burst.timed]
        self.alive += [anchor.at for anchor in self.starts]


@dataclass(slots=True)
class Series:
    """Anchors on the common clock by time, each with the name of its source."""

    anchors: list[Anchor] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)

    def add(self, anchors: Sequence[Anchor], shift: Shift, name: str) -> None:
        """Take *anchors*, moved to the common clock."""
        told = [*zip(self.anchors, self.names, strict=True)]
        told += [(anchor, name) for anchor in moved(anchors, shift)]
        told.sort(key=lambda each: (each[0].at, each[0].key, each[1]))
        self.anchors, self.names = [one for one, _ in told], [one for _, one in told]
        self.times = [anchor.at for anchor in self.anchors]

    def near(self, anchors: Sequence[Anchor], reach_s: float) -> "Series":
        """Return what is told no further than *reach_s* from where *anchors* lie."""
        if not anchors:
            return Series()
        times = self.times
        begin = bisect_left(times, min(anchor.at for anchor in anchors) - reach_s)
        end = bisect_right(times, max(anchor.at for anchor in anchors) + reach_s)
        return Series(self.anchors[begin:end], self.names[begin:end], times[begin:end])

    def by_others(self, anchors: Sequence[Anchor]) -> "Series":
        """Return what other rules recognised than those of *anchors*: another writer tells it."""
        rules = {anchor.rule for anchor in anchors}
        told = zip(self.anchors, self.names, strict=True)
        kept = [(anchor, name) for anchor, name in told if anchor.rule not in rules]
        names = [name for _, name in kept]
        return Series([one for one, _ in kept], names, [one.at for one, _ in kept])


@dataclass(slots=True)
class Common:
    """What is placed so far, on the common clock."""

    leader: Voice
    """The source whose clock all follow."""
    alike: Series = field(default_factory=Series)
    starts: Series = field(default_factory=Series)
    ends: Series = field(default_factory=Series)
    alive: list[float] = field(default_factory=list)
    """When a process said something, in order."""
    resolution_s: float = 0.0
    """The step of the coarsest clock."""

    def add(self, voice: Voice, shift: Shift) -> None:
        """Take what *voice* tells."""
        name = voice.name
        self.alike.add(voice.alike, shift, name)
        self.starts.add(voice.starts, shift, name)
        self.ends.add(voice.ends, shift, name)
        self.alive = sorted([*self.alive, *map(shift, voice.alive)])
        self.resolution_s = max(self.resolution_s, voice.summary.resolution_s)


def moved(anchors: Sequence[Anchor], shift: Shift) -> list[Anchor]:
    """Return *anchors* at the times that *shift* gives them."""
    if shift.is_nothing:
        return list(anchors)
    return [replace(anchor, at=shift(anchor.at)) for anchor in anchors]
