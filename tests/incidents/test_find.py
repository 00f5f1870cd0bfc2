from collections.abc import Mapping, Sequence
from dataclasses import replace

from logcascade.incidents.find import find_incidents
from logcascade.model.analysis import Certainty, Link, Run
from logcascade.model.bursts import Burst, GroupedIncident
from logcascade.model.records import Location, Severity
from logcascade.model.rules import Ended, Rule
from logcascade.timeline.background import BackgroundSieve
from tests.support import (
    STORY,
    at,
    causes,
    make_burst,
    make_rule,
    make_run,
    rules_in,
    rules_of,
    tolerated,
)

DAY_S = 86400.0


def find(
    bursts: Sequence[Burst],
    runs: Sequence[Run] = (make_run(),),
    rules: Mapping[str, Rule] = STORY,
) -> list[GroupedIncident]:
    begin = at(-3600).timestamp()
    sieve = BackgroundSieve(rules, runs, begin, begin + DAY_S)
    in_order = sorted(bursts, key=lambda burst: burst.position)
    span = (begin, begin + DAY_S)
    return find_incidents(in_order, rules, runs, sieve, span, frozenset({(0, 1)}), 1.0)


def killed(name: str = "r1", start: float = -3600, end: float = 110) -> Run:
    return make_run(
        name,
        start,
        end=at(end),
        ended=Ended.OOM_KILLED,
        end_location=Location("bot.log", 9999),
        end_rule="oom",
        because="oom",
    )


def test_the_story_is_one_incident_with_flood_control_first_and_a_tree() -> None:
    bursts = [
        make_burst("flood", 0, 31),
        make_burst("lock", 7, 112),
        make_burst("session", 42, 47),
        make_burst("timeout", 59, 31),
        make_burst("oom", 106),
    ]
    restart = make_run("r2", 112)
    (item,) = find(bursts, [killed(), restart])
    assert rules_in(item)[0] == "flood"
    assert item.incident.first_failure.certainty is Certainty.CERTAIN
    tree = {s.rule: (s.because_of, s.count, s.delay_s) for s in item.incident.symptoms}
    assert tree["lock"] == ("flood", 112, 7.0)
    assert tree["timeout"] == ("flood", 31, 59.0)
    assert tree["oom"][1:] == (1, 106.0)
    assert tree["started"][0] == "oom"
    assert item.incident.severity is Severity.CRITICAL
    assert item.ended_run


def test_a_crash_of_another_run_is_never_in_the_same_incident() -> None:
    bursts = [make_burst("flood", 0, run="r1"), make_burst("lock", 5, run="r2")]
    items = find(bursts, [make_run("r1"), make_run("r2", 2)])
    assert [rules_in(item) for item in items] == [["flood"], ["lock"]]


def test_nearness_alone_links_nothing() -> None:
    items = find([make_burst("unknown:1", 0), make_burst("lock", 2)])
    assert len(items) == 2
    assert [item.rule for item in items[0].incident.coinciding] == ["lock"]


def test_an_unexplained_failure_just_before_is_a_rival_and_lowers_certainty() -> None:
    items = find([make_burst("unknown:1", -20), make_burst("flood", 0), make_burst("lock", 5)])
    first = next(i.incident.first_failure for i in items if i.incident.symptoms)
    assert first.rule == "flood"
    assert first.certainty is Certainty.LIKELY
    assert [rival.rule for rival in first.rivals] == ["unknown:1"]


def test_a_late_report_that_nothing_explains_may_have_come_first() -> None:
    rules = rules_of(
        make_rule("flood", causes=(causes("lock"),)),
        make_rule("lock"),
        make_rule("orphan", late="run"),
    )
    orphan = make_burst("orphan", 3, occurred_from=None)
    items = find([make_burst("flood", 0), orphan, make_burst("lock", 5)], rules=rules)
    first = next(i.incident.first_failure for i in items if i.incident.symptoms)
    assert first.certainty is Certainty.LIKELY
    assert "come late" in first.rivals[0].because


def test_residue_of_the_incident_before_is_not_the_first_failure_of_the_next() -> None:
    bursts = [
        make_burst("session", -1, 3),
        make_burst("flood", 0),
        make_burst("session", 20, 9),
        make_burst("lock", 30),
    ]
    items = find(bursts)
    main = next(item for item in items if item.incident.symptoms)
    assert main.incident.first_failure.rule == "flood"
    assert main.incident.first_failure.certainty is Certainty.CERTAIN


