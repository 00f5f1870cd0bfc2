"""Incidents that a log since a change begins with and that belong to what was before it."""

from collections.abc import Iterable

from logcascade.diagnosis.exposure import first_time, last_time, members
from logcascade.diagnosis.tallies import rules_of
from logcascade.model.analysis import Analysis, Certainty, Incident


def find_leftovers(before: Analysis, after: Analysis) -> frozenset[str]:
    """
    Return the ids of the incidents of *after* that are the rest of an old one.

    Such an incident begins no later than the longest old one of its kind lasted, with a failure
    of that kind; and either its beginning is not in the log, or an old one was still going on.
    """
    begin = first_time(after)
    if begin is None:
        return frozenset()
    found: set[str] = set()
    for cascade in before.cascades:
        old = members(cascade, before)
        longest_s = max(map(_length_s, old), default=0.0)
        kinds = set().union(*map(rules_of, old))
        is_open = _goes_on(before, after, old, longest_s)
        for each in after.incidents:
            if each.start is None or (each.start - begin).total_seconds() > longest_s:
                continue
            is_cut = each.first_failure.certainty is Certainty.NOT_IN_LOG
            if each.first_failure.rule in kinds and (is_cut or is_open):
                found.add(each.id)
    return frozenset(found)


def _length_s(incident: Incident) -> float:
    if incident.start is None or incident.end is None or incident.episodes > 1:
        return 0.0
    return (incident.end - incident.start).total_seconds()


def _goes_on(
    before: Analysis, after: Analysis, incidents: Iterable[Incident], longest_s: float
) -> bool:
    """Tell whether one of *incidents* had begun so late that it can go on in the log *after*."""
    end, begin = last_time(before), first_time(after)
    if end is None or begin is None or abs((begin - end).total_seconds()) > longest_s:
        return False
    return any(
        each.start is not None and (end - each.start).total_seconds() <= longest_s
        for each in incidents
    )
