"""Play a scenario with an interpreter, and say which rules recognise what it printed."""

import json
import os
import subprocess
from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import cache
from pathlib import Path

from logcascade.model.detections import UNKNOWN_PREFIX
from logcascade.model.records import Record, Severity
from logcascade.reading.reader import make_record
from logcascade.ruleset.match import Matcher
from tests.rules_made.scenarios import LIFE

HERE = Path(__file__).parent

LIMIT_S = 180
"""Seconds for one script. The longest plays some 25 short lives of a bot; PostgreSQL is made anew
in three of them, 10 s each."""

MARK = "--- "


@cache
def play(python: str, script: str, scenario: str) -> dict[str, list[Record]]:
    """Run a script once; return its records by the mark before them.

    What a script without marks prints has its scenario as the mark, and so has what its interpreter
    leaves on standard error. With marks standard error is left out: servers log their life there.
    Raises `subprocess.TimeoutExpired` after `LIMIT_S`.
    """
    finished = subprocess.run(
        [python, str(HERE / script), scenario],
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
        stdin=subprocess.DEVNULL,
        env={
            **os.environ,
            "PYTHONWARNINGS": "ignore",
            "PATH": f"{Path(python).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        },
    )
    found: dict[str, list[Record]] = defaultdict(list)
    mark = ""
    for line in finished.stdout.splitlines():
        told = json.loads(line)
        severity = Severity[told["severity"].upper()] if told["severity"] else None
        if told["text"].startswith(MARK):
            mark = told["text"].removeprefix(MARK)
        else:
            fields = {"logger": told["logger"], "program": told.get("program", "")}
            record = make_record(told["text"], severity=severity, **fields)
            found[mark or scenario].append(record)
    if not mark and finished.stderr.strip():
        found[scenario].append(make_record(finished.stderr.strip()))
    return found


def recognised(
    matcher: Matcher, records: Iterable[Record], expected: AbstractSet[str] = frozenset()
) -> set[str]:
    """Return the ids of rules, and the titles of what no rule knows.

    The rules of a program's life are left out, but those that are *expected*.
    """
    found = {
        found.title if found.rule.startswith(UNKNOWN_PREFIX) else found.rule
        for record in records
        for found in matcher.detect(record, 0)
    }
    return found - (LIFE - expected)


def without_tracebacks(records: Iterable[Record]) -> list[Record]:
    """Return what a formatter would have printed that leaves tracebacks out."""
    return [replace(record, exceptions=()) for record in records]
