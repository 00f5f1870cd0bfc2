"""The virtual clock: waits last what was asked for, and cost next to nothing."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from laboratory.run import build

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux") or shutil.which("gcc") is None,
    reason="the virtual clock needs Linux and gcc",
)

EPOCH = 1779177600  # 2026-05-19 08:00 UTC
SLEEPER = """
import sys, time
wall, steady = time.time(), time.monotonic()
time.sleep(float(sys.argv[1]))
print(time.time() - wall, time.monotonic() - steady, time.time())
"""
BUSY_TIMEOUT = """
import sqlite3, sys, time
holder = sqlite3.connect(sys.argv[1], isolation_level=None)
holder.execute("CREATE TABLE t (a)")
holder.execute("BEGIN IMMEDIATE")
began = time.monotonic()
try:
    sqlite3.connect(sys.argv[1], timeout=40).execute("CREATE TABLE u (a)")
except sqlite3.OperationalError as error:
    print(error, time.monotonic() - began)
"""
ASYNCIO = """
import asyncio, threading, time
async def main():
    began = time.monotonic()
    try:
        async with asyncio.timeout(60):
            await asyncio.sleep(100)
    except TimeoutError:
        print(time.monotonic() - began)
    await asyncio.to_thread(time.sleep, 30)
    print(time.monotonic() - began)
asyncio.run(main())
"""
TICKER = "import time\nwhile True: time.sleep(1)"
CHILD = """
import threading, time
held = bytearray(200_000_000)
for _ in range(20):
    threading.Thread(target=time.sleep, args=(1e6,)).start()
print(flush=True)
"""
PARENT = """
import os, subprocess, sys, time
worst = 0.0
for _ in range(4):
    process = subprocess.Popen([sys.executable, "-c", sys.argv[1]], stdout=subprocess.PIPE)
    process.stdout.readline()
    process.kill()
    process.stdout.read()
    began = time.monotonic()
    os.waitpid(process.pid, 0)
    worst = max(worst, time.monotonic() - began)
print(worst)
"""


@pytest.fixture
def clock(tmp_path: Path):
    """A running clock; yields a function that starts Python code under it."""
    library, coordinator = build(tmp_path)
    shared = str(tmp_path / "clock")
    subprocess.run([coordinator, "create", shared, str(EPOCH)], check=True)
    mover = subprocess.Popen([coordinator, "run", shared])

    def start(code: str, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", code, *arguments],
            env={"VCLOCK_SHM": shared, "LD_PRELOAD": library},
            stdout=subprocess.PIPE,
            text=True,
        )

    yield start
    mover.kill()
    mover.wait()


def numbers(process: subprocess.Popen[str]) -> list[float]:
    out, _ = process.communicate(timeout=60)
    return [float(word) for word in out.split()]


def test_two_processes_sleep_100_seconds_in_less_than_5_and_agree(clock):
    began = time.monotonic()
    first, second = clock(SLEEPER, "100"), clock(SLEEPER, "100")
    results = [numbers(first), numbers(second)]
    assert time.monotonic() - began < 5
    for wall, steady, _ in results:
        assert 100 <= wall < 101
        assert 100 <= steady < 101
    assert abs(results[0][2] - results[1][2]) < 5, "one clock for both"
    assert EPOCH + 100 <= results[0][2] < EPOCH + 110


def test_sqlite_waits_its_whole_busy_timeout(clock, tmp_path):
    out, _ = clock(BUSY_TIMEOUT, str(tmp_path / "test.db")).communicate(timeout=60)
    text, waited = out.rsplit(maxsplit=1)
    assert text == "database is locked"
    assert 39 < float(waited) < 42


def test_asyncio_timeouts_and_threads(clock):
    timed_out, thread_slept = numbers(clock(ASYNCIO))
    assert 60 <= timed_out < 61
    assert 90 <= thread_slept < 92


def test_a_parent_learns_of_a_killed_child_before_the_clock_moves_on(clock):
    """On a busy machine: the kernel shows a parent that reaps its child as asleep."""
    ticker = clock(TICKER)
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(4)]
    try:
        (worst,) = numbers(clock(PARENT, CHILD))
    finally:
        for process in (ticker, *busy):
            process.kill()
            process.communicate()
    assert worst < 5
