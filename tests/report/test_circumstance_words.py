from dataclasses import replace

import pytest

from logcascade.model.analysis import Restarts
from logcascade.model.recurrence import Driver
from logcascade.report.presentable import presentable
from logcascade.report.terminal import render_terminal
from tests.report.builders import CONTEXT, make_analysis


@pytest.mark.parametrize(
    ("driver", "period_s", "words"),
    [
        (Driver.LOAD, None, "22, none orderly, in rushes of load"),
        (Driver.LOAD, 4000.0, "22, none orderly"),
        (Driver.IRREGULAR, None, "22, none orderly"),
    ],
)
def test_restarts_in_rushes_are_said_to_be(driver, period_s, words):
    restarts = Restarts(22, 0, (), period_s, None, driver, "bot")
    analysis = presentable(replace(make_analysis(), restarts=restarts))
    terminal = " ".join(render_terminal(analysis, CONTEXT, width=200).split())
    assert f"Restarts {words}" in terminal
    assert ("rushes" in terminal) == ("rushes" in words)
