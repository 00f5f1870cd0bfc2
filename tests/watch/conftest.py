"""A log that grows by a clock of its own: hours pass in seconds, and nothing waits."""

import gzip
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from logcascade.bundled import rules_folder
from logcascade.cli.watch_session import Session
from logcascade.live import MOST_KEPT, Live
from logcascade.model.happenings import Happening, Kind
from logcascade.reading.formats.line_format import load_formats
from logcascade.reading.times.stamps import ReadingOptions
from logcascade.ruleset.collection import RuleFolder, Ruleset
from logcascade.ruleset.load import load_rules
from logcascade.scanning import Search
from logcascade.sources.following import POLL_S, Followed, Waiting
from logcascade.watch.teller import Teller
from tests.conftest import SAMPLES

CLOCK = re.compile(rb"(?:May (?P<day>\d\d) |2026-05-(?P<date>\d\d).)(?P<clock>\d\d:\d\d:\d\d)")
"""How the lines of the laboratory's logs begin."""


def lines_of(story: str, name: str) -> list[bytes]:
    """Return the lines of a sample log."""
    data = (SAMPLES / story / name).read_bytes()
    return (gzip.decompress(data) if name.endswith(".gz") else data).splitlines(keepends=True)


def moment_of(line: bytes) -> float | None:
    """Return when a line was written, in epoch seconds; None for one without a stamp."""
    found = CLOCK.search(line, 0, 64)
    if found is None:
        return None
    day = int(found["day"] or found["date"])
    hour, minute, second = map(int, found["clock"].split(b":"))
    return datetime(2026, 5, day, hour, minute, second, tzinfo=UTC).timestamp()


def batches(lines: Sequence[bytes], seconds: float = 10.0) -> Iterator[tuple[float, bytes]]:
    """Yield what was written within so many seconds each, and when; quiet times in one step."""
    written: list[bytes] = []
    until: float | None = None
    at = 0.0
    for line in lines:
        at = moment_of(line) or at
        if until is not None and at >= until:
            yield until, b"".join(written)
            written, until = [], None
        until = at + seconds if until is None else until
        written.append(line)
    if until is not None:
        yield until, b"".join(written)


@dataclass(slots=True)
class World:
    """A clock, and what is done whenever somebody waits."""

    steps: Iterator[tuple[float, Callable[[], object]]]
    """When something is done, in order, and what."""
    at: float = 0.0
    is_over: bool = False

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        """Let time pass, at least so long, up to the next step, and take it."""
        step = next(self.steps, None)
        if step is None:
            self.is_over = True
            return
        moment, do = step
        self.at = max(self.at + seconds, moment)
        do()

    @property
    def waiting(self) -> Waiting:
        return Waiting(self.now, self.sleep, lambda: self.is_over)


@dataclass(slots=True)
class Script:
    """A followed log that is given batch by batch, each with a pause."""

    world: World
    name: str = "bot.log"
    own_name: str = "bot.log"
    is_history: bool = False
    has_ended: bool = False
    lines: int = 0
    _given: list[bytes] = field(default_factory=list)
    _is_pause_due: bool = False

    def write(self, data: bytes) -> None:
        self._given.append(data)
        self.lines += data.count(b"\n")

    def read(self, _size: int = -1, /) -> bytes | None:
        if self._is_pause_due:
            self._is_pause_due = False
            return None
        self.world.sleep(POLL_S)
        if self.world.is_over:
            return b""
        data = b"".join(self._given)
        self._given.clear()
        self._is_pause_due = bool(data)
        return data or None

    def place(self, line: int) -> object:
        from logcascade.model.records import Location

        return Location(self.name, line)

    def close(self) -> None:
        """Nothing is open."""


@dataclass(slots=True)
class Heard:
    """What a watch told, and how many lines had been written then."""

    told: list[tuple[int, Happening]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    live: Live | None = None
    teller: Teller | None = None

    def of(self, *kinds: Kind) -> list[Happening]:
        return [each for _, each in self.told if each.kind in kinds]

    def kinds(self) -> list[str]:
        return [each.kind.value for _, each in self.told]


@pytest.fixture(scope="session")
def ruleset() -> Ruleset:
    return load_rules([RuleFolder(rules_folder(), is_proven=True)])


@pytest.fixture(scope="session")
def search(ruleset: Ruleset) -> Search:
    return Search.for_rules(ruleset, load_formats())


def watched(
    followed: Followed,
    world: World,
    ruleset: Ruleset,
    search: Search,
    *,
    written: Callable[[], int],
    most_kept: int = MOST_KEPT,
    is_complete: bool = False,
) -> Heard:
    """Watch what is followed in a world, to its end."""
    heard = Heard()
    live = Live(followed, followed.name, "bot.log", ruleset, search, ReadingOptions(), most_kept)
    teller = Teller(ruleset.rules)
    session = Session(
        live,
        followed,
        teller,
        lambda happening: heard.told.append((written(), happening)),
        heard.notes.append,
        world.now,
    )
    for moment in live.moments():
        session.take(moment)
    if is_complete:
        session.end()
    heard.live, heard.teller = live, teller
    return heard


@pytest.fixture
def watch_lines(ruleset: Ruleset, search: Search) -> Callable[..., Heard]:
    """Return a function that watches a log whose lines come when their stamps say."""

    def run(
        lines: Sequence[bytes], *, seconds: float = 10.0, then_s: float = 0.0, **options: object
    ) -> Heard:
        script: Script

        def steps() -> Iterator[tuple[float, Callable[[], object]]]:
            at = 0.0
            for at, data in batches(lines, seconds):
                yield at, lambda data=data: script.write(data)  # type: ignore[misc]
            for more in (POLL_S, 2 * POLL_S, then_s, then_s + POLL_S):
                yield at + more, lambda: None

        world = World(steps())
        script = Script(world)
        return watched(script, world, ruleset, search, written=lambda: script.lines, **options)

    return run
