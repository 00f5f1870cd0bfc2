"""Run commands in turn and measure each: wall time, processor time, peak memory."""

import os
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

KIBIBYTES_PER_MEBIBYTE = 1024


@dataclass(frozen=True)
class Sample:
    """One run of one command."""

    wall_s: float
    cpu_s: float
    peak_mib: float
    """Of the largest process; never below this program's own size, which a child starts with."""
    status: int


@dataclass
class Command:
    """Something to run, and what running it cost."""

    name: str
    argv: Sequence[str]
    good: tuple[int, ...] = (0,)
    """Exit statuses that mean that it did its work."""
    every: int = 1
    """Runs in each round (1), in every second round (2), ..."""
    samples: dict[int, Sample] = field(default_factory=dict)
    """By round, so that ratios compare neighbours."""

    def walls(self) -> list[float]:
        """Return the wall times, in the order of the rounds."""
        return [sample.wall_s for _, sample in sorted(self.samples.items())]

    @property
    def median_s(self) -> float:
        """Return the median of the wall times."""
        return statistics.median(self.walls())

    @property
    def peak_mib(self) -> float:
        """Return the largest peak."""
        return max(sample.peak_mib for sample in self.samples.values())


class CommandFailedError(Exception):
    """A command that is measured did not do its work."""


def run_once(argv: Sequence[str], output: Path) -> Sample:
    """
    Run one command with its output in a file, and measure it.

    A file and not the null device: grep stops at its first hit when it writes to that.
    """
    began = time.perf_counter()
    target = (os.POSIX_SPAWN_OPEN, 1, str(output), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    errors = (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0o600)
    pid = os.posix_spawnp(argv[0], list(argv), os.environ, file_actions=[target, errors])
    _, status, usage = os.wait4(pid, 0)
    return Sample(
        wall_s=time.perf_counter() - began,
        cpu_s=usage.ru_utime + usage.ru_stime,
        peak_mib=usage.ru_maxrss / KIBIBYTES_PER_MEBIBYTE,
        status=os.waitstatus_to_exitcode(status),
    )


def run_in_turn(commands: Sequence[Command], rounds: int, output: Path) -> None:
    """Run all commands once a round, in turn; the order is reversed in every second round."""
    for number in range(rounds):
        due = [command for command in commands if number % command.every == 0]
        for command in due if number % 2 == 0 else reversed(due):
            sample = run_once(command.argv, output)
            if sample.status not in command.good:
                what = f"{' '.join(command.argv)}: exit status {sample.status}"
                raise CommandFailedError(what)
            command.samples[number] = sample


def ratios(command: Command, to: Command) -> tuple[float, float, float]:
    """Return min, median and max over the rounds of one's wall time by the other's."""
    shared = sorted(command.samples.keys() & to.samples.keys())
    values = [command.samples[key].wall_s / to.samples[key].wall_s for key in shared]
    return min(values), statistics.median(values), max(values)
