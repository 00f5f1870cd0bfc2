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
from dataclasses import asdict
from pathlib import Path
from typing import Any

from laboratory.stories import load
from laboratory.story import INSTALLED, PYTHON, Story

HERE = Path(__file__).parent
REMEDIES = HERE.parent / "rules" / "remedies"
WORK = Path("/tmp/laboratory")
SERVERS = (("api.json", "injected.jsonl"), ("api-2.json", "injected-2.jsonl"))
"""(settings, record) of each Bot API server, where the story has settings for it."""
PACKAGES = ("aiogram", "aiohttp", "aiosqlite", "redis", "gunicorn", "celery")


def build(folder: Path) -> tuple[str, str]:
    """Compile the virtual clock: (library, coordinator)."""
    source, library, coordinator = (
        HERE / "vclock",
        str(folder / "vclock.so"),
        str(folder / "vclockd"),
    )
    flags = ["gcc", "-O2", "-Wall", "-Wextra"]
    shared = [
        *flags,
        "-shared",
        "-fPIC",
        "-o",
        library,
        str(source / "vclock.c"),
        "-ldl",
        "-lpthread",
    ]
    subprocess.run(shared, check=True)
    subprocess.run([*flags, "-o", coordinator, str(source / "vclockd.c")], check=True)
    return library, coordinator


def prepare(story: Story) -> Path:
    """Make an empty working folder and the bot's files in their place."""
    folder = WORK / story.name
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "var").mkdir(parents=True)
    if not Path(PYTHON).exists():
        subprocess.run(["python3.11", "-m", "venv", f"{INSTALLED}/venv"], check=True)
        pip = [PYTHON, "-m", "pip", "install", "-q", "-r", str(HERE / "requirements.txt")]
        subprocess.run(pip, check=True)
    for unit in story.units:
        if not unit.program:
            continue
        shutil.copyfile(HERE / unit.program, Path(INSTALLED) / unit.program)
    shutil.rmtree(Path(INSTALLED) / "remedies", ignore_errors=True)
    shutil.copytree(REMEDIES, Path(INSTALLED) / "remedies")
    return folder


def run(name: str, pace: str = "virtual") -> Path:
    """Run the story in network and mount namespaces of its own; returns the working folder.

    `pace` "real" leaves the virtual clock out, to compare a short run with it.
    """
    folder = prepare(load(name))
    command = [sys.executable, "-m", "laboratory.run", name, str(folder), pace]
    subprocess.run(["unshare", "--net", "--mount", *command], check=True, cwd=HERE.parent)
    return folder


def loopback_up() -> None:
    """Bring loopback up: a new network namespace has its loopback device down (SIOCSIFFLAGS)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sH14s", b"lo", 0x1 | 0x40, b"")
        fcntl.ioctl(control, 0x8914, request)


def inside(story: Story, folder: Path, pace: str) -> None:
    """Run the story; called in its namespaces."""
    loopback_up()
    Path("/var/lib/bot").mkdir(parents=True, exist_ok=True)
    if story.disk_mb:
        size = ["-o", f"size={story.disk_mb}m"]
        subprocess.run(["mount", "-t", "tmpfs", *size, "tmpfs", str(folder / "var")], check=True)
    subprocess.run(["mount", "--bind", str(folder / "var"), "/var/lib/bot"], check=True)
    (folder / "api.json").write_text(json.dumps(story.api_settings()))
    if story.second_api:
        second = {"seed": story.seed + 2, "port": 8082, **story.second_api}
        (folder / "api-2.json").write_text(json.dumps(second))
    started = time.monotonic()
    moved = play(story, folder) if pace == "virtual" else perform(story, folder, {})
    spent = time.monotonic() - started
    (folder / "manifest.json").write_text(
        json.dumps(manifest(story, spent, moved), indent=1) + "\n"
    )


def play(story: Story, folder: Path) -> int:
    """Run the programs under the virtual clock; returns how often it was moved forward."""
    library, coordinator = build(folder)
    clock = Path(f"/dev/shm/vclock-{story.name}")
    subprocess.run([coordinator, "create", clock, str(story.epoch)], check=True)
    mover = subprocess.Popen([coordinator, "run", clock])
    try:
        perform(story, folder, {"VCLOCK_SHM": str(clock), "LD_PRELOAD": library})
        (jumps,) = struct.unpack_from("q", clock.read_bytes(), 32)
        return int(jumps)
    finally:
        mover.kill()
        mover.wait()
        clock.unlink()


def perform(story: Story, folder: Path, clock: dict[str, str]) -> int:
    """Start the server, then the supervisor, and wait for the supervisor."""
    env = {**os.environ, **clock, "TZ": "UTC", "PYTHONPATH": str(HERE.parent)}
    serve = [PYTHON, "-m", "laboratory.bot_api"]
    servers = [
        subprocess.Popen([*serve, str(folder / settings), str(folder / record)], env=env)
        for settings, record in SERVERS
        if (folder / settings).exists()
    ]
    try:
        supervise = [PYTHON, "-m", "laboratory.supervisor", story.name, str(folder)]
        subprocess.run(supervise, env=env, check=True)
    finally:
        for server in servers:
            server.kill()
            server.wait()
    return 0


def manifest(story: Story, spent: float, moved: int) -> dict[str, Any]:
    """How the run was made: versions, limits, and how virtual time maps to real time."""
    versions = (
        f"import platform; {'; '.join(f'import {m}' for m in PACKAGES)}; import sqlite3; print("
    )
    versions += "platform.python_version(), sqlite3.sqlite_version, "
    versions += ", ".join(f"{m}.__version__" for m in PACKAGES) + ")"
    found = subprocess.run([PYTHON, "-c", versions], check=True, capture_output=True, text=True)
    names = ("python", "sqlite", *PACKAGES)
    return {
        "story": story.name,
        "virtual_seconds": story.hours * 3600,
        "real_seconds": round(spent, 1),
        "clock": {
            "mapping": "virtual = real + offset; the offset grows only while every thread sleeps",
            "times_moved_forward": moved,
            "constants_shortened": "none",
        },
        "memory": {
            "limit_mb": story.memory_mb,
            "enforced_by": "kernel, memory control group (version 1 hierarchy)",
            "lines_in_the_words_of_version": story.control_group,
        },
        "versions": dict(zip(names, found.stdout.split(), strict=True)),
        "seed": story.seed,
        "bot_environment": story.bot,
        "steps": [{k: v for k, v in asdict(step).items() if v} for step in story.steps],
        "server_settings": story.api_settings(),
    }


if __name__ == "__main__":
    inside(load(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
