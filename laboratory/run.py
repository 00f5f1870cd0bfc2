"""Run one story: build the clock, start server and supervisor under it, wait, write the samples."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

from laboratory.stories import PYTHON, Story, load

HERE = Path(__file__).parent
WORK = Path("/tmp/laboratory")


def build(folder: Path) -> tuple[Path, Path]:
    """Compile the virtual clock: (library, coordinator)."""
    source, library, coordinator = HERE / "vclock", folder / "vclock.so", folder / "vclockd"
    flags = ["gcc", "-O2", "-Wall", "-Wextra"]
    shared = [*flags, "-shared", "-fPIC", "-o", library, source / "vclock.c", "-ldl", "-lpthread"]
    subprocess.run(shared, check=True)
    subprocess.run([*flags, "-o", coordinator, source / "vclockd.c"], check=True)
    return library, coordinator


def prepare(story: Story) -> Path:
    """An empty working folder and the bot's files in their place."""
    folder = WORK / story.name
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "var").mkdir(parents=True)
    if not Path(PYTHON).exists():
        subprocess.run(["python3.11", "-m", "venv", "/opt/bot/venv"], check=True)
        pip = [PYTHON, "-m", "pip", "install", "-q", "-r", str(HERE / "requirements.txt")]
        subprocess.run(pip, check=True)
    bot = Path("/opt/bot/bot.py")
    if not bot.exists() or bot.read_bytes() != (HERE / "bot.py").read_bytes():
        shutil.copyfile(HERE / "bot.py", bot)
    return folder


def run(name: str) -> Path:
    """Run the story in network and mount namespaces of its own; returns the working folder."""
    folder = prepare(load(name))
    command = [sys.executable, "-m", "laboratory.run", name, str(folder)]
    subprocess.run(["unshare", "--net", "--mount", *command], check=True, cwd=HERE.parent)
    return folder


def loopback_up() -> None:
    """A new network namespace has its loopback device down (SIOCSIFFLAGS)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sH14s", b"lo", 0x1 | 0x40, b"")
        fcntl.ioctl(control, 0x8914, request)


def inside(story: Story, folder: Path) -> None:
    """The part that runs in the namespaces."""
    loopback_up()
    Path("/var/lib/bot").mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "--bind", str(folder / "var"), "/var/lib/bot"], check=True)
    library, coordinator = build(folder)
    clock = f"/dev/shm/vclock-{story.name}"
    subprocess.run([coordinator, "create", clock, str(story.epoch)], check=True)
    (folder / "api.json").write_text(json.dumps(story.api_settings()))
    env = {**os.environ, "VCLOCK_SHM": clock, "LD_PRELOAD": str(library), "TZ": "UTC"}
    env["PYTHONPATH"] = str(HERE.parent)
    started = time.monotonic()
    server = subprocess.Popen(
        [PYTHON, "-m", "laboratory.bot_api", folder / "api.json", folder / "injected.jsonl"],
        env=env,
    )
    time.sleep(1.0)
    mover = subprocess.Popen([coordinator, "run", clock])
    try:
        subprocess.run(
            [PYTHON, "-m", "laboratory.supervisor", story.name, folder], env=env, check=True
        )
    finally:
        mover.kill()
        server.kill()
        os.unlink(clock)
    manifest = {
        "story": story.name,
        "virtual_seconds": story.hours * 3600,
        "real_seconds": round(time.monotonic() - started, 1),
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")


if __name__ == "__main__":
    inside(load(sys.argv[1]), Path(sys.argv[2]))
