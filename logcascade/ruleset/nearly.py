"""How near a rule came to a record: which pattern got furthest, and where it stopped."""

from collections.abc import Iterator
from typing import NamedTuple

from regex import Pattern

from logcascade.model.records import Record
from logcascade.model.rules import Rule, Where
from logcascade.ruleset.match import PATTERN_BUDGET_S, admits
from logcascade.ruleset.places import VERDICTS, Place, exception_text, message_places
from logcascade.ruleset.printed import printed_exceptions
from logcascade.ruleset.sheet import visible

LEAST_SHARED = 8
"""Characters of a literal below which what is shared is a common word."""

_SHOWN_BEFORE = 60
"""Characters of a line that are shown in front of the mark."""

_SHOWN_AFTER = 30
_PATTERN_SHOWN = 160


class NearMatch(NamedTuple):
    """The best that a rule can do with a record."""

    rule: Rule
    pattern: str
    text: str
    """The text in which the pattern began."""
    upto: int
    """Characters of it that the pattern accepts."""
    matches: bool
    """It needs no more."""
    obstacle: str
    """Why the pattern is not even tried, in words, or empty."""

    def excerpt(self) -> str:
        """Return the pattern and the text, with a mark where the one left the other."""
        begin = self.text.rfind("\n", 0, self.upto) + 1
        begin = max(begin, self.upto - _SHOWN_BEFORE)
        end = self.text.find("\n", self.upto)
        end = min(end if end >= 0 else len(self.text), self.upto + _SHOWN_AFTER)
        before, after = visible(self.text[begin : self.upto]), visible(self.text[self.upto : end])
        pattern = visible(self.pattern).replace("\n", "\\n")
        if len(pattern) > _PATTERN_SHOWN:
            pattern = pattern[: _PATTERN_SHOWN - 3] + "..."
        return (
            f"    pattern   {pattern}\n"
            f"    example   {before}{after}\n"
            f"              {' ' * len(before)}^ matched up to here"
        )


def all_places(record: Record, rule: Rule) -> Iterator[Place]:
    """Yield every text of the record in which the rule's patterns may begin."""
    if Where.EXCEPTION in rule.where:
        for top in record.exceptions or printed_exceptions(record):
            for exception in top.in_order_raised():
                yield Place(exception_text(exception), exception.line)
    yield from message_places(record, rule.where, with_told=rule.role in VERDICTS)


def nearest(rule: Rule, record: Record) -> NearMatch | None:
    """Return how far the rule's best pattern got; None where the record has nowhere to begin."""
    best: NearMatch | None = None
    obstacle = _obstacle(rule, record)
    for place in all_places(record, rule):
        for pattern in rule.patterns:
            upto = matched_upto(pattern.compiled(), place.text)
            if best is None or upto > best.upto:
                is_match = _accepts(pattern.compiled(), place.text, partial=False)
                best = NearMatch(rule, pattern.text, place.text, upto, is_match, obstacle)
    return best


def kinship(rule: Rule, record: Record) -> int:
    """Return how many characters of one of the rule's literals stand together in the record."""
    return max((_shared(literal, record.text) for literal in rule.literals), default=0)


def _shared(literal: str, text: str) -> int:
    r"""Return the length of the longest part of *literal* that stands in *text*, if it is much.

    >>> _shared("terminated by other getUpdates", "Conflict: terminated by another thing")
    14
    >>> _shared("database is locked", "the data is full")
    0
    """
    for length in range(len(literal), max(LEAST_SHARED, len(literal) // 3) - 1, -1):
        if any(literal[at : at + length] in text for at in range(len(literal) - length + 1)):
            return length
    return 0


def matched_upto(pattern: Pattern[str], text: str) -> int:
    r"""Return how many characters of the text the pattern accepts, from its start.

    >>> import regex
    >>> matched_upto(regex.compile(r"connect to \w+: refused"), "connect to db: timeout")
    15
    """
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if _accepts(pattern, text[:middle], partial=True):
            low = middle
        else:
            high = middle - 1
    return low


def _accepts(pattern: Pattern[str], text: str, *, partial: bool) -> bool:
    try:
        return bool(pattern.match(text, partial=partial, timeout=PATTERN_BUDGET_S))
    except TimeoutError:
        return False


def _obstacle(rule: Rule, record: Record) -> str:
    if not any(literal in record.text for literal in rule.literals):
        return "none of the rule's literals stands in it"
    if not admits(rule, record):
        return "its level, logger or program is not one that the rule allows"
    return ""
