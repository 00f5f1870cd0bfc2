"""What a missing line changes in the runs: its neighbours, and nothing else."""

import random

import pytest

from logcascade.model.analysis import Run
from logcascade.timeline.bursts import BurstCollector
from logcascade.timeline.runs import RunFinder
from tests.support import STORY, make_detection

Line = tuple[str, float]


def drawn(seed: int, lives: int = 8) -> list[Line]:
    """Lives of some minutes: a start, failures, and an end of each kind that a line tells."""
    draw = random.Random(seed)
    lines: list[Line] = []
    now = 0.0
    for _ in range(lives):
        lines.append(("started", now))
        for _ in range(draw.randint(0, 3)):
            now += draw.uniform(100, 900)
            lines.append((draw.choice(["flood", "timeout", "lock"]), now))
        now += draw.uniform(400, 900)
        end = draw.choice(["stopped", "exited", "killed", "oom"])
        if end == "stopped":
            lines.append(("asked", now - 1))
        lines.append((end, now))
        now += draw.uniform(400, 900)
    return lines


def runs_of(lines: list[Line]) -> list[Run]:
    collector = BurstCollector("bot")
    for rule, seconds in lines:
        collector.add(make_detection(rule, seconds))
    return RunFinder(STORY).find(collector.marks(), collector.bursts())[0]


def told(run: Run) -> tuple[object, ...]:
    return (run.start, run.end, run.ended, run.because)


@pytest.mark.parametrize("seed", range(20))
def test_a_missing_start_or_end_changes_at_most_the_runs_beside_it(seed: int) -> None:
    lines = drawn(seed)
    whole = [told(run) for run in runs_of(lines)]
    ends = {"stopped", "exited", "killed", "oom"}
    for number, (rule, _) in enumerate(lines):
        if rule == "started" or rule in ends:
            cut = [told(run) for run in runs_of(lines[:number] + lines[number + 1 :])]
            lost = [run for run in whole if run not in cut]
            assert len(lost) <= 2
            assert abs(len(cut) - len(whole)) <= 1


@pytest.mark.parametrize("seed", range(20))
def test_a_log_cut_anywhere_tells_the_lives_that_are_whole_in_it(seed: int) -> None:
    lines = drawn(seed)
    whole = [told(run) for run in runs_of(lines)]
    for number in range(1, len(lines)):
        before = [told(run) for run in runs_of(lines[:number])]
        after = [told(run) for run in runs_of(lines[number:])]
        begun = sum(rule == "started" for rule, _ in lines[:number])
        assert before[: begun - 1] == whole[: begun - 1]
        rest = len(whole) - begun
        assert after[len(after) - rest :] == whole[begun:]


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_what_is_given_changes_nothing(seed: int) -> None:
    collector = BurstCollector("bot")
    for rule, seconds in drawn(seed):
        collector.add(make_detection(rule, seconds))
    marks, bursts = collector.marks(), collector.bursts()
    finder = RunFinder(STORY)
    assert finder.find(marks[::-1], bursts[::-1]) == finder.find(marks, bursts)
