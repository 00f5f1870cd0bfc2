"""A kernel ring as util-linux's ``dmesg`` prints it, in each of its forms; from a file of records.

Needs util-linux. The records are in the raw form (``<level>[time] text``), which ``dmesg --file``
reads and prints as it prints the kernel's own.
"""

import os
import random
import re
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from laboratory.formats.keep import keep

TEXTS = (
    "Memory cgroup out of memory: Killed process {} (python3.11) total-vm:75160kB, anon-rss:4096kB",
    "oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),task=python3,pid={},uid=0",
    "EXT4-fs (vda): mounted filesystem {}",
    "BIOS-e820: [mem 0x{:016x}-0x000000000009fbff] usable",
    "[drm] Initialized virtio_gpu {}",
    "systemd[1]: Started bot.service {}",
    "EXT4-fs (sda1): error count since last fsck: {}",
    "  indented {}: none of a report",
)
FACILITIES = (0, 0, 0, 1, 3)
NAMES = ("critical", "critical", "critical", "error", "warning", "info", "info", "debug")

Message = tuple[int, int, str]
"""The priority, the microseconds since boot, the text."""


def main() -> None:
    """Write all forms."""
    ring = list(messages())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "ring")
        lines = (f"<{pri}>[{us // 10**6:5}.{us % 10**6:06}] {text}\n" for pri, us, text in ring)
        path.write_text("".join(lines), encoding="utf-8")
        write("dmesg", path, ring)
        write("dmesg-decoded", path, ring, "--decode")
        write("dmesg-delta", path, ring, "--show-delta")
        write("dmesg-only-delta", path, ring, "--time-format", "delta")
        write("dmesg-relative", path, ring, "--reltime")
        write("dmesg-ctime", path, ring, "--ctime")
        write("dmesg-ctime-decoded", path, ring, "--ctime", "--decode")
        write("dmesg-iso", path, ring, "--time-format", "iso")
        raw = path.read_bytes()
        keep("dmesg-raw", raw, truth(ring, has_level=True), {"format": "kernel"})
        keep("dmesg-caller", with_caller(raw), truth(ring, has_level=True), {"format": "kernel"})


def messages() -> Iterator[Message]:
    """Yield a thousand messages; the first one is of the moment of the boot."""
    chance = random.Random(1)
    now = 0
    for number in range(1000):
        pri = chance.choice(FACILITIES) * 8 + chance.randrange(8)
        yield pri, now, chance.choice(TEXTS).format(number)
        now += chance.choice((1, 24, 1_000_000, 7_250_000, 3_600_000_000))


def write(name: str, path: Path, ring: list[Message], *options: str) -> None:
    """Keep what dmesg prints of `path`."""
    environment = {**os.environ, "TZ": "UTC", "LC_ALL": "C.UTF-8"}
    command = ["dmesg", "--file", str(path), "--nopager", "--color=never", *options]
    log = subprocess.run(command, capture_output=True, check=True, env=environment).stdout
    step, boot = "", None
    if "--ctime" in options:
        step, boot = (
            "s",
            datetime.strptime(log.decode().partition("] ")[0][-24:], "%c").replace(tzinfo=UTC),
        )
    elif "iso" in options:
        step, boot = "us", datetime.fromisoformat(log.decode()[:32].replace(",", "."))
    told = truth(ring, has_level="--decode" in options, boot=boot, step=step)
    keep(name, log, told)


def truth(
    ring: list[Message], *, has_level: bool, boot: datetime | None = None, step: str = ""
) -> list[dict[str, object]]:
    """Return what is to be read; times only where the form has dates and `boot` is known.

    The boot is the time of the first line: dmesg takes it from the machine it runs on.
    """
    told = []
    for line, (pri, us, text) in enumerate(ring, 1):
        each: dict[str, object] = {"line": line, "lines": 1, "program": "kernel", "message": text}
        each["level"] = NAMES[pri % 8] if has_level else None
        if boot is not None:
            moment = boot + timedelta(microseconds=us if step == "us" else us // 10**6 * 10**6)
            each["time"] = moment.isoformat()
        told.append(each)
    return told


def with_caller(raw: bytes) -> bytes:
    """Return the ring as a kernel with CONFIG_PRINTK_CALLER has it.

    Rendered: no such kernel runs here; the form is that of ``print_caller`` in ``printk.c``.
    """
    return re.sub(rb"(?m)^(<\d+>\[[ \d.]+\]) ", rb"\1 [ T1308] ", raw)


if __name__ == "__main__":
    main()
