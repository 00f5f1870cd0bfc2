"""
Numbers that rise within each run: what accumulates, how fast, and when it reaches its limit.

Each value that rules extract is a series within each run. A rise is tested over all runs
together, so that a restart, after which it begins anew, is neither a fall nor a rise.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from logcascade.model.analysis import Growth
from logcascade.model.bursts import Burst
from logcascade.model.rules import Rule
from logcascade.model.trends import Point, chance_of_rise, theil_sen

MIN_POINTS = 5
"""Readings of a value, within runs, below which nothing is said."""

MIN_RUN_POINTS = 3
"""Readings of one run below which it says nothing of a rise: two are in order half of the time."""

SIGNIFICANT_P = 0.01
"""A rise over two or more runs is claimed below this, for all values of a log together."""

SIGNIFICANT_ONE_RUN_P = 0.0005
"""The same for a rise seen in one run only: a single run also warms up, or meets one busy day."""

MAX_RUN_POINTS = 128
"""Readings of a run that are compared pair by pair: 8,000 pairs."""

LEVELS_OFF = 0.25
"""A second half that rises by less than this share of the first levels off."""

MIN_HALF_POINTS = 4
"""Readings in each half below which it is not told whether a rise levels off."""

RESET_SHARE = 0.5
"""A restart resets a value when it loses at least this share of its rise."""

LIMIT = "limit"
"""A value of this name, in the same rule and unit, is what the others must not exceed."""

TRIES = "attempts"
"""The unit of what counts its own tries: it rises by design, and so do the waits beside it."""

MEMORY = "bytes"
"""The base unit of what a process can be killed for."""

BASE_UNITS = {"milliseconds": "seconds", "kilobytes": "bytes", "megabytes": "bytes"}
"""What the numbers of these units have been scaled to."""

KILLED_ALIKE = 0.1
"""Share of their median by which the last readings before the kills may differ: between the last
reading and the kill it goes on rising."""

MIN_KILLED = 2
"""Kills before their size is a limit."""

HOUR_S = 3600.0


@dataclass(frozen=True, slots=True)
class _Series:
    """The readings of one value, run by run."""

    rule: Rule
    component: str
    value: str
    runs: Sequence[Sequence[Point]]
    killed: Sequence[float] = ()
    """The last readings of the runs that were killed for want of memory."""

    @property
    def tested(self) -> list[Sequence[Point]]:
        """The runs with enough readings to rise or fall."""
        return [run for run in self.runs if len(run) >= MIN_RUN_POINTS]


def find_growth(
    bursts: Iterable[Burst], rules: Mapping[str, Rule], killed: Container[str] = ()
) -> Mapping[str, tuple[Growth, ...]]:
    """
    Return for each component what rises within its runs, the surest first.

    *killed* are the ids of the runs that were killed for want of memory.
    """
    series = _series(bursts, rules, killed)
    tested = [each for each in series if sum(map(len, each.tested)) >= MIN_POINTS]
    limits = _limits(series)
    found: dict[str, list[Growth]] = defaultdict(list)
    for each in tested:
        growth = _growth(each, len(tested), limits)
        if growth is not None:
            found[each.component].append(growth)
    return {
        name: tuple(sorted(several, key=lambda one: (one.p_value, one.rule, one.value)))
        for name, several in found.items()
    }


def _series(
    bursts: Iterable[Burst], rules: Mapping[str, Rule], killed: Container[str]
) -> list[_Series]:
    readings: dict[tuple[str, str, str], dict[str, list[Point]]] = {}
    for burst in bursts:
        rule = rules.get(burst.rule)
        if rule is None or not burst.timed or TRIES in rule.units.values():
            continue
        for name, points in burst.readings.items():
            runs = readings.setdefault((burst.rule, burst.component, name), {})
            runs.setdefault(burst.run, []).extend(points)
    return [
        _Series(
            rules[rule],
            component,
            name,
            [_thinned(sorted(run)) for run in runs.values()],
            [max(points)[1] for run, points in runs.items() if run in killed],
        )
        for (rule, component, name), runs in sorted(readings.items())
    ]


def _thinned(points: Sequence[Point]) -> Sequence[Point]:
    """Return *points*, evenly thinned where there are too many; the first and last stay."""
    if len(points) <= MAX_RUN_POINTS:
        return points
    step = (len(points) - 1) / (MAX_RUN_POINTS - 1)
    return [points[round(number * step)] for number in range(MAX_RUN_POINTS)]


def _limits(series: Iterable[_Series]) -> Mapping[tuple[str, str], float]:
    """Return (rule, component) -> the lowest limit that it was told."""
    return {
        (each.rule.id, each.component): min(value for run in each.runs for _, value in run)
        for each in series
        if each.value == LIMIT
    }


def _growth(series: _Series, tests: int, limits: Mapping[tuple[str, str], float]) -> Growth | None:
    """Return the growth of *series*, or None where chance explains it; *tests* are paid for."""
    runs = series.tested
    chance = min(1.0, tests * chance_of_rise([[value for _, value in run] for run in runs]))
    if chance > (SIGNIFICANT_P if len(runs) > 1 else SIGNIFICANT_ONE_RUN_P):
        return None
    slopes = [slope for run in runs if (slope := theil_sen(run)) is not None]
    slope = median(slopes) if slopes else 0.0
    if slope <= 0:
        return None
    per_hour = slope * HOUR_S
    levels_off = _levels_off(runs)
    last = median(run[-1][1] for run in runs)
    unit = series.rule.units.get(series.value, "")
    limit = limits.get((series.rule.id, series.component)) if series.value != LIMIT else None
    if limit is not None and series.rule.units.get(LIMIT) != unit:
        limit = None
    return Growth(
        rule=series.rule.id,
        title=series.rule.title,
        value=series.value,
        unit=BASE_UNITS.get(unit, unit),
        first=median(run[0][1] for run in runs),
        last=last,
        per_hour=per_hour,
        runs=sum(slope > 0 for slope in slopes),
        of_runs=len(runs),
        readings=sum(map(len, runs)),
        p_value=float(f"{chance:.3g}"),
        resets=_resets(series.runs),
        levels_off=levels_off,
        limit=limit,
        reaches_limit_h=_until(limit, last, per_hour) if not levels_off else None,
        killed_at=_killed_at(series),
    )


def _killed_at(series: _Series) -> float | None:
    """Return the size at which runs were killed, where it was much the same each time."""
    unit = series.rule.units.get(series.value, "")
    if BASE_UNITS.get(unit, unit) != MEMORY or len(series.killed) < MIN_KILLED:
        return None
    usual = median(series.killed)
    spread = max(abs(each - usual) for each in series.killed)
    return usual if spread <= KILLED_ALIKE * usual else None


def _until(limit: float | None, last: float, per_hour: float) -> float | None:
    """Return the hours from the last reading until the limit."""
    return None if limit is None else round(max(limit - last, 0.0) / per_hour, 3)


def _levels_off(runs: Sequence[Sequence[Point]]) -> bool:
    """Tell whether the values rise at first and hardly later: a pool that fills, not a leak."""
    votes = []
    for run in runs:
        middle = (run[0][0] + run[-1][0]) / 2
        halves = [p for p in run if p[0] <= middle], [p for p in run if p[0] > middle]
        slopes = [theil_sen(half) for half in halves if len(half) >= MIN_HALF_POINTS]
        if len(slopes) == len(halves) and slopes[0] is not None and slopes[1] is not None:
            votes.append(slopes[1] < LEVELS_OFF * slopes[0])
    return sum(votes) * 2 > len(votes)


def _resets(runs: Sequence[Sequence[Point]]) -> bool:
    """Tell whether each run begins well below where the one before it ended."""
    ordered = sorted(runs, key=lambda run: run[0])
    pairs = [(before, after) for before, after in pairwise(ordered) if len(before) > 1]
    return bool(pairs) and all(
        before[-1][1] - after[0][1] >= RESET_SHARE * (before[-1][1] - before[0][1]) > 0
        for before, after in pairs
    )
