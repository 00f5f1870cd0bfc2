"""Which unit a process is of, where several units run the same program."""

from dataclasses import replace

from logcascade.model.bursts import Burst
from logcascade.timeline.processes import by_unit, units_of_processes
from tests.support import STORY, make_burst


def told(unit: str, seconds: float) -> Burst:
    """Return a start of *unit* that its supervisor tells."""
    mark = make_burst("started", seconds, component=unit)
    return replace(mark, first=replace(mark.first, program="systemd", pid=1))


def own(pid: int, seconds: float, rule: str = "polling", name: str = "python3") -> Burst:
    """Return a line of a process that is known by its program only."""
    burst = make_burst(rule, seconds, component=name)
    return replace(burst, first=replace(burst.first, program=name, pid=pid))


def test_processes_of_one_program_are_of_the_units_they_were_forked_for() -> None:
    marks = [told("bot.service", 0), told("shop.service", 0.1), own(13, 4), own(12, 9)]
    assert units_of_processes(marks, STORY) == {
        ("python3", 12): "bot.service",
        ("python3", 13): "shop.service",
    }


def test_a_process_that_comes_long_after_the_other_is_of_the_unit_started_then() -> None:
    marks = [told("bot.service", 0), own(12, 4), told("bot-2.service", 2400), own(40, 2405)]
    assert units_of_processes(marks, STORY) == {
        ("python3", 12): "bot.service",
        ("python3", 40): "bot-2.service",
    }


def test_nothing_is_said_where_a_process_is_missing_among_units_that_start_together() -> None:
    marks = [told("bot.service", 0), told("stock.service", 0.1), own(12, 4)]
    assert units_of_processes(marks, STORY) == {}


def test_nothing_is_said_of_a_program_that_one_unit_runs() -> None:
    marks = [told("bot.service", 0), own(12, 4), told("bot.service", 900), own(40, 905)]
    assert units_of_processes(marks, STORY) == {}


def test_all_lines_of_a_process_are_given_to_its_unit_and_no_others() -> None:
    lines = [own(12, 60, "flood"), own(13, 61, "flood"), own(12, 62, "flood", name="node")]
    given = by_unit(lines, {("python3", 12): "bot.service"})
    assert [line.component for line in given] == ["bot.service", "python3", "node"]
