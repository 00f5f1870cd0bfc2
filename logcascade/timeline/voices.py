"""What the sources tell, each on its own clock, and what of it stands on the common one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath

from logcascade.model.records import SourceSummary
from logcascade.model.rules import Rule
from logcascade.timeline.anchors import Anchor, Told, ends, starts, told_alike
from logcascade.timeline.shifting import Shift

CLOCKS = ("wall", "local", "yearless", "dateless", "uptime", "timeless")
"""From the clock that says all to the one that says least. The last stands for none at all."""

Rank = tuple[int, int, str, int]


@dataclass(frozen=True, slots=True)
class Tale:
    """A source as it was read: the account of its lines, and what it tells on its own clock."""

    summary: SourceSummary
    told: Told

    @property
    def clock(self) -> str:
        """The kind of its clock; ``timeless`` where it tells something, but never when."""
        told = [*self.told.marks, *self.told.bursts]
        if told and self.summary.first_time is None and not any(each.timed for each in told):
            return "timeless"
        return self.summary.clock

    @property
    def rank(self) -> Rank:
        """What sorts sources, the one that leads first. The order they are given in has no say."""
        summary = self.summary
        return (CLOCKS.index(self.clock), -summary.records, summary.name, summary.bytes)

    @property
    def name(self) -> str:
        """What to call it in a sentence: the last part of its path."""
        return PurePath(self.summary.name).name or self.summary.name


class Voice:
    """A tale with its anchors, on its own clock."""

    def __init__(self, tale: Tale, rules: Mapping[str, Rule]) -> None:
        """*rules* say what each mark means."""
        told = tale.told
        self.tale = tale
        self.clock = tale.clock
        self.alike = told_alike(told, rules)
        self.starts = starts(told, rules)
        self.ends = ends(told, rules)
        self.alive = [burst.end for burst in told.bursts if burst.timed]
        self.alive += [anchor.at for anchor in self.starts]


@dataclass(slots=True)
class Series:
    """Anchors on the common clock, each with the name of its source."""

    anchors: list[Anchor] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    def add(self, anchors: Sequence[Anchor], shift: Shift, name: str) -> None:
        """Take *anchors*, moved to the common clock."""
        self.anchors += moved(anchors, shift)
        self.names += [name] * len(anchors)


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
        name = voice.tale.name
        self.alike.add(voice.alike, shift, name)
        self.starts.add(voice.starts, shift, name)
        self.ends.add(voice.ends, shift, name)
        self.alive = sorted([*self.alive, *map(shift, voice.alive)])
        self.resolution_s = max(self.resolution_s, voice.tale.summary.resolution_s)


def moved(anchors: Sequence[Anchor], shift: Shift) -> list[Anchor]:
    """Return *anchors* at the times that *shift* gives them."""
    return [replace(anchor, at=shift(anchor.at)) for anchor in anchors]
