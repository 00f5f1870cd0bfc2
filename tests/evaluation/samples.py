"""The sample logs with what is said of them, each analyzed once however many tests ask."""

from functools import cache
from typing import Any

from tests.evaluation.__main__ import SAMPLES
from tests.evaluation.cases import Case, find_cases
from tests.evaluation.kinds import load_kinds
from tests.evaluation.scores import Score, score
from tests.evaluation.verdicts import Verdicts


@cache
def verdicts() -> Verdicts:
    return Verdicts()


@cache
def cases() -> dict[str, Case]:
    return {case.name: case for case in find_cases([SAMPLES])}


@cache
def report(name: str) -> Any:
    return verdicts().report(cases()[name])


@cache
def scored(name: str) -> Score:
    return score(cases()[name], report(name), load_kinds())
