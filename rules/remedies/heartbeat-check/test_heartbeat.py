"""The check passes while the loop runs, and fails when it stands still or never began."""

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

import heartbeat


def test_a_loop_that_runs_passes(tmp_path: Path) -> None:
    path = tmp_path / "heartbeat"

    async def run() -> str | None:
        beating = asyncio.create_task(heartbeat.beat(path, every_s=0.01))
        await asyncio.sleep(0.2)
        problem = heartbeat.problem_of(path, oldest_s=10)
        beating.cancel()
        return problem

    assert asyncio.run(run()) is None


def test_an_old_sign_of_life_fails(tmp_path: Path) -> None:
    path = tmp_path / "heartbeat"
    path.touch()
    os.utime(path, (time.time() - 60,) * 2)
    assert heartbeat.problem_of(path, oldest_s=30) == "the last sign of life is 60 s old"


def test_the_command_ends_with_1_and_says_why(tmp_path: Path) -> None:
    command = [sys.executable, heartbeat.__file__, str(tmp_path / "heartbeat"), "30"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    assert done.returncode == 1
    assert "has not begun to beat" in done.stderr
