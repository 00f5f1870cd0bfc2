"""A report on a log that is newest first points at the lines a person sees in it."""

import gzip
import json
import re

from tests.conftest import SAMPLES

STAMP = re.compile(r"^\d{4}-\d\d-\d\d ", re.MULTILINE)


def lines_in(value, found=None):
    """Return each line number that the report names, in the order it names them."""
    found = [] if found is None else found
    if isinstance(value, dict):
        for key, part in value.items():
            if key in ("line", "record_line"):
                found.append(part)
            else:
                lines_in(part, found)
    elif isinstance(value, list):
        for part in value:
            lines_in(part, found)
    return found


def test_the_report_is_the_same_and_names_the_lines_of_the_file(run, tmp_path):
    with gzip.open(SAMPLES / "flood-control-cascade" / "bot.log.gz", "rt") as stream:
        log = stream.read()
    places = [found.start() for found in STAMP.finditer(log)]
    assert places[0] == 0
    entries = [log[begin:end] for begin, end in zip(places, [*places[1:], len(log)], strict=True)]
    path = tmp_path / "bot.log"
    path.write_text(log)
    upright = json.loads(run("analyze", path, "--format", "json").out)
    turned_log = "".join(reversed(entries))
    path.write_text(turned_log)
    turned = json.loads(run("analyze", path, "--format", "json").out)
    first, second = upright["sources"][0], turned["sources"][0]
    assert second["assumptions"] == [*first["assumptions"], "newest first: read backwards"]
    assert len(upright["incidents"]) == len(turned["incidents"]) > 3
    before, after = log.splitlines(), turned_log.splitlines()
    pairs = list(zip(lines_in(upright), lines_in(turned), strict=True))
    assert len(pairs) > 50
    assert [before[one - 1] for one, _ in pairs] == [after[other - 1] for _, other in pairs]
