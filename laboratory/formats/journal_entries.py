"""What two services, systemd and the kernel put into a journal, and that journal in a file.

The texts are those of aiogram, asyncio, systemd 252 and the kernel; the fields are the ones that
journald sets for each way a message can come (a service's stdout, the native protocol, syslog, the
kernel's ring). `systemd-journal-remote` stores them. Machine, boot and invocation ids are made up.
"""

import random
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

IMPORT = "/usr/lib/systemd/systemd-journal-remote"
HOST = "host"
BOOTS = ("889c013fe617467590f3b09089f60279", "4b6f0a51c4a84c0c8f5ad3ccf2b7d6e1")
MACHINE = "0d3c8f6a0b5c4f6e9a3f5d1d7b2c4e60"
FIRST = int(datetime(2026, 12, 31, 20, 0, tzinfo=UTC).timestamp() * 1e6)
TRACEBACK = (
    "Traceback (most recent call last):",
    '  File "/opt/bot/app.py", line 4, in handle',
    "    await send(number)",
    '  File "/opt/bot/net.py", line 71, in send',
    "    raise ValueError(number)",
)


@dataclass
class Event:
    """What a program did: one entry of the journal, or one for each line it printed."""

    unit: str
    program: str
    pid: int | None
    priority: int
    transport: str
    entries: list[bytes]
    """The messages as they are stored."""
    level: str | None
    """The word of its own text for how bad it is; else None."""
    message: str
    """What is said, without the program's own prefix and without its traceback."""
    logger: str | None = None
    exceptions: list[str] = field(default_factory=list)
    about: str = ""
    """The unit that systemd speaks of."""
    invocation: str = ""


@dataclass
class Entry:
    """One entry of the journal."""

    event: Event
    number: int
    """Which of the event's entries it is."""
    boot: int
    time: int
    """When journald stored it, in microseconds since the epoch."""
    source_time: int | None
    """When its program sent it, where journald notes that."""
    monotonic: int
    """Microseconds since boot."""

    @property
    def shown_time(self) -> int:
        """The time that journalctl shows in its short modes."""
        return self.time if self.source_time is None else self.source_time

    @property
    def message(self) -> bytes:
        """The entry's text."""
        return self.event.entries[self.number]


def bot(chance: random.Random, number: int) -> Event:
    """Return what a service printed on stdout: each line is an entry of its own."""
    level = chance.choice(("DEBUG", "INFO", "INFO", "INFO", "WARNING", "ERROR", "CRITICAL"))
    logger = chance.choice(("aiogram.event", "aiogram.dispatcher", "root", "app.db"))
    message = chance.choice(
        (
            f"Update id={number} is handled. Duration {chance.randrange(900)} ms by bot id=42",
            f"Grüße an alle {number}",
            f"ошибка номер {number}: повтор через 5 секунд",
            f"ends with a colon {number}:",
            f"progress {number} % [=====>    ] \ttab",
        )
    )
    raised = number % 25 == 24
    if raised:
        level, message = "ERROR", f"Cause exception while process update id={number}"
    first = f"{level}:{logger}:{message}"
    if number % 40 == 7:
        first = f"\x1b[31m{first}\x1b[0m"
    lines = [first]
    if raised:
        lines += [*TRACEBACK, f"ValueError: {number}"]
    return Event(
        "bot.service",
        "bot",
        2200 + number // 400,
        6,
        "stdout",
        [line.encode() for line in lines],
        level.lower(),
        message,
        logger,
        ["ValueError"] if raised else [],
    )


def worker(chance: random.Random, number: int) -> Event:
    """Return what a service sent by the native protocol: an entry may have several lines."""
    priority = chance.choice((7, 6, 6, 6, 5, 4, 3, 2))
    text, raised = f"job {number} finished in {chance.randrange(99)} s", False
    kind = number % 12
    if kind == 1:
        text = f"two lines: {number}\nthe second, indented:\n   third"
    elif kind == 3:
        priority, text, raised = 3, f"job {number} failed", True
    elif kind == 5:
        text = f"job {number} — готово, Größe 7 МБ"
    shown = text
    if raised:
        text = "\n".join([text, *TRACEBACK, f"ValueError: {number}"])
    stored = text.encode()
    if kind == 7:
        stored = f"bad bytes {number}: ".encode() + bytes([255, 254, 10, 128])
        shown = ""
    if kind == 9 and number % 24 == 9:
        stored, shown = b"", ""
    return Event(
        "worker.service",
        "worker",
        3100 + number // 200,
        priority,
        "journal",
        [stored],
        None,
        shown,
        None,
        ["ValueError"] if raised else [],
    )


def systemd(chance: random.Random, number: int) -> Event:
    """Return what systemd says of a service."""
    about = chance.choice(("bot.service", "worker.service"))
    priority, text = chance.choice(
        (
            (6, f"Started {about} - Service {number}."),
            (6, f"{about}: Deactivated successfully."),
            (5, f"{about}: Main process exited, code=exited, status=1/FAILURE"),
            (4, f"{about}: Failed with result 'exit-code'."),
        )
    )
    stored = [text.encode()]
    return Event("init.scope", "systemd", 1, priority, "journal", stored, None, text, about=about)


