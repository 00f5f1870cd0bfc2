"""What becomes of a file while it is followed, and of a pipe."""

import gzip
import os
from collections.abc import Callable, Iterator

import pytest

from logcascade.errors import SourceError
from logcascade.sources import following
from logcascade.sources.following import FollowedFile, FollowedPipe, Waiting, follow
from tests.watch.conftest import World


class Deeds:
    """What is done to a log, one deed for each time that somebody waits."""

    def __init__(self, path):
        self.path = path
        self.notes: list[str] = []

    def follow(self, *deeds: Callable[[], object], from_start=True) -> tuple[bytes, FollowedFile]:
        """Return all that was read, and what has read it; each deed has a second."""

        def steps() -> Iterator[tuple[float, Callable[[], object]]]:
            yield from enumerate(deeds)
            for late in range(10):  # until a rotated file is given up
                yield len(deeds) + late, lambda: None

        world = World(steps())
        followed = FollowedFile(self.path, world.waiting, self.notes.append, from_start=from_start)
        read = []
        while (data := followed.read()) != b"":
            read.append(data or b"")
        followed.close()
        return b"".join(read), followed

    def write(self, text: str) -> Callable[[], object]:
        def deed():
            with self.path.open("a") as file:
                file.write(text)

        return deed

    def rename(self):
        self.path.rename(self.path.with_suffix(".1"))

    def write_to_renamed(self, text: str) -> Callable[[], object]:
        def deed():
            with self.path.with_suffix(".1").open("a") as file:
                file.write(text)

        return deed

    def cut(self):
        self.path.write_text("")


@pytest.fixture
def deeds(tmp_path):
    path = tmp_path / "bot.log"
    path.write_text("one\ntwo\n")
    return Deeds(path)


def test_what_is_written_is_read_in_whatever_pieces_it_comes(deeds):
    read, _ = deeds.follow(deeds.write("th"), deeds.write("ree\nfo"), deeds.write("ur\n"))
    assert read == b"one\ntwo\nthree\nfour\n"


def test_a_renamed_file_is_read_to_its_end_before_the_new_one(deeds):
    read, followed = deeds.follow(
        deeds.rename,
        deeds.write("four\n"),
        deeds.write_to_renamed("three\n"),
        deeds.write("five\n"),
    )
    assert read == b"one\ntwo\nthree\nfour\nfive\n"
    assert followed.place(3).line == 3
    assert [followed.place(4).line, followed.place(5).line] == [1, 2]
    assert any("was rotated" in note for note in deeds.notes)


def test_two_rotations_in_a_row_lose_no_file(deeds):
    def rotate_again():
        deeds.path.rename(deeds.path.with_suffix(".2"))

    read, _ = deeds.follow(
        deeds.rename, deeds.write("three\n"), rotate_again, deeds.write("four\n")
    )
    assert read == b"one\ntwo\nthree\nfour\n"


def test_a_line_that_a_rotation_cuts_off_is_ended(deeds):
    deeds.path.write_text("one\ntw")
    read, followed = deeds.follow(deeds.rename, deeds.write("three\n"))
    assert read == b"one\ntw\nthree\n"
    assert followed.place(3).line == 1


def test_a_file_that_was_cut_is_followed_from_its_new_beginning(deeds):
    read, followed = deeds.follow(deeds.cut, deeds.write("three\n"))
    assert read == b"one\ntwo\nthree\n"
    assert followed.place(3).line == 1
    assert any("was cut" in note for note in deeds.notes)


def test_a_file_that_was_cut_and_has_outgrown_its_place_at_once_is_noticed(deeds):
    read, _ = deeds.follow(lambda: deeds.path.write_text("three, four and five\n"))
    assert read == b"one\ntwo\nthree, four and five\n"


def test_a_file_that_is_away_is_waited_for_and_said_to_be(deeds):
    read, _ = deeds.follow(
        deeds.rename, *[lambda: None] * 12, deeds.write("three\n"), deeds.write("four\n")
    )
    assert read == b"one\ntwo\nthree\nfour\n"
    assert sum("is not there" in note for note in deeds.notes) == 1


def test_what_was_there_before_is_history_and_lines_keep_their_numbers(deeds, monkeypatch):
    monkeypatch.setattr(following, "HISTORY_BYTES", 6)
    deeds.path.write_text("one\ntwo\nthree\n")
    read, followed = deeds.follow(deeds.write("four\n"), from_start=False)
    assert read == b"four\n"  # the six bytes began within the last line
    assert followed.place(1).line == 4
    assert not followed.is_history


def test_history_ends_with_two_pauses_of_which_the_second_is_none(deeds):
    world = World(iter([(1.0, deeds.write("three\n"))]))
    followed = FollowedFile(deeds.path, world.waiting, deeds.notes.append, from_start=False)
    course = [(followed.read(), followed.is_history) for _ in range(4)]
    followed.close()
    assert course == [(b"one\ntwo\n", True), (None, True), (None, False), (b"three\n", False)]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(gzip.compress(b"one\n"), "packed", id="packed"),
        pytest.param(b"LPKSHHRH" + bytes(100), "journal", id="journal"),
        pytest.param(bytes(range(1, 30)) * 9, "binary", id="binary"),
    ],
)
def test_what_nothing_is_added_to_in_lines_is_refused(tmp_path, content, reason):
    path = tmp_path / "bot.log"
    path.write_bytes(content)
    with pytest.raises(SourceError) as raised:
        follow(path, World(iter([])).waiting, print, from_start=False)
    assert reason in raised.value.reason


def test_a_folder_and_a_file_that_is_not_there_are_refused(tmp_path):
    for path in (tmp_path, tmp_path / "absent.log"):
        with pytest.raises(SourceError) as raised:
            follow(path, World(iter([])).waiting, print, from_start=False)
        assert raised.value.exit_status == 3


def test_a_pipe_gives_what_has_come_then_pauses_and_ends():
    read_end, write_end = os.pipe()
    times = iter(range(1000))
    waiting = Waiting(lambda: float(next(times)), lambda _: None, lambda: False)
    with os.fdopen(read_end, "rb", buffering=0) as stream:
        followed = FollowedPipe(stream, "<stdin>", waiting)
        os.write(write_end, b"one\n")
        assert followed.read() == b"one\n"
        assert followed.read() is None  # what came is to be looked at
        assert followed.read() is None  # nothing has come
        os.write(write_end, b"two\n")
        os.close(write_end)
        assert followed.read() == b"two\n"
        assert followed.read() == b""
        assert followed.has_ended
