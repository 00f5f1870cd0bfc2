from collections.abc import Mapping, Sequence
from dataclasses import replace

from logcascade.diagnosis.cascades import Knowledge, diagnose, summarise_restarts
from logcascade.incidents.find import find_incidents
from logcascade.model.analysis import Cascade, Certainty, Incident, Run
from logcascade.model.bursts import Burst
from logcascade.model.records import Location
from logcascade.model.recurrence import Driver
from logcascade.model.rules import Ended, Rule
from logcascade.model.traffic import merge
from tests.support import STORY, KeepAll, at, causes, make_burst, make_rule, make_run, rules_of

PERIOD_S = 8400.0


def diagnosed(
    bursts: Sequence[Burst], runs: Sequence[Run], rules: Mapping[str, Rule] = STORY
) -> tuple[Sequence[Incident], Sequence[Cascade]]:
    in_order = sorted(bursts, key=lambda burst: burst.position)
    items = find_incidents(in_order, rules, runs, KeepAll(), (None, None), frozenset())
    knowledge = Knowledge(rules, {}, runs, merge([]), None, 100_000.0)
    return diagnose(items, in_order, knowledge)


def cycles(count: int) -> tuple[list[Burst], list[Run]]:
    """Return *count* kills, one a run, with an aftershock at the start of the next run."""
    bursts, runs = [], []
    for number in range(count):
        start = number * PERIOD_S
        runs.append(
            make_run(
                f"r{number}",
                start,
                end=at(start + PERIOD_S - 5),
                ended=Ended.OOM_KILLED,
                end_location=Location("bot.log", 7),
                end_rule="oom",
                because="oom",
            )
        )
        if number:
            bursts.append(make_burst("flood", start + 3, 5, run=f"r{number}"))
        bursts.append(make_burst("flood", start + PERIOD_S - 100, 40, run=f"r{number}"))
        bursts.append(make_burst("lock", start + PERIOD_S - 95, 60, run=f"r{number}"))
        bursts.append(make_burst("oom", start + PERIOD_S - 5, run=f"r{number}"))
    return bursts, runs


def test_an_aftershock_is_no_cycle_and_does_not_hide_the_period() -> None:
    incidents, (cascade,) = diagnosed(*cycles(6))
    assert (cascade.count, cascade.aftershocks, len(incidents)) == (6, 5, 11)
    assert [incident.aftershock for incident in incidents] == [False, *[True, False] * 5]
    assert cascade.recurrence.driver is Driver.UPTIME
    assert cascade.recurrence.period_s == PERIOD_S


def test_what_ends_runs_is_worse_than_what_is_more_frequent() -> None:
    bursts, runs = cycles(2)
    noise = [make_burst("unknown:1", 1000 + number, 500, run="r0") for number in range(1)]
    _, cascades = diagnosed([*bursts, *noise], runs)
    assert [cascade.first_failure for cascade in cascades] == ["flood", "unknown:1"]


def test_a_frequent_line_without_content_is_not_worse_than_one_that_shows_its_traceback() -> None:
    bare = [make_burst("unknown:bare", 5000.0 * number) for number in range(8)]
    raised = make_burst("unknown:raised", 2000)
    text = "setup failed\nTraceback (most recent call last):\nValueError: no JSON"
    raised = replace(raised, first=replace(raised.first, text=text))
    _, cascades = diagnosed([*bare, raised], [make_run()])
    assert [cascade.first_failure for cascade in cascades] == ["unknown:raised", "unknown:bare"]


def test_repetition_makes_a_first_failure_certain_that_could_have_a_silent_cause() -> None:
    rules = {**STORY, "unseen": make_rule("unseen", silent=True, causes=(causes("flood"),))}
    few, many = (diagnosed(*cycles(count), rules)[0] for count in (1, 4))
    assert few[0].first_failure.certainty is Certainty.LIKELY
    main = [incident for incident in many if incident.symptoms]
    assert {incident.first_failure.certainty for incident in main} == {Certainty.CERTAIN}


def test_a_bug_that_repeats_over_several_runs_is_timed_from_the_start_of_each() -> None:
    """Counted from the first run's start the times would lie hours apart and tell nothing."""
    runs = [
        make_run(f"r{n}", n * 9000.0, end=at(n * 9000.0 + 8000), ended=Ended.ORDERLY)
        for n in range(5)
    ]
    begun = [60.0, 2000.0, 500.0, 4000.0, 1000.0]
    bursts = [make_burst("lock", n * 9000.0 + at, run=f"r{n}") for n, at in enumerate(begun)]
    (cascade,) = diagnosed(bursts, runs)[1]
    assert cascade.recurrence.time_to_first_failure_s == 1000.0


def test_orderly_restarts_are_counted_and_have_no_rhythm() -> None:
    runs = [
        make_run(f"r{number}", number * 5000.0, end=at(number * 5000.0 + 4990), ended=Ended.ORDERLY)
        for number in range(5)
    ]
    restarts = summarise_restarts(runs, merge([]))
    assert (restarts.count, restarts.orderly, restarts.driver) == (4, 4, Driver.TOO_FEW)


def test_a_cascade_lasts_until_its_run_ends_whatever_the_backlog_does_afterwards() -> None:
    known = replace(STORY["oom"], causes=(causes("flood", 60, ["component"]),))
    incidents, (cascade,) = diagnosed(*cycles(6), {**STORY, "oom": known})
    assert (cascade.count, cascade.aftershocks, len(incidents)) == (6, 0, 6)
    assert cascade.recurrence.cascade_s == 95.0
    assert cascade.recurrence.period_s == PERIOD_S


class Counted(list[Burst]):
    """Failures that count how often somebody goes through all of them."""

    times = 0

    def __iter__(self):
        self.times += 1
        return super().__iter__()


def test_all_failures_are_gone_through_once_however_many_cascades_there_are():
    names = [f"kind-{number}" for number in range(50)]
    rules = rules_of(*(make_rule(name) for name in names))
    bursts = Counted(make_burst(name, seconds=2000 * n) for n, name in enumerate(names))
    items = find_incidents(list(bursts), rules, [], KeepAll(), (None, None), frozenset())
    bursts.times = 0
    knowledge = Knowledge(rules, {}, [], merge([]), None, 100_000.0)
    assert len(diagnose(items, bursts, knowledge)[1]) == len(names)
    assert bursts.times == 1
