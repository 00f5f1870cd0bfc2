"""What CPython 3.8 to 3.14 really prints where it cannot compile or import is what a rule knows."""

import gzip
import json
from pathlib import Path

import pytest

from logcascade.reading.reader import make_record
from logcascade.ruleset.load import load_rules
from logcascade.ruleset.match import Matcher

REPOSITORY = Path(__file__).parent.parent.parent
PRINTED = REPOSITORY / "tests" / "reading" / "tracebacks"
RULE_OF = {
    "SyntaxError": "python-syntax-error",
    "IndentationError": "python-syntax-error",
    "TabError": "python-syntax-error",
    "ImportError": "python-module-not-found",
    "ModuleNotFoundError": "python-module-not-found",
}


def printed_alone() -> list[object]:
    """Return what each version printed that ends in one exception of these classes."""
    found: list[object] = []
    for index in sorted(PRINTED.glob("3.*.json")):
        lines = gzip.decompress(index.with_suffix(".txt.gz").read_bytes()).decode().split("\n")
        for each in json.loads(index.read_text(encoding="utf-8")):
            types = [raised["type"] for raised in each["exceptions"]]
            if len(types) == 1 and types[0] in RULE_OF:
                begin = each["line"] - 1
                text = "\n".join(lines[begin : begin + each["lines"]])
                name = f"{index.stem} {each['name']}"
                found.append(pytest.param(text, RULE_OF[types[0]], id=name))
    return found


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(load_rules([REPOSITORY / "rules"]))


@pytest.mark.parametrize(("text", "rule"), printed_alone())
def test_a_file_that_cannot_be_compiled_or_imported_is_known(
    matcher: Matcher, text: str, rule: str
) -> None:
    assert [each.rule for each in matcher.detect(make_record(text), 0)] == [rule]
