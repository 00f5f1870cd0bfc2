from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import pytest

from logcascade.diagnosis.case import Case, pointers
from logcascade.diagnosis.ruled_out import weigh_suspects
from logcascade.incidents.find import find_incidents
from logcascade.model.analysis import (
    Certainty,
    Growth,
    Rival,
    Suspicion,
    Verdicts,
)
from logcascade.model.bursts import Burst, GroupedIncident
from logcascade.model.load import Load
from logcascade.model.records import Location
from logcascade.model.rules import Ended, Rule, Suspect
from tests.support import STORY, KeepAll, at, make_burst, make_run

RULES: Mapping[str, Rule] = {
    **STORY,
    "flood": replace(STORY["flood"], mistaken_for={"volume": "a burst is refused as well"}),
    "lock": replace(STORY["lock"], speaks_for=("sqlite",)),
    "network": replace(STORY["network"], speaks_for=("network",)),
    "oom": replace(STORY["oom"], speaks_for=("memory",)),
}

SUSPECTS = {
    each.id: each
    for each in (
        Suspect("volume", "Volume", limit_per_s=30),
        Suspect("sqlite", "SQLite"),
        Suspect("network", "Network", always=True),
        Suspect("memory", "Memory", always=True, ended=Ended.OOM_KILLED, grows="bytes"),
        Suspect("supervisor", "Supervisor", always=True, restarts=True),
        Suspect("deploy", "Deploys", always=True, follows=Ended.ORDERLY),
    )
}

HEALTHY_S = 97_200


def load(mean: float) -> Load:
    return Load(4000, mean, 9, 14, 11, None)


def grouped(bursts: Sequence[Burst], rules: Mapping[str, Rule]) -> list[GroupedIncident]:
    return find_incidents(bursts, rules, [make_run()], KeepAll(), (None, None), frozenset())


def verdicts(
    items: Sequence[GroupedIncident], rules: Mapping[str, Rule] = RULES, **known: object
) -> Verdicts:
    known = {"load": load(0.05), "healthy_s": HEALTHY_S, "span_s": HEALTHY_S, **known}
    known["kinds"] = pointers(SUSPECTS, rules)
    return weigh_suspects(Case(items, rules, **known), SUSPECTS)  # type: ignore[arg-type]


def by_id(suspicions: Sequence[Suspicion]) -> dict[str, Suspicion]:
    return {each.what: each for each in suspicions}


def clear(*bursts: Burst, elsewhere: int = 0, mean: float = 0.05) -> dict[str, Suspicion]:
    outside = {"lock": [make_burst("lock", 9000, elsewhere)]} if elsewhere else {}
    found = verdicts(grouped(bursts, RULES), elsewhere=outside, load=load(mean))
    return by_id(found.ruled_out)


def floods(*starts: float, lock_after_s: float | None = 7) -> list[GroupedIncident]:
    """Return incidents of flood control, each followed by a lock."""
    after = [] if lock_after_s is None else [lock_after_s]
    items = [
        item
        for start in starts
        for item in grouped(
            [make_burst("flood", start), *(make_burst("lock", start + each) for each in after)],
            RULES,
        )
    ]
    return [sure(item) for item in items]


def sure(item: GroupedIncident, **changes: object) -> GroupedIncident:
    """Return an incident whose first failure is certain, or what *changes* say."""
    changes = {"certainty": Certainty.CERTAIN, **changes}
    first = replace(item.incident.first_failure, **changes)  # type: ignore[arg-type]
    return replace(item, incident=replace(item.incident, first_failure=first))


def test_what_only_follows_is_ruled_out_with_counts_delays_and_healthy_time() -> None:
    sqlite = clear(make_burst("flood", 0), make_burst("lock", 7, 112))["sqlite"]
    assert sqlite.because == (
        "112 x, all 7 s or more after the first failure, in the only incident, too few to be sure; "
        "none in 27.0 h of healthy time, so fewer than one in 9 h"
    )
    assert sqlite.count == 112
    assert not sqlite.is_sure


def test_what_comes_with_the_first_failure_is_not_said_to_come_so_many_seconds_later() -> None:
    because = clear(make_burst("flood", 0), make_burst("lock", 0.2, 3))["sqlite"].because
    assert because.startswith("3 x, none before the first failure, in the only incident")


def test_what_also_happens_in_healthy_time_is_said_to_need_a_look_of_its_own() -> None:
    cleared = clear(make_burst("flood", 0), make_burst("lock", 7), elsewhere=4)
    assert "4 x outside of them: look at it separately" in cleared["sqlite"].because


def test_the_first_failure_itself_is_no_suspect() -> None:
    found = verdicts(grouped([make_burst("lock", 0)], RULES))
    assert all("sqlite" not in by_id(each) for each in (found.ruled_out, found.suspected))
    assert "sqlite" not in by_id(found.not_shown)


