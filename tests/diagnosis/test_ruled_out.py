from dataclasses import replace

from logcascade.diagnosis.ruled_out import rule_out
from logcascade.incidents.find import find_incidents
from logcascade.model.analysis import Load, RuledOut
from logcascade.model.bursts import Burst
from logcascade.model.rules import Suspect
from tests.support import STORY, make_burst, make_run

RULES = {
    **STORY,
    "flood": replace(
        STORY["flood"], suspects=(Suspect("volume", "Volume", "a steady rate", limit_per_s=30),)
    ),
    "lock": replace(STORY["lock"], suspects=(Suspect("sqlite", "SQLite", "locks first"),)),
}


def load(mean: float) -> Load:
    return Load(4000, mean, 9, 14, 11, None)


def clear(*bursts: Burst, elsewhere: int = 0, mean: float = 0.05) -> dict[str, RuledOut]:
    items = find_incidents(bursts, RULES, [make_run()], list, (None, None), frozenset())
    outside = {"lock": [make_burst("lock", 9000, elsewhere)]} if elsewhere else {}
    return {item.what: item for item in rule_out(items, outside, RULES, load(mean), 97_200)}


def test_what_only_follows_is_ruled_out_with_counts_delays_and_healthy_time() -> None:
    because = clear(make_burst("flood", 0), make_burst("lock", 7, 112))["sqlite"].because
    assert because == (
        "112 x, all 7 s or more after the first failure, in the only incident; "
        "none in 27.0 h of healthy time"
    )


def test_what_also_happens_in_healthy_time_is_said_to_need_a_look_of_its_own() -> None:
    cleared = clear(make_burst("flood", 0), make_burst("lock", 7), elsewhere=4)
    assert "4 x outside, where it led to nothing" in cleared["sqlite"].because


def test_the_first_failure_itself_is_not_ruled_out() -> None:
    assert "sqlite" not in clear(make_burst("lock", 0))


def test_volume_is_ruled_out_by_a_mean_far_below_the_limit_only() -> None:
    assert "mean 0.05 a second, limit 30" in clear(make_burst("flood"))["volume"].because
    assert "volume" not in clear(make_burst("flood"), mean=20.0)


def test_what_the_first_failure_itself_accuses_is_not_cleared_by_what_follows() -> None:
    rules = {**RULES, "flood": replace(RULES["flood"], suspects=RULES["lock"].suspects)}
    bursts = (make_burst("flood", 0), make_burst("lock", 7))
    items = find_incidents(bursts, rules, [make_run()], list, (None, None), frozenset())
    assert rule_out(items, {}, rules, load(0.05), 97_200) == ()
