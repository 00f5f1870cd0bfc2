from collections.abc import Mapping
from dataclasses import replace

import pytest

from logcascade.diagnosis.remedies import choose_remedies
from logcascade.incidents.find import find_incidents
from logcascade.model.bursts import Burst, GroupedIncident
from logcascade.model.recurrence import Driver, Recurrence, Rhythm
from logcascade.model.rules import Condition, Remedy, RemedyUse
from tests.support import STORY, KeepAll, make_burst, make_rule, make_run, values


def remedy(name: str, upstream: int) -> Remedy:
    return Remedy(name, name, "", upstream, "it fits", (), (), (), (), (), {})


PLACES = {"limit": 10, "throttle": 20, "close": 30, "find": 40}
REMEDIES = {name: remedy(name, upstream) for name, upstream in PLACES.items()}
RULES = {
    **STORY,
    "flood": make_rule(
        "flood",
        causes=STORY["flood"].causes,
        remedies=(
            RemedyUse("limit", (Condition(field="chat", distinct_at_least=5),), "many chats"),
            RemedyUse("throttle", (Condition(field="chat", distinct_at_most=2),), "one chat"),
            RemedyUse("close", (Condition(symptom="session"),), "sessions leak"),
        ),
    ),
    "session": make_rule(
        "session", remedies=(RemedyUse("find", (Condition(first=True),), "nothing was before"),)
    ),
}


def incidents(*bursts: Burst) -> list[GroupedIncident]:
    return find_incidents(bursts, RULES, [make_run()], KeepAll(), (None, None), frozenset())


def chosen(chats: Mapping[str, int], *more: Burst) -> list[str]:
    flood = make_burst("flood", 0, values=values(chat=chats))
    return [item.id for item in choose_remedies(incidents(flood, *more), RULES, REMEDIES)]


def test_many_chats_ask_for_a_limit_on_all_calls() -> None:
    assert chosen({str(n): 1 for n in range(40)}) == ["limit"]


def test_one_chat_asks_for_the_throttle() -> None:
    assert chosen({"7": 30}) == ["throttle"]


def test_what_a_symptom_asks_for_comes_after_what_is_upstream_of_it() -> None:
    assert chosen({str(n): 1 for n in range(9)}, make_burst("session", 9)) == ["limit", "close"]


def test_what_a_rule_asks_for_as_the_first_failure_is_not_chosen_where_it_is_a_symptom() -> None:
    alone = choose_remedies(incidents(make_burst("session", 9)), RULES, REMEDIES)
    assert [item.id for item in alone] == ["find"]
    assert "find" not in chosen({"7": 30}, make_burst("session", 9))


def test_a_remedy_may_ask_for_what_sets_the_rhythm() -> None:
    by_the_clock = RemedyUse("find", (Condition(rhythm="clock"),), "another program's hour")
    rules = {"lock": make_rule("lock", remedies=(by_the_clock,))}
    found = find_incidents(
        [make_burst("lock", 0)], rules, [make_run()], KeepAll(), (None, None), frozenset()
    )
    assert [item.id for item in choose_remedies(found, rules, REMEDIES, Rhythm.CLOCK)] == ["find"]
    assert choose_remedies(found, rules, REMEDIES, Rhythm.UPTIME) == ()


@pytest.mark.parametrize(
    ("driver", "period_s", "rhythm"),
    [
        (Driver.CLOCK, 3600.0, Rhythm.CLOCK),
        (Driver.LOAD, 3600.0, Rhythm.LOAD),
        (Driver.LOAD, None, Rhythm.RUSH),
        (Driver.IRREGULAR, None, None),
        (Driver.BACK_OFF, 60.0, None),
    ],
)
def test_load_without_a_period_comes_in_rushes(
    driver: Driver, period_s: float | None, rhythm: Rhythm | None
) -> None:
    nothing = (None,) * 6
    assert Recurrence(driver, "", period_s, None, 9, *nothing).rhythm is rhythm


def test_no_remedy_is_chosen_by_a_value_that_the_log_does_not_have() -> None:
    assert chosen({}) == []


def test_a_remedy_for_a_first_failure_is_not_for_one_that_follows() -> None:
    use = RemedyUse("limit", (Condition(first=True),), "nothing else leaves them open")
    rules = {**RULES, "session": replace(STORY["session"], remedies=(use,))}

    def ids(*bursts: Burst) -> list[str]:
        return [item.id for item in choose_remedies(incidents(*bursts), rules, REMEDIES)]

    assert ids(make_burst("session", 0)) == ["limit"]
    flood = make_burst("flood", 0, values=values(chat={"1": 1}))
    assert ids(flood, make_burst("session", 60)) == ["throttle", "close"]


def test_most_values_decide_and_not_a_single_one() -> None:
    polling = Condition(field="method", equals="GetUpdates")
    rules = {"flood": make_rule("flood", remedies=(RemedyUse("limit", (polling,)),))}
    flood = make_burst("flood", 0, values=values(method={"GetUpdates": 1, "SendMessage": 9}))
    found = find_incidents([flood], rules, [make_run()], KeepAll(), (None, None), frozenset())
    assert choose_remedies(found, rules, REMEDIES) == ()
