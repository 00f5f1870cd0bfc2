from collections.abc import Mapping, Sequence
from dataclasses import replace

from logcascade.diagnosis.ruled_out import rule_out
from logcascade.incidents.find import find_incidents
from logcascade.model.analysis import Load, RuledOut
from logcascade.model.bursts import Burst, GroupedIncident
from logcascade.model.rules import Ended, Rule, Suspect
from tests.support import STORY, KeepAll, at, make_burst, make_run

RULES = {
    **STORY,
    "flood": replace(
        STORY["flood"], suspects=(Suspect("volume", "Volume", "a steady rate", limit_per_s=30),)
    ),
    "lock": replace(STORY["lock"], suspects=(Suspect("sqlite", "SQLite", "locks first"),)),
}


def load(mean: float) -> Load:
    return Load(4000, mean, 9, 14, 11, None)


def grouped(bursts: Sequence[Burst], rules: Mapping[str, Rule]) -> list[GroupedIncident]:
    return find_incidents(bursts, rules, [make_run()], KeepAll(), (None, None), frozenset())


def clear(*bursts: Burst, elsewhere: int = 0, mean: float = 0.05) -> dict[str, RuledOut]:
    items = grouped(bursts, RULES)
    outside = {"lock": [make_burst("lock", 9000, elsewhere)]} if elsewhere else {}
    return {item.what: item for item in rule_out(items, outside, RULES, load(mean), 97_200)}


def test_what_only_follows_is_ruled_out_with_counts_delays_and_healthy_time() -> None:
    because = clear(make_burst("flood", 0), make_burst("lock", 7, 112))["sqlite"].because
    assert because == (
        "112 x, all 7 s or more after the first failure, in the only incident, too few to be sure; "
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
    items = grouped(bursts, rules)
    assert rule_out(items, {}, rules, load(0.05), 97_200) == ()


def test_five_incidents_are_enough_to_clear_what_follows_in_each() -> None:
    items = [
        item
        for n in range(5)
        for item in grouped([make_burst("flood", n), make_burst("lock", n + 7)], RULES)
    ]
    (_, follower) = rule_out(items, {}, RULES, load(0.05), 97_200)
    assert "in 5 of 5 incidents; none" in follower.because
    (_, follower) = rule_out(items[:4], {}, RULES, load(0.05), 97_200)
    assert "in 4 of 4 incidents, too few to be sure; none" in follower.because


def deploys_cleared(*incidents: float) -> list[str]:
    """Return what is said of three deploys, at 0, 10,000 and 20,000 s."""
    runs = [make_run(f"r{n}", 10_000.0 * n, end=at(10_000 * n + 9990)) for n in range(-1, 3)]
    runs = [replace(run, ended=Ended.ORDERLY) for run in runs]
    items = [item for each in incidents for item in grouped([make_burst("flood", each)], RULES)]
    cleared = rule_out(items, {}, RULES, None, 97_200, runs)
    return [item.because for item in cleared if item.what == "deploy"]


def test_deploys_are_cleared_where_no_incident_came_soon_after_one() -> None:
    (because,) = deploys_cleared(4000, 5000, 14_000)
    assert because == (
        "3 orderly restarts, and none of 3 incidents within 15 min after one, too few to be sure"
    )


def test_deploys_are_not_cleared_where_an_incident_followed_one_or_there_was_one_only() -> None:
    assert deploys_cleared(4000, 5000, 10_100) == []
    assert deploys_cleared(4000) == []
