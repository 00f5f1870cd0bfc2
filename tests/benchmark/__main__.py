"""Time the program beside others: ``python -m tests.benchmark [--mb 100] [--rounds 7]``."""

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.benchmark.measure import Command, CommandFailedError, ratios, run_in_turn, run_once

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "sample_logs" / "flood-control-cascade" / "bot.log.gz"
SMALL = ROOT / "sample_logs" / "article" / "seven-lines.log"

PROGRAM = (sys.executable, "-c", "from logcascade.cli.app import main; main()")
"""What the installed command runs, with this interpreter."""

ANALYZE = (*PROGRAM, "analyze", "--format", "json")
ANALYZED = (0, 1)
"""Exit statuses of an analysis that worked: no incident, or some."""

COUNT_LINES = """
import sys
count = 0
with open(sys.argv[1], encoding="utf-8", errors="replace") as lines:
    for line in lines:
        count += 1
print(count)
"""

SEARCH_LINES = """
import sys
literals = open(sys.argv[2], encoding="utf-8").read().splitlines()
count = 0
with open(sys.argv[1], encoding="utf-8", errors="replace") as lines:
    for line in lines:
        count += any(literal in line for literal in literals)
print(count)
"""

BARE_TYPER = """
import typer
app = typer.Typer()
@app.command()
def main() -> None:
    pass
app()
"""

SLOW_EVERY = 3
"""A loop that searches every line for every literal runs in every third round only."""

MEMORY_MB = (10, 100, 400)
"""Sizes of log at which peak memory is compared."""


def in_another_process(*argv: str) -> str:
    """Run a module of this repository and return what it printed; this process stays small."""
    done = subprocess.run(
        [sys.executable, "-m", *argv], check=True, capture_output=True, text=True, cwd=ROOT
    )
    return done.stdout


def write_literals(target: Path) -> int:
    """Write what the program's own finder looks for, one literal a line; return how many."""
    literals = in_another_process("tests.benchmark.literals")
    target.write_text(literals, encoding="utf-8")
    return literals.count("\n")


def make_log(megabytes: int, target: Path) -> str:
    """Make a log of that size; return its size in words."""
    module = "tests.benchmark.make_log"
    return in_another_process(module, str(SAMPLE), str(megabytes), str(target)).strip()


def reading_commands(log: Path, literals: Path) -> tuple[list[Command], list[str]]:
    """Return what is timed on the long log, and notes on what is not there."""
    notes = []
    commands = [Command("logcascade analyze", [*ANALYZE, str(log)], good=ANALYZED)]
    if shutil.which("rg"):
        base = ["rg", "-c", "-F", "-f", str(literals)]
        commands.append(Command("rg -c -F -f literals", [*base, str(log)]))
        commands.append(Command("  the same, --no-mmap", [*base, "--no-mmap", str(log)]))
    else:
        notes.append("ripgrep is not installed: no rg row")
    commands += [
        Command("grep -c -F -f literals", ["grep", "-c", "-F", "-f", str(literals), str(log)]),
        Command("Python: for line in file", [sys.executable, "-c", COUNT_LINES, str(log)]),
        Command(
            "Python: any(literal in line)",
            [sys.executable, "-c", SEARCH_LINES, str(log), str(literals)],
            every=SLOW_EVERY,
        ),
        Command("wc -l", ["wc", "-l", str(log)]),
    ]
    return commands, notes


def starting_commands(folder: Path) -> list[Command]:
    """Return what is timed to compare start-up."""
    bare = folder / "bare.py"
    bare.write_text(BARE_TYPER, encoding="utf-8")
    return [
        Command("python -c pass", [sys.executable, "-c", "pass"]),
        Command("a bare typer program", [sys.executable, str(bare)]),
        Command("logcascade --version", [*PROGRAM, "--version"]),
        Command("logcascade analyze, 7 lines", [*ANALYZE, str(SMALL)], good=ANALYZED),
    ]


def reading_table(commands: Sequence[Command], size: int) -> str:
    """Return the table of times; ratios are of the first command's time to each row's."""
    ours = commands[0]
    head = f"{'':<30}{'median s':>9}{'min-max':>15}{'MB/s':>8}{'peak MiB':>10}"
    lines = [head + "   logcascade takes x times as long (min, median, max)"]
    for command in commands:
        walls = command.walls()
        spread = f"{min(walls):.2f}-{max(walls):.2f}"
        low, middle, high = ratios(ours, command)
        rate = size / 1e6 / command.median_s
        lines.append(
            f"{command.name:<30}{command.median_s:>9.3f}{spread:>15}{rate:>8,.0f}"
            f"{command.peak_mib:>10.0f}   {low:6.2f} {middle:6.2f} {high:6.2f}"
        )
    return "\n".join(lines)


def starting_table(commands: Sequence[Command]) -> str:
    """Return the table of start-up times, in milliseconds."""
    lines = [f"{'start-up':<30}{'median ms':>10}{'min-max':>15}{'peak MiB':>10}   x bare typer"]
    bare = commands[1]
    for command in commands:
        walls = [wall * 1000 for wall in command.walls()]
        spread = f"{min(walls):.0f}-{max(walls):.0f}"
        lines.append(
            f"{command.name:<30}{statistics.median(walls):>10.0f}{spread:>15}"
            f"{command.peak_mib:>10.0f}   {ratios(command, bare)[1]:.2f}"
        )
    return "\n".join(lines)


def memory_table(folder: Path, sizes: Sequence[int], output: Path) -> str:
    """Return peak memory of the program against the size of its input."""
    lines = [f"{'memory against size':<30}{'peak MiB':>10}{'wall s':>9}"]
    for size in sizes:
        log = folder / f"memory-{size}.log"
        make_log(size, log)
        sample = run_once([*ANALYZE, str(log)], output)
        log.unlink()
        lines.append(f"{f'{size} MB':<30}{sample.peak_mib:>10.0f}{sample.wall_s:>9.2f}")
    return "\n".join(lines)


def main() -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmark", description=__doc__)
    parser.add_argument("--mb", type=int, default=100, help="size of the log (100)")
    parser.add_argument("--rounds", type=int, default=7, help="rounds of all commands (7)")
    parser.add_argument(
        "--memory", type=int, nargs="*", default=list(MEMORY_MB), help="sizes in MB (10 100 400)"
    )
    options = parser.parse_args()
    if not SAMPLE.is_file():
        sys.stderr.write(f"error: {SAMPLE.relative_to(ROOT)} is not there\n")
        return 2
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        log, literals, output = folder / "long.log", folder / "literals.txt", folder / "output"
        made = make_log(options.mb, log)
        count = write_literals(literals)
        sys.stdout.write(f"{made}, {count} literals, {options.rounds} rounds in turn\n\n")
        commands, notes = reading_commands(log, literals)
        try:
            run_in_turn(commands, 1, output)
            run_in_turn(commands, options.rounds, output)
            sys.stdout.write(reading_table(commands, log.stat().st_size) + "\n")
            sys.stdout.write("".join(f"note: {note}\n" for note in notes) + "\n")
            starts = starting_commands(folder)
            run_in_turn(starts, 2 * options.rounds + 1, output)
        except CommandFailedError as error:
            sys.stderr.write(f"error: {error}\n")
            return 1
        sys.stdout.write(starting_table(starts) + "\n\n")
        log.unlink()
        sys.stdout.write(memory_table(folder, options.memory, output) + "\n")
        floor = run_once(["true"], output).peak_mib
        sys.stdout.write(f"A child's peak begins at this program's own size, {floor:.0f} MiB.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