def kernel(chance: random.Random, number: int) -> Event:
    """Return a line of the kernel's ring."""
    priority, text = chance.choice(
        (
            (6, f"docker0: port {number}(veth1) entered disabled state"),
            (3, f"Out of memory: Killed process {number} (python3.11) total-vm:75160kB"),
            (4, f"python3.11 invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order={number}"),
        )
    )
    return Event("", "kernel", None, priority, "kernel", [text.encode()], None, text)


def backup(_chance: random.Random, number: int) -> Event:
    """Return a message to syslog from a program that does not give its pid."""
    text = f"copied {number} files"
    return Event("", "backup", None, 5, "syslog", [text.encode()], None, text)


def events(seed: int = 1, count: int = 1500) -> list[Event]:
    """Return what happened, in order; two services take two thirds of it each their turn."""
    chance = random.Random(seed)
    makers = (bot,) * 14 + (worker,) * 4 + (systemd, kernel, backup)
    return [chance.choice(makers)(chance, number) for number in range(count)]


def entries(happened: Sequence[Event], seed: int = 2) -> list[Entry]:
    """Return the journal's entries in their order: those of several lines come interleaved."""
    chance = random.Random(seed)
    open_events: list[tuple[Event, int]] = []
    waiting = list(reversed(happened))
    made: list[Entry] = []
    now, boot, booted = FIRST, 0, FIRST - 412_345_678_901
    half = len(happened) // 2
    while waiting or open_events:
        if boot == 0 and len(waiting) <= half and not open_events:
            boot, now = 1, now + 95_000_000
            booted = now - 8_000_000
        is_own = waiting and waiting[-1].program in {event.program for event, _ in open_events}
        if open_events and (not waiting or is_own or chance.random() < 0.8):
            event, number = open_events.pop(0)  # a program's own lines keep their order
            now += chance.randrange(20, 90)
        else:
            event, number = waiting.pop(), 0
            now += chance.choice((1_000, 250_000, 3_000_000, 71_000_000))
        if number + 1 < len(event.entries):
            open_events.append((event, number + 1))
        event.invocation = event.invocation or f"{boot}{event.unit}".encode().hex()[:32].ljust(
            32, "0"
        )
        source = now - 85 if event.transport == "journal" else None
        made.append(Entry(event, number, boot, now, source, now - booted))
    return made


def fields(entry: Entry) -> Iterator[tuple[str, str | bytes]]:
    """Yield the fields that journald keeps of an entry, MESSAGE among them."""
    event = entry.event
    yield "_BOOT_ID", BOOTS[entry.boot]
    yield "_MACHINE_ID", MACHINE
    yield "_HOSTNAME", HOST
    yield "_TRANSPORT", event.transport
    yield "PRIORITY", str(event.priority)
    yield "SYSLOG_IDENTIFIER", event.program
    yield "MESSAGE", entry.message
    if event.pid is not None:
        yield "_PID", str(event.pid)
    if event.unit:
        yield "_SYSTEMD_UNIT", event.unit
        if event.unit != "init.scope":
            yield "_SYSTEMD_INVOCATION_ID", event.invocation
    if event.about:
        yield "UNIT", event.about
    if entry.source_time is not None:
        yield "_SOURCE_REALTIME_TIMESTAMP", str(entry.source_time)
    if event.transport == "kernel":
        yield "_SOURCE_MONOTONIC_TIMESTAMP", str(entry.monotonic - 300)


def export(made: Sequence[Entry]) -> bytes:
    """Return the entries in Journal Export Format."""
    out: list[bytes] = []
    for entry in made:
        out.append(f"__REALTIME_TIMESTAMP={entry.time}\n".encode())
        out.append(f"__MONOTONIC_TIMESTAMP={entry.monotonic}\n".encode())
        for name, value in fields(entry):
            data = value if isinstance(value, bytes) else value.encode()
            if any(byte < 32 for byte in data) or not _is_text(data):
                out.append(name.encode() + b"\n" + len(data).to_bytes(8, "little") + data + b"\n")
            else:
                out.append(name.encode() + b"=" + data + b"\n")
        out.append(b"\n")
    return b"".join(out)


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def store(made: Sequence[Entry], folder: Path) -> Path:
    """Write the entries into a journal file in `folder`, and return its path."""
    exported, stored = folder / "made.export", folder / "made.journal"
    exported.write_bytes(export(made))
    stored.unlink(missing_ok=True)
    subprocess.run([IMPORT, "-o", stored, exported], check=True, capture_output=True)
    return stored


def journalctl(
    stored: Path, output: str, *options: str, zone: str = "UTC", locale: str = "C.UTF-8"
) -> bytes:
    """Return what journalctl prints of a journal file on a machine in `zone`."""
    command = ["journalctl", "--no-pager", "--file", str(stored), "-o", output, *options]
    env = {"TZ": zone, "LC_ALL": locale, "PATH": "/usr/bin:/bin", "LOCPATH": "/tmp/locales"}
    return subprocess.run(command, check=True, capture_output=True, env=env).stdout
