"""What a hurried reader would blame: naive choices on the same logs, for comparison."""

import re
from collections.abc import Callable, Mapping

from tests.evaluation.cases import Case
from tests.evaluation.new_template import first_new_template

LOUD = re.compile(r"\b(ERROR|CRITICAL|FATAL)\b|^Traceback|\bTraceback \(most recent call last\)")
"""What a person greps for first."""

MASKED = re.compile(r"0x[0-9a-fA-F]+|[0-9a-fA-F]{8,}|\d+")
"""What differs between two lines of one kind."""

STARTS_AGAIN = re.compile(
    r"restart|\bStarted\b|Start polling|Booting worker|Listening at|spawned:|Starting ",
    re.IGNORECASE,
)
"""Words that a process or its supervisor prints at a start."""

Baseline = Callable[[list[str]], int | None]


def first_error(lines: list[str]) -> int | None:
    """Return the first loud line (1-based), or None."""
    return next((number for number, line in enumerate(lines, 1) if LOUD.search(line)), None)


def most_frequent_error(lines: list[str]) -> int | None:
    """Return the first line of the kind of loud line that is there most often, or None."""
    seen: dict[str, list[int]] = {}
    for number, line in enumerate(lines, 1):
        if LOUD.search(line) and not line.startswith("Traceback"):
            seen.setdefault(MASKED.sub("#", line), []).append(number)
    if not seen:
        return first_error(lines)
    return min(seen.values(), key=lambda numbers: (-len(numbers), numbers[0]))[0]


def last_error_before_restart(lines: list[str]) -> int | None:
    """Return the last loud line before the first start that follows one, or before the end."""
    last = None
    for number, line in enumerate(lines, 1):
        if LOUD.search(line):
            last = number
        elif last is not None and STARTS_AGAIN.search(line):
            break
    return last


BASELINES: Mapping[str, Baseline] = {
    "first error": first_error,
    "most frequent": most_frequent_error,
    "last before restart": last_error_before_restart,
    "first new template": first_new_template,
}


def score_baselines(case: Case) -> dict[str, bool]:
    """Say of each baseline whether it names a labelled root, or is silent where all is well."""
    lines = case.read_lines()
    verdicts: dict[str, bool] = {}
    for name, guess in BASELINES.items():
        line = guess(lines)
        if line is None:
            verdicts[name] = case.fewest == 0
        else:
            verdicts[name] = any(root.holds(line) for root in case.roots)
    return verdicts
