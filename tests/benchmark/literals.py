"""What the program's finder looks for, one a line: ``python -m tests.benchmark.literals``."""

import sys
from pathlib import Path

from logcascade.model.rules import Role
from logcascade.reading.fields.alarms import alarming
from logcascade.reading.finder import INTERESTING
from logcascade.reading.formats.line_format import load_formats
from logcascade.ruleset.load import load_rules

RULES = Path(__file__).parents[2] / "rules"


def all_literals() -> list[str]:
    """Return the literals of all rules but those of healthy events, and the general ones."""
    rules = load_rules([RULES]).rules.values()
    wanted = {literal for rule in rules if rule.role is not Role.LOAD for literal in rule.literals}
    return sorted(wanted.union(INTERESTING, alarming(load_formats())))


if __name__ == "__main__":
    sys.stdout.writelines(f"{literal}\n" for literal in all_literals())
