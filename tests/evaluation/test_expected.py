"""
What was once right of a sample log stays right, and no sample is lost or left out.

After a gain, or with a new sample, store the scores again and read the difference:
``python -m tests.evaluation sample_logs --json tests/evaluation/expected.json``.
"""

import json
from pathlib import Path

from tests.evaluation.samples import cases, scored
from tests.evaluation.scores import regressions

EXPECTED = Path(__file__).with_name("expected.json")


def stored():
    return json.loads(EXPECTED.read_text(encoding="utf-8"))


def test_nothing_that_was_right_of_a_sample_log_is_wrong_now():
    assert list(regressions([scored(name) for name in cases()], stored())) == []


def test_every_sample_log_has_its_scores_stored():
    assert sorted(stored()["cases"]) == sorted(cases())


def test_a_case_that_disappears_is_a_regression():
    kept = [scored(name) for name in cases()]
    gone = kept.pop()
    assert list(regressions(kept, stored())) == [
        f"{gone.case.name}: was scored before, is not there any more"
    ]


def test_a_check_that_disappears_is_a_regression():
    one = scored(next(iter(cases())))
    before = {"cases": {one.case.name: {"checks": {**one.checks, "root 99": True}}}}
    assert list(regressions([one], before)) == [
        f"{one.case.name}: root 99 was right before, is not any more"
    ]
