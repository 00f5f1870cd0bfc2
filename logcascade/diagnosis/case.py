"""What is known of one cascade when suspects are weighed, and what a piece of evidence is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from logcascade.model.analysis import Certainty, Growth, Run
from logcascade.model.bursts import Burst, GroupedIncident
from logcascade.model.load import Load
from logcascade.model.rules import Rule, Suspect
from logcascade.model.spells import one_each

SURE_INCIDENTS = 5
"""In fewer incidents an order can be luck: were both orders equally likely, five of five would come
by chance in 3 % of cases, four of four in 6 %."""

WINDOW_S = 900.0
"""A failure so soon after something may come from it. Seconds; as long as a failure must be quiet
to begin a new episode."""


class Side(StrEnum):
    """What a number does to a suspect."""

    FOR = "for"
    AGAINST = "against"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One statement with its numbers."""

    side: Side
    words: str
    is_enough: bool = False
    """Whether chance would hardly make it so."""


@dataclass(frozen=True, slots=True)
class Kinds:
    """The rules whose failures point to one suspect."""

    own: frozenset[str] = frozenset()
    """Those that speak for it."""
    tempting: frozenset[str] = frozenset()
    """Those that make people blame it, rightly or not."""


@dataclass(frozen=True, slots=True)
class Case:
    """What is known of one cascade."""

    items: Sequence[GroupedIncident]
    rules: Mapping[str, Rule]
    elsewhere: Mapping[str, Sequence[Burst]] = field(default_factory=dict)
    """Failures by rule that belong to none of the incidents."""
    load: Load | None = None
    healthy_s: float | None = None
    """Seconds of the log outside the incidents, where it has times."""
    span_s: float | None = None
    """Seconds of the whole log."""
    runs: Sequence[Run] = ()
    growth: Sequence[Growth] = ()
    """What rises within the runs of the component."""
    kinds: Mapping[str, Kinds] = field(default_factory=dict)
    """Suspect -> the failures that point to it."""

    @property
    def first(self) -> str:
        """The rule of the first failure."""
        return self.items[0].incident.first_failure.rule

    @property
    def component(self) -> str:
        """Whose incidents they are."""
        return self.items[0].incident.component

    @property
    def shows_first(self) -> bool:
        """Whether the log shows what came first in every incident."""
        return all(
            item.incident.first_failure.certainty is not Certainty.NOT_IN_LOG for item in self.items
        )

    @property
    def is_certain(self) -> bool:
        """Whether every first failure is certain, and known to a rule."""
        return self.first in self.rules and all(
            item.incident.first_failure.certainty is Certainty.CERTAIN for item in self.items
        )

    @property
    def begun(self) -> list[float]:
        """When incidents began, those in a row counted once; empty where nobody knows."""
        starts = [start for item in self.items if item.bursts[0].timed for start in item.starts]
        return one_each(starts, WINDOW_S)

    def ended_runs(self) -> list[Run]:
        """Return the runs that the incidents ended, one for each time that it began."""
        own = [run for run in self.own_runs() if run.start]
        by_id = {run.id: run for run in self.own_runs()}
        ended: dict[str, Run] = {}
        for item in self.items:
            if not item.ended_run:
                continue
            if len(item.starts) == 1 and item.incident.run in by_id:
                ended[item.incident.run] = by_id[item.incident.run]
                continue
            for start in item.starts:
                before = [run for run in own if run.start and run.start.timestamp() <= start]
                if before:
                    ended[before[-1].id] = before[-1]
        return list(ended.values())

    def own_runs(self) -> list[Run]:
        """Return the runs of the component, by start."""
        return [run for run in self.runs if run.component == self.component]

    def symptoms_of(self, kinds: frozenset[str]) -> int:
        """Return how often failures of *kinds* followed the first ones."""
        return sum(
            one.count for item in self.items for one in item.incident.symptoms if one.rule in kinds
        )

    def outside(self, suspect: Suspect, kinds: frozenset[str]) -> list[Burst]:
        """Return the failures of *kinds* outside the incidents that *suspect* can explain."""
        bursts = [burst for kind in sorted(kinds) for burst in self.elsewhere.get(kind, ())]
        return [burst for burst in bursts if suspect.always or burst.component == self.component]


def pointers(suspects: Mapping[str, Suspect], rules: Mapping[str, Rule]) -> Mapping[str, Kinds]:
    """Return for each suspect which failures point to it."""
    own: dict[str, set[str]] = {name: set() for name in suspects}
    mistaken: dict[str, set[str]] = {name: set() for name in suspects}
    for rule in rules.values():
        for name in rule.speaks_for:
            own.setdefault(name, set()).add(rule.id)
        for name in rule.mistaken_for:
            mistaken.setdefault(name, set()).add(rule.id)
    return {
        name: Kinds(frozenset(own[name]), frozenset(own[name] | mistaken[name]))
        for name in suspects
    }


def too_few(number: int) -> str:
    """Return what is added to a number of incidents that luck alone could explain."""
    return "" if number >= SURE_INCIDENTS else ", too few to be sure"
