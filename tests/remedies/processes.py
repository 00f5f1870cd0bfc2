"""Server programs for trials: started, waited for, ended."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

READY_S = 20.0


def free_port() -> int:
    """Return a port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def listens(port: int) -> bool:
    """Say whether somebody takes connections."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def running(command: Sequence[str], folder: Path, port: int | None = None) -> Iterator[Path]:
    """Run a program in *folder*, until it listens on *port* if one is given; yield its output."""
    output = folder / f"{Path(command[-1]).name}.output"
    with output.open("wb") as file:
        process = subprocess.Popen(command, cwd=folder, stdout=file, stderr=subprocess.STDOUT)
    try:
        end = time.monotonic() + READY_S
        while port and not listens(port) and time.monotonic() < end and process.poll() is None:
            time.sleep(0.05)
        yield output
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def module(name: str, *arguments: str) -> list[str]:
    """Return the command that runs a module of Python."""
    return [sys.executable, "-m", name, *arguments]
