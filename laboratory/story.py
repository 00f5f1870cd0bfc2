"""What a story is: which programs run for how long, and what is done to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

INSTALLED = "/opt/bot"
PYTHON = f"{INSTALLED}/venv/bin/python3.11"


@dataclass(frozen=True)
class Unit:
    """One service of a story."""

    name: str = "bot.service"
    description: str = "Telegram bot"
    program: str = "bot.py"
    """Its file, in `laboratory/` and where it is installed; empty where it is no file of ours."""
    command: tuple[str, ...] = ()
    """What starts it; else Python with the program."""
    main: bool = True
    """Its output is `bot.log`, its lives are those of the truth; other units are in the journal."""
    env: dict[str, str] = field(default_factory=dict)
    after: float = 0.0
    """Seconds after the beginning of the story at which it is started first."""
    restart_sec: float = 1.0
    start_limit: tuple[int, float] = (5, 10.0)
    """`StartLimitBurst` starts in `StartLimitIntervalSec` seconds, systemd's own default."""
    files: int | None = None
    """`LimitNOFILE`."""
    api_port: int = 8081
    restarts: bool = True
    """False for a container without a restart policy: an operator has to start it."""

    @property
    def comm(self) -> str:
        """The name of its process."""
        return Path(self.command[0] if self.command else PYTHON).name


@dataclass(frozen=True)
class Step:
    """One thing that somebody does to a unit."""

    after: float
    """Seconds after the beginning of the story."""
    what: str
    """deploy (`systemctl restart`), stop, kill (SIGKILL), start (after systemd gave up), kill-child
    (SIGKILL to one of its workers), request (of `path`), write (`path` gets `text`); for the host
    power-loss and reboot; for the disk fill and empty."""
    unit: str = "bot.service"
    fact: str = ""
    """What the record calls it; else `what`."""
    patch: tuple[tuple[str, str, str], ...] = ()
    """(file, old text, new text) of the release that is deployed."""
    env: dict[str, str] = field(default_factory=dict)
    path: str = ""
    text: str = ""
    child: int = 0
    """Which of its children, in the order they were started."""


@dataclass(frozen=True)
class Cause:
    """A fault that was injected, and how its first failure is recognised."""

    fact: str
    """What server or supervisor recorded at the moment."""
    kind: str
    pattern: str
    """Matches the line of the first-raised exception, or the line that tells of the end. Empty
    where no line tells of it."""
    source: str = "bot"
    """Whose line: bot, systemd or kernel."""
    in_log: tuple[str, str] | None = None
    """(kind, pattern) of what the bot's own log shows first, where the cause is not in it."""
    every_life: bool = False
    """It happens again in every life until somebody mends it: echoes of the first."""
    every_time: bool = False
    """Each later line of it is an echo, too."""
    backlog: bool = False
    """What waited during it arrives at once; refusals of the flood control are its echoes."""


@dataclass(frozen=True)
class Story:
    """One run of the laboratory."""

    name: str
    title: str
    hours: float
    seed: int
    bot: dict[str, str] = field(default_factory=dict)
    """Environment of the bot."""
    api: dict[str, Any] = field(default_factory=dict)
    """Settings of the Bot API server, its users and its faults."""
    second_api: dict[str, Any] | None = None
    """Of a second server, for a second bot."""
    visits_per_day: float = 0.0
    """Requests that visitors make to a web application on port 8000."""
    containers: bool = False
    """The units are containers: Docker starts them again, and no line tells of it."""
    memory_mb: int = 490
    disk_mb: int | None = None
    """The size of the file system that holds the bot's data, where it is one of its own."""
    control_group: int = 2
    """The version of the hierarchy in whose words kernel and systemd report a kill."""
    deploys: tuple[float, ...] = ()
    """Seconds after the start of each orderly restart."""
    report_table: str = "users"
    """What the other program counts."""
    reports: tuple[tuple[float, float], ...] = ()
    """(seconds after the start, seconds of write lock) of the other program on the database."""
    steps: tuple[Step, ...] = ()
    units: tuple[Unit, ...] = (Unit(),)
    causes: tuple[Cause, ...] = ()
    """Where given, the incidents are these; else `kind` has a finder of its own in `truth.py`."""
    cut_from: str = ""
    """The story whose run this is with a part of its lines lost; nothing is run for it."""
    lost: tuple[tuple[float, float], ...] = ()
    """From and to, seconds after the start: lines of these times are lost."""
    start: str = "2026-05-19T08:00:00+00:00"
    journal: bool = True
    log_style: str = 'python-logging "asctime - name - LEVEL - msg"'
    json: bool = False
    kind: str | None = None
    """The first failure of every incident."""
    downstream: tuple[str, ...] = ()
    driver: str | None = None
    grows: tuple[float, ...] = ()
    """What rises in each life, per hour: one slope for each number, and unit, that tells of it."""
    remedy: str = "none"
    why: str = ""

    @property
    def epoch(self) -> float:
        """The start as seconds since 1970."""
        return datetime.fromisoformat(self.start).timestamp()

    def loses(self, time: float) -> bool:
        """Say whether the lines of a time are lost."""
        return any(low <= time - self.epoch < high for low, high in self.lost)

    def api_settings(self) -> dict[str, Any]:
        """Return what the Bot API server is told."""
        return {"seed": self.seed, "users": 2600, "per_day": 4000, **self.api}
