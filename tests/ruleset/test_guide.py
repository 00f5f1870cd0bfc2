"""What the guide to writing rules shows is what the program takes."""

import re
import textwrap
import tomllib
from pathlib import Path

from logcascade.reading.reader import make_record
from logcascade.ruleset.check import check_rules
from logcascade.ruleset.load import load_rules
from logcascade.ruleset.match import Matcher
from logcascade.ruleset.selftest import test_rules as failed_examples

RULES = Path(__file__).parents[2] / "rules"
GUIDE = (RULES / "README.md").read_text(encoding="utf-8")
WORKED = GUIDE[GUIDE.index("## A worked example") :]
SNIPPET = re.compile(r"^ *```toml\n(.*?)^ *```", re.MULTILINE | re.DOTALL)


def test_every_snippet_is_toml() -> None:
    snippets = [textwrap.dedent(each) for each in SNIPPET.findall(GUIDE)]
    assert len(snippets) >= 8
    assert all(tomllib.loads(each) for each in snippets)


def test_the_worked_example_knows_its_log_and_nobody_objects_to_it(tmp_path: Path) -> None:
    rule = textwrap.dedent(SNIPPET.findall(WORKED)[0])
    name = tomllib.loads(rule)["id"]
    (tmp_path / f"{name}.toml").write_text(rule, encoding="utf-8")
    rules = load_rules([RULES, tmp_path])
    assert [str(each) for each in failed_examples(rules, make_record)] == []
    assert [str(each) for each in check_rules(rules, make_record) if each.rule == name] == []
    log = textwrap.dedent(WORKED.split("Its log says")[1].split("\n1. ")[0]).strip()
    traceback = log[log.index(" - CRITICAL - ") + len(" - CRITICAL - ") :]
    assert [each.rule for each in Matcher(rules).detect(make_record(traceback), 0)] == [name]
