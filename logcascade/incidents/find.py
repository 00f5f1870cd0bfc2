"""Bursts to incidents, in four steps: links, groups, background, first failures."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Protocol

from logcascade.incidents.assemble import assemble
from logcascade.incidents.first_failure import Scene, is_residue
from logcascade.incidents.folding import absorb_neighbours, fold_crash_loops, fold_repeats
from logcascade.incidents.grouping import EPISODE_GAP_S, Group, group_bursts
from logcascade.incidents.links import find_links
from logcascade.incidents.neighbours import Neighbours
from logcascade.incidents.together import fold_together
from logcascade.model.analysis import Run
from logcascade.model.bursts import Burst, GroupedIncident
from logcascade.model.rules import Rule


class Sieve(Protocol):
    """Decides what is background."""

    def steady(self, bursts: Sequence[Burst], tied: AbstractSet[int], /) -> frozenset[int]:
        """Return the indices of what goes on at its usual rate; *tied* has links."""
        ...

    def onset(self, burst: Burst, /) -> str:
        """Return in words how far the rate of *burst* is above its usual one, or nothing."""
        ...

    def __call__(self, lone: Sequence[Burst], failed: AbstractSet[str], /) -> list[Burst]:
        """Return of the bursts that nothing is linked to those that are failures.

        *failed* are the components with failures that are linked.
        """
        ...

    def passed(self, burst: Burst, /) -> bool:
        """Tell whether *burst* passed by itself and is a failure only beside worse ones."""
        ...


def find_incidents(
    bursts: Sequence[Burst],
    rules: Mapping[str, Rule],
    runs: Sequence[Run],
    sieve: Sieve,
    log_span: tuple[float | None, float | None],
    first_orders: frozenset[tuple[int, int]],
    tolerance_s: float = 0.0,
    apart: Mapping[int, tuple[float | None, float | None]] | None = None,
    gap_s: float = EPISODE_GAP_S,
    only_count: bool = False,
) -> list[GroupedIncident]:
    """
    Return the incidents by time, ids and cascades not yet given.

    Args:
        bursts: All failures and marks of ends, in order, each with its run.
        rules: All rules, by id.
        runs: All runs, by start.
        sieve: Decides which bursts are failures and which are background.
        log_span: Epoch seconds of the first and the last line, where they have times.
        tolerance_s: How far the clocks of two sources may differ.
        first_orders: (source number, line) of the first record of each source.
        apart: For the numbers of sources that are not placed in time, their own *log_span*.
        gap_s: A failure that was quiet for so long begins a new episode. Seconds.
        only_count: Whether they are only to be counted: what is near each is left out then.
    """
    links = find_links(bursts, rules, runs)
    steady = sieve.steady(bursts, {*links, *(linked.cause for linked in links.values())})
    if steady:
        bursts = [burst for at, burst in enumerate(bursts) if at not in steady]
        links = find_links(bursts, rules, runs)
    groups = group_bursts(bursts, links, runs, rules, gap_s)
    lone_groups = [group for group in groups if _is_lone(bursts, group)]
    lone = [bursts[at] for group in lone_groups for at in group.members]
    failed = {bursts[at].component for g in groups if not _is_lone(bursts, g) for at in g.members}
    kept = {id(burst) for burst in sieve(lone, failed)}
    background = frozenset(
        at for g in lone_groups for at in g.members if id(bursts[at]) not in kept
    )
    scene = Scene(
        bursts=bursts,
        links=links,
        rules=rules,
        runs={run.id: run for run in runs},
        log_span=log_span,
        apart=apart or {},
        first_orders=first_orders,
        causes_of=_causes_of(rules),
        run_before=_run_before(runs),
        neighbours=Neighbours(bursts, lambda at: at not in background and not only_count),
        unexplained=Neighbours(
            bursts,
            lambda at: (
                at not in background
                and not only_count
                and at not in links
                and not is_residue(bursts[at], rules)
                and not sieve.passed(bursts[at])
            ),
        ),
        tolerance_s=tolerance_s,
        onset=sieve.onset,
        passed=sieve.passed,
    )
    real = [group for group in (_without(group, background) for group in groups) if group.members]
    found = absorb_neighbours(assemble(scene, real, runs))
    folded = fold_repeats(fold_crash_loops(found, rules, gap_s), rules, sieve.passed)
    return fold_together(folded, rules)


def _causes_of(rules: Mapping[str, Rule]) -> Mapping[str, Sequence[Rule]]:
    causes: dict[str, list[Rule]] = defaultdict(list)
    for rule in rules.values():
        for cause in rule.causes:
            causes[cause.rule].append(rule)
    return dict(causes)


def _run_before(runs: Sequence[Run]) -> Mapping[str, Run]:
    last: dict[str, Run] = {}
    before: dict[str, Run] = {}
    for run in runs:
        if run.component in last:
            before[run.id] = last[run.component]
        last[run.component] = run
    return before


def _is_lone(bursts: Sequence[Burst], group: Group) -> bool:
    """Tell whether *group* is one kind of failure that led to nothing."""
    return not group.ends and len({bursts[at].rule for at in group.members}) == 1


def _without(group: Group, background: frozenset[int]) -> Group:
    members = tuple(at for at in group.members if at not in background)
    return replace(group, members=members)
