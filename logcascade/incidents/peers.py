"""
Whether the end of one process can be what another process met, on one host.

Both must say so: the calls fail while the other is down, not before and not long after it is back,
and the address they name can be one of this host.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from ipaddress import ip_address

from logcascade.model.analysis import Run
from logcascade.model.bursts import Burst
from logcascade.model.rules import NOT_ORDERLY

START_GRACE_S = 60.0
"""A process may be refused for so long after its start was reported. Seconds; the slowest start of
an ordinary Python service, which reports its start before it listens."""

GOES_ON_S = 900.0
"""What failed in the same way this shortly before a process ended does not fail because of that
end. Seconds; as long as a failure must be quiet to begin a new episode."""


class Peers:
    """Knows when each component was down, and what went on before."""

    def __init__(self, bursts: Sequence[Burst], runs: Sequence[Run]) -> None:
        """*bursts* are in order."""
        self._bursts = bursts
        self._unorderly = {run.id for run in runs if run.ended in NOT_ORDERLY}
        self._starts: dict[str, list[float]] = defaultdict(list)
        for run in runs:
            if run.start is not None:
                self._starts[run.component].append(run.start.timestamp())
        for starts in self._starts.values():
            starts.sort()
        self._before = _previous_of_kind(bursts)

    def is_unorderly(self, end: Burst) -> bool:
        """Tell whether *end* marks the end of a run that nobody asked for."""
        return end.run in self._unorderly

    def can_meet(self, end: int, index: int) -> bool:
        """Tell whether the burst *index* can show that the process of the burst *end* was down."""
        ended, burst = self._bursts[end], self._bursts[index]
        if not (ended.timed and burst.timed) or not _names_this_host(burst):
            return False
        back = self._back(ended)
        if back is not None and burst.end > back + START_GRACE_S:
            return False
        before = self._before.get(index)
        if before is None:
            return True
        earlier = self._bursts[before]
        went_on = burst.start - earlier.end <= GOES_ON_S
        return not (went_on and earlier.start < ended.start - START_GRACE_S)

    def _back(self, ended: Burst) -> float | None:
        """Return when the component of *ended* was started again."""
        starts = self._starts.get(ended.component, [])
        at = bisect_right(starts, ended.start)
        return starts[at] if at < len(starts) else None


def _previous_of_kind(bursts: Sequence[Burst]) -> dict[int, int]:
    last: dict[tuple[str, str], int] = {}
    previous: dict[int, int] = {}
    for index, burst in enumerate(bursts):
        kind = burst.component, burst.rule
        if kind in last:
            previous[index] = last[kind]
        last[kind] = index
    return previous


def _names_this_host(burst: Burst) -> bool:
    """Tell whether an address that *burst* names can be on this host; one that names none can."""
    named = burst.values.get("host")
    return named is None or any(_can_be_here(host) for host in named.counts)


def _can_be_here(host: str) -> bool:
    """
    Tell whether *host*, with or without a port, can be another process of the same machine.

    A name without a dot is a container's, or localhost; a private address may be a container's.

        >>> [_can_be_here(each) for each in ("127.0.0.1:6379", "redis", "api.telegram.org:443")]
        [True, True, False]
    """
    name = host if host.count(":") > 1 else host.partition(":")[0]
    try:
        return ip_address(name.strip("[]")).is_private
    except ValueError:
        return "." not in name