def test_volume_is_ruled_out_by_a_mean_far_below_the_limit_only() -> None:
    assert "mean 0.05 a second, limit 30" in clear(make_burst("flood"))["volume"].because
    assert "volume" not in clear(make_burst("flood"), mean=20.0)


@pytest.mark.parametrize(
    ("known", "where"),
    [(load(20), "not_shown"), (load(31), "suspected"), (None, "not_shown")],
)
def test_volume_near_above_or_without_a_load_is_not_ruled_out(
    known: Load | None, where: str
) -> None:
    found = verdicts(grouped([make_burst("flood")], RULES), load=known)
    assert "volume" in by_id(getattr(found, where))


def test_five_incidents_are_enough_to_clear_what_follows_in_each() -> None:
    sqlite = by_id(verdicts(floods(0, 1, 2, 3, 4)).ruled_out)["sqlite"]
    assert "in 5 of 5 incidents; none" in sqlite.because
    assert sqlite.is_sure
    sqlite = by_id(verdicts(floods(0, 1, 2, 3)).ruled_out)["sqlite"]
    assert "in 4 of 4 incidents, too few to be sure; none" in sqlite.because
    assert not sqlite.is_sure


def test_a_suspect_that_may_have_come_first_is_suspected_for_all_that_speaks_against_it() -> None:
    rival = Rival("lock", "lock", Location("bot.log", 1), None, "reported before it")
    items = [sure(item, rivals=(rival,)) for item in floods(0, 20_000)]
    sqlite = by_id(verdicts(items).suspected)["sqlite"]
    assert sqlite.because.startswith(
        "a failure of this kind may have come first in 2 of 2 incidents; but 2 x, all 7 s"
    )
    assert len(sqlite.speaks_for) == len(sqlite.speaks_against) == 1


def test_a_failure_before_each_incident_speaks_for_its_suspect_unless_it_is_always_there() -> None:
    starts = (10_050, 30_050, 50_050)
    before = [make_burst("network", start - 60) for start in starts]
    network = by_id(verdicts(floods(*starts), elsewhere={"network": before}).suspected)["network"]
    assert "3 of 3 incidents began within 60 s after one of its failures" in network.because
    always = [make_burst("network", seconds) for seconds in range(0, HEALTHY_S, 100)]
    found = verdicts(floods(*starts), elsewhere={"network": always})
    assert "network" not in by_id(found.suspected)
    assert "network" not in by_id(found.ruled_out)


def test_failures_that_come_before_no_incident_speak_against_their_suspect() -> None:
    outside = {"network": [make_burst("network", 20_000)]}
    found = verdicts(floods(0, 10_000, 30_000), elsewhere=outside)
    assert by_id(found.ruled_out)["network"].because == (
        "none of 3 incidents began within 15 min after one of its failures, too few to be sure"
    )
    found = verdicts(floods(10_000), elsewhere=outside)
    assert "network" in by_id(found.not_shown)


def test_one_failure_before_one_incident_is_no_pattern() -> None:
    found = verdicts(floods(10_000), elsewhere={"network": [make_burst("network", 9990)]})
    assert "network" in by_id(found.not_shown)


def test_a_first_failure_that_no_rule_knows_clears_nobody_whose_failure_it_may_be() -> None:
    unknown = [
        sure(item, rule="unknown:ab", certainty=Certainty.LIKELY)
        for item in floods(0, 10_000, 30_000, 50_000, 70_000)
    ]
    found = verdicts(unknown, elsewhere={"network": [make_burst("network", 20_000)]})
    assert {"network", "sqlite"} <= by_id(found.not_shown).keys()
    assert "5 x, all 7 s or more after" in by_id(found.not_shown)["sqlite"].because


def test_silence_clears_a_suspect_in_many_incidents_whose_first_failure_is_certain_only() -> None:
    many = [10_000.0 * number for number in range(5)]
    assert "network" in by_id(verdicts(floods(*many)).ruled_out)
    assert "network" in by_id(verdicts(floods(*many[:4])).not_shown)
    unsure = [sure(item, certainty=Certainty.LIKELY) for item in floods(*many)]
    assert by_id(verdicts(unsure).not_shown)["network"].because == (
        "no failure of this kind in any of 5 incidents, nor elsewhere in the log"
    )


def test_silence_clears_nothing_that_others_than_the_program_would_tell() -> None:
    found = verdicts(floods(*(10_000.0 * number for number in range(5))))
    assert {"memory", "supervisor"} <= by_id(found.not_shown).keys()


def test_nothing_that_follows_is_cleared_where_the_first_failure_is_not_in_the_log() -> None:
    unseen = [sure(item, certainty=Certainty.NOT_IN_LOG) for item in floods(0, 1, 2, 3, 4)]
    assert by_id(verdicts(unseen).ruled_out).keys() == {"volume"}
    sqlite = by_id(verdicts(unseen).not_shown)["sqlite"]
    assert sqlite.because == "5 x, all after what the log shows first"


