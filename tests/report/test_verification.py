"""What people and programs read of a verdict on a change."""

import gzip
import json
from dataclasses import fields, replace
from functools import cache
from pathlib import Path

import jsonschema
import msgspec
import pytest

from logcascade.diagnosis.verification import verify
from logcascade.model import verification as model
from logcascade.model.analysis import Analysis
from logcascade.model.occurrences import Occurrences, Readings
from logcascade.model.verification import Remnant, Verification
from logcascade.report import verification_contract as contract
from logcascade.report.presentable import presentable
from logcascade.report.verification_report import (
    render_json,
    render_markdown,
    render_terminal,
    verification_schema,
)
from tests.conftest import SAMPLES
from tests.report.builders import HOSTILE, at, make_analysis, make_hostile, make_quiet
from tests.report.test_markdown import assert_inert, rendered
from tests.support import answer_of

BEFORE = "flood-control-cascade/journal.txt.gz"
PAIRS = {
    "fixed": "after-whole-fix/journal.txt.gz",
    "half-fixed": "after-throttle-alone/journal.txt.gz",
    "other-failure": "database-lock-root/journal.txt.gz",
    "little-load": "healthy-day/journal.txt.gz",
    "too-short": "five-hours.txt",
}
"""What the change was -> the log since."""


@pytest.fixture(scope="module")
def logs(tmp_path_factory) -> Path:
    """Return a folder with five hours of the log of the whole fix."""
    folder = tmp_path_factory.mktemp("logs")
    text = gzip.decompress((SAMPLES / PAIRS["fixed"]).read_bytes()).decode()
    lines = text.splitlines(keepends=True)
    kept = [line for line in lines if line[:6] == lines[0][:6] and line[7:15] < "13:00:00"]
    (folder / PAIRS["too-short"]).write_text("".join(kept))
    return folder


@cache
def verdict(folder: Path, pair: str) -> Verification:
    name = PAIRS[pair]
    since = folder / name if (folder / name).exists() else SAMPLES / name
    before = answer_of(SAMPLES / BEFORE)
    return verify(before.analysis, answer_of(since).analysis, before.ruleset.remedies)


@pytest.mark.parametrize("form", ["80.txt", "100.txt", "md"])
@pytest.mark.parametrize("pair", PAIRS)
def test_what_people_see_of_a_change_is_what_was_read_and_stored(pair, form, golden, logs):
    shown, command = presentable(
        (verdict(logs, pair), f"logcascade verify {BEFORE} {PAIRS[pair]}"), redact=True
    )
    if form == "md":
        text = render_markdown(shown, command, "0.0.0")
    else:
        text = render_terminal(shown, width=int(form.removesuffix(".txt")))
        assert all(len(line) <= int(form.removesuffix(".txt")) for line in text.splitlines())
    golden(f"verify/{pair}.{form}", text)


def as_json(shown: Verification) -> dict:
    return json.loads(render_json(presentable(shown), "0.0.0", redacted=True))


@pytest.mark.parametrize("pair", PAIRS)
def test_every_verdict_is_valid_by_the_printed_schema(pair, logs):
    schema = json.loads(verification_schema())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(as_json(verdict(logs, pair)), schema)


def test_the_schema_is_of_what_is_written_and_nothing_else(logs):
    schema = json.loads(verification_schema())
    schema["$defs"]["VerdictReport"]["properties"]["outcome"] = {"type": "integer"}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(as_json(verdict(logs, "fixed")), schema)


@pytest.mark.parametrize(
    ("part", "published"),
    [
        (model.Verification, contract.VerificationReport),
        (model.Verdict, contract.VerdictReport),
        (model.Tally, contract.TallyReport),
        (model.Side, contract.SideReport),
        (model.RemedyCheck, contract.RemedyCheckReport),
        (model.Remnant, contract.RemnantReport),
    ],
)
def test_nothing_of_a_verdict_is_left_out_of_the_contract(part, published):
    assert {field.name for field in fields(part)} <= {
        field.name for field in msgspec.structs.fields(published)
    }


def hostile(text: str = HOSTILE) -> Analysis:
    rule = "unknown:abc"
    return replace(
        make_hostile(text),
        occurrences=(Occurrences(rule, text, 3, at(0), at(9)),),
        readings=(Readings(rule, text, text, "count", 3, 1, 2, 3),),
    )


@pytest.mark.parametrize(
    ("before", "since"),
    [(hostile(), make_quiet()), (make_analysis(), hostile()), (hostile(), hostile())],
)
def test_a_hostile_log_can_neither_act_in_a_verdict_nor_break_it(before, since):
    shown = presentable(verify(before, since, {}))
    terminal, ticket = render_terminal(shown, width=80), render_markdown(shown, "x", "0")
    assert_inert(ticket)
    for text in (terminal, ticket):
        assert "\x1b" not in text
        assert "\u202e" not in text
    as_json(shown)


def test_the_tables_of_a_verdict_are_tables_to_markdown(logs):
    text = render_markdown(presentable(verdict(logs, "half-fixed")), "x", "0")
    tokens = [token.type for token in rendered(text)]
    assert tokens.count("table_open") == 2
    assert tokens.count("heading_open") == 3


@pytest.mark.parametrize(
    ("remnant", "said"),
    [
        (
            Remnant("lock", "Locked", 200, ("Session open",), ("Killed", "Timeout")),
            "Locked 200 x, followed by Session open, and no longer by Killed and Timeout",
        ),
        (Remnant("lock", "Locked", 200, (), ("Killed",)), "followed by nothing any more"),
    ],
)
def test_what_remains_of_a_cascade_is_named_with_what_follows_it(remnant, said, logs):
    fixed = verdict(logs, "fixed")
    shown = replace(fixed, verdicts=(replace(fixed.verdicts[0], remains=(remnant,)),))
    for text in (render_terminal(shown, width=200), render_markdown(shown, "x", "0")):
        assert f"what it led to still comes: {remnant.title}" in text
        assert said in text
