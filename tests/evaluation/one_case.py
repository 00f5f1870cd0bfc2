"""All about one case: the label with its reasons, and all that the report says."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tests.evaluation.scores import Score

TEXT_LINES = 6
"""So many lines of a failure's text show what it is."""


def render_case(one: Score, report: Mapping[str, Any] | None) -> str:
    """Return what was expected of a case and what was found, everything that explains a miss."""
    return "\n".join([*_expected(one), *_verdict(one), *(_found(report) if report else ())]) + "\n"


def _expected(one: Score) -> Iterator[str]:
    case = one.case
    yield f"{case.name}  ({case.collection}, label of {case.confidence} confidence)"
    yield f"  log: {case.log}"
    yield "Expected"
    yield f"  incidents: {case.fewest} to {case.most}{', healthy' if case.healthy else ''}"
    for root in case.roots:
        yield f"  first failure: line {root.line} ({root.low}-{root.high}), {root.kind}"
    if case.period:
        yield f"  period: {case.period[0]} to {case.period[1]} s"
    if case.driver:
        yield f"  driver: {case.driver}"
    if case.run_ends:
        yield f"  ends of runs: {', '.join(case.run_ends)}"
    for unit, ends in case.other_ends.items():
        yield f"  ends of runs of {unit}: {', '.join(ends)}"
    if case.remedies:
        yield f"  remedies: {', '.join(case.remedies)}"
    for key, value in case.words.items():
        for item in value if isinstance(value, list) else [value]:
            yield f"  {key}: {item}"


def _verdict(one: Score) -> Iterator[str]:
    yield "Scored"
    if one.problem:
        yield f"  {one.problem}"
    for found in one.found:
        yield f"  line {found.root.line} {found.root.kind}: {found.where}"
    told = one.account
    for name in ("right", "again", "folded", "split", "invented", "merged", "untold"):
        for words in getattr(told, name):
            yield f"  {name}: {words}"
    if told.missing:
        yield f"  missing: {told.missing}"
    for certainty, (right, total) in sorted(one.certainty.items()):
        yield f"  said {certainty}: {right} of {total} right"
    wrong = [name for name, is_right in one.checks.items() if not is_right]
    yield f"  wrong: {', '.join(wrong) or 'nothing'}"


def _found(report: Mapping[str, Any]) -> Iterator[str]:
    yield "Found"
    for incident in report["incidents"]:
        yield from _incident(incident)
    for cascade in report["cascades"]:
        yield f"  cascade {cascade['id']}: {cascade['first_failure']} x{cascade['count']}"
        yield f"    recurrence: {_flat(cascade['recurrence'])}"
        for key in ("ruled_out", "remedies", "not_yet"):
            for item in cascade[key]:
                yield f"    {key}: {_flat(item)}"
    for run in report["runs"]:
        yield f"  run {run['component']}: {run['start']} to {run['end']}, {run['ended']}"
    yield f"  restarts: {_flat(report['restarts'])}"
    for key in ("background", "unknown_failures", "notes"):
        for item in report[key]:
            yield f"  {key}: {_flat(item)}"
    for source in report["sources"]:
        for key in ("assumptions", "problems"):
            for words in source[key]:
                yield f"  {key} of {source['name']}: {words}"


def _incident(incident: Mapping[str, Any]) -> Iterator[str]:
    first = incident["first_failure"]
    yield f"  incident {incident['id']} of {incident['component']}, {incident['start']}"
    yield f"    first: {first['rule']} at {first['line']}, {first['certainty']}: {first['title']}"
    for reason in first["reasons"]:
        yield f"      because: {reason}"
    for rival in first["rivals"]:
        yield f"      rival: {_flat(rival)}"
    for line in str(first["text"]).splitlines()[:TEXT_LINES]:
        yield f"      | {line}"
    for symptom in incident["symptoms"]:
        because = f"by {symptom['because_of']} ({symptom['link']}), after {symptom['delay_s']} s"
        yield f"    then: {symptom['rule']} x{symptom['count']} at {symptom['line']}, {because}"
    for other in incident["coinciding"]:
        yield f"    beside: {other['rule']} x{other['count']} at {other['line']}"


def _flat(value: object) -> str:
    """Return a part of a report on one line."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_flat(part)}" for key, part in value.items() if part is not None)
    return value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