def test_numbers_that_rise_within_the_runs_speak_for_what_fills() -> None:
    growth = Growth(
        "rss", "Memory", "rss", "bytes", 1e8, 4e8, 1e7, 3, 4, 40, 1e-6, True, False, None, None
    )
    memory = by_id(verdicts(floods(0), growth=(growth,)).suspected)["memory"]
    assert memory.because == "Memory: rss rises in 3 of 4 runs"
    filled = replace(growth, levels_off=True)
    assert "memory" not in by_id(verdicts(floods(0), growth=(filled,)).suspected)


def crashed(ended: Ended, *, incidents: int = 5) -> Verdicts:
    """Return what is said of runs that ended so, 100 s after their start, and began again."""
    runs = [
        make_run(f"r{n}", 10_000.0 * n, end=at(10_000 * n + 9998), ended=ended, end_rule="exited")
        for n in range(incidents + 1)
    ]
    items = floods(*(10_000 * n + 9000 for n in range(incidents)))
    items = [
        replace(item, incident=replace(item.incident, run=run.id), ended_run=True)
        for item, run in zip(items, runs, strict=False)
    ]
    return verdicts(items, runs=runs)


def test_runs_that_crashed_clear_what_would_have_killed_them() -> None:
    memory = by_id(crashed(Ended.CRASHED).ruled_out)["memory"]
    assert memory.because.startswith("all 5 runs crashed, as the log tells; none was oom-killed")
    assert (
        "who sent the signal"
        in by_id(crashed(Ended.KILLED, incidents=2).not_shown)["memory"].because
    )


def test_a_supervisor_that_starts_again_after_each_end_is_cleared() -> None:
    supervisor = by_id(crashed(Ended.CRASHED).ruled_out)["supervisor"]
    assert (
        supervisor.because == "all 5 restarts come after the failure, 2 s after the run had ended"
    )
    assert supervisor.is_sure
    supervisor = by_id(crashed(Ended.CRASHED, incidents=1).ruled_out)["supervisor"]
    assert supervisor.because.endswith("too few to be sure")


def test_what_nothing_speaks_for_or_against_is_not_shown_and_says_so() -> None:
    found = by_id(verdicts(floods(0)).not_shown)
    assert found["supervisor"].because == "nothing in the log speaks for or against it"
    assert found["deploy"].because == "no orderly restart in the log"


def deploys(
    *incidents: float, at_s: Sequence[int] = (0, 10_000, 20_000), span_s: int = HEALTHY_S
) -> Verdicts:
    """Return what is said of deploys at *at_s* seconds, and of incidents at others."""
    begun = [-10_000, *at_s, 90_000]
    runs = [
        replace(make_run(f"r{n}", start, end=at(end - 10)), ended=Ended.ORDERLY)
        for n, (start, end) in enumerate(pairwise(begun))
    ]
    return verdicts(floods(*incidents), runs=runs, span_s=span_s)


def test_deploys_are_cleared_where_no_incident_came_soon_after_one() -> None:
    assert by_id(deploys(4000, 5000, 14_000).ruled_out)["deploy"].because == (
        "none of 3 incidents began within 15 min after one of 3 orderly restarts, "
        "too few to be sure"
    )


def test_many_incidents_far_from_the_deploys_do_not_make_it_sure() -> None:
    many = [2000.0 + 10_000 * number for number in range(6)]
    assert not by_id(deploys(*many).ruled_out)["deploy"].is_sure, "a fault can show itself later"


def test_deploys_are_suspected_where_the_incidents_follow_them() -> None:
    deploy = by_id(deploys(30, 10_030, 20_030).suspected)["deploy"]
    assert "3 of 3 incidents began within 30 s after one of 3 orderly restarts" in deploy.because


def test_deploys_are_neither_where_one_incident_of_several_followed_one_or_there_was_one() -> None:
    assert "deploy" in by_id(deploys(4000, 6000, 10_800).not_shown)
    assert "deploy" in by_id(deploys(4000).not_shown)
    assert "deploy" in by_id(deploys(4000, 6000, at_s=(0,)).not_shown)


def test_failures_in_a_row_are_one_event_and_prove_no_deploy() -> None:
    row = [600.0 + 13 * number for number in range(5)]
    assert "deploy" not in by_id(deploys(*row, at_s=(0,), span_s=20_000).suspected)


def test_a_first_failure_that_says_it_could_not_connect_never_clears_the_network() -> None:
    item = grouped([make_burst("flood", 0)], RULES)[0]
    first = replace(item.incident.first_failure, text="Could not connect to the hub")
    said = replace(item, incident=replace(item.incident, first_failure=first))
    pointing = replace(SUSPECTS["network"], says=("could not connect",))
    case = Case([said], RULES, kinds=pointers(SUSPECTS, RULES))
    found = weigh_suspects(case, {"network": pointing})
    assert found.ruled_out == ()
    (network,) = found.not_shown
    assert network.because == 'the first failure itself says "could not connect"'