def test_a_lone_lock_a_minute_before_does_not_become_the_cause_of_flood_control() -> None:
    items = find([make_burst("lock", -60), make_burst("flood", 0), make_burst("lock", 7, 100)])
    main = next(item for item in items if item.incident.symptoms)
    assert main.incident.first_failure.rule == "flood"
    assert main.incident.first_failure.certainty is Certainty.LIKELY


def test_a_kill_out_of_nothing_says_that_its_cause_is_not_in_the_log() -> None:
    (item,) = find([make_burst("oom", 100)], [killed(end=100), make_run("r2", 102)])
    assert item.incident.first_failure.certainty is Certainty.NOT_IN_LOG
    assert rules_in(item) == ["oom", "started"]


def test_an_error_just_before_each_start_line_is_of_the_start_and_ended_no_run() -> None:
    """Where only the next start tells that a run was over, the program's own line comes first."""
    runs = [make_run(f"r{n}", n * 5000.0, ended=Ended.UNKNOWN) for n in range(3)]
    runs.append(make_run("r3", 15_000.0))
    bursts = [make_burst("lock", n * 5000.0 + 4999.999, run=f"r{n}") for n in range(3)]
    (item,) = find(bursts, runs)
    assert not item.ended_run
    earlier = [make_burst("lock", n * 5000.0 + 4990, run=f"r{n}") for n in range(3)]
    assert [each.ended_run for each in find(earlier, runs)] == [True] * 3


def test_a_hiccup_before_a_kill_is_not_blamed_for_it() -> None:
    bursts = [make_burst("network", 40), make_burst("oom", 100)]
    items = find(bursts, [killed(end=100), make_run("r2", 102)])
    assert [rules_in(item) for item in items] == [["network"], ["oom", "started"]]
    assert items[1].incident.first_failure.certainty is Certainty.NOT_IN_LOG


def test_what_passed_by_itself_is_told_where_worse_happened_as_a_doubtful_warning() -> None:
    (passed, _) = find([make_burst("network", 0), make_burst("lock", 9000)])
    first = passed.incident.first_failure
    assert first.rule == "network"
    assert passed.incident.severity is Severity.WARNING
    assert first.certainty is Certainty.LIKELY
    assert "passed by itself" in first.doubts[0]


def test_what_passed_by_itself_is_no_incident_of_a_component_that_never_failed() -> None:
    items = find([make_burst("network", 0), make_burst("lock", 9000, component="worker", run="")])
    assert [rules_in(item) for item in items] == [["lock"]]


def test_what_passed_by_itself_is_no_rival_of_what_did_not() -> None:
    (_, lock) = find([make_burst("network", -100), make_burst("flood", 0), make_burst("lock", 5)])
    assert lock.incident.first_failure.certainty is Certainty.CERTAIN
    assert lock.incident.first_failure.rivals == ()


def test_what_passed_by_itself_in_several_runs_is_one_incident() -> None:
    runs = [make_run("r1", end=at(3000), ended=Ended.ORDERLY), make_run("r2", 4000)]
    blips = [make_burst("network", 0), make_burst("network", 5000, run="r2")]
    items = find([*blips, make_burst("lock", 9000, run="r2")], runs)
    assert [(rules_in(item)[0], item.incident.episodes) for item in items] == [
        ("network", 2),
        ("lock", 1),
    ]


def test_a_report_of_what_was_lost_long_ago_stays_background_beside_worse() -> None:
    rules = {**STORY, "orphan": make_rule("orphan", late="run", tolerated=tolerated(3))}
    items = find([make_burst("orphan", 0), make_burst("lock", 9000)], rules=rules)
    assert [rules_in(item) for item in items] == [["lock"]]


def test_what_a_rule_tolerates_is_not_taken_for_steady_where_worse_happened() -> None:
    blips = [make_burst("network", 8000 * n - 3000) for n in range(10)]
    items = find([*blips, make_burst("lock", 9000)])
    assert [rules_in(item)[0] for item in items] == ["network", "lock"]


