from logcascade.timeline import bursts as module
from logcascade.timeline.bursts import BurstCollector
from tests.support import at, make_detection


def collect(*detections: object) -> BurstCollector:
    collector = BurstCollector("bot")
    for detection in detections:
        collector.add(detection)  # type: ignore[arg-type]
    return collector


def test_failures_of_one_rule_close_together_are_one_burst_with_a_count_and_a_span() -> None:
    bursts = collect(*(make_detection("lock", s) for s in (0, 4, 9, 17))).bursts()
    assert [(b.count, b.end - b.start) for b in bursts] == [(4, 17.0)]


def test_a_pause_longer_than_the_gap_begins_a_new_burst() -> None:
    bursts = collect(make_detection("lock", 0), make_detection("lock", 11)).bursts()
    assert [burst.count for burst in bursts] == [1, 1]


def test_a_restart_closes_a_burst() -> None:
    found = collect(
        make_detection("lock", 0), make_detection("started", 1), make_detection("lock", 2)
    )
    assert [burst.count for burst in found.bursts()] == [1, 1]
    assert [mark.rule for mark in found.marks()] == ["started"]


def test_a_log_of_unlike_failures_keeps_few_bursts_open() -> None:
    found = collect(*(make_detection(f"unknown:{s}", s * 60) for s in range(3000)))
    assert len(found._open) <= module.MAX_OPEN
    assert len(found.bursts()) == 3000


def test_values_are_counted_and_their_number_is_bounded() -> None:
    chats = (make_detection("flood", 0, values={"chat": str(n)}) for n in range(1000))
    burst = collect(*chats).bursts()[0]
    assert len(burst.values["chat"].counts) == module.MAX_DISTINCT
    assert burst.values["chat"].capped


def test_what_is_beyond_the_limit_is_counted_and_not_dropped_in_silence(
    monkeypatch: object,
) -> None:
    monkeypatch.setattr(module, "MAX_BURSTS", 2)
    found = collect(*(make_detection("lock", s) for s in range(0, 100, 20)))
    assert len(found.bursts()) == 2
    assert found.left_out == 3


def test_a_log_without_times_keeps_its_order() -> None:
    found = collect(make_detection("flood", None, line=7), make_detection("lock", None, line=9))
    assert [(b.rule, b.timed) for b in found.bursts()] == [("flood", False), ("lock", False)]


def test_the_kernels_record_keeps_no_component_until_runs_decide_whose_it_is() -> None:
    found = collect(make_detection("oom", 0, component="", program="kernel"))
    assert found.bursts()[0].component == ""


def test_what_grows_is_shown_as_it_is_and_grows_on() -> None:
    collector = BurstCollector("bot")
    collector.add(make_detection("flood", 0))
    (before,) = collector.so_far()
    collector.add(make_detection("flood", 1))
    (after,) = collector.so_far()
    assert (before.count, after.count) == (1, 2)
    assert collector.bursts() == [after]


def test_what_began_before_a_time_is_forgotten_but_for_what_still_grows() -> None:
    collector = BurstCollector("bot")
    for rule, seconds in (("lock", 0), ("started", 1), ("lock", 50), ("flood", 95), ("flood", 101)):
        collector.add(make_detection(rule, seconds))
    collector.forget(at(100).timestamp())
    assert collector.marks() == []
    (kept,) = collector.so_far()
    assert (kept.rule, kept.count) == ("flood", 2)
    assert collector.kept == 1


def test_the_newest_stay_where_only_so_many_are_kept() -> None:
    collector = BurstCollector("bot")
    for seconds in range(0, 2000, 100):
        collector.add(make_detection("lock", seconds))
    collector.keep_newest(10)
    kept = [burst.start - at(0).timestamp() for burst in collector.so_far()]
    assert kept == [1400, 1500, 1600, 1700, 1800, 1900]
