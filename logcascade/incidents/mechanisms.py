"""
Links that rules declare: which failure leads to which, within what time, and what must agree.

A cause may be reported after what it led to: it is late, as its rule says, or hid behind it.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from logcascade.incidents.past import Linked, Past
from logcascade.incidents.peers import Peers
from logcascade.model.analysis import Link
from logcascade.model.bursts import Burst
from logcascade.model.rules import Cause, Marks, Role, Rule

LONGEST_BURST_S = 3600.0
"""How far back a burst that is still going on may have begun. Seconds."""

LONGEST_LATE_S = 600.0
"""So long before its report a late failure is looked for as a cause. Seconds; a wait of ten minutes
for an answer is the longest that clients in common use allow."""


class Mechanisms:
    """Finds the causes that rules declare."""

    def __init__(
        self, bursts: Sequence[Burst], rules: Mapping[str, Rule], past: Past, peers: Peers
    ) -> None:
        self._bursts = bursts
        self._rules = rules
        self._past = past
        self._peers = peers
        self._causes_of: dict[str, list[tuple[Rule, Cause]]] = defaultdict(list)
        for rule in rules.values():
            for cause in rule.causes:
                self._causes_of[cause.rule].append((rule, cause))

    def earlier(self, index: int) -> Linked | None:
        """Return the cause of burst *index* that began last before it."""
        best: tuple[float, Linked] | None = None
        for rule, cause in self._causes_of.get(self._bursts[index].rule, ()):
            for earlier in self._past.before(rule.id, index, _reach(cause)):
                if not self._agree(earlier, index, cause):
                    continue
                if best is None or self._bursts[earlier].start > best[0]:
                    found = Linked(earlier, _kind(cause), cause.how)
                    best = (self._bursts[earlier].start, found)
                break
        return best[1] if best else None

    def later(self, index: int, links: Mapping[int, Linked]) -> Linked | None:
        """Return the cause of burst *index* that is reported after it, but had begun before."""
        best: tuple[float, Linked] | None = None
        for rule, cause in self._causes_of.get(self._bursts[index].rule, ()):
            for told in self._past.after(rule.id, index, _hidden(rule, cause)):
                start = self._bursts[told].start
                if best is not None and start >= best[0]:
                    break
                if self._had_begun(told, index, cause) and self._agree(told, index, cause):
                    if not _leads_to(links, index, told):
                        best = (start, Linked(told, _kind(cause), cause.how, early=True))
                    break
        return best[1] if best else None

    def _had_begun(self, told: int, index: int, cause: Cause) -> bool:
        """Tell whether the burst *told* may have gone on before *index* was reported."""
        late, burst = self._bursts[told], self._bursts[index]
        if late.start - burst.start <= cause.told_before.total_seconds():
            return True
        return late.occurred_from is not None and late.occurred_from <= burst.start

    def _agree(self, earlier: int, later: int, cause: Cause) -> bool:
        """Tell whether what must agree does, and the time limit is kept."""
        one, other = self._bursts[earlier], self._bursts[later]
        both = one.timed and other.timed  # else their order in the log is all there is
        if both and other.start - one.end > cause.within.total_seconds():
            return False
        if one.component == other.component and one.rule == other.rule:
            return False
        if one.first.role is Role.LIFECYCLE and not self._peers.is_unorderly(one):
            return False
        if one.component != other.component and "host" in cause.same and self._is_end(one):
            return self._peers.can_meet(earlier, later)
        return all(_same(one, other, key) for key in cause.same)

    def _is_end(self, burst: Burst) -> bool:
        rule = self._rules.get(burst.rule)
        return rule is not None and (rule.explains_end or rule.marks is Marks.END)


def _reach(cause: Cause) -> float:
    return cause.within.total_seconds() + LONGEST_BURST_S


def _hidden(rule: Rule, cause: Cause) -> float:
    """Return how long a failure can go on before it is reported. Seconds."""
    late = LONGEST_LATE_S if rule.late not in {"none", "run"} else 0.0
    return max(late, cause.told_before.total_seconds())


def _leads_to(links: Mapping[int, Linked], index: int, told: int) -> bool:
    """Tell whether the burst *told* itself follows from *index*: no failure causes its cause."""
    at = told
    while at != index:
        if at not in links:
            return False
        at = links[at].cause
    return True


def _same(one: Burst, other: Burst, key: str) -> bool:
    if key == "run":
        return one.run == other.run and one.component == other.component
    if key == "component":
        return one.component == other.component
    return key == "host" or _share_value(one, other, key)


def _share_value(earlier: Burst, later: Burst, name: str) -> bool:
    """
    Tell whether two bursts have a value of *name* in common, or one of them has none.

    Of two components both must have it: nothing else says that one has to do with the other.
    """
    one, other = earlier.values.get(name), later.values.get(name)
    if one is None or other is None:
        return earlier.component == later.component
    return not one.counts.keys().isdisjoint(other.counts)


def _kind(cause: Cause) -> Link:
    by_value = [key for key in cause.same if key not in {"run", "component", "host"}]
    return Link.SAME_KEY if by_value else Link.MECHANISM
