from dataclasses import replace

from logcascade.model.bursts import Burst
from logcascade.timeline.components import attribute, canonical_names
from tests.support import STORY, make_burst, values


def of(component: str, rule: str, seconds: float, **changes: object) -> Burst:
    return make_burst(rule, seconds, component=component, **changes)


def told(unit: str, seconds: float) -> Burst:
    """Return a start of *unit* that its supervisor tells."""
    mark = of(unit, "started", seconds, values=values(unit={unit: 1}))
    return replace(mark, first=replace(mark.first, program="systemd"))


def test_a_unit_and_the_identifier_of_its_lines_are_one_component() -> None:
    names = canonical_names([of("bot.service", "started", 0)], [of("bot", "flood", 5)], STORY)
    assert names["bot"] == "bot.service"


def test_a_program_whose_starts_follow_a_units_starts_is_that_unit() -> None:
    marks = [
        mark
        for second in (0, 8000, 16000)
        for mark in (told("bot.service", second), of("python3", "polling", second + 2))
    ]
    assert canonical_names(marks, [], STORY)["python3"] == "bot.service"


def test_the_stops_of_a_program_do_not_hide_whose_starts_it_follows() -> None:
    marks = [told("bot.service", 0), of("python3", "polling", 2)]
    marks += [of("python3", rule, 8000 + second) for second in (0, 1) for rule in ("stopped",)]
    assert canonical_names(marks, [], STORY)["python3"] == "bot.service"


def test_a_server_that_calls_itself_by_a_part_of_its_name_is_not_its_own_supervisor() -> None:
    own = of("redis-server", "polling", 2)
    own = replace(own, first=replace(own.first, program="redis"))
    assert canonical_names([told("redis.service", 0), own], [], STORY)["redis-server"] == (
        "redis.service"
    )


def test_programs_without_a_reason_stay_apart() -> None:
    names = canonical_names([of("bot.service", "started", 0)], [of("nginx", "lock", 900)], STORY)
    assert names["nginx"] == "nginx"


def said(component: str, source: int, seconds: float, text: str) -> Burst:
    """Return a failure that a source tells in these words."""
    burst = of(component, "lock", seconds)
    return replace(burst, first=replace(burst.first, text=text, order=(source, 1)))


def test_names_of_which_two_sources_tell_the_same_at_the_same_times_are_one() -> None:
    bursts = [said("python3", 0, 1, "a"), said("python3", 0, 50, "b"), said("python3", 0, 90, "c")]
    bursts += [said("output", 1, 1.1, "a"), said("output", 1, 50.1, "b")]
    names = canonical_names([], bursts, STORY)
    assert names["python3"] == names["output"]


def test_one_outage_that_two_programs_suffer_does_not_make_them_one() -> None:
    one = [said("one", 0, at, f"lock {at}") for at in (1, 50, 90, 130, 170)]
    two = [said("two", 1, at + 0.1, f"lock {at}") for at in (1,)]
    assert canonical_names([], [*one, *two], STORY)["two"] == "two"
    other_times = [said("two", 1, at + 20, f"lock {at}") for at in (1, 50, 90)]
    assert canonical_names([], [*one, *other_times], STORY)["two"] == "two"
    same_source = [said("two", 0, at + 0.1, f"lock {at}") for at in (1, 50, 90)]
    assert canonical_names([], [*one, *same_source], STORY)["two"] == "two"


def test_the_kernels_kill_belongs_to_the_component_whose_process_it_names() -> None:
    kill = of("", "oom", 100, values=values(pid={"811": 1}))
    web = of("web", "started", 1)
    bot = of("bot", "polling", 0)
    bot = replace(bot, first=replace(bot.first, pid=811))
    assert attribute([kill], [bot, web], STORY)[0].component == "bot"


def test_the_kernels_kill_belongs_to_the_control_group_it_names() -> None:
    kill = of("", "oom", 100, values=values(group={"/system.slice/web.service": 1}))
    marks = [of("bot.service", "started", 0), of("web.service", "started", 0)]
    assert attribute([kill], marks, STORY)[0].component == "web.service"


def test_the_kernels_kill_belongs_to_what_a_supervisor_says_ended_just_then() -> None:
    marks = [of("bot", "started", 0), of("web", "started", 0), of("web", "killed", 100.2)]
    assert attribute([of("", "oom", 100)], marks, STORY)[0].component == "web"


def test_a_kill_that_could_be_anybodys_is_given_to_nobody() -> None:
    marks = [of("bot", "started", 0), of("web", "started", 0)]
    assert attribute([of("", "oom", 100)], marks, STORY)[0].component == ""
