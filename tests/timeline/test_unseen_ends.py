import pytest

from logcascade.model.analysis import UNSEEN_END, Restarts, Run
from logcascade.model.bursts import Burst
from logcascade.model.recurrence import Driver
from logcascade.model.rules import Ended
from logcascade.timeline.unseen_ends import with_unseen_ends
from tests.support import at, make_burst, make_run


def lives(count: int) -> tuple[list[Run], list[Burst]]:
    marks = [make_burst("polling", number * 8000.0) for number in range(count)]
    runs = [
        make_run(
            f"r{number}",
            number * 8000.0,
            ended=Ended.UNKNOWN if number < count - 1 else Ended.RUNNING,
            start_location=mark.first.location,
        )
        for number, mark in enumerate(marks)
    ]
    return runs, marks


def restarts(driver: Driver) -> Restarts:
    return Restarts(4, 0, (at(0),), 8000.0, 10.0, driver, "bot")


def test_ends_with_a_rhythm_that_no_line_tells_are_marked_on_the_next_start() -> None:
    runs, marks = lives(5)
    named, ends = with_unseen_ends(runs, marks, restarts(Driver.UPTIME))
    assert [(end.rule, end.run) for end in ends] == [(UNSEEN_END, f"r{n}") for n in range(4)]
    assert ends[0].first.location == marks[1].first.location
    assert [run.end_rule for run in named] == [UNSEEN_END] * 4 + [""]


@pytest.mark.parametrize("driver", [Driver.IRREGULAR, Driver.TOO_FEW, Driver.CLOCK])
def test_ends_without_a_rhythm_or_by_the_clock_may_be_somebodys_doing(driver: Driver) -> None:
    runs, marks = lives(5)
    assert with_unseen_ends(runs, marks, restarts(driver)) == (runs, [])


def test_of_ends_in_rushes_it_is_not_told_which_are_one_incident() -> None:
    runs, marks = lives(5)
    in_rushes = Restarts(4, 0, (at(0),), None, None, Driver.LOAD, "bot")
    assert with_unseen_ends(runs, marks, in_rushes) == (runs, [])
    by_count = restarts(Driver.LOAD)
    assert len(with_unseen_ends(runs, marks, by_count)[1]) == 4
