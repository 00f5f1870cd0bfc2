"""The numbers that speak for or against a suspect, each test on its own."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from logcascade.diagnosis.case import SURE_INCIDENTS, Case, Evidence, Side, too_few
from logcascade.diagnosis.timing import failures_in_time, starts_after
from logcascade.diagnosis.words import span
from logcascade.model.figures import number
from logcascade.model.load import Load
from logcascade.model.rules import Ended, Suspect

VOLUME_MARGIN = 3.0
"""The mean load must be this many times below a limit for volume to be ruled out."""


def weigh(suspect: Suspect, case: Case) -> Iterator[Evidence]:
    """Yield all that speaks for or against a suspect."""
    said = _said(suspect, case)
    if said:
        yield Evidence(Side.NEITHER, f'the first failure itself says "{said}"')
        return
    if suspect.limit_per_s is not None:
        yield _volume(suspect.limit_per_s, case.load)
        return
    for words in _mistakes(suspect, case):
        yield Evidence(Side.AGAINST, words, is_enough=True)
    if suspect.grows:
        yield from _growth(suspect.grows, case)
    if suspect.ended is not None:
        yield from _ends(suspect.ended, case)
    if suspect.restarts:
        yield from _restarts(case)
    if suspect.follows is not None:
        yield from starts_after(suspect.follows, case)
    yield from failures_in_time(suspect, case)


def _said(suspect: Suspect, case: Case) -> str:
    """Return the words by which a first failure that no rule explains points to the suspect."""
    rule = case.rules.get(case.first)
    if rule is not None and suspect.id in rule.mistaken_for:
        return ""
    texts = [item.incident.first_failure.text.lower() for item in case.items]
    return next((words for words in suspect.says if any(words in text for text in texts)), "")


def _mistakes(suspect: Suspect, case: Case) -> Sequence[str]:
    """Return why failures of the incidents that look like the suspect's are none of them."""
    seen = [case.first, *(one.rule for item in case.items for one in item.incident.symptoms)]
    rules = [case.rules[name] for name in dict.fromkeys(seen) if name in case.rules]
    reasons = [rule.mistaken_for[suspect.id] for rule in rules if suspect.id in rule.mistaken_for]
    return list(dict.fromkeys(reasons))


def _volume(limit_per_s: float, load: Load | None) -> Evidence:
    if load is None or load.mean_per_s is None:
        return Evidence(Side.NEITHER, "the log counts no healthy events")
    words = f"mean {number(load.mean_per_s)} a second, limit {limit_per_s:g}"
    if load.mean_per_s >= limit_per_s:
        return Evidence(Side.FOR, words)
    if load.mean_per_s * VOLUME_MARGIN > limit_per_s:
        return Evidence(Side.NEITHER, f"{words}: too near to tell")
    words += f"; the peak was {load.peak_1s} in one second: a burst, not the volume"
    return Evidence(Side.AGAINST, words, is_enough=True)


def _growth(unit: str, case: Case) -> Iterator[Evidence]:
    for growth in case.growth:
        if growth.unit == unit and not growth.levels_off:
            rise = f"{growth.title}: {growth.value.replace('_', ' ')} rises"
            words = f"{rise} in {growth.runs} of {growth.of_runs} runs"
            yield Evidence(Side.FOR, words, is_enough=True)


def _ends(ended: Ended, case: Case) -> Iterator[Evidence]:
    """Weigh how the runs ended, where the log tells it."""
    ends = [run.ended for run in case.ended_runs()]
    if not ends or ended in ends:
        return
    if all(end is Ended.CRASHED for end in ends):
        if not case.shows_first or case.first not in case.rules:
            yield Evidence(Side.NEITHER, "the log does not show what ended the run")
            return
        words = f"all {len(ends)} runs crashed, as the log tells; none was {ended.value}"
        if len(ends) == 1:
            words = f"the run crashed, as the log tells; it was not {ended.value}"
        enough = len(ends) >= SURE_INCIDENTS
        yield Evidence(Side.AGAINST, words + too_few(len(ends)), is_enough=enough)
    elif Ended.KILLED in ends:
        yield Evidence(Side.NEITHER, "who sent the signal that killed it is not in the log")


def _restarts(case: Case) -> Iterator[Evidence]:
    """Weigh whether the program was started again only after it had ended by itself."""
    following = {before.id: after for before, after in pairwise(case.own_runs())}
    waits = []
    for run in case.ended_runs():
        after = following.get(run.id)
        if after and run.end_rule and run.end and after.start:
            waits.append((after.start - run.end).total_seconds())
    if waits and not case.shows_first:
        yield Evidence(Side.NEITHER, "the log does not show what ended the run")
    if not waits or min(waits) < 0 or not case.shows_first:
        return
    least, most = span(min(waits)), span(max(waits))
    apart = least if least == most else f"{least} to {most}"
    every = "the restart comes" if len(waits) == 1 else f"all {len(waits)} restarts come"
    words = f"{every} after the failure, {apart} after the run had ended"
    yield Evidence(
        Side.AGAINST, words + too_few(len(waits)), is_enough=len(waits) >= SURE_INCIDENTS
    )
