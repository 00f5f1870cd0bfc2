"""Issues: what an expert would object to in a rule that loads."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from logcascade.model.patterns import RulePattern
from logcascade.model.rules import Example, Role, Rule
from logcascade.ruleset.collection import Ruleset
from logcascade.ruleset.match import PATTERN_BUDGET_S
from logcascade.ruleset.nearly import all_places
from logcascade.ruleset.places import SEARCH_LIMIT
from logcascade.ruleset.selftest import MakeRecord, place_of_example, record_of
from logcascade.ruleset.sheet import Sheet, visible

_GREEDY_START = re.compile(
    r"(?:\(\?[a-zA-Z]+\)|\(\?:|\^)*(?:\.|\[\\[sSwWdD]{1,2}(?:\\[sSwWdD])?\])[*+]"
)
_WILDCARD = re.compile(r"\\[sSwWdD][*+?]{1,2}|\.[*+]\??|\(\?P<\w+>[^()]*\)|\\b|\^|\$")
_ESCAPE = re.compile(r"\\(.)")
_FILLERS = ("a", " ", "0", "'", "Error: ", "a.b/c:", "(", "\n")

EXAMPLES_LEAST = 3
"""A record, the near miss, and one more: another version, or an attempt to slip in."""

_TAIL_LIMIT = 4_096
"""Characters of the examples behind a hostile text: the most of it stays hostile."""


@dataclass(frozen=True, slots=True)
class Issue:
    """Something that makes a rule less trustworthy than it looks."""

    rule: str
    reason: str
    where: str
    help: str

    def __str__(self) -> str:
        """Show it as a warning: the rule works."""
        return (
            f'warning: rule "{self.rule}": {self.reason}\n  --> {self.where}\n  help: {self.help}'
        )


def check_rules(ruleset: Ruleset, make_record: MakeRecord) -> list[Issue]:
    """Return the issues of all rules, in the order of their ids."""
    return [issue for rule in ruleset.rules.values() for issue in check_rule(rule, make_record)]


def check_rule(rule: Rule, make_record: MakeRecord) -> list[Issue]:
    """Return the issues of one rule."""
    sheet = Sheet(rule.path, rule.id)
    sheet.read()
    span = sheet.section("match")
    issues = list(_examples(rule))
    unused = _unused_patterns(rule, make_record)
    for pattern in rule.patterns:
        where = sheet.where(sheet.line_of_value(pattern.text, span))
        shown = visible(pattern.text)[:120]
        if pattern in unused and any(example.matches for example in rule.examples):
            help_ = "add a real line that it is for, or remove it"
            issues.append(Issue(rule.id, f"no example uses the pattern {shown}", where, help_))
        if _GREEDY_START.match(pattern.text):
            help_ = "begin with fixed text: patterns are tried at the start of the text"
            issues.append(Issue(rule.id, f"a pattern may begin anywhere: {shown}", where, help_))
        if _is_slow(pattern, rule):
            help_ = "bound what repeats, and let no two neighbours match the same characters"
            reason = f"a pattern takes too long on a hostile line: {shown}"
            issues.append(Issue(rule.id, reason, where, help_))
    return issues


def _examples(rule: Rule) -> Iterator[Issue]:
    path = str(rule.path)
    if not any(example.matches for example in rule.examples):
        yield Issue(rule.id, "no example matches it", path, "add a real record, and say its origin")
    if all(example.matches for example in rule.examples):
        help_ = "add a record that looks like it and must not match, with the reason why"
        yield Issue(rule.id, "it has no near miss", path, help_)
    if 0 < len(rule.examples) < EXAMPLES_LEAST:
        help_ = "add a record of another version, or one in which a user's text tries to slip in"
        yield Issue(rule.id, f"it has fewer than {EXAMPLES_LEAST} examples", path, help_)
    if rule.role is Role.FAILURE and not rule.printed_by:
        help_ = 'name the products and their versions: printed_by = ["SQLite 3, through aiosqlite"]'
        yield Issue(rule.id, "it does not say who prints it", path, help_)
    for number, example in enumerate(rule.examples, start=1):
        if example.matches and any(repeats(example, pattern) for pattern in rule.patterns):
            reason = f"example {number} only repeats its pattern, so it proves nothing"
            yield Issue(
                rule.id,
                reason,
                place_of_example(rule, number),
                "take it from a real log or a real run",
            )


def repeats(example: Example, pattern: RulePattern) -> bool:
    """Tell whether an example is word for word its pattern, the variable parts left out."""
    skeleton = _WILDCARD.sub(" ", pattern.text)
    if skeleton == pattern.text:
        return False
    return _words(_ESCAPE.sub(r"\1", skeleton)) == _words(example.text)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def _unused_patterns(rule: Rule, make_record: MakeRecord) -> set[RulePattern]:
    """Return the patterns that are never the first of their rule to match an example."""
    unused = set(rule.patterns)
    for example in rule.examples:
        if not example.matches:
            continue
        for place in all_places(record_of(example, make_record), rule):
            for pattern in rule.patterns:
                if _match_length(pattern, place.text):
                    unused.discard(pattern)
                    break
    return unused


def _match_length(pattern: RulePattern, text: str) -> int:
    try:
        match = pattern.compiled().match(text, timeout=PATTERN_BUDGET_S)
    except TimeoutError:
        return 0
    return match.end() if match else 0


def _is_slow(pattern: RulePattern, rule: Rule) -> bool:
    """Try the pattern on lines that begin as its examples do and never end as they should.

    What should follow stands behind a NUL, so that no search for a fixed part ends it early.
    """
    lines = {line for example in rule.examples for line in _ends_of(example.text)}
    beginnings = {""} | {line[:cut] for line in lines for cut in (len(line) // 2, len(line))}
    tail = "\x00" + "\x00".join(sorted(lines))[:_TAIL_LIMIT]
    for beginning in sorted(beginnings):
        for filler in (*_FILLERS, beginning or "x"):
            body = beginning + filler * (SEARCH_LIMIT // len(filler))
            try:
                pattern.compiled().match(
                    body[: SEARCH_LIMIT - len(tail)] + tail, timeout=PATTERN_BUDGET_S
                )
            except TimeoutError:
                return True
    return False


def _ends_of(text: str) -> tuple[str, str]:
    return text.split("\n", 1)[0], text.rsplit("\n", 1)[-1]
