"""All failures and runs, put in order once: what each cascade asks of the rest of the log."""

from collections import ChainMap, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from logcascade.model.analysis import Run
from logcascade.model.bursts import Burst, GroupedIncident


class Overview:
    """Answers for one cascade without a look at every failure: a log may hold thousands of both."""

    def __init__(
        self, bursts: Iterable[Burst], runs: Iterable[Run], of_supervisors: frozenset[str]
    ) -> None:
        """
        Put everything in order.

        Args:
            bursts: All failures.
            runs: All runs.
            of_supervisors: The rules whose failures are those of what starts programs.
        """
        self._by_rule: dict[str, list[Burst]] = defaultdict(list)
        self._gave_up: dict[str, float] = {}
        self._started: dict[str, float] = {}
        for burst in bursts:
            self._by_rule[burst.rule].append(burst)
            if burst.rule in of_supervisors:
                _keep_latest(self._gave_up, burst.component, burst.start)
        for run in runs:
            if run.start is not None:
                _keep_latest(self._started, run.component, run.start.timestamp())

    def outside(self, items: Sequence[GroupedIncident]) -> Mapping[str, Sequence[Burst]]:
        """Return by rule the failures that are in none of *items*."""
        inside = {burst.position: burst.rule for item in items for burst in item.bursts}
        rest = {
            rule: [burst for burst in self._by_rule[rule] if burst.position not in inside]
            for rule in sorted(set(inside.values()) & self._by_rule.keys())
        }
        return ChainMap(rest, self._by_rule)

    def gave_up_since(self, component: str, moment: float) -> bool:
        """Tell whether what starts *component* told a failure of its own at *moment* or later."""
        return component in self._gave_up and self._gave_up[component] >= moment

    def last_start(self, component: str) -> float | None:
        """Return when the last run of *component* began, where the log tells."""
        return self._started.get(component)


def _keep_latest(known: dict[str, float], component: str, moment: float) -> None:
    known[component] = max(known.get(component, moment), moment)
