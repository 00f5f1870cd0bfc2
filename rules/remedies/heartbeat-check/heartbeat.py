"""A health check that fails when the event loop stands still, for Docker and Kubernetes.

In the program, a task that writes a sign of life:

    beating = asyncio.create_task(beat(Path("/tmp/heartbeat")))

As the check, in the same container; it ends with 1 if the last sign is too old:

    python heartbeat.py /tmp/heartbeat 30
"""

import asyncio
import sys
import time
from pathlib import Path

EVERY_S = 5.0


async def beat(path: Path, every_s: float = EVERY_S) -> None:
    """Renew the file again and again. A loop that is blocked does not get to it."""
    while True:
        path.touch()  # noqa: ASYNC240 - microseconds, on a local disk
        await asyncio.sleep(every_s)


def problem_of(path: Path, oldest_s: float) -> str | None:
    """Return what is wrong, or None if the last sign of life is recent enough."""
    try:
        age_s = time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return f"{path} is not there: the program has not begun to beat"
    if age_s > oldest_s:
        return f"the last sign of life is {age_s:.0f} s old"
    return None


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: heartbeat.py FILE OLDEST_S")
    sys.exit(problem_of(Path(sys.argv[1]), float(sys.argv[2])))  # a text is printed, and means 1
