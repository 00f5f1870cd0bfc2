"""A short run of what `python -m tests.fuzz` does for long."""

from pathlib import Path

import pytest

from logcascade.bundled import rules_folder
from logcascade.reading.formats.line_format import load_formats
from logcascade.ruleset.load import load_rules
from tests.fuzz.checks import check
from tests.fuzz.mutation import Inputs

ROOT = Path(__file__).parent.parent.parent
RULES = load_rules([rules_folder()])
FORMATS = load_formats()


@pytest.mark.parametrize("number", range(60))
def test_inputs_nobody_would_write_get_an_answer(number):
    inputs = Inputs([ROOT / "sample_logs", ROOT / "tests" / "format_logs"])
    check(inputs.make(number), RULES, FORMATS)


def test_an_input_can_be_made_again():
    inputs = Inputs([ROOT / "sample_logs"])
    assert [inputs.make(n) for n in range(20)] == [inputs.make(n) for n in range(20)]
