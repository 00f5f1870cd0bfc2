"""What may be done to the logs of an analysis without changing what it finds."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

import pytest

from logcascade.bundled import rules_folder
from logcascade.model.analysis import Analysis
from logcascade.pipeline import analyze
from logcascade.ruleset.load import load_rules
from logcascade.sources import open_sources
from tests.properties.logs import FORMATS, NAMES, load

QUIET_LINES = 20


@cache
def rules():
    return load_rules([rules_folder()])


def analysis(name, paths) -> Analysis:
    """Return the analysis of the files; the options are those of the log of this name."""
    opened = open_sources(paths)
    assert not opened.errors
    try:
        return analyze(opened.sources, rules(), FORMATS, load(name).options)
    finally:
        for source in opened.sources:
            source.close()


def quiet_log(name):
    """Return the log of another program over the same time, in which nothing happens."""
    times = [each["time"] for each in load(name).truths if isinstance(each.get("time"), str)]
    begin = datetime.fromisoformat(times[0] if times else "2026-11-23T19:24:06+00:00")
    lines = [
        {
            "timestamp": (begin + timedelta(seconds=n)).isoformat(),
            "level": "info",
            "logger": "garden",
            "message": f"watered bed {n}",
        }
        for n in range(QUIET_LINES)
    ]
    return "".join(json.dumps(line) + "\n" for line in lines)


def verdict(found: Analysis):
    """Return what was found: of each incident and cascade what a reader acts on."""
    incidents = sorted(
        (
            each.first_failure.rule,
            each.first_failure.location.source,
            each.first_failure.location.line,
            each.first_failure.certainty,
            tuple(sorted((one.rule, one.count) for one in each.symptoms)),
        )
        for each in found.incidents
    )
    cascades = sorted((each.first_failure, each.count) for each in found.cascades)
    return incidents, cascades


def account(found: Analysis, name: str):
    """Return the account of one source, but for where its clock stands against others'."""
    (own,) = (each for each in found.sources if each.name.endswith(name))
    return replace(own, alignment=None)


@pytest.mark.parametrize("name", NAMES)
def test_a_quiet_log_beside_it_changes_nothing_in_any_order(name, tmp_path):
    path, quiet = tmp_path / "bot.log", tmp_path / "garden.log"
    path.write_bytes(load(name).data)
    quiet.write_text(quiet_log(name), encoding="utf-8")
    alone = analysis(name, [path])
    both, turned = analysis(name, [path, quiet]), analysis(name, [quiet, path])
    assert verdict(both) == verdict(alone)
    assert verdict(turned) == verdict(alone)
    for found in (both, turned):
        assert account(found, "bot.log") == account(alone, "bot.log")
        beside = account(found, "garden.log")
        assert (beside.lines, beside.unparsed_lines) == (QUIET_LINES, 0)
    for each in both.sources:
        assert each.record_lines + each.unparsed_lines == each.lines