def test_hiccups_are_no_incident_but_enough_of_them_are() -> None:
    assert find([make_burst("network", s) for s in (0, 7000)]) == []
    assert len(find([make_burst("network", s) for s in (0, 20, 40, 60)])) == 1


def test_a_failure_that_repeats_without_consequences_is_one_incident_with_episodes() -> None:
    (item,) = find([make_burst("lock", s) for s in (0, 5000, 20000, 40000)])
    assert item.incident.episodes == 4
    assert item.incident.first_failure.count == 4


def test_what_is_printed_while_stopping_is_no_incident() -> None:
    run = make_run(end=at(100), ended=Ended.ORDERLY, stop_requested=at(90))
    assert find([make_burst("unknown:1", 95)], [run, make_run("r2", 110)]) == []


def test_a_steady_failure_is_background() -> None:
    bursts = [make_burst("unknown:1", s) for s in range(0, int(DAY_S) - 3600, 1000)]
    assert find(bursts) == []


def test_an_exception_raised_while_another_was_handled_is_linked_by_its_chain() -> None:
    plain = make_burst("unknown:2", 1)
    chained = replace(plain, first=replace(plain.first, raised_from="flood"))
    (item,) = find([make_burst("flood", 0), chained])
    assert item.incident.symptoms[0].link is Link.EXCEPTION_CHAIN


def test_an_order_that_repeats_over_runs_is_observed_and_not_called_proven() -> None:
    bursts, runs = [], []
    for number in range(3):
        start = number * 8000.0
        runs.append(make_run(f"r{number}", start - 60))
        bursts.append(make_burst("lock", start, run=f"r{number}"))
        bursts.append(make_burst("unknown:9", start + 30, run=f"r{number}"))
    items = find(bursts, runs)
    assert [rules_in(item) for item in items] == [["lock", "unknown:9"]] * 3
    assert items[0].incident.symptoms[0].link is Link.OBSERVED_ORDER
    assert items[0].incident.symptoms[0].how == "follows it in 3 runs, after a like time"


def test_a_failure_on_the_first_line_of_the_log_is_not_certain() -> None:
    first = make_burst("flood", -3600)
    first_line = Location("bot.log", 1)
    first = replace(
        first, first=replace(first.first, location=first_line, record_line=1, order=(0, 1))
    )
    items = find([first, make_burst("lock", -3595)], [make_run(start=None)])
    assert items[0].incident.first_failure.certainty is Certainty.LIKELY
    assert any("log begins" in doubt for doubt in items[0].incident.first_failure.doubts)


def test_a_stray_error_inside_a_cascade_coincides_and_is_no_incident_of_its_own() -> None:
    bursts = [make_burst("flood", 0), make_burst("unknown:5", 6), make_burst("lock", 7)]
    (item,) = find(bursts)
    assert [other.rule for other in item.incident.coinciding] == ["unknown:5"]


def test_an_error_that_comes_with_every_start_is_background() -> None:
    runs = [make_run(f"r{number}", number * 5000.0) for number in range(4)]
    bursts = [make_burst("unknown:7", number * 5000.0 + 3, run=f"r{number}") for number in range(4)]
    assert find(bursts, runs) == []


def test_an_error_that_comes_at_other_times_too_is_not_part_of_starting() -> None:
    runs = [make_run(f"r{number}", number * 5000.0) for number in range(4)]
    bursts = [
        make_burst("unknown:7", number * 5000.0 + offset, run=f"r{number}")
        for number in range(4)
        for offset in (3, 2000)
    ]
    assert len(find(bursts, runs)) == 1


def test_what_can_follow_from_a_silent_failure_is_likely_and_says_from_which() -> None:
    rules = rules_of(make_rule("flood", silent=True, causes=(causes("lock"),)), make_rule("lock"))
    (item,) = find([make_burst("lock", 0)], rules=rules)
    assert item.incident.first_failure.certainty is Certainty.LIKELY
    assert "leaves no line: flood" in item.incident.first_failure.doubts[0]


def test_a_kill_is_told_once_however_many_lines_tell_it() -> None:
    items = find(
        [make_burst("flood", 0), make_burst("oom", 100, 3)], [killed(), make_run("r2", 112)]
    )
    counts = {symptom.rule: symptom.count for symptom in items[0].incident.symptoms}
    assert counts["oom"] == 1


