"""
``python -m tests.fuzz``: read and report inputs nobody would write, for as long as is asked.

    python -m tests.fuzz --minutes 30               # any bytes, and changed real logs
    python -m tests.fuzz --minutes 5 --logs FOLDER  # with logs of your own
    python -m tests.fuzz --only 4711                # one input again
    python -m tests.fuzz --file found/4711          # one file again

An exception, a run above its time or a growing memory is kept in ``found/`` and told; the exit
status is 1 then. Nothing is random but the numbers of the inputs: each can be made again.
"""

import argparse
import multiprocessing
import resource
import signal
import sys
import time
import traceback
from collections import Counter
from pathlib import Path
from types import FrameType

from logcascade.bundled import rules_folder
from logcascade.reading.formats.line_format import load_formats
from logcascade.ruleset.load import load_rules
from tests.fuzz.checks import check
from tests.fuzz.mutation import Inputs

ROOT = Path(__file__).parent.parent.parent
FOUND = Path("found")
BUDGET_S = 10.0
"""Seconds for one input of at most 3 MB on a slow, busy machine; usual is a tenth of a second."""

MEMORY_BYTES = 2 * 1024**3
"""Address space of a worker. Reading needs some 100 MiB whatever the input."""

BATCH = 250
"""Inputs of one worker process: what leaks from run to run shows within so many."""

GROWTH_MIB = 150
"""A worker may grow by so much from its first inputs to its last: caches fill once."""


def _give_up(_number: int, _frame: FrameType | None) -> None:
    raise TimeoutError(f"more than {BUDGET_S} s")


def _one(
    inputs: Inputs, number: int, told: "multiprocessing.Queue[tuple[int, float, str]]"
) -> None:
    begun = time.perf_counter()
    problem = ""
    signal.setitimer(signal.ITIMER_REAL, BUDGET_S)
    data = b""
    try:
        data = inputs.make(number)
        check(data, _RULES, _FORMATS)
    except Exception:  # noqa: BLE001 - whatever it is, it is what we look for
        problem = traceback.format_exc()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    if problem:
        FOUND.mkdir(exist_ok=True)
        (FOUND / str(number)).write_bytes(data)
    told.put((number, time.perf_counter() - begun, problem))


def _batch(
    folders: list[Path], numbers: range, told: "multiprocessing.Queue[tuple[int, float, str]]"
) -> None:
    """Run the inputs of these numbers, and say how much memory that took."""
    signal.signal(signal.SIGALRM, _give_up)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    inputs = Inputs(folders)
    early = 0
    for index, number in enumerate(numbers):
        _one(inputs, number, told)
        if index == BATCH // 5:
            early = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - early) // 1024 if early else 0
    problem = f"memory grew by {grown} MiB" if grown > GROWTH_MIB else ""
    told.put((numbers[0], 0.0, problem))


_RULES = load_rules([rules_folder()])
_FORMATS = load_formats()


def _run(arguments: argparse.Namespace) -> int:
    folders = [ROOT / "sample_logs", ROOT / "tests" / "format_logs", *arguments.logs]
    told: multiprocessing.Queue[tuple[int, float, str]] = multiprocessing.Queue()
    until = time.monotonic() + 60 * arguments.minutes
    next_number, done, slowest, problems = arguments.seed, 0, (0.0, 0), Counter[str]()
    workers: dict[multiprocessing.Process, float] = {}
    while time.monotonic() < until or workers:
        while len(workers) < arguments.jobs and time.monotonic() < until:
            numbers = range(next_number, next_number + BATCH)
            next_number += BATCH
            worker = multiprocessing.Process(target=_batch, args=(folders, numbers, told))
            worker.start()
            workers[worker] = time.monotonic() + BATCH * BUDGET_S
        time.sleep(0.2)
        while not told.empty():
            number, seconds, problem = told.get()
            done += seconds > 0
            slowest = max(slowest, (seconds, number))
            if problem:
                problems[problem.strip().splitlines()[-1]] += 1
                print(f"input {number}, {seconds:.1f} s:\n{problem}", flush=True)
        for worker in [each for each in workers if not each.is_alive()]:
            if worker.exitcode:
                problems[f"a worker died with {worker.exitcode}"] += 1
            del workers[worker]
        for worker, late in list(workers.items()):
            if time.monotonic() > late:
                worker.kill()
    print(
        f"{done} inputs, slowest {slowest[0]:.2f} s (input {slowest[1]}), "
        f"{problems.total()} problems"
    )
    for problem, count in problems.most_common():
        print(f"  {count} x {problem}")
    return 1 if problems else 0


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0, help="number of the first input")
    parser.add_argument("--logs", type=Path, action="append", default=[])
    parser.add_argument("--only", type=int, help="make and check one input")
    parser.add_argument("--file", type=Path, help="check one file")
    arguments = parser.parse_args()
    if arguments.file:
        check(arguments.file.read_bytes(), _RULES, _FORMATS)
        return 0
    if arguments.only is not None:
        folders = [ROOT / "sample_logs", ROOT / "tests" / "format_logs", *arguments.logs]
        check(Inputs(folders).make(arguments.only), _RULES, _FORMATS)
        return 0
    return _run(arguments)


if __name__ == "__main__":
    sys.exit(main())
