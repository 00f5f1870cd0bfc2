"""A pattern of a rule, compiled when it is first tried: a log needs few of those that are known."""

from dataclasses import dataclass
from functools import cache

import regex

_GROUP = regex.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?P?<(?P<name>[^\W\d]\w*)>", regex.DOTALL)
"""An escaped character, a set of characters, or the beginning of a group with a name."""


@dataclass(frozen=True, slots=True)
class RulePattern:
    """One regular expression of a rule."""

    text: str
    groups: frozenset[str]
    """Names of its groups."""

    def compiled(self) -> regex.Pattern[str]:
        """Return it ready to match; the same object each time."""
        return compile_pattern(self.text)


@cache
def compile_pattern(text: str) -> regex.Pattern[str]:
    """Return a pattern ready to match. Unlike `regex`, which keeps 500, nothing is forgotten."""
    return regex.compile(text)


def named_groups(text: str) -> frozenset[str]:
    r"""
    Return the names of a pattern's groups without compiling it, which takes much longer.

    >>> sorted(named_groups(r"(?P<who>\w+) \(?P<not> [(?P<nor>] (?<what>.*)"))
    ['what', 'who']
    """
    return frozenset(found["name"] for found in _GROUP.finditer(text) if found["name"])