def exited(end: float = 100) -> Run:
    return make_run(
        end=at(end),
        ended=Ended.CRASHED,
        end_location=Location("bot.log", 9999),
        end_rule="exited",
        because="exited",
    )


def test_a_bad_end_that_nothing_explains_is_an_incident_whose_cause_is_not_in_the_log() -> None:
    (item,) = find([make_burst("exited", 100)], [exited(), make_run("r2", 102)])
    assert rules_in(item) == ["exited", "started"]
    assert item.incident.first_failure.certainty is Certainty.NOT_IN_LOG


def test_a_bad_end_that_a_failure_explains_is_its_consequence_and_not_a_second_incident() -> None:
    crash = make_burst("unknown:3", 99)
    crash = replace(crash, first=replace(crash.first, uncaught=True))
    (item,) = find([crash, make_burst("exited", 100)], [exited(), make_run("r2", 102)])
    assert rules_in(item) == ["unknown:3", "exited", "started"]
    assert item.incident.symptoms[0].link is Link.EXCEPTION_CHAIN


def test_starts_that_fail_one_after_the_other_are_one_crash_loop() -> None:
    bursts, runs = [], []
    for number in range(5):
        begun = number * 2.0
        runs.append(replace(exited(begun + 1), id=f"r{number}", start=at(begun)))
        bursts.append(make_burst("exited", begun + 1, run=f"r{number}"))
    (item,) = find(bursts, runs)
    assert item.incident.episodes == 5
    assert item.incident.severity is Severity.CRITICAL


def test_kills_hours_apart_are_no_crash_loop() -> None:
    bursts, runs = [], []
    for number in range(3):
        end = number * 9000.0 + 8000
        runs.append(killed(f"r{number}", number * 9000.0, end))
        bursts.append(make_burst("oom", end, run=f"r{number}"))
    assert [item.incident.episodes for item in find(bursts, runs)] == [1, 1, 1]


def test_a_second_logger_that_reports_the_same_event_makes_no_second_incident() -> None:
    (item,) = find([make_burst("lock", 0), make_burst("unknown:8", 0.02)])
    assert [other.rule for other in item.incident.coinciding] == ["unknown:8"]


def test_more_than_is_tolerated_is_an_incident_also_where_only_warnings_tell_it() -> None:
    bursts = [make_burst("network", 60 * at) for at in range(4)]
    warnings = [
        replace(burst, first=replace(burst.first, severity=Severity.WARNING)) for burst in bursts
    ]
    assert [rules_in(item)[0] for item in find(warnings)] == ["network"]
    assert find(warnings[:1]) == []


def test_hiccups_count_where_the_same_failure_is_an_incident_elsewhere() -> None:
    (item,) = find([make_burst("network", s) for s in (0, 7000, 7020, 7040, 7060)])
    assert (item.incident.episodes, item.incident.first_failure.count) == (2, 5)


def test_a_log_that_ends_with_the_failure_does_not_show_a_recovery() -> None:
    (early,) = find([make_burst("lock", 0)])
    (late,) = find([make_burst("lock", DAY_S - 3700)])
    assert early.incident.recovered
    assert not late.incident.recovered


def test_another_sources_failure_within_the_clocks_tolerance_is_a_rival() -> None:
    """Two seconds later it is not; and within one source the order of the lines decides."""

    def first_with(seconds: float, source: int) -> Certainty:
        other = make_burst("unknown:4", seconds)
        other = replace(other, first=replace(other.first, order=(source, 200_000)))
        items = find([make_burst("flood", 0), make_burst("lock", 5), other])
        return next(i for i in items if i.incident.symptoms).incident.first_failure.certainty

    assert first_with(0.5, source=1) is Certainty.LIKELY
    assert first_with(2.0, source=1) is Certainty.CERTAIN
    assert first_with(0.5, source=0) is Certainty.CERTAIN


def test_without_times_a_later_line_is_not_taken_for_a_late_report() -> None:
    def untimed(rule: str, line: int) -> Burst:
        burst = make_burst(rule, 0)
        first = replace(burst.first, time=None, occurred_from=None, order=(0, line))
        place = float(line)
        return replace(burst, first=first, start=place, end=place, occurred_from=None)

    bursts = [untimed("flood", 10), untimed("unknown:4", 12), untimed("lock", 14)]
    main = next(item for item in find(bursts) if item.incident.symptoms)
    assert main.incident.first_failure.rivals == ()


