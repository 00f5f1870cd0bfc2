"""Records and rules -> which rules fire on a log, and which of its bad records none knows."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from logcascade.model.detections import UNKNOWN_PREFIX, Detection
from logcascade.model.records import Location, Record, Severity
from logcascade.ruleset.match import Matcher
from logcascade.ruleset.templates import template_of_text

MOST_UNKNOWN = 5_000
"""Kinds of unknown records that are kept apart; a log with more is counted, not told one by one."""


@dataclass(slots=True)
class Kind:
    """Records that are alike."""

    title: str
    """A rule's title, or the template of what none knows."""
    first: Location
    count: int = 0


@dataclass(slots=True)
class Coverage:
    """What the rules make of a log."""

    fired: dict[str, Kind] = field(default_factory=dict)
    """Id of a rule -> its records, in the order of the log."""
    unknown: dict[str, Kind] = field(default_factory=dict)
    """Id of a template -> records at WARNING or worse, or with a traceback, that no rule knows."""
    records: int = 0
    bad: int = 0
    """Records at WARNING or worse, or with a traceback."""
    known: int = 0
    """Those of them that a rule knows."""
    not_told: int = 0
    """Unknown ones beyond `MOST_UNKNOWN` kinds."""


def cover(records: Iterable[Record], matcher: Matcher) -> Coverage:
    """Return which rules know the *records*, all of a log's, and what none knows."""
    coverage = Coverage()
    for record in records:
        _add(coverage, record, matcher.recognise(record, 0))
    return coverage


def _add(coverage: Coverage, record: Record, found: Iterable[Detection]) -> None:
    coverage.records += 1
    known = [each for each in found if not each.rule.startswith(UNKNOWN_PREFIX)]
    unknown = [each for each in found if each.rule.startswith(UNKNOWN_PREFIX)]
    for each in known:
        kind = coverage.fired.setdefault(each.rule, Kind(each.title, each.location))
        kind.count += 1
    is_bad = record.severity is not None and record.severity >= Severity.WARNING
    if not (is_bad or record.exceptions):
        return
    coverage.bad += 1
    if known and not unknown:
        coverage.known += 1
        return
    if unknown:
        name, title = unknown[0].rule.removeprefix(UNKNOWN_PREFIX), unknown[0].title
    else:
        template = template_of_text(record.message.strip() or record.text)
        name, title = template.id, template.text
    if name not in coverage.unknown and len(coverage.unknown) >= MOST_UNKNOWN:
        coverage.not_told += 1
        return
    coverage.unknown.setdefault(name, Kind(title, record.location)).count += 1
