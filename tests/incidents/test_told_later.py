"""A cause that is reported after what it led to: when it can have begun decides, not the order."""

from dataclasses import replace
from datetime import timedelta

from logcascade.incidents.find import find_incidents
from logcascade.incidents.links import find_links
from logcascade.model.bursts import Burst
from tests.support import KeepAll, at, causes, make_burst, make_rule, make_run, rules_of

HIDES = replace(causes("cannot-open", 600), told_before=timedelta(minutes=10))

RULES = rules_of(
    make_rule("blocked", late="30s", causes=(causes("timeout"),)),
    make_rule("timeout", causes=(causes("locked"),)),
    make_rule("locked", late="5s", causes=(causes("timeout"),)),
    make_rule("orphan", late="run", causes=(causes("timeout"),)),
    make_rule("full", causes=(HIDES,)),
    make_rule("cannot-open"),
)


def late(rule: str, seconds: float, by: float, run: str = "r1") -> Burst:
    """Return a burst that can have begun *by* seconds before it is reported."""
    return make_burst(rule, seconds, run=run, occurred_from=at(seconds - by).timestamp())


def linked(*bursts: Burst) -> dict[int, int]:
    return {at: each.cause for at, each in find_links(bursts, RULES).items()}


def test_what_was_reported_while_a_late_failure_went_on_follows_from_it() -> None:
    assert linked(make_burst("timeout", 0), late("blocked", 20, 30)) == {0: 1}


def test_what_was_reported_before_a_late_failure_can_have_begun_does_not_follow() -> None:
    assert linked(make_burst("timeout", 0), late("blocked", 40, 30)) == {}


def test_a_report_that_can_be_of_any_time_explains_nothing_before_it() -> None:
    assert linked(make_burst("timeout", 0), make_burst("orphan", 20, occurred_from=None)) == {}


def test_a_cause_in_another_run_explains_nothing_before_it() -> None:
    assert linked(make_burst("timeout", 0), late("blocked", 20, 30, "r2")) == {}


def test_no_failure_follows_from_its_own_consequence() -> None:
    assert linked(make_burst("timeout", 0), late("locked", 3, 5)) == {1: 0}


def test_a_failure_that_hides_behind_another_is_first_although_it_shows_itself_later() -> None:
    bursts = [make_burst("cannot-open", 0), make_burst("full", 300)]
    span = (at(-3600).timestamp(), at(3600).timestamp())
    (item,) = find_incidents(bursts, RULES, [make_run()], KeepAll(), span, frozenset())
    assert item.incident.first_failure.rule == "full"
    (symptom,) = item.incident.symptoms
    assert (symptom.rule, symptom.because_of, symptom.delay_s) == ("cannot-open", "full", -300.0)


def test_a_failure_hides_no_longer_than_its_rule_says() -> None:
    assert linked(make_burst("cannot-open", 0), make_burst("full", 700)) == {}