def test_a_state_of_the_world_in_a_later_run_is_an_incident_of_its_own() -> None:
    runs = [make_run("r1", end=at(3000), ended=Ended.ORDERLY), make_run("r2", 4000)]
    bursts = [make_burst("network", 0, 5), make_burst("network", 5000, 7, run="r2")]
    items = find(bursts, runs)
    assert [item.incident.first_failure.count for item in items] == [5, 7]


def test_a_bug_that_repeats_over_several_runs_stays_one_incident() -> None:
    runs = [make_run("r1", end=at(3000), ended=Ended.ORDERLY), make_run("r2", 4000)]
    items = find([make_burst("lock", 0), make_burst("lock", 5000, run="r2")], runs)
    assert [item.incident.episodes for item in items] == [2]


def steady(rule: str, every_s: float = 600) -> list[Burst]:
    """Return a failure that goes on over the whole day of `find`."""
    return [make_burst(rule, -3600 + every_s * (n + 0.5)) for n in range(round(DAY_S / every_s))]


def test_a_failure_at_its_usual_rate_is_first_in_no_cascade_that_starts_within_it() -> None:
    bursts = [*steady("flood"), make_burst("timeout", 10_000, 30), make_burst("session", 10_020)]
    (item,) = find(bursts)
    assert rules_in(item) == ["timeout", "session"]
    assert item.incident.first_failure.rivals == ()


def test_a_jump_of_a_steady_failure_is_an_incident_that_says_how_many_times() -> None:
    jump = [make_burst("lock", 20_000 + 15 * n) for n in range(200)]
    (item,) = find([*steady("lock"), *jump])
    first = item.incident.first_failure
    assert first.time == at(20_000)
    assert "times its usual rate of 6 an hour" in first.reasons[0]


def test_a_failure_in_every_part_of_the_log_that_causes_each_time_is_no_background() -> None:
    cascades = [
        burst
        for n in range(24)
        for burst in (
            make_burst("flood", 3500 * n - 3000, 9),
            make_burst("timeout", 3500 * n - 2990, 9),
        )
    ]
    items = find(cascades)
    assert {item.incident.first_failure.rule for item in items} == {"flood"}


def first_of_cascade(*bursts: Burst) -> tuple[str, Certainty, list[str]]:
    """Return the first failure of the one cascade in *bursts*, how sure, and its rivals."""
    (item,) = [item for item in find(bursts) if item.incident.symptoms]
    first = item.incident.first_failure
    return first.rule, first.certainty, [rival.rule for rival in first.rivals]


def test_an_unexplained_failure_of_another_component_just_before_is_a_rival() -> None:
    other = make_burst("unknown:db", -20, component="database", run="")
    found = first_of_cascade(other, make_burst("flood", 0), make_burst("lock", 5))
    assert found == ("flood", Certainty.LIKELY, ["unknown:db"])


def test_a_failure_of_another_component_long_before_or_after_is_no_rival() -> None:
    for seconds in (-400, 3):
        other = make_burst("unknown:db", seconds, component="database", run="")
        found = first_of_cascade(other, make_burst("flood", 0), make_burst("lock", 5))
        assert found == ("flood", Certainty.CERTAIN, [])


def test_a_report_of_a_coarser_clock_within_its_step_is_a_rival() -> None:
    lock = make_burst("unknown:1", 0.8)
    elsewhere = replace(lock, first=replace(lock.first, order=(1, 3)))
    found = first_of_cascade(make_burst("flood", 0), elsewhere, make_burst("lock", 5))
    assert found == ("flood", Certainty.LIKELY, ["unknown:1"])


def test_two_independent_faults_at_the_same_time_are_two_incidents_that_coincide() -> None:
    items = find(
        [
            make_burst("flood", 0),
            make_burst("lock", 5),
            make_burst("unknown:1", 4000),
            make_burst("flood", 4010),
            make_burst("lock", 4015),
        ]
    )
    assert [rules_in(item) for item in items] == [
        ["flood", "lock"],
        ["unknown:1"],
        ["flood", "lock"],
    ]
    assert [each.rule for each in items[1].incident.coinciding] == ["flood", "lock"]
    assert [each.rule for each in items[2].incident.coinciding] == ["unknown:1"]
