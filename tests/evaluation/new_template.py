"""
The reading of a log by what is new in it: the first line unlike any before.

Lines are masked and grouped much as Drain does (He et al. 2017): words that hold a digit are
changing parts; of two lines with as many words, those are of one template that agree in at least
half of them. The first tenth of the log is taken to be healthy and only learnt from; the first
line after it whose template was not seen before is the answer. None of this is the product's.
"""

import re
from collections import defaultdict

LEARNT_SHARE = 10
"""One part of so many of a log is learnt from."""

FEWEST_LEARNT = 20
"""Lines that are learnt from at the least: a shorter log shows nothing of what is usual in it."""

SIMILAR = 0.5
"""Share of equal words from which two lines are of one template: Drain's own default."""

_CHANGING = "*"
_DIGIT = re.compile(r"\d")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")


def first_new_template(lines: list[str]) -> int | None:
    """Return the first line (1-based) after the learnt part of a template not seen, or None."""
    learnt = max(FEWEST_LEARNT, len(lines) // LEARNT_SHARE)
    known = Templates()
    for number, line in enumerate(lines, 1):
        is_new = known.add(line)
        if is_new and number > learnt and line.strip():
            return number
    return None


class Templates:
    """The templates of the lines so far."""

    def __init__(self) -> None:
        self._exact: set[tuple[str, ...]] = set()
        self._by_length: dict[int, list[tuple[str, ...]]] = defaultdict(list)

    def add(self, line: str) -> bool:
        """Take a line in; return whether its template is new."""
        words = mask(line)
        if words in self._exact:
            return False
        self._exact.add(words)
        alike = self._by_length[len(words)]
        if any(_similarity(words, other) >= SIMILAR for other in alike):
            return False
        alike.append(words)
        return True


def mask(line: str) -> tuple[str, ...]:
    """Return the words of a line, those that change replaced by a sign."""
    words = _QUOTED.sub(_CHANGING, line).split()
    return tuple(_CHANGING if _DIGIT.search(word) else word for word in words)


def _similarity(words: tuple[str, ...], others: tuple[str, ...]) -> float:
    """Return the share of equal words; two changing parts tell nothing and do not count."""
    pairs = [pair for pair in zip(words, others, strict=True) if pair != (_CHANGING, _CHANGING)]
    equal = sum(word == other for word, other in pairs)
    return equal / len(pairs) if pairs else 1.0
