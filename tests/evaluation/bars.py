"""What is asked of the verdicts, and whether it is reached: one line a bar and collection."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.evaluation.scores import UNSTEADY, Score

OWN = "sample_logs"
"""The collection made by the laboratory: its truth is known, so all of it has to be right."""

FIRST_FAILURE_ELSEWHERE = 0.85
"""Share of strangers' logs, read by one reader, in which the first failure has to be exact."""

ENDS_ELSEWHERE = 0.90
"""Share of the ends of runs in strangers' logs."""


@dataclass(frozen=True)
class Bar:
    """One demand on one collection of cases."""

    collection: str
    demand: str
    """In words, with ``{}`` where the counts go."""
    right: int
    total: int
    asked: float = 1.0
    """The share that is asked for."""

    @property
    def is_reached(self) -> bool:
        """Say whether enough is right; a demand on no case at all is neither reached nor missed."""
        return self.right >= self.asked * self.total

    def words(self) -> str:
        """Return the bar as a line."""
        told = self.demand.format(f"{self.right} of {self.total}")
        if not self.total:
            return f"{self.collection}: {told}: not asked by any case"
        verdict = "reached" if self.is_reached else "MISSED"
        share = f"{self.right / self.total:.0%}, asked {self.asked:.0%}"
        return f"{self.collection}: {told} ({share}): {verdict}"


def find_bars(scores: Sequence[Score]) -> Iterator[Bar]:
    """Yield each demand on each collection; only cases with labels of high confidence count."""
    for collection in dict.fromkeys(one.case.collection for one in scores):
        cases = [
            one
            for one in scores
            if one.case.collection == collection and one.case.confidence == "high"
        ]
        yield from _bars_of(collection, cases)


def _bars_of(collection: str, cases: Sequence[Score]) -> Iterator[Bar]:
    is_own = collection == OWN
    exact = [one.is_exact for one in cases if one.case.roots]
    asked = 1.0 if is_own else FIRST_FAILURE_ELSEWHERE
    demand = "first failure exact on {} of the high-confidence cases"
    yield Bar(collection, demand, sum(exact), len(exact), asked)
    silent = [one.checks["silent"] for one in cases if one.case.healthy]
    yield Bar(collection, "no incident on {} healthy logs", sum(silent), len(silent))
    ends = [one.ends for one in cases if one.ends is not None]
    right, total = (sum(pair[index] for pair in ends) for index in (0, 1))
    demand = "{} ends of runs classified"
    yield Bar(collection, demand, right, total, 1.0 if is_own else ENDS_ELSEWHERE)
    drivers = [one for one in cases if one.case.driver]
    enough = [one.checks["driver"] for one in drivers if one.case.driver != "too-few"]
    yield Bar(collection, "driver right on {} logs with enough gaps", sum(enough), len(enough))
    unclaimed = [
        one.checks.get("no period", True) and one.checks.get("driver", True)
        for one in cases
        if one.case.driver == "too-few" or "no period" in one.checks
    ]
    demand = "no rhythm claimed on {} logs that show none"
    yield Bar(collection, demand, sum(unclaimed), len(unclaimed))
    periods = [
        one.checks["period"]
        for one in cases
        if "period" in one.checks and one.case.driver not in UNSTEADY
    ]
    yield Bar(collection, "period within 1 % on {} logs", sum(periods), len(periods))
    certain = [one.certainty.get("certain", (0, 0)) for one in cases]
    right, total = (sum(pair[index] for pair in certain) for index in (0, 1))
    yield Bar(collection, "{} times right when it said certain", right, total)
