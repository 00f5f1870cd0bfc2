"""Lines of 200 kB through the matcher that reads logs: no rule may need its budget of time."""

from collections.abc import Callable, Iterator, Sequence

import pytest

from logcascade.bundled import rules_folder
from logcascade.model.records import Severity
from logcascade.reading.reader import make_record
from logcascade.ruleset.collection import Ruleset
from logcascade.ruleset.load import load_rules
from logcascade.ruleset.match import Matcher

LENGTH = 200_000


@pytest.fixture(scope="module")
def ruleset() -> Ruleset:
    return load_rules([rules_folder()])


SHAPES: dict[str, Callable[[Sequence[str]], str]] = {
    "one after the other": " ".join,
    "as names of errors": lambda literals: "Error: ".join(literals),
    "as fields": lambda literals: " ".join(f'error="{each}"' for each in literals),
    "a line for each": "\n".join,
    "before what never ends": lambda literals: " ".join(literals)[:16_000] + "(" * LENGTH,
    "in a traceback": lambda literals: (
        'Traceback (most recent call last):\n  File "a.py", line 1, in f\nValueError: '
        + " ".join(literals)
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_line_with_the_literals_of_all_rules_at_once_costs_none_its_budget(ruleset, shape):
    text = SHAPES[shape](ruleset.literals())
    text = (text * (LENGTH // len(text) + 1))[:LENGTH]
    matcher = Matcher(ruleset)
    record = make_record(text, severity=Severity.ERROR)
    assert len(matcher.candidates(record)) > len(ruleset.rules) / 2
    matcher.recognise(record, 0)
    assert matcher.notes() == ()


def _beginnings(ruleset: Ruleset) -> Iterator[str]:
    for rule in ruleset.rules.values():
        example = next(each for each in rule.examples if each.matches)
        yield example.text.rsplit("\n", 1)[-1]


def test_a_line_that_begins_as_an_example_of_a_rule_and_goes_on_with_all_others_costs_no_more(
    ruleset,
):
    rest = " ".join(ruleset.literals())
    rest *= LENGTH // len(rest) + 1
    matcher = Matcher(ruleset)
    for line in _beginnings(ruleset):
        matcher.recognise(make_record(f"{line} {rest}"[:LENGTH], severity=Severity.ERROR), 0)
    assert matcher.notes() == ()
