"""The laboratory's story, watched as it was written: flood control is named before each kill."""

import json
from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest

from logcascade.model.happenings import Kind
from logcascade.sources.following import FollowedFile
from tests.conftest import SAMPLES
from tests.watch.conftest import World, batches, lines_of, watched

STORY = "flood-control-cascade"
JOURNAL = "journal.txt.gz"
FLOOD = "telegram-flood-control"
ROTATED_EVERY = 300
"""Batches after which the file is rotated, by turns renamed and copied and cut."""


@pytest.fixture(scope="module")
def truth():
    return json.loads((SAMPLES / STORY / "truth.json").read_text())["files"][JOURNAL]


class Writer:
    """Writes the journal into a file that is rotated in both ways; knows what stands where."""

    def __init__(self, path):
        self.path = path
        self.file = path.open("ab", buffering=0)
        self.lines = lines_of(STORY, JOURNAL)
        self.written = 0
        self.began: list[int] = []
        """Lines of the story before each file, or each new beginning of one."""

    def steps(self) -> Iterator[tuple[float, Callable[[], object]]]:
        for number, (at, data) in enumerate(batches(self.lines), start=1):
            yield at, lambda data=data: self.write(data)
            if number % ROTATED_EVERY == 0:
                yield at, lambda: None  # what is cut before it was read is lost
                is_cut = number // ROTATED_EVERY % 2 == 0
                yield at, self.cut if is_cut else self.rename

    def write(self, data):
        self.file.write(data)
        self.written += data.count(b"\n")

    def rename(self):
        self.path.rename(self.path.with_suffix(f".{len(self.began)}"))
        self.file.close()
        self.file = self.path.open("ab", buffering=0)
        self.began.append(self.written)

    def cut(self):
        self.file.truncate(0)
        self.began.append(self.written)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    writer = Writer(tmp_path_factory.mktemp("story") / "bot.log")
    yield writer
    writer.file.close()


@pytest.fixture(scope="module")
def heard(written, ruleset, search):
    """What was told of 28 hours, in file after file."""
    world = World(written.steps())
    notes: list[str] = []
    followed = FollowedFile(written.path, world.waiting, notes.append, from_start=True)
    found = watched(followed, world, ruleset, search, written=lambda: written.written)
    followed.close()
    found.notes += notes
    return found


def story_line(written, read, happening):
    """Return the line of the story that stands at a place of one of the files."""
    place = happening.location.line
    return max(begun + place for begun in (0, *written.began) if begun + place <= read)


def kills(written):
    return [n for n, line in enumerate(written.lines, 1) if b"Killed process" in line]


def between(heard, kind, first, last):
    return [each for read, each in heard.told if each.kind is kind and first <= read <= last]


def test_flood_control_is_named_before_every_kill(heard, truth, written):
    ranges, deaths = truth["accept_ranges"], kills(written)
    assert len(ranges) == len(deaths) == 11
    for (first, last), death in zip(ranges, deaths, strict=True):
        named = [
            story_line(written, read, each)
            for read, each in heard.told
            if each.kind is Kind.BEGINS
            and each.incident.first_failure.rule == FLOOD
            and first <= read < death
        ]
        assert any(first <= line <= last for line in named), (first, named)


def test_each_cascade_is_told_once_and_before_the_process_dies(heard, truth, written):
    for (first, _), death in zip(truth["accept_ranges"], kills(written), strict=True):
        (formed,) = between(heard, Kind.CASCADE, first, death - 1)
        assert formed.incident.first_failure.rule == FLOOD
        assert formed.cascade.remedies


def test_each_kill_is_told_as_what_it_was(heard, written):
    for death in kills(written):
        (ended,) = between(heard, Kind.ENDED, death, death + 200)
        assert ended.ended == "oom-killed"
    assert len(heard.of(Kind.ENDED)) == 11


def test_the_next_is_said_to_be_due_once_three_gaps_are_known(heard, truth):
    firsts = [first for first, _ in truth["accept_ranges"]]
    for before, first in pairwise(firsts[3:]):
        (due,) = between(heard, Kind.DUE, before, first + 10)
        (begun, *_) = between(heard, Kind.BEGINS, first, first + 3000)
        assert abs((due.due - begun.incident.start).total_seconds()) < 600
    assert len(heard.of(Kind.DUE)) == 7
    assert heard.of(Kind.OVERDUE) == []


def test_it_recovers_after_each_restart_and_nothing_was_told_wrongly(heard):
    assert len(heard.of(Kind.RECOVERED)) == 11
    assert heard.of(Kind.CORRECTED) == []


def test_rotation_of_both_kinds_is_survived(heard, written):
    assert heard.live.lines == len(written.lines)
    assert len(written.began) > 5
    assert any("was rotated" in note for note in heard.notes)
    assert any("was cut" in note for note in heard.notes)
