"""What the end of one process does to the others of its host, and what a supervisor says of it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from logcascade.incidents.find import find_incidents
from logcascade.model.analysis import Certainty, Run
from logcascade.model.bursts import Burst, GroupedIncident
from logcascade.model.records import Location
from logcascade.model.rules import Ended, Marks, Role, Rule
from tests.support import KeepAll, at, causes, make_burst, make_rule, make_run, rules_of, values

RULES = rules_of(
    make_rule(
        "killed",
        role=Role.LIFECYCLE,
        marks=Marks.END,
        ended=Ended.KILLED,
        causes=(
            causes("refused", 21600, ["host"]),
            causes("gave-up", 300, ["component"]),
            causes("backlog", 60, ["component"]),
        ),
    ),
    make_rule("refused"),
    make_rule("gave-up"),
    make_rule("backlog"),
    make_rule("bug", causes=(causes("leak"),)),
    make_rule("leak"),
    make_rule("conflict", causes=(causes("conflict", 60, ["host"]),)),
    make_rule("started", role=Role.LIFECYCLE, marks=Marks.START),
)

STOCK = make_run(
    "s1",
    component="stock",
    end=at(0),
    ended=Ended.KILLED,
    end_rule="killed",
    end_location=Location("journal", 10),
    because="killed",
)
STOCK_AGAIN = make_run("s2", 240, component="stock")
BOT = make_run("r1")


def find(
    bursts: Sequence[Burst],
    runs: Sequence[Run] = (STOCK, STOCK_AGAIN, BOT),
    rules: Mapping[str, Rule] = RULES,
) -> list[GroupedIncident]:
    in_order = sorted(bursts, key=lambda burst: burst.position)
    span = (at(-3600).timestamp(), at(86400).timestamp())
    return find_incidents(in_order, rules, runs, KeepAll(), span, frozenset())


def of_stock(rule: str, seconds: float) -> Burst:
    return make_burst(rule, seconds, component="stock", run="s1")


def refused(seconds: float, host: str = "127.0.0.1:9301") -> Burst:
    return make_burst("refused", seconds, values=values(host={host: 1}))


def firsts(items: Sequence[GroupedIncident]) -> list[str]:
    return [item.incident.first_failure.rule for item in items]


def test_calls_refused_while_another_process_is_down_follow_from_its_end() -> None:
    (item,) = find([of_stock("killed", 0), refused(20), refused(200)])
    incident = item.incident
    assert incident.component == "stock"
    assert incident.first_failure.rule == "killed"
    assert incident.first_failure.certainty is Certainty.NOT_IN_LOG
    told = [(s.rule, s.component, s.because_of, s.count) for s in incident.symptoms]
    assert told == [("refused", "bot", "killed", 2), ("started", "stock", "killed", 1)]


def test_the_failure_that_ended_the_other_process_is_the_first_of_what_its_end_did() -> None:
    bug = of_stock("bug", -5)
    bug = replace(bug, first=replace(bug.first, uncaught=True))
    crashed = replace(STOCK, ended=Ended.CRASHED)
    (item,) = find([bug, of_stock("killed", 0), refused(20)], [crashed, STOCK_AGAIN, BOT])
    told = [(s.rule, s.component, s.because_of) for s in item.incident.symptoms]
    assert item.incident.first_failure.rule == "bug"
    assert told[:2] == [("killed", "stock", "bug"), ("refused", "bot", "killed")]


def test_calls_refused_long_after_the_other_process_is_back_do_not_follow_from_its_end() -> None:
    assert firsts(find([of_stock("killed", 0), refused(400)])) == ["killed", "refused"]


def test_calls_refused_before_and_after_the_end_alike_do_not_follow_from_it() -> None:
    items = find([refused(-600), refused(-100), of_stock("killed", 0), refused(20)])
    assert sorted(firsts(items)) == ["killed", "refused"]


def test_a_call_to_another_host_does_not_follow_from_an_end_on_this_one() -> None:
    items = find([of_stock("killed", 0), refused(20, "api.telegram.org:443")])
    assert firsts(items) == ["killed", "refused"]


def test_a_call_to_a_container_by_its_name_can_follow_from_its_end() -> None:
    assert firsts(find([of_stock("killed", 0), refused(20, "stock:9301")])) == ["killed"]


def test_the_orderly_end_of_another_process_is_no_failure_and_explains_none() -> None:
    stopped = replace(STOCK, ended=Ended.ORDERLY)
    items = find([of_stock("killed", 0), refused(20)], [stopped, STOCK_AGAIN, BOT])
    assert firsts(items) == ["refused"]


def test_a_supervisor_that_gives_up_is_a_symptom_of_the_end() -> None:
    (item,) = find([of_stock("killed", 0), of_stock("gave-up", 6)], [STOCK, BOT])
    assert [(s.rule, s.because_of) for s in item.incident.symptoms] == [("gave-up", "killed")]


def test_a_crash_loop_that_a_supervisor_gives_up_is_one_incident() -> None:
    starts = [0, 10, 20]
    runs = [
        replace(STOCK, id=f"s{n}", start=at(second - 5), end=at(second))
        for n, second in enumerate(starts)
    ]
    ends = [
        make_burst("killed", second, component="stock", run=f"s{n}")
        for n, second in enumerate(starts)
    ]
    gave_up = make_burst("gave-up", 26, component="stock", run="s2")
    (item,) = find([*ends, gave_up], runs)
    assert item.incident.episodes == 3
    assert "gave-up" in {symptom.rule for symptom in item.incident.symptoms}


def test_two_processes_that_do_one_thing_to_each_other_are_one_incident() -> None:
    other = make_burst("conflict", 2, 3, component="old", run="o1")
    (item,) = find([make_burst("conflict", 0, 5), other], [BOT, make_run("o1", component="old")])
    assert item.incident.first_failure.count == 5
    assert [(s.rule, s.component, s.count) for s in item.incident.symptoms] == [
        ("conflict", "old", 3)
    ]


def test_one_process_does_not_cause_its_own_failure() -> None:
    (item,) = find([make_burst("conflict", 0), make_burst("conflict", 30)], [BOT])
    assert item.incident.symptoms == ()


def test_what_only_shows_that_another_process_failed_has_its_cause_outside_of_the_log() -> None:
    rules = {**RULES, "refused": make_rule("refused", elsewhere="who should listen there")}
    (item,) = find([refused(0), refused(5)], [BOT], rules)
    assert item.incident.first_failure.certainty is Certainty.NOT_IN_LOG
    assert "who should listen there" in item.incident.first_failure.doubts[-1]


def test_two_falls_of_another_process_are_two_incidents() -> None:
    rules = {**RULES, "refused": make_rule("refused", elsewhere="who should listen there")}
    assert firsts(find([refused(0), refused(4000)], [BOT], rules)) == ["refused", "refused"]
    assert firsts(find([make_burst("leak", 0), make_burst("leak", 4000)], [BOT])) == ["leak"]


def test_what_the_backlog_does_after_a_restart_follows_from_the_end() -> None:
    backlog = make_burst("backlog", 250, component="stock", run="s2")
    near, far = replace(STOCK_AGAIN, start=at(5)), replace(backlog, start=at(20).timestamp())
    (item,) = find([of_stock("killed", 0), far], [STOCK, near])
    assert item.incident.first_failure.rule == "killed"
    assert "backlog" in {symptom.rule for symptom in item.incident.symptoms}
    assert firsts(find([of_stock("killed", 0), backlog], [STOCK, near])) == ["killed", "backlog"]


def test_what_can_be_a_backlog_is_not_certain_after_a_start_that_follows_an_unseen_end() -> None:
    gone = replace(make_run("r1"), ended=Ended.UNKNOWN)
    orderly = replace(gone, ended=Ended.ORDERLY)
    backlog = make_burst("backlog", 20, run="r2")
    for before, certainty in ((gone, Certainty.LIKELY), (orderly, Certainty.CERTAIN)):
        (item,) = find([backlog], [before, make_run("r2", 0)])
        assert item.incident.first_failure.certainty is certainty
    (late,) = find([make_burst("backlog", 200, run="r2")], [gone, make_run("r2", 0)])
    assert late.incident.first_failure.certainty is Certainty.CERTAIN
