"""A failure that one component passes on to another, where a rule says that it can."""

from logcascade.incidents.links import find_links
from logcascade.model.bursts import Burst
from logcascade.model.rules import Rule
from tests.support import causes, make_burst, make_rule, rules_of

CONFLICT = make_rule("conflict", causes=(causes("conflict", same=()),))


def linked(*bursts: Burst, rule: Rule = CONFLICT) -> list[tuple[int, int]]:
    """Return (effect, cause) for each link, by place among *bursts*."""
    return [(at, each.cause) for at, each in find_links(bursts, rules_of(rule)).items()]


def test_two_pollers_that_take_turns_are_one_story() -> None:
    one, two = (
        make_burst("conflict", at, component=name) for at, name in ((0, "bot"), (2, "bot-2"))
    )
    assert linked(one, two) == [(1, 0)]
    assert linked(one, two, rule=make_rule("conflict")) == []


def test_a_failure_that_repeats_is_not_its_own_cause() -> None:
    assert linked(make_burst("conflict", 0), make_burst("conflict", 60)) == []
