"""
One failure that several records of one component tell, counted once.

A program logs what an exception says, then its traceback; a library logs it, too. Wherever words
hold the text of an exception that was raised in the same run just then, they speak of it. The one
with the traceback says best what it is, the earliest of them when and where it began.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from logcascade.model.bursts import Burst
from logcascade.model.detections import Detection
from logcascade.model.records import Severity
from logcascade.model.rules import Role, Rule, Where

REACH_S = 60.0
"""Words this far from a traceback, before or after it, can be of the same exception. Seconds; a
client's usual patience, after which an error is told once more when it is given up."""

LEAST_TEXT = 12
"""Characters of the shortest text that an exception is known by: ``timed out`` says everybody."""

LOOK_AROUND = 8
"""Tracebacks before and after a report that are compared with it: the nearest."""

_Place = tuple[str, str]
"""(component, run)."""


def told_once(bursts: Sequence[Burst], rules: Mapping[str, Rule]) -> list[Burst]:
    """
    Return *bursts*, which are in order, without those that only tell of another's exception.

    What is left of several begins with the earliest of them and has the name of the best; their
    counts do not add up. The same words elsewhere, where no traceback stands beside them, get the
    name that they have there.
    """
    raised = _raised(bursts)
    of_owner: dict[int, list[int]] = defaultdict(list)
    names: dict[tuple[str, str], tuple[str, Burst]] = {}
    for index, burst in enumerate(bursts):
        found = _owner(bursts, index, raised.get((burst.component, burst.run), ()), rules)
        if found is not None:
            of_owner[found[0]].append(index)
            names.setdefault((burst.component, burst.rule), (found[1], bursts[found[0]]))
    changed: dict[int, Burst | None] = {}
    for owner, telling in of_owner.items():
        changed.update(dict.fromkeys((owner, *telling)))
        told = [bursts[at] for at in sorted((owner, *telling))]
        changed[min(owner, *telling)] = _as_one(told, rules)
    renamed = (
        changed[index] if index in changed else _named_as_elsewhere(burst, names, rules)
        for index, burst in enumerate(bursts)
    )
    return sorted((each for each in renamed if each is not None), key=lambda burst: burst.position)


def _raised(bursts: Sequence[Burst]) -> dict[_Place, list[tuple[float, int]]]:
    """Return where tracebacks with a text to know them by are told: (start, index), in order."""
    found: dict[_Place, list[tuple[float, int]]] = defaultdict(list)
    for index, burst in enumerate(bursts):
        if burst.first.role is Role.FAILURE and any(map(_is_telling, burst.first.raised)):
            found[burst.component, burst.run].append((burst.start, index))
    for places in found.values():
        places.sort()
    return found


def _is_telling(text: str) -> bool:
    return len(text) >= LEAST_TEXT


def _owner(
    bursts: Sequence[Burst],
    index: int,
    raised: Sequence[tuple[float, int]],
    rules: Mapping[str, Rule],
) -> tuple[int, str] | None:
    """Return the nearest burst whose exception the burst *index* only tells of, and its text."""
    burst = bursts[index]
    if not raised or burst.first.raised or burst.first.role is not Role.FAILURE:
        return None
    middle = bisect_left(raised, (burst.start, index))
    begin = bisect_left(raised, (burst.start - REACH_S, -1), max(0, middle - LOOK_AROUND), middle)
    until = bisect_right(raised, (burst.end + REACH_S, len(bursts)), middle)
    near = raised[begin : min(until, middle + LOOK_AROUND)]
    for _, at in sorted(near, key=lambda place: (abs(place[0] - burst.start), place[1])):
        text = _text_in_common(bursts[at], burst)
        if text and _are_one(bursts[at], burst, rules):
            return at, text
    return None


def _text_in_common(raised: Burst, telling: Burst) -> str:
    said = telling.first.text
    texts = [text for text in raised.first.raised if _is_telling(text) and text in said]
    return max(texts, key=len, default="")


def _are_one(raised: Burst, telling: Burst, rules: Mapping[str, Rule]) -> bool:
    """Tell whether no rule keeps them apart: two that know exceptions have the word themselves."""
    if raised.rule == telling.rule:
        return False
    return not (_knows_exceptions(raised, rules) and _knows_exceptions(telling, rules))


def _knows_exceptions(burst: Burst, rules: Mapping[str, Rule]) -> bool:
    rule = rules.get(burst.rule)
    return rule is not None and (Where.EXCEPTION in rule.where or rule.explains_end)


def _as_one(told: Sequence[Burst], rules: Mapping[str, Rule]) -> Burst:
    """Return the one burst that *told*, in order, are."""
    best = max(
        told,
        key=lambda burst: (_knows_exceptions(burst, rules), bool(burst.first.raised)),
    )
    begun = told[0]
    most = max(told, key=lambda burst: burst.count)
    last = max(told, key=lambda burst: (burst.end, burst.position))
    earliest = [burst.occurred_from for burst in told]
    known = [each for each in earliest if each is not None]
    return replace(
        best,
        first=_began_with(best.first, begun.first, max(burst.severity for burst in told)),
        count=most.count,
        start=begun.start,
        end=last.end,
        occurred_from=min(known) if len(known) == len(earliest) else None,
        last_location=last.last_location,
        moments=most.moments,
    )


def _began_with(best: Detection, begun: Detection, severity: Severity) -> Detection:
    """Return what *best* is, told where and when the earliest report *begun* stands."""
    if best is begun:
        return replace(best, severity=severity)
    told, shown = begun.text, best.text.split("\n")
    further = [line for line in shown if line not in told and any(map(line.count, best.raised))]
    return replace(
        best,
        severity=severity,
        location=begun.location,
        record_line=begun.record_line,
        order=begun.order,
        time=begun.time,
        occurred_from=begun.occurred_from,
        text="\n".join([told, *further]),
        keys=begun.keys or best.keys,
    )


def _named_as_elsewhere(
    burst: Burst, names: Mapping[tuple[str, str], tuple[str, Burst]], rules: Mapping[str, Rule]
) -> Burst:
    """Return *burst*, under the name that its words have where a traceback stands beside them."""
    text, owner = names.get((burst.component, burst.rule), ("", burst))
    if not text or text not in burst.first.text or _knows_exceptions(burst, rules):
        return burst
    best = owner.first
    first = replace(
        burst.first, rule=best.rule, title=best.title, values=best.values, place=best.place
    )
    return replace(burst, first=first)
