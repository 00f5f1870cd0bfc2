"""
``python -m tests.evaluation.lines PATH...``: how much of each log was understood.

For each log below the given folders: its lines, the share that stands in recognised records, of
those the share that begins one, the formats, and from when to when it tells.
"""

import sys
from pathlib import Path

from logcascade.bundled import rules_folder
from logcascade.pipeline import analyze
from logcascade.reading.formats.line_format import load_formats
from logcascade.ruleset.load import load_rules
from logcascade.sources import open_source

_LOGS = ("*.log", "*.log.gz", "*.txt", "*.txt.gz", "journal.json.gz", "log.gz")


def logs(paths: list[Path]) -> list[Path]:
    """Return the logs below the paths, in a fixed order."""
    found = {path for path in paths if path.is_file()}
    for pattern in _LOGS:
        found.update(each for path in paths for each in path.rglob(pattern))
    return sorted(found)


def main() -> int:
    """Print the table."""
    formats, rules = load_formats(), load_rules([rules_folder()])
    print(f"{'lines':>8} {'in records':>10} {'begin one':>9}  log, formats, times")
    for path in logs([Path(each) for each in sys.argv[1:]]):
        source = open_source(str(path))
        (found,) = analyze([source], rules, formats).sources
        lines = max(found.lines, 1)
        times = f"{found.first_time or '-'} to {found.last_time or '-'}"
        print(
            f"{found.lines:>8} {found.record_lines / lines:>10.2%} {found.records / lines:>9.1%}  "
            f"{path.parent.name}/{path.name}  {found.format}  {times}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
