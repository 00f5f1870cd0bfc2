"""What looks to blame and is not, with the numbers for and against."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from logcascade.diagnosis.words import span
from logcascade.model.analysis import Certainty, Load, RuledOut, Run
from logcascade.model.bursts import Burst, GroupedIncident
from logcascade.model.rules import Ended, Rule, Suspect

HEALTHY_LEAST_S = 1800.0
"""Absence in less healthy time than this says nothing. Seconds."""

VOLUME_MARGIN = 3.0
"""The mean load must be this many times below a limit for volume to be ruled out."""

SURE_INCIDENTS = 5
"""In fewer incidents an order can be luck: were both orders equally likely, five of five would come
by chance in 3 % of cases, four of four in 6 %."""

DEPLOY_WINDOW_S = 900.0
"""A failure so soon after an orderly restart may come from what was changed. Seconds; as long as a
failure must be quiet to begin a new episode."""

DEPLOYS_LEAST = 2
"""Orderly restarts, and incidents, below which nothing is said of deploys."""


def rule_out(
    items: Sequence[GroupedIncident],
    elsewhere: Mapping[str, Sequence[Burst]],
    rules: Mapping[str, Rule],
    load: Load | None,
    healthy_s: float | None,
    runs: Sequence[Run] = (),
) -> tuple[RuledOut, ...]:
    """
    Return the suspects that the incidents of one cascade clear, the loudest first.

    What the first failure's own rule names as a suspect may well be to blame, and is not cleared
    by what follows.

    Args:
        items: The incidents of the cascade.
        elsewhere: Bursts by rule that belong to none of its incidents.
        rules: All rules, by id.
        load: The traffic, where the log shows it.
        healthy_s: Seconds of the log outside its incidents, where it has times.
        runs: All runs, by start: those that follow an orderly end are deploys.
    """
    first = items[0].incident.first_failure.rule
    cleared: list[RuledOut] = []
    rule = rules.get(first)
    for suspect in rule.suspects if rule else ():
        verdict = _volume(suspect, load)
        if verdict:
            cleared.append(verdict)
    if any(item.incident.first_failure.certainty is Certainty.NOT_IN_LOG for item in items):
        return (*cleared, *_deploys(items, runs))
    guilty = {suspect.what for suspect in (rule.suspects if rule else ())}
    for symptom in _symptom_rules(items):
        other = rules.get(symptom)
        for suspect in other.suspects if other else ():
            if suspect.limit_per_s is None and suspect.what in guilty:
                continue
            verdict = _volume(suspect, load)
            if suspect.limit_per_s is None:
                outside = elsewhere.get(symptom, ())
                verdict = _follower(suspect, symptom, items, outside, healthy_s)
            if verdict and all(item.what != verdict.what for item in cleared):
                cleared.append(verdict)
    return (*cleared, *_deploys(items, runs))


def _symptom_rules(items: Sequence[GroupedIncident]) -> list[str]:
    counts: Counter[str] = Counter()
    for item in items:
        for symptom in item.incident.symptoms:
            counts[symptom.rule] += symptom.count
    return sorted(counts, key=lambda rule: -counts[rule])


def _volume(suspect: Suspect, load: Load | None) -> RuledOut | None:
    if suspect.limit_per_s is None or load is None or load.mean_per_s is None:
        return None
    if load.mean_per_s * VOLUME_MARGIN > suspect.limit_per_s:
        return None
    because = (
        f"mean {load.mean_per_s:.2g} a second, limit {suspect.limit_per_s:g}; "
        f"the peak was {load.peak_1s} in one second: a burst, not the volume"
    )
    return RuledOut(suspect.what, suspect.title, because)


def _follower(
    suspect: Suspect,
    rule: str,
    items: Sequence[GroupedIncident],
    outside: Sequence[Burst],
    healthy_s: float | None,
) -> RuledOut | None:
    """Clear a suspect whose failures come only after the first one, incident by incident."""
    seen = [one for item in items for one in item.incident.symptoms if one.rule == rule]
    total = sum(symptom.count for symptom in seen)
    delays = [symptom.delay_s for symptom in seen if symptom.delay_s is not None]
    if not seen or (delays and min(delays) < 0):
        return None
    because = f"{_when(total, delays)}, {_where(len(seen), len(items))}"
    return RuledOut(suspect.what, suspect.title, f"{because}; {_healthy(outside, healthy_s)}")


def _when(total: int, delays: Sequence[float]) -> str:
    if not delays:
        return f"{total} x, all after the first failure" if total > 1 else "after the first failure"
    if total == 1:
        return f"once, {span(delays[0])} after the first failure"
    return f"{total} x, all {span(min(delays))} or more after the first failure"


def _where(holding: int, incidents: int) -> str:
    words = "in the only incident" if incidents == 1 else f"in {holding} of {incidents} incidents"
    return words if holding >= SURE_INCIDENTS else f"{words}, too few to be sure"


def _deploys(items: Sequence[GroupedIncident], runs: Sequence[Run]) -> Iterator[RuledOut]:
    """Clear the deploys where there were several and no incident came soon after one."""
    component = items[0].incident.component
    own = [run for run in runs if run.component == component]
    deploys = [
        later.start.timestamp()
        for earlier, later in pairwise(own)
        if earlier.ended is Ended.ORDERLY and later.start
    ]
    begun = [start for item in items if item.bursts[0].timed for start in item.starts]
    if min(len(deploys), len(begun)) < DEPLOYS_LEAST:
        return
    if any(0 <= start - deploy <= DEPLOY_WINDOW_S for start in begun for deploy in deploys):
        return
    because = (
        f"{len(deploys)} orderly restarts, and none of {len(begun)} incidents within "
        f"{span(DEPLOY_WINDOW_S)} after one"
    )
    if min(len(deploys), len(begun)) < SURE_INCIDENTS:
        because += ", too few to be sure"
    yield RuledOut("deploy", "The deploys", because)


def _healthy(outside: Sequence[Burst], healthy_s: float | None) -> str:
    count = sum(burst.count for burst in outside)
    if count:
        return f"{count} x outside, where it led to nothing: look at it separately"
    if healthy_s is None or healthy_s < HEALTHY_LEAST_S:
        return "the log shows too little healthy time to compare with"
    return f"none in {healthy_s / 3600:.1f} h of healthy time"
